package access

import "strings"

// need is what Terraform calls in AWS for one type: to read it, as a plan does, and to make, change
// and delete it.
type need struct{ read, write []grant }

// grant is some actions of one service, in a scope.
type grant struct {
	scope   *scope
	service string
	actions string
}

// needs are those of every resource type and data source in the stacks, by the calls that the AWS
// provider 5.99 makes for what the stacks set:
// https://github.com/hashicorp/terraform-provider-aws/tree/v5.99.1/internal/service
// A service may ask for more of the caller than the call's own action; that is here too.
var needs = map[string]need{
	"data.aws_caller_identity": {}, // nobody has to be allowed to ask who he is
	"data.aws_route53_zone": {
		read: []grant{{&unnamed, "route53", "ListHostedZones"}, {&zones, "route53", "GetHostedZone ListTagsForResource"}},
	},

	// What an interrupted apply has made is looked up in every plan.
	"data.aws_vpcs":                               {read: []grant{{&unnamed, "ec2", "DescribeVpcs"}}},
	"data.aws_subnets":                            {read: []grant{{&unnamed, "ec2", "DescribeSubnets"}}},
	"data.aws_route_table":                        {read: []grant{{&unnamed, "ec2", "DescribeRouteTables"}}},
	"data.aws_route_tables":                       {read: []grant{{&unnamed, "ec2", "DescribeRouteTables"}}},
	"data.aws_security_groups":                    {read: []grant{{&unnamed, "ec2", "DescribeSecurityGroups"}}},
	"data.aws_vpc_security_group_rule":            {read: []grant{{&unnamed, "ec2", "DescribeSecurityGroupRules"}}},
	"data.aws_vpc_security_group_rules":           {read: []grant{{&unnamed, "ec2", "DescribeSecurityGroupRules"}}},
	"data.aws_lbs":                                {read: []grant{{&unnamed, "elasticloadbalancing", "DescribeLoadBalancers DescribeTags"}}},
	"data.aws_cloudwatch_log_groups":              {read: []grant{{&unnamed, "logs", "DescribeLogGroups"}}},
	"data.aws_iam_roles":                          {read: []grant{{&unnamed, "iam", "ListRoles"}}},
	"data.aws_secretsmanager_secrets":             {read: []grant{{&unnamed, "secretsmanager", "ListSecrets"}}},
	"data.aws_secretsmanager_secret_versions":     {read: []grant{{&secrets, "secretsmanager", "ListSecretVersionIds"}}},
	"data.aws_resourcegroupstaggingapi_resources": {read: []grant{{&unnamed, "tag", "GetResources"}}},
	// What runs after a deployment.
	"data.aws_ecs_service": {read: []grant{{&containers, "ecs", "DescribeServices ListTagsForResource"}}},

	"aws_vpc": {
		read: []grant{
			{&unnamed, "ec2", "DescribeVpcs DescribeNetworkAcls DescribeRouteTables DescribeSecurityGroups"},
			{&vpcs, "ec2", "DescribeVpcAttribute"},
		},
		write: []grant{
			{&newVPCs, "ec2", "CreateVpc"},
			{&tagsOfNew, "ec2", "CreateTags"},
			{&ownNetwork, "ec2", "ModifyVpcAttribute AssociateVpcCidrBlock DisassociateVpcCidrBlock DeleteVpc CreateTags DeleteTags"},
		},
	},
	"aws_internet_gateway": {
		read: []grant{{&unnamed, "ec2", "DescribeInternetGateways"}},
		write: []grant{
			{&newInNetwork, "ec2", "CreateInternetGateway"},
			{&tagsOfNew, "ec2", "CreateTags"},
			{&ownNetwork, "ec2", "AttachInternetGateway DetachInternetGateway DeleteInternetGateway CreateTags DeleteTags"},
		},
	},
	"aws_subnet": {
		read: []grant{{&unnamed, "ec2", "DescribeSubnets"}},
		write: []grant{
			{&newInNetwork, "ec2", "CreateSubnet"},
			{&tagsOfNew, "ec2", "CreateTags"},
			{&ownNetwork, "ec2", "CreateSubnet ModifySubnetAttribute AssociateSubnetCidrBlock DisassociateSubnetCidrBlock DeleteSubnet CreateTags DeleteTags"},
			{&unnamed, "ec2", "DescribeNetworkInterfaces"}, // before a delete
		},
	},
	"aws_route_table": {
		read: []grant{{&unnamed, "ec2", "DescribeRouteTables"}},
		write: []grant{
			{&newInNetwork, "ec2", "CreateRouteTable"},
			{&tagsOfNew, "ec2", "CreateTags"},
			{&ownNetwork, "ec2", "CreateRouteTable DisassociateRouteTable DeleteRouteTable CreateTags DeleteTags"},
		},
	},
	"aws_route": {
		read:  []grant{{&unnamed, "ec2", "DescribeRouteTables"}},
		write: []grant{{&ownNetwork, "ec2", "CreateRoute ReplaceRoute DeleteRoute"}},
	},
	"aws_route_table_association": {
		read:  []grant{{&unnamed, "ec2", "DescribeRouteTables"}},
		write: []grant{{&ownNetwork, "ec2", "AssociateRouteTable ReplaceRouteTableAssociation DisassociateRouteTable"}},
	},
	"aws_security_group": {
		read: []grant{{&unnamed, "ec2", "DescribeSecurityGroups"}},
		write: []grant{
			{&newInNetwork, "ec2", "CreateSecurityGroup"},
			{&tagsOfNew, "ec2", "CreateTags"},
			// AWS gives a new group a rule that lets everything out, which the provider revokes.
			{&ownNetwork, "ec2", "CreateSecurityGroup RevokeSecurityGroupEgress RevokeSecurityGroupIngress DeleteSecurityGroup CreateTags DeleteTags"},
			{&unnamed, "ec2", "DescribeNetworkInterfaces"},
		},
	},
	"aws_vpc_security_group_ingress_rule": {
		read: []grant{{&unnamed, "ec2", "DescribeSecurityGroupRules"}},
		write: []grant{
			{&newRules, "ec2", "AuthorizeSecurityGroupIngress"},
			{&tagsOfRule, "ec2", "CreateTags"},
			{&ownNetwork, "ec2", "AuthorizeSecurityGroupIngress ModifySecurityGroupRules RevokeSecurityGroupIngress CreateTags DeleteTags"},
		},
	},
	"aws_vpc_security_group_egress_rule": {
		read: []grant{{&unnamed, "ec2", "DescribeSecurityGroupRules"}},
		write: []grant{
			{&newRules, "ec2", "AuthorizeSecurityGroupEgress"},
			{&tagsOfRule, "ec2", "CreateTags"},
			{&ownNetwork, "ec2", "AuthorizeSecurityGroupEgress ModifySecurityGroupRules RevokeSecurityGroupEgress CreateTags DeleteTags"},
		},
	},

	"aws_lb": {
		read: []grant{{&unnamed, "elasticloadbalancing", "DescribeLoadBalancers DescribeLoadBalancerAttributes DescribeCapacityReservation DescribeTags"}},
		write: []grant{
			{&loadBalancers, "elasticloadbalancing", "CreateLoadBalancer ModifyLoadBalancerAttributes SetIpAddressType SetSecurityGroups SetSubnets DeleteLoadBalancer AddTags RemoveTags"},
			// https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-api-permissions.html
			{&unnamed, "ec2", "DescribeAccountAttributes DescribeAddresses DescribeInternetGateways DescribeNetworkInterfaces DescribeSecurityGroups DescribeSubnets DescribeVpcs"},
			{&serviceRoles, "iam", "CreateServiceLinkedRole"},
		},
	},
	"aws_lb_listener": {
		read:  []grant{{&unnamed, "elasticloadbalancing", "DescribeListeners DescribeListenerAttributes DescribeTags"}},
		write: []grant{{&loadBalancers, "elasticloadbalancing", "CreateListener ModifyListener ModifyListenerAttributes DeleteListener AddTags RemoveTags"}},
	},
	"aws_lb_target_group": {
		read:  []grant{{&unnamed, "elasticloadbalancing", "DescribeTargetGroups DescribeTargetGroupAttributes DescribeTags"}},
		write: []grant{{&loadBalancers, "elasticloadbalancing", "CreateTargetGroup ModifyTargetGroup ModifyTargetGroupAttributes DeleteTargetGroup AddTags RemoveTags"}},
	},

	"aws_ecs_cluster": {
		read: []grant{{&containers, "ecs", "DescribeClusters ListTagsForResource"}},
		write: []grant{
			{&containers, "ecs", "CreateCluster UpdateCluster DeleteCluster TagResource UntagResource"},
			{&serviceRoles, "iam", "CreateServiceLinkedRole"},
		},
	},
	"aws_ecs_service": {
		read:  []grant{{&containers, "ecs", "DescribeServices ListTagsForResource"}},
		write: []grant{{&containers, "ecs", "CreateService UpdateService DeleteService TagResource UntagResource"}},
	},
	"aws_ecs_task_definition": {
		read: []grant{{&unnamed, "ecs", "DescribeTaskDefinition"}, {&containers, "ecs", "ListTagsForResource"}},
		write: []grant{
			{&containers, "ecs", "RegisterTaskDefinition TagResource UntagResource"},
			// Only for a revision that was made before revisions were kept.
			{&unnamed, "ecs", "DeregisterTaskDefinition"},
			{&tasksOnly, "iam", "PassRole"},
		},
	},
	"aws_appautoscaling_target": {
		read: []grant{{&unnamed, "application-autoscaling", "DescribeScalableTargets"}, {&scalableTargets, "application-autoscaling", "ListTagsForResource"}},
		write: []grant{
			{&ecsTargets, "application-autoscaling", "RegisterScalableTarget DeregisterScalableTarget"},
			{&scalableTargets, "application-autoscaling", "TagResource UntagResource"},
			// https://docs.aws.amazon.com/autoscaling/application/userguide/security_iam_id-based-policy-examples.html
			{&containers, "ecs", "DescribeServices UpdateService"},
			{&serviceRoles, "iam", "CreateServiceLinkedRole"},
		},
	},
	"aws_appautoscaling_scheduled_action": {
		read:  []grant{{&unnamed, "application-autoscaling", "DescribeScheduledActions"}},
		write: []grant{{&ecsTargets, "application-autoscaling", "PutScheduledAction DeleteScheduledAction"}},
	},

	"aws_cloudwatch_log_group": {
		read:  []grant{{&unnamed, "logs", "DescribeLogGroups"}, {&logGroups, "logs", "ListTagsForResource"}},
		write: []grant{{&logGroups, "logs", "CreateLogGroup PutRetentionPolicy DeleteRetentionPolicy DeleteLogGroup TagResource UntagResource"}},
	},
	"aws_secretsmanager_secret": {
		read:  []grant{{&secrets, "secretsmanager", "DescribeSecret GetResourcePolicy"}},
		write: []grant{{&secrets, "secretsmanager", "CreateSecret UpdateSecret DeleteSecret TagResource UntagResource"}},
	},
	"aws_secretsmanager_secret_version": {
		read: []grant{{&placeholders, "secretsmanager", "GetSecretValue"}},
		write: []grant{
			{&secrets, "secretsmanager", "PutSecretValue UpdateSecretVersionStage"},
			// Before an apply replaces tasks the pipelines ask mcpfleet whether the secret has every key
			// that the new ones ask for, and nothing but the value says which it has.
			{&currentValues, "secretsmanager", "GetSecretValue"},
		},
	},

	"aws_service_discovery_private_dns_namespace": {
		read: []grant{{&namespaces, "servicediscovery", "GetNamespace"}, {&unnamed, "servicediscovery", "ListTagsForResource"}},
		write: []grant{
			{&unnamed, "servicediscovery", "CreatePrivateDnsNamespace TagResource UntagResource"},
			{&namespaces, "servicediscovery", "UpdatePrivateDnsNamespace DeleteNamespace GetOperation"},
			// A private namespace is a hosted zone in the caller's name.
			// https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCloudMapFullAccess.html
			{&unnamed, "route53", "CreateHostedZone ListHostedZonesByName"},
			{&zones, "route53", "GetHostedZone DeleteHostedZone"},
			{&unnamed, "ec2", "DescribeVpcs DescribeRegions"},
		},
	},
	"aws_service_discovery_service": {
		read: []grant{{&namespaces, "servicediscovery", "GetService"}, {&unnamed, "servicediscovery", "ListTagsForResource"}},
		write: []grant{
			{&namespaces, "servicediscovery", "CreateService UpdateService DeleteService ListInstances DeregisterInstance GetOperation"},
			{&unnamed, "servicediscovery", "TagResource UntagResource"},
		},
	},
	"aws_route53_record": {
		read: []grant{{&zones, "route53", "GetHostedZone ListResourceRecordSets"}},
		write: []grant{
			{&records, "route53", "ChangeResourceRecordSets"},
			{&changes, "route53", "GetChange"},
		},
	},

	"aws_iam_role": {
		read:  []grant{{&roles, "iam", "GetRole ListRolePolicies ListAttachedRolePolicies"}},
		write: []grant{{&roles, "iam", "CreateRole UpdateRole UpdateRoleDescription UpdateAssumeRolePolicy ListInstanceProfilesForRole DeleteRole TagRole UntagRole"}},
	},
	"aws_iam_role_policy": {
		read:  []grant{{&roles, "iam", "GetRolePolicy"}},
		write: []grant{{&roles, "iam", "PutRolePolicy DeleteRolePolicy"}},
	},
}

// names are the grant's actions as a policy has them.
func (g grant) names() []string {
	var names []string
	for action := range strings.FieldsSeq(g.actions) {
		names = append(names, g.service+":"+action)
	}
	return names
}
