package access

import (
	"strings"

	"github.com/cdtait/mcpfleet/internal/awspolicy"
)

// scope is what some actions are allowed on, and so one statement of a policy. In its texts {…}
// stands for a field of the fleet.
type scope struct {
	sid string
	// policy is the one that holds the scope's changes; what is only read is in the policy "read".
	policy    string
	resources []string
	condition map[string]map[string]string
}

// The scopes, with the names or tags that limit them. Which action takes which resource, and which
// condition, is AWS's word:
// https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
var (
	// unnamed is for actions that take no narrower resource; the regions limit them.
	unnamed = scope{sid: "WhatHasNoName", policy: "service", resources: []string{"*"}}

	// A VPC and what is in it have ids instead of names, and are told by their tags. A new thing's are
	// in the request; it may be made only in a VPC of the fleet's own. VPCs are apart from what is in
	// them, so that no action is allowed on the thing that it makes another in.
	newVPCs      = scope{sid: "NewVPCs", policy: "network", resources: ec2("vpc"), condition: equals(requestTags)}
	newInNetwork = scope{sid: "NewInANetwork", policy: "network",
		resources: ec2("internet-gateway", "route-table", "security-group", "subnet"), condition: equals(requestTags)}
	tagsOfNew = scope{sid: "TagsOfWhatIsNew", policy: "network",
		resources: ec2("vpc", "internet-gateway", "route-table", "security-group", "subnet"),
		condition: equals(map[string]string{
			"aws:RequestTag/Project":     "{project}",
			"aws:RequestTag/Environment": "{environment}",
			"ec2:CreateAction":           "CreateVpc CreateInternetGateway CreateRouteTable CreateSecurityGroup CreateSubnet",
		})}
	// The provider tags a rule after it has made it. Neither the rule nor its tags are worth anything
	// without the security group, which has to be the fleet's own.
	newRules   = scope{sid: "NewRules", policy: "network", resources: ec2("security-group-rule")}
	tagsOfRule = scope{sid: "TagsOfRules", policy: "network", resources: ec2("security-group-rule"), condition: equals(requestTags)}
	ownNetwork = scope{sid: "OwnNetwork", policy: "network", resources: ec2(network...), condition: equals(resourceTags)}
	vpcs       = scope{sid: "VPCs", policy: "network", resources: ec2("vpc")}

	loadBalancers = scope{sid: "LoadBalancers", policy: "service", resources: []string{
		"arn:aws:elasticloadbalancing:*:{account}:loadbalancer/app/{load_balancer}",
		"arn:aws:elasticloadbalancing:*:{account}:listener/app/{load_balancer}",
		"arn:aws:elasticloadbalancing:*:{account}:targetgroup/{target_group}",
	}}
	containers = scope{sid: "Containers", policy: "service", resources: []string{
		"arn:aws:ecs:*:{account}:cluster/{prefix}*",
		"arn:aws:ecs:*:{account}:service/{prefix}*",
		"arn:aws:ecs:*:{account}:task-definition/{prefix}*",
	}}
	logGroups = scope{sid: "Logs", policy: "service", resources: []string{"arn:aws:logs:*:{account}:log-group:/ecs/{prefix}*"}}
	secrets   = scope{sid: "Secrets", policy: "service", resources: []string{"arn:aws:secretsmanager:*:{account}:secret:{prefix}*"}}
	// placeholders are the versions that Terraform wrote. The provider reads its version to see
	// whether it is there, with no other call than the one for values; it has called it
	// terraform-<time>, where an operator's version is a UUID. So a role sees the placeholder and
	// never a value.
	// https://github.com/hashicorp/terraform-provider-aws/blob/v5.99.1/internal/service/secretsmanager/secret_version.go
	placeholders = scope{sid: "PlaceholdersOfSecrets", policy: "service", resources: secrets.resources,
		condition: map[string]map[string]string{"StringLike": {"secretsmanager:VersionId": "terraform-*"}}}
	// currentValues are what tasks read when they start, and neither older values nor pending ones.
	// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html
	currentValues = scope{sid: "CurrentValuesOfSecrets", policy: "service", resources: secrets.resources,
		condition: map[string]map[string]string{"ForAnyValue:StringEquals": {"secretsmanager:VersionStage": "AWSCURRENT"}}}
	// Cloud Map has ids instead of names too, and lists no tag among the conditions of its actions.
	namespaces = scope{sid: "Discovery", policy: "service", resources: []string{
		"arn:aws:servicediscovery:*:{account}:namespace/*",
		"arn:aws:servicediscovery:*:{account}:service/*",
	}}
	scalableTargets = scope{sid: "ScalableTargets", policy: "service", resources: []string{"arn:aws:application-autoscaling:*:{account}:scalable-target/*"}}
	ecsTargets      = scope{sid: "ScalableTargetsOfECS", policy: "service", resources: scalableTargets.resources,
		condition: equals(map[string]string{"application-autoscaling:service-namespace": "ecs"})}

	roles     = scope{sid: "RolesOfTasks", policy: "identity", resources: taskRoles}
	tasksOnly = scope{sid: "RolesToTasksOnly", policy: "identity", resources: taskRoles,
		condition: equals(map[string]string{"iam:PassedToService": "ecs-tasks.amazonaws.com"})} //nolint:gosec // the key passes a role, it is no password
	// The first load balancer, cluster and scalable target of an account make a role for their service.
	serviceRoles = scope{sid: "RolesOfServices", policy: "identity", resources: []string{"arn:aws:iam::{account}:role/aws-service-role/*"},
		condition: equals(map[string]string{"iam:AWSServiceName": "ecs.amazonaws.com ecs.application-autoscaling.amazonaws.com elasticloadbalancing.amazonaws.com"})}

	// A hosted zone has an id that nobody knows beforehand. One with records cannot be deleted, and
	// records can be changed under the fleet's own names only.
	zones   = scope{sid: "Zones", policy: "identity", resources: []string{"arn:aws:route53:::hostedzone/*"}}
	changes = scope{sid: "ChangesOfRecords", policy: "identity", resources: []string{"arn:aws:route53:::change/*"}}
	records = scope{sid: "Records", policy: "identity", resources: zones.resources, condition: map[string]map[string]string{
		"ForAllValues:StringEquals": {
			"route53:ChangeResourceRecordSetsNormalizedRecordNames": "{domains}",
			"route53:ChangeResourceRecordSetsRecordTypes":           "A AAAA",
		},
	}}
)

