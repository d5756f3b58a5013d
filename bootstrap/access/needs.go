package access

import "strings"

// need holds the AWS actions that Terraform calls for a type: read in a plan, and read and write in an apply.
type need struct{ read, write []grant }

// grant allows actions of a service in a scope.
type grant struct {
	scope   *scope
	service string
	actions string
}

// apiWrites change APIs and what is below them.
var apiWrites = []grant{{&newAPIs, "apigateway", "POST"}, {&ownAPIs, "apigateway", "POST PUT PATCH DELETE"}, {&apiTags, "apigateway", "PUT"}}

// needs are the needs of every resource type and data source in the stacks. They are the calls that the AWS
// provider 5.99 makes for the arguments that the stacks set:
// https://github.com/hashicorp/terraform-provider-aws/tree/v5.99.1/internal/service
// They include actions that a service requires in addition to the action of the call.
var needs = map[string]need{
	"data.aws_caller_identity": {}, // sts:GetCallerIdentity needs no permission
	"data.aws_route53_zone": {
		read: []grant{{&anyResource, "route53", "ListHostedZones"}, {&zones, "route53", "GetHostedZone ListTagsForResource"}},
	},

	// Every plan checks existing VPCs.
	"data.aws_vpc": {
		read: []grant{{&anyResource, "ec2", "DescribeVpcs DescribeRouteTables"}, {&vpcs, "ec2", "DescribeVpcAttribute"}},
	},
	"data.aws_subnet": {read: []grant{{&anyResource, "ec2", "DescribeSubnets"}}},

	// Every plan looks up resources that a killed apply may have left behind.
	"data.aws_vpcs":                     {read: []grant{{&anyResource, "ec2", "DescribeVpcs"}}},
	"data.aws_subnets":                  {read: []grant{{&anyResource, "ec2", "DescribeSubnets"}}},
	"data.aws_route_table":              {read: []grant{{&anyResource, "ec2", "DescribeRouteTables"}}},
	"data.aws_route_tables":             {read: []grant{{&anyResource, "ec2", "DescribeRouteTables"}}},
	"data.aws_security_groups":          {read: []grant{{&anyResource, "ec2", "DescribeSecurityGroups"}}},
	"data.aws_vpc_security_group_rule":  {read: []grant{{&anyResource, "ec2", "DescribeSecurityGroupRules"}}},
	"data.aws_vpc_security_group_rules": {read: []grant{{&anyResource, "ec2", "DescribeSecurityGroupRules"}}},
	"data.aws_eips":                     {read: []grant{{&anyResource, "ec2", "DescribeAddresses"}}},
	"data.aws_nat_gateways":             {read: []grant{{&anyResource, "ec2", "DescribeNatGateways"}}},
	"data.aws_network_interface":        {read: []grant{{&anyResource, "ec2", "DescribeNetworkInterfaces"}}},
	"data.aws_efs_access_point":         {read: []grant{{&fileSystems, "elasticfilesystem", "DescribeAccessPoints"}}},
	"data.aws_efs_access_points":        {read: []grant{{&fileSystems, "elasticfilesystem", "DescribeAccessPoints"}}},
	"data.aws_network_interfaces":       {read: []grant{{&anyResource, "ec2", "DescribeNetworkInterfaces"}}},
	// Finds a protected load balancer that a plan would delete.
	"data.aws_lb":                                 {read: []grant{{&anyResource, "elasticloadbalancing", "DescribeLoadBalancers DescribeLoadBalancerAttributes DescribeTags"}}},
	"data.aws_lbs":                                {read: []grant{{&anyResource, "elasticloadbalancing", "DescribeLoadBalancers DescribeTags"}}},
	"data.aws_cloudwatch_log_groups":              {read: []grant{{&anyResource, "logs", "DescribeLogGroups"}}},
	"data.aws_iam_roles":                          {read: []grant{{&anyResource, "iam", "ListRoles"}}},
	"data.aws_lambda_functions":                   {read: []grant{{&anyResource, "lambda", "ListFunctions"}}},
	"data.aws_secretsmanager_secrets":             {read: []grant{{&anyResource, "secretsmanager", "ListSecrets"}}},
	"data.aws_secretsmanager_secret_versions":     {read: []grant{{&secrets, "secretsmanager", "ListSecretVersionIds"}}},
	"data.aws_resourcegroupstaggingapi_resources": {read: []grant{{&anyResource, "tag", "GetResources"}}},
	// Reads the service after a deployment.
	"data.aws_ecs_service": {read: []grant{{&containers, "ecs", "DescribeServices ListTagsForResource"}}},

	"aws_vpc": {
		read: []grant{
			{&anyResource, "ec2", "DescribeVpcs DescribeNetworkAcls DescribeRouteTables DescribeSecurityGroups"},
			{&vpcs, "ec2", "DescribeVpcAttribute"},
		},
		write: []grant{
			{&newVPCs, "ec2", "CreateVpc"},
			{&newTags, "ec2", "CreateTags"},
			{&ownNetwork, "ec2", "ModifyVpcAttribute AssociateVpcCidrBlock DisassociateVpcCidrBlock DeleteVpc CreateTags DeleteTags"},
		},
	},
	"aws_flow_log": {
		read: []grant{{&anyResource, "ec2", "DescribeFlowLogs"}},
		write: []grant{
			{&newInNetwork, "ec2", "CreateFlowLogs"},
			{&newTags, "ec2", "CreateTags"},
			{&ownNetwork, "ec2", "CreateFlowLogs DeleteFlowLogs CreateTags DeleteTags"},
			{&passFlowLogRoles, "iam", "PassRole"},
		},
	},
	"aws_internet_gateway": {
		read: []grant{{&anyResource, "ec2", "DescribeInternetGateways"}},
		write: []grant{
			{&newInNetwork, "ec2", "CreateInternetGateway"},
			{&newTags, "ec2", "CreateTags"},
			{&ownNetwork, "ec2", "AttachInternetGateway DetachInternetGateway DeleteInternetGateway CreateTags DeleteTags"},
		},
	},
	"aws_subnet": {
		read: []grant{{&anyResource, "ec2", "DescribeSubnets"}},
		write: []grant{
			{&newInNetwork, "ec2", "CreateSubnet"},
			{&newTags, "ec2", "CreateTags"},
			{&ownNetwork, "ec2", "CreateSubnet ModifySubnetAttribute AssociateSubnetCidrBlock DisassociateSubnetCidrBlock DeleteSubnet CreateTags DeleteTags"},
			{&anyResource, "ec2", "DescribeNetworkInterfaces"}, // before a delete
		},
	},
	"aws_route_table": {
		read: []grant{{&anyResource, "ec2", "DescribeRouteTables"}},
		write: []grant{
			{&newInNetwork, "ec2", "CreateRouteTable"},
			{&newTags, "ec2", "CreateTags"},
			{&ownNetwork, "ec2", "CreateRouteTable DisassociateRouteTable DeleteRouteTable CreateTags DeleteTags"},
		},
	},
	"aws_route": {
		read:  []grant{{&anyResource, "ec2", "DescribeRouteTables"}},
		write: []grant{{&ownNetwork, "ec2", "CreateRoute ReplaceRoute DeleteRoute"}},
	},
	"aws_route_table_association": {
		read:  []grant{{&anyResource, "ec2", "DescribeRouteTables"}},
		write: []grant{{&ownNetwork, "ec2", "AssociateRouteTable ReplaceRouteTableAssociation DisassociateRouteTable"}},
	},
	"aws_security_group": {
		read: []grant{{&anyResource, "ec2", "DescribeSecurityGroups"}},
		write: []grant{
			{&newInNetwork, "ec2", "CreateSecurityGroup"},
			{&existingVPCs, "ec2", "CreateSecurityGroup"},
			{&newTags, "ec2", "CreateTags"},
			// The provider revokes the default egress rule of a new group.
			{&ownNetwork, "ec2", "CreateSecurityGroup RevokeSecurityGroupEgress RevokeSecurityGroupIngress DeleteSecurityGroup CreateTags DeleteTags"},
			{&anyResource, "ec2", "DescribeNetworkInterfaces"},
		},
	},
	"aws_vpc_security_group_ingress_rule": {
		read: []grant{{&anyResource, "ec2", "DescribeSecurityGroupRules"}},
		write: []grant{
			{&newRules, "ec2", "AuthorizeSecurityGroupIngress"},
			{&ruleTags, "ec2", "CreateTags"},
			{&ownNetwork, "ec2", "AuthorizeSecurityGroupIngress ModifySecurityGroupRules RevokeSecurityGroupIngress CreateTags DeleteTags"},
		},
	},
	"aws_vpc_security_group_egress_rule": {
		read: []grant{{&anyResource, "ec2", "DescribeSecurityGroupRules"}},
		write: []grant{
			{&newRules, "ec2", "AuthorizeSecurityGroupEgress"},
			{&ruleTags, "ec2", "CreateTags"},
			{&ownNetwork, "ec2", "AuthorizeSecurityGroupEgress ModifySecurityGroupRules RevokeSecurityGroupEgress CreateTags DeleteTags"},
		},
	},
	"aws_eip": {
		read: []grant{{&anyResource, "ec2", "DescribeAddresses DescribeAddressesAttribute"}},
		write: []grant{
			{&newInNetwork, "ec2", "AllocateAddress"},
			{&newTags, "ec2", "CreateTags"},
			{&ownNetwork, "ec2", "DisassociateAddress ReleaseAddress CreateTags DeleteTags"},
			{&interfaces, "ec2", "DisassociateAddress"},
		},
	},
	"aws_nat_gateway": {
		read: []grant{{&anyResource, "ec2", "DescribeNatGateways"}},
		write: []grant{
			{&newInNetwork, "ec2", "CreateNatGateway"},
			{&newTags, "ec2", "CreateTags"},
			{&ownNetwork, "ec2", "CreateNatGateway DeleteNatGateway CreateTags DeleteTags"},
		},
	},
	"aws_vpc_endpoint": {
		read: []grant{{&anyResource, "ec2", "DescribeVpcEndpoints DescribePrefixLists"}},
		write: []grant{
			{&newInNetwork, "ec2", "CreateVpcEndpoint"},
			{&newTags, "ec2", "CreateTags"},
			{&ownNetwork, "ec2", "CreateVpcEndpoint ModifyVpcEndpoint DeleteVpcEndpoints CreateTags DeleteTags"},
			// For the private DNS name, AWS associates a hosted zone of its own with the VPC.
			// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
			{&zones, "route53", "AssociateVPCWithHostedZone"},
		},
	},

	"aws_lb": {
		read: []grant{{&anyResource, "elasticloadbalancing", "DescribeLoadBalancers DescribeLoadBalancerAttributes DescribeCapacityReservation DescribeTags"}},
		write: []grant{
			{&loadBalancers, "elasticloadbalancing", "CreateLoadBalancer ModifyLoadBalancerAttributes SetIpAddressType SetSecurityGroups SetSubnets DeleteLoadBalancer AddTags RemoveTags"},
			// https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-api-permissions.html
			{&anyResource, "ec2", "DescribeAccountAttributes DescribeAddresses DescribeInternetGateways DescribeNetworkInterfaces DescribeSecurityGroups DescribeSubnets DescribeVpcs"},
			{&serviceLinkedRoles, "iam", "CreateServiceLinkedRole"},
		},
	},
	"aws_lb_listener": {
		read:  []grant{{&anyResource, "elasticloadbalancing", "DescribeListeners DescribeListenerAttributes DescribeTags"}},
		write: []grant{{&loadBalancers, "elasticloadbalancing", "CreateListener ModifyListener ModifyListenerAttributes DeleteListener AddTags RemoveTags"}},
	},
	"aws_lb_listener_rule": {
		read:  []grant{{&anyResource, "elasticloadbalancing", "DescribeRules DescribeTags"}},
		write: []grant{{&loadBalancers, "elasticloadbalancing", "CreateRule ModifyRule SetRulePriorities DeleteRule AddTags RemoveTags"}},
	},
	"aws_lb_target_group": {
		read:  []grant{{&anyResource, "elasticloadbalancing", "DescribeTargetGroups DescribeTargetGroupAttributes DescribeTags"}},
		write: []grant{{&loadBalancers, "elasticloadbalancing", "CreateTargetGroup ModifyTargetGroup ModifyTargetGroupAttributes DeleteTargetGroup AddTags RemoveTags"}},
	},

	"aws_lb_target_group_attachment": {
		read:  []grant{{&anyResource, "elasticloadbalancing", "DescribeTargetHealth"}},
		write: []grant{{&loadBalancers, "elasticloadbalancing", "RegisterTargets DeregisterTargets"}},
	},

	"aws_acm_certificate": {
		read: []grant{{&certificates, "acm", "DescribeCertificate ListTagsForCertificate"}},
		write: []grant{
			{&newCertificates, "acm", "RequestCertificate"},
			{&newCertificateTags, "acm", "AddTagsToCertificate"},
			{&ownCertificates, "acm", "AddTagsToCertificate RemoveTagsFromCertificate DeleteCertificate"},
		},
	},
	"aws_acm_certificate_validation": {read: []grant{{&certificates, "acm", "DescribeCertificate"}}},

	"aws_wafv2_web_acl": {
		read: []grant{{&webACLs, "wafv2", "GetWebACL ListTagsForResource"}},
		write: []grant{
			{&webACLs, "wafv2", "CreateWebACL UpdateWebACL DeleteWebACL TagResource UntagResource"},
			{&managedRules, "wafv2", "CreateWebACL UpdateWebACL"},
		},
	},
	"aws_wafv2_web_acl_association": {
		read: []grant{{&protection, "wafv2", "GetWebACLForResource"}, {&loadBalancers, "elasticloadbalancing", "GetLoadBalancerWebACL"}},
		write: []grant{
			{&protection, "wafv2", "AssociateWebACL DisassociateWebACL"},
			// SetWebAcl is the older action for both. The reference lists it beside the newer ones.
			// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awswafv2.html
			{&loadBalancers, "elasticloadbalancing", "CreateWebACLAssociation DeleteWebACLAssociation SetWebAcl"},
		},
	},

	"aws_efs_file_system": {
		read: []grant{{&fileSystems, "elasticfilesystem", "DescribeFileSystems DescribeLifecycleConfiguration"}},
		write: []grant{
			{&newFileSystems, "elasticfilesystem", "CreateFileSystem"},
			{&fileSystemTags, "elasticfilesystem", "TagResource"},
			{&ownFileSystems, "elasticfilesystem", "UpdateFileSystem DeleteFileSystem TagResource UntagResource"},
		},
	},
	"aws_efs_file_system_policy": {
		read:  []grant{{&fileSystems, "elasticfilesystem", "DescribeFileSystemPolicy"}},
		write: []grant{{&ownFileSystems, "elasticfilesystem", "PutFileSystemPolicy DeleteFileSystemPolicy"}},
	},
	"aws_efs_backup_policy": {
		read:  []grant{{&fileSystems, "elasticfilesystem", "DescribeBackupPolicy"}},
		write: []grant{{&ownFileSystems, "elasticfilesystem", "PutBackupPolicy"}},
	},
	"aws_efs_access_point": {
		read: []grant{{&fileSystems, "elasticfilesystem", "DescribeAccessPoints"}},
		write: []grant{
			{&ownFileSystems, "elasticfilesystem", "CreateAccessPoint DeleteAccessPoint TagResource UntagResource"},
			{&fileSystemTags, "elasticfilesystem", "TagResource"},
		},
	},
	// EFS creates the network interface of a mount target with the caller's permissions.
	// https://docs.aws.amazon.com/efs/latest/ug/API_CreateMountTarget.html
	"aws_efs_mount_target": {
		read: []grant{
			{&fileSystems, "elasticfilesystem", "DescribeMountTargets DescribeMountTargetSecurityGroups"},
			{&mountTargetInterfaces, "ec2", "DescribeNetworkInterfaceAttribute"},
		},
		write: []grant{
			{&ownFileSystems, "elasticfilesystem", "CreateMountTarget DeleteMountTarget ModifyMountTargetSecurityGroups"},
			{&mountTargetInterfaces, "ec2", "CreateNetworkInterface DeleteNetworkInterface ModifyNetworkInterfaceAttribute"},
			{&mountTargetNetwork, "ec2", "CreateNetworkInterface ModifyNetworkInterfaceAttribute"},
			{&existingSubnets, "ec2", "CreateNetworkInterface"},
			{&anyResource, "ec2", "DescribeSubnets DescribeNetworkInterfaces"},
			{&fileSystemRoles, "iam", "CreateServiceLinkedRole"},
		},
	},

	"aws_ecs_cluster": {
		read: []grant{{&containers, "ecs", "DescribeClusters ListTagsForResource"}},
		write: []grant{
			{&containers, "ecs", "CreateCluster UpdateCluster DeleteCluster TagResource UntagResource"},
			{&serviceLinkedRoles, "iam", "CreateServiceLinkedRole"},
		},
	},
	"aws_ecs_cluster_capacity_providers": {
		read:  []grant{{&containers, "ecs", "DescribeClusters"}},
		write: []grant{{&containers, "ecs", "PutClusterCapacityProviders"}},
	},
	"aws_ecs_service": {
		read:  []grant{{&containers, "ecs", "DescribeServices ListTagsForResource"}},
		write: []grant{{&containers, "ecs", "CreateService UpdateService DeleteService TagResource UntagResource"}},
	},
	"aws_ecs_task_definition": {
		read: []grant{{&anyResource, "ecs", "DescribeTaskDefinition"}, {&containers, "ecs", "ListTagsForResource"}},
		write: []grant{
			{&containers, "ecs", "RegisterTaskDefinition TagResource UntagResource"},
			// Only for revisions from before skip_destroy was set.
			{&anyResource, "ecs", "DeregisterTaskDefinition"},
			{&passTaskRoles, "iam", "PassRole"},
		},
	},
	"aws_appautoscaling_target": {
		read: []grant{{&anyResource, "application-autoscaling", "DescribeScalableTargets"}, {&scalableTargets, "application-autoscaling", "ListTagsForResource"}},
		write: []grant{
			{&ecsTargets, "application-autoscaling", "RegisterScalableTarget DeregisterScalableTarget"},
			{&scalableTargets, "application-autoscaling", "TagResource UntagResource"},
			// https://docs.aws.amazon.com/autoscaling/application/userguide/security_iam_id-based-policy-examples.html
			{&containers, "ecs", "DescribeServices UpdateService"},
			{&serviceLinkedRoles, "iam", "CreateServiceLinkedRole"},
		},
	},
	"aws_appautoscaling_scheduled_action": {
		read:  []grant{{&anyResource, "application-autoscaling", "DescribeScheduledActions"}},
		write: []grant{{&ecsTargets, "application-autoscaling", "PutScheduledAction DeleteScheduledAction"}},
	},

	"aws_appautoscaling_policy": {
		read: []grant{{&anyResource, "application-autoscaling", "DescribeScalingPolicies"}},
		write: []grant{
			{&ecsTargets, "application-autoscaling", "PutScalingPolicy DeleteScalingPolicy"},
			// AWS manages the alarms of a target tracking policy, and requires these permissions of its author.
			// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/auto-scaling-IAM.html
			{&trackingAlarms, "cloudwatch", "DescribeAlarms PutMetricAlarm DeleteAlarms"},
		},
	},

	"aws_cloudwatch_log_group": {
		read:  []grant{{&anyResource, "logs", "DescribeLogGroups"}, {&logGroups, "logs", "ListTagsForResource"}},
		write: []grant{{&logGroups, "logs", "CreateLogGroup PutRetentionPolicy DeleteRetentionPolicy AssociateKmsKey DisassociateKmsKey DeleteLogGroup TagResource UntagResource"}},
	},
	"aws_s3_bucket": {
		// The provider reads all settings of a bucket, set or not.
		read: []grant{{&accessLogs, "s3", "ListBucket GetBucketTagging GetBucketPolicy GetBucketAcl GetBucketCORS GetBucketWebsite GetBucketVersioning GetAccelerateConfiguration GetBucketRequestPayment GetBucketLogging GetLifecycleConfiguration GetReplicationConfiguration GetEncryptionConfiguration GetBucketObjectLockConfiguration"}},
		write: []grant{
			{&accessLogs, "s3", "CreateBucket DeleteBucket PutBucketTagging"},
			// With force_destroy, the provider deletes the records first.
			{&accessLogs, "s3", "ListBucketVersions"},
			{&accessRecords, "s3", "DeleteObject DeleteObjectVersion"},
		},
	},
	"aws_s3_bucket_lifecycle_configuration": {
		read: []grant{{&accessLogs, "s3", "GetLifecycleConfiguration"}}, write: []grant{{&accessLogs, "s3", "PutLifecycleConfiguration"}},
	},
	"aws_s3_bucket_ownership_controls": {
		read: []grant{{&accessLogs, "s3", "GetBucketOwnershipControls"}}, write: []grant{{&accessLogs, "s3", "PutBucketOwnershipControls"}},
	},
	"aws_s3_bucket_policy": {
		read: []grant{{&accessLogs, "s3", "GetBucketPolicy"}}, write: []grant{{&accessLogs, "s3", "PutBucketPolicy DeleteBucketPolicy"}},
	},
	"aws_s3_bucket_public_access_block": {
		read: []grant{{&accessLogs, "s3", "GetBucketPublicAccessBlock"}}, write: []grant{{&accessLogs, "s3", "PutBucketPublicAccessBlock"}},
	},
	"aws_s3_bucket_server_side_encryption_configuration": {
		read: []grant{{&accessLogs, "s3", "GetEncryptionConfiguration"}}, write: []grant{{&accessLogs, "s3", "PutEncryptionConfiguration"}},
	},
	"aws_secretsmanager_secret": {
		read: []grant{{&secrets, "secretsmanager", "DescribeSecret GetResourcePolicy"}},
		write: []grant{
			{&secrets, "secretsmanager", "CreateSecret UpdateSecret DeleteSecret TagResource UntagResource"},
			{&secretKeys, "kms", "Decrypt Encrypt GenerateDataKey"},
		},
	},
	"aws_secretsmanager_secret_version": {
		read: []grant{{&placeholders, "secretsmanager", "GetSecretValue"}, {&secretKeys, "kms", "Decrypt"}},
		write: []grant{
			{&secrets, "secretsmanager", "PutSecretValue UpdateSecretVersionStage"},
			// Before an apply the pipelines run mcpfleet secret status, to check that the secret has all keys
			// that the new tasks reference. Only the value tells which keys it has.
			{&currentValues, "secretsmanager", "GetSecretValue"},
		},
	},

	"aws_service_discovery_private_dns_namespace": {
		read: []grant{{&namespaces, "servicediscovery", "GetNamespace"}, {&anyResource, "servicediscovery", "ListTagsForResource"}},
		write: []grant{
			{&anyResource, "servicediscovery", "CreatePrivateDnsNamespace TagResource UntagResource"},
			{&namespaces, "servicediscovery", "UpdatePrivateDnsNamespace DeleteNamespace GetOperation"},
			// Cloud Map creates a hosted zone for a private namespace with the caller's permissions.
			// https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCloudMapFullAccess.html
			{&anyResource, "route53", "CreateHostedZone ListHostedZonesByName"},
			{&zones, "route53", "GetHostedZone DeleteHostedZone"},
			{&anyResource, "ec2", "DescribeVpcs DescribeRegions"},
		},
	},
	"aws_service_discovery_service": {
		read: []grant{{&namespaces, "servicediscovery", "GetService"}, {&anyResource, "servicediscovery", "ListTagsForResource"}},
		write: []grant{
			{&namespaces, "servicediscovery", "CreateService UpdateService DeleteService ListInstances DeregisterInstance GetOperation"},
			{&anyResource, "servicediscovery", "TagResource UntagResource"},
		},
	},
	// GetFunction returns tags only with the permission to list them.
	// https://docs.aws.amazon.com/lambda/latest/api/API_GetFunction.html
	"aws_lambda_function": {
		read: []grant{{&functions, "lambda", "GetFunction GetFunctionCodeSigningConfig ListTags ListVersionsByFunction"}},
		write: []grant{
			{&functions, "lambda", "CreateFunction UpdateFunctionCode UpdateFunctionConfiguration GetFunctionConfiguration DeleteFunction TagResource UntagResource"},
			{&passStandbyRoles, "iam", "PassRole"},
		},
	},
	"aws_lambda_permission": {
		read:  []grant{{&functions, "lambda", "GetPolicy"}},
		write: []grant{{&functions, "lambda", "AddPermission RemovePermission"}},
	},
	"aws_ssm_parameter": {
		read:  []grant{{&parameters, "ssm", "GetParameter ListTagsForResource"}, {&anyResource, "ssm", "DescribeParameters"}},
		write: []grant{{&parameters, "ssm", "PutParameter DeleteParameter AddTagsToResource RemoveTagsFromResource"}},
	},
	"aws_route53_health_check": {
		read: []grant{{&healthChecks, "route53", "GetHealthCheck ListTagsForResource"}},
		write: []grant{
			{&anyResource, "route53", "CreateHealthCheck"},
			{&healthChecks, "route53", "UpdateHealthCheck DeleteHealthCheck ChangeTagsForResource"},
		},
	},
	"aws_api_gateway_rest_api":        {read: []grant{{&restAPIs, "apigateway", "GET"}}, write: apiWrites},
	"aws_api_gateway_deployment":      {read: []grant{{&restAPIs, "apigateway", "GET"}}, write: apiWrites},
	"aws_api_gateway_stage":           {read: []grant{{&restAPIs, "apigateway", "GET"}}, write: apiWrites},
	"aws_api_gateway_method_settings": {read: []grant{{&restAPIs, "apigateway", "GET"}}, write: apiWrites},
	"aws_api_gateway_domain_name": {
		read: []grant{{&apiDomains, "apigateway", "GET"}},
		write: []grant{
			{&newDomains, "apigateway", "POST"},
			{&apiDomains, "apigateway", "PATCH DELETE"},
			{&apiTags, "apigateway", "PUT"},
			{&apiRoles, "iam", "CreateServiceLinkedRole"},
		},
	},
	"aws_api_gateway_base_path_mapping": {
		read:  []grant{{&apiDomains, "apigateway", "GET"}},
		write: []grant{{&apiDomains, "apigateway", "POST PATCH DELETE"}},
	},
	"aws_route53_record": {
		read: []grant{{&zones, "route53", "GetHostedZone ListResourceRecordSets"}},
		write: []grant{
			{&records, "route53", "ChangeResourceRecordSets"},
			{&validationRecords, "route53", "ChangeResourceRecordSets"},
			{&recordChanges, "route53", "GetChange"},
		},
	},

	"aws_cloudwatch_metric_alarm": {
		read:  []grant{{&alarms, "cloudwatch", "DescribeAlarms ListTagsForResource"}},
		write: []grant{{&alarms, "cloudwatch", "PutMetricAlarm DeleteAlarms TagResource UntagResource"}},
	},
	"aws_cloudwatch_dashboard": {
		read:  []grant{{&dashboards, "cloudwatch", "GetDashboard"}},
		write: []grant{{&dashboards, "cloudwatch", "PutDashboard DeleteDashboards"}},
	},
	"aws_cloudwatch_event_rule": {
		read:  []grant{{&rules, "events", "DescribeRule ListTagsForResource"}},
		write: []grant{{&rules, "events", "PutRule DeleteRule TagResource UntagResource"}},
	},
	"aws_cloudwatch_event_target": {
		read:  []grant{{&rules, "events", "ListTargetsByRule"}},
		write: []grant{{&rules, "events", "PutTargets RemoveTargets"}},
	},
	"aws_sns_topic": {
		read:  []grant{{&topics, "sns", "GetTopicAttributes ListTagsForResource"}},
		write: []grant{{&topics, "sns", "CreateTopic SetTopicAttributes DeleteTopic TagResource UntagResource"}},
	},
	"aws_sns_topic_policy": {
		read:  []grant{{&topics, "sns", "GetTopicAttributes"}},
		write: []grant{{&topics, "sns", "SetTopicAttributes"}},
	},
	"aws_sns_topic_subscription": {
		// Actions on subscriptions accept no resource.
		read:  []grant{{&anyAlarm, "sns", "GetSubscriptionAttributes"}},
		write: []grant{{&topics, "sns", "Subscribe"}, {&anyAlarm, "sns", "Unsubscribe SetSubscriptionAttributes"}},
	},
	"aws_kms_key": {
		read: []grant{{&ownKeys, "kms", "DescribeKey GetKeyPolicy GetKeyRotationStatus ListResourceTags"}},
		write: []grant{
			{&newKeys, "kms", "CreateKey"},
			{&ownKeys, "kms", "EnableKeyRotation PutKeyPolicy ScheduleKeyDeletion UpdateKeyDescription TagResource UntagResource"},
		},
	},
	"aws_budgets_budget": {
		read:  []grant{{&budgets, "budgets", "ViewBudget ListTagsForResource"}},
		write: []grant{{&budgets, "budgets", "ModifyBudget TagResource UntagResource"}},
	},

	"aws_iam_role": {
		read: []grant{{&roles, "iam", "GetRole ListRolePolicies ListAttachedRolePolicies"}},
		write: []grant{
			{&roles, "iam", "UpdateRole UpdateRoleDescription UpdateAssumeRolePolicy ListInstanceProfilesForRole DeleteRole TagRole UntagRole"},
			{&unboundedRoles, "iam", "CreateRole PutRolePermissionsBoundary DeleteRolePermissionsBoundary"},
			{&boundedRoles, "iam", "CreateRole PutRolePermissionsBoundary"},
		},
	},
	"aws_iam_role_policy": {
		read: []grant{{&roles, "iam", "GetRolePolicy"}},
		write: []grant{
			{&roles, "iam", "DeleteRolePolicy"},
			{&unboundedRoles, "iam", "PutRolePolicy"},
			{&boundedRoles, "iam", "PutRolePolicy"},
		},
	},
	"aws_iam_role_policy_attachment": {
		read: []grant{{&roles, "iam", "ListAttachedRolePolicies"}},
		write: []grant{
			{&roles, "iam", "DetachRolePolicy"},
			{&attachments, "iam", "AttachRolePolicy"},
			{&boundedAttachments, "iam", "AttachRolePolicy"},
		},
	},
	// Its list is empty, so it attaches nothing.
	"aws_iam_role_policy_attachments_exclusive": {
		read:  []grant{{&roles, "iam", "ListAttachedRolePolicies"}},
		write: []grant{{&roles, "iam", "DetachRolePolicy"}},
	},
}

// names returns the actions with their service prefix.
func (g grant) names() []string {
	var names []string
	for action := range strings.FieldsSeq(g.actions) {
		names = append(names, g.service+":"+action)
	}
	return names
}