var (
	network   = []string{"vpc", "internet-gateway", "route-table", "security-group", "security-group-rule", "subnet"}
	taskRoles = []string{"arn:aws:iam::{account}:role/{execution_role}", "arn:aws:iam::{account}:role/{task_role}"}

	requestTags  = map[string]string{"aws:RequestTag/Project": "{project}", "aws:RequestTag/Environment": "{environment}"}
	resourceTags = map[string]string{"aws:ResourceTag/Project": "{project}", "aws:ResourceTag/Environment": "{environment}"}
)

func ec2(kinds ...string) []string {
	var arns []string
	for _, kind := range kinds {
		arns = append(arns, "arn:aws:ec2:*:{account}:"+kind+"/*")
	}
	return arns
}

func equals(keys map[string]string) map[string]map[string]string {
	return map[string]map[string]string{"StringEquals": keys}
}

// statement allows actions in the scope, for a fleet.
func (s scope) statement(fleet Fleet, actions []string) awspolicy.Statement {
	fill := strings.NewReplacer(
		"{account}", fleet.Account,
		"{project}", fleet.Project,
		"{environment}", fleet.Environment,
		"{prefix}", fleet.Prefix,
		"{domains}", strings.Join(fleet.Domains, " "),
		"{load_balancer}", fleet.LoadBalancer,
		"{target_group}", fleet.TargetGroup,
		"{execution_role}", fleet.ExecutionRole,
		"{task_role}", fleet.TaskRole,
	).Replace
	var resources []string
	for _, resource := range s.resources {
		resources = append(resources, fill(resource))
	}
	result := awspolicy.Allow(s.sid, resources, actions...)
	for operator, keys := range s.condition {
		for key, values := range keys {
			if result.Condition == nil {
				result.Condition = awspolicy.Condition{}
			}
			if result.Condition[operator] == nil {
				result.Condition[operator] = map[string]any{}
			}
			result.Condition[operator][key] = awspolicy.References(strings.Fields(fill(values))...)
		}
	}
	return result
}
