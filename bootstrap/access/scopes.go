package access

import (
	"slices"
	"strings"

	"github.com/cdtait/mcpfleet/internal/awspolicy"
)

// scope is the resources and conditions of a policy statement. {…} in its strings stands for a field of the
// fleet.
type scope struct {
	sid string
	// policy is the policy that has the write actions. All read actions are in the policy "read", or "read-storage".
	policy    string
	resources []string
	condition map[string]map[string]string
	// when reports whether a fleet has the scope; nil means always.
	when func(Fleet) bool
}

// The scopes, limited by names or tags. For the resource types and condition keys of each action see:
// https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
var (
	// anyResource is for actions that only accept *. They are limited by region.
	anyResource = scope{sid: "WhatHasNoName", policy: "service", resources: []string{"*"}}

	// VPCs and the resources in them have IDs instead of names, so they are limited by tags. For a new
	// resource these are the tags in the request, and its VPC must be the fleet's. newVPCs and newInNetwork
	// are separate, so that creating a resource in a VPC needs a VPC with the fleet's tags instead of a
	// request with them.
	newVPCs      = scope{sid: "NewVPCs", policy: "network", resources: ec2("vpc"), condition: equals(requestTags)}
	newInNetwork = scope{sid: "NewInANetwork", policy: "network",
		resources: ec2("internet-gateway", "route-table", "security-group", "subnet", "elastic-ip", "natgateway", "vpc-endpoint", "vpc-flow-log"), condition: equals(requestTags)}
	newTags = scope{sid: "TagsOfWhatIsNew", policy: "network",
		resources: ec2("vpc", "internet-gateway", "route-table", "security-group", "subnet", "elastic-ip", "natgateway", "vpc-endpoint", "vpc-flow-log"),
		condition: equals(map[string]string{
			"aws:RequestTag/Project":     "{project}",
			"aws:RequestTag/Environment": "{environment}",
			"ec2:CreateAction":           "CreateVpc CreateInternetGateway CreateRouteTable CreateSecurityGroup CreateSubnet AllocateAddress CreateNatGateway CreateVpcEndpoint CreateFlowLogs",
		})}
	// The provider tags a rule after creating it, so there is no condition for new rules. Creating one also
	// needs a security group of the fleet.
	newRules   = scope{sid: "NewRules", policy: "network", resources: ec2("security-group-rule")}
	ruleTags   = scope{sid: "TagsOfRules", policy: "network", resources: ec2("security-group-rule"), condition: equals(requestTags)}
	ownNetwork = scope{sid: "OwnNetwork", policy: "network", resources: ec2(network...), condition: equals(resourceTags)}
	// NAT gateways own their network interfaces, which have no tags. To disassociate an address from one also needs
	// an address of the fleet.
	interfaces = scope{sid: "InterfacesOfNATGateways", policy: "network", resources: ec2("network-interface")}
	// Existing VPCs do not have the fleet's tags. Only security groups are created in them.
	existingVPCs = scope{sid: "ExistingVPCs", policy: "network", resources: []string{"{existing_vpcs}"}}
	// vpcs includes VPCs that other accounts share with this one.
	vpcs = scope{sid: "VPCs", policy: "network", resources: []string{"arn:aws:ec2:*:*:vpc/*"}}

	loadBalancers = scope{sid: "LoadBalancers", policy: "entrance", resources: []string{
		"arn:aws:elasticloadbalancing:*:{account}:loadbalancer/app/{load_balancer}",
		"arn:aws:elasticloadbalancing:*:{account}:listener/app/{load_balancer}",
		"arn:aws:elasticloadbalancing:*:{account}:listener-rule/app/{load_balancer}",
		"arn:aws:elasticloadbalancing:*:{account}:targetgroup/{target_group}",
	}}
	webACLs = scope{sid: "WebACLs", policy: "entrance", resources: []string{"arn:aws:wafv2:*:{account}:regional/webacl/{prefix}*"}}
	// AWS checks a request with managed rule groups against this very ARN.
	managedRules = scope{sid: "ManagedRules", policy: "entrance", resources: []string{"arn:aws:wafv2:*:{account}:regional/managedruleset/*/*"}}
	// protection includes web ACLs of others: someone may have associated one with a load balancer of the
	// fleet. The actions of the load balancer limit the changes to these.
	// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awswafv2.html
	protection = scope{sid: "ProtectionOfLoadBalancers", policy: "entrance", resources: []string{
		"arn:aws:wafv2:*:{account}:regional/webacl/*",
		"arn:aws:elasticloadbalancing:*:{account}:loadbalancer/app/{load_balancer}",
	}}
	// File systems and access points have IDs instead of names, so they are limited by tags. fileSystems include those of
	// others, because a plan must also read one whose tags someone has changed.
	// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticfilesystem.html
	fileSystems    = scope{sid: "FileSystems", policy: "storage", resources: fileSystemARNs}
	newFileSystems = scope{sid: "NewFileSystems", policy: "storage", resources: fileSystemARNs[:1], condition: map[string]map[string]string{
		"Bool": {"elasticfilesystem:Encrypted": "true"}, "StringEquals": requestTags,
	}}
	fileSystemTags = scope{sid: "TagsOfNewFileSystems", policy: "storage", resources: fileSystemARNs, condition: equals(map[string]string{
		"aws:RequestTag/Project":         "{project}",
		"aws:RequestTag/Environment":     "{environment}",
		"elasticfilesystem:CreateAction": "CreateFileSystem CreateAccessPoint",
	})}
	ownFileSystems = scope{sid: "OwnFileSystems", policy: "storage", resources: fileSystemARNs, condition: equals(resourceTags)}
	// The network interface of a mount target has no tags. To create one also needs a file system of the fleet, one of its
	// security groups, and one of its subnets or those of an existing VPC.
	mountTargetInterfaces = scope{sid: "InterfacesOfMountTargets", policy: "storage", resources: ec2("network-interface")}
	mountTargetNetwork    = scope{sid: "NetworkOfMountTargets", policy: "storage", resources: ec2("security-group", "subnet"), condition: equals(resourceTags)}
	// Another account may own and share the subnets of an existing VPC.
	existingSubnets = scope{sid: "SubnetsOfExistingVPCs", policy: "storage", resources: []string{"arn:aws:ec2:*:*:subnet/*"},
		when: func(f Fleet) bool { return len(f.ExistingVPCs) > 0 }, condition: map[string]map[string]string{"ArnLike": {"ec2:Vpc": "{existing_vpcs}"}}}
	// The first mount target in an account creates a service-linked role.
	// https://docs.aws.amazon.com/efs/latest/ug/using-service-linked-roles.html
	fileSystemRoles = scope{sid: "RoleOfFileSystems", policy: "storage", resources: []string{"arn:aws:iam::{account}:role/aws-service-role/*"},
		condition: equals(map[string]string{"iam:AWSServiceName": "elasticfilesystem.amazonaws.com"})}

	containers = scope{sid: "Containers", policy: "service", resources: []string{
		"arn:aws:ecs:*:{account}:cluster/{prefix}*",
		"arn:aws:ecs:*:{account}:service/{prefix}*",
		"arn:aws:ecs:*:{account}:task-definition/{prefix}*",
	}}
	logGroups = scope{sid: "Logs", policy: "service", resources: []string{
		"arn:aws:logs:*:{account}:log-group:/ecs/{prefix}*", "arn:aws:logs:*:{account}:log-group:/vpc/{prefix}*",
		"{standby_log_groups}",
	}}
	// accessLogs are the buckets of access logs, and accessRecords what is in them. ARNs of buckets have no account, but their
	// names end in it.
	accessLogs    = scope{sid: "AccessLogs", policy: "storage", resources: []string{"arn:aws:s3:::{access_logs}"}, when: func(f Fleet) bool { return f.AccessLogs != "" }}
	accessRecords = scope{sid: "AccessLogRecords", policy: "storage", resources: []string{"arn:aws:s3:::{access_logs}/*"}, when: accessLogs.when}

	secrets = scope{sid: "Secrets", policy: "service", resources: []string{"arn:aws:secretsmanager:*:{account}:secret:{prefix}*"}}
	// placeholders are secret versions that Terraform created. To check whether its version exists, the
	// provider calls GetSecretValue. It names its versions terraform-<time>, while versions that operators
	// create have a UUID. So this scope covers the placeholder but no real value.
	// https://github.com/hashicorp/terraform-provider-aws/blob/v5.99.1/internal/service/secretsmanager/secret_version.go
	placeholders = scope{sid: "PlaceholdersOfSecrets", policy: "service", resources: secrets.resources,
		condition: map[string]map[string]string{"StringLike": {"secretsmanager:VersionId": "terraform-*"}}}
	// currentValues excludes previous and pending values. Tasks read the current value when they start.
	// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html
	currentValues = scope{sid: "CurrentValuesOfSecrets", policy: "service", resources: secrets.resources,
		condition: map[string]map[string]string{"ForAnyValue:StringEquals": {"secretsmanager:VersionStage": "AWSCURRENT"}}}
	// secretKeys are the KMS keys of the fleet's secrets, the previous ones included: Secrets Manager decrypts with these
	// when a secret gets another key. The name of a secret is in the encryption context of every request; Secrets Manager
	// first tests a key with a name of its own.
	// https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
	secretKeys = scope{sid: "KeysOfSecrets", policy: "service", resources: []string{"arn:aws:kms:*:*:key/*"}, when: func(f Fleet) bool { return f.SecretKeys }, condition: map[string]map[string]string{
		"StringLike": { //nolint:gosec // not a password
			"kms:ViaService":                  "secretsmanager.*.amazonaws.com",
			"kms:EncryptionContext:SecretARN": "arn:aws:secretsmanager:*:{account}:secret:{prefix}* RequestToValidateKeyAccess",
		},
	}}
	// Cloud Map resources have IDs instead of names, and its actions do not support conditions on tags.
	namespaces = scope{sid: "Discovery", policy: "service", resources: []string{
		"arn:aws:servicediscovery:*:{account}:namespace/*",
		"arn:aws:servicediscovery:*:{account}:service/*",
	}}
	scalableTargets = scope{sid: "ScalableTargets", policy: "service", resources: []string{"arn:aws:application-autoscaling:*:{account}:scalable-target/*"}}
	ecsTargets      = scope{sid: "ScalableTargetsOfECS", policy: "service", resources: scalableTargets.resources,
		condition: equals(map[string]string{"application-autoscaling:service-namespace": "ecs"})}
	// AWS names the alarms of a target tracking policy after the scalable target.
	trackingAlarms = scope{sid: "AlarmsOfScalingPolicies", policy: "service", resources: []string{"arn:aws:cloudwatch:*:{account}:alarm:TargetTracking-service/{prefix}*"}}

	alarms  = scope{sid: "Alarms", policy: "alarms", resources: []string{"arn:aws:cloudwatch:*:{account}:alarm:{prefix}*"}}
	rules   = scope{sid: "RulesOfEvents", policy: "alarms", resources: []string{"arn:aws:events:*:{account}:rule/{prefix}*"}}
	topics  = scope{sid: "Topics", policy: "alarms", resources: []string{"arn:aws:sns:*:{account}:{prefix}*"}}
	budgets = scope{sid: "Budgets", policy: "alarms", resources: []string{"arn:aws:budgets::{account}:budget/{prefix}*"}}
	// A dashboard belongs to no region.
	dashboards = scope{sid: "Dashboards", policy: "alarms", resources: []string{"arn:aws:cloudwatch::{account}:dashboard/{prefix}*"}}
	anyAlarm   = scope{sid: "SubscriptionsHaveNoName", policy: "alarms", resources: []string{"*"}}
	// What answers while the tasks are asleep: it is called by events and an alarm.
	functions  = scope{sid: "Functions", policy: "alarms", resources: []string{"arn:aws:lambda:*:{account}:function:{prefix}*"}}
	parameters = scope{sid: "Parameters", policy: "alarms", resources: []string{"arn:aws:ssm:*:{account}:parameter/{prefix}*"}}
	// Keys have IDs instead of names, so they are limited by tags.
	newKeys = scope{sid: "NewKeys", policy: "alarms", resources: []string{"*"}, condition: equals(requestTags)}
	ownKeys = scope{sid: "OwnKeys", policy: "alarms", resources: []string{"arn:aws:kms:*:{account}:key/*"}, condition: equals(resourceTags)}

	roles = scope{sid: "Roles", policy: "identity", resources: allRoles}
	// With a permissions boundary, the apply role can give the fleet's roles no more than the boundary allows, and cannot
	// take it away. Whoever can deploy could otherwise give tasks more permissions than they have themselves.
	// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html#access_policies_boundaries-delegate
	unboundedRoles = scope{sid: "RolesWithoutBoundary", policy: "permissions", resources: allRoles, when: Fleet.unbounded}
	boundedRoles   = scope{sid: "RolesWithBoundary", policy: "permissions", resources: allRoles, when: Fleet.bounded,
		condition: equals(boundary)}
	// Only the task role has managed policies, and only those of the fleet file.
	attachments = scope{sid: "PoliciesOfTheServer", policy: "permissions", resources: taskRoles[1:],
		condition: map[string]map[string]string{"ArnEquals": managedPolicies},
		when:      func(f Fleet) bool { return len(f.ManagedPolicies) > 0 && f.unbounded() }}
	boundedAttachments = scope{sid: "PoliciesOfTheServerWithBoundary", policy: "permissions", resources: taskRoles[1:],
		condition: map[string]map[string]string{"ArnEquals": managedPolicies, "StringEquals": boundary},
		when:      func(f Fleet) bool { return len(f.ManagedPolicies) > 0 && f.bounded() }}
	passTaskRoles = scope{sid: "RolesToTasksOnly", policy: "identity", resources: taskRoles,
		condition: equals(map[string]string{"iam:PassedToService": "ecs-tasks.amazonaws.com"})} //nolint:gosec // not a password
	passFlowLogRoles = scope{sid: "RolesToFlowLogsOnly", policy: "identity", resources: flowLogRoles,
		condition: equals(map[string]string{"iam:PassedToService": "vpc-flow-logs.amazonaws.com"})} //nolint:gosec // not a password
	passStandbyRoles = scope{sid: "RolesToFunctionsOnly", policy: "identity", resources: standbyRoles,
		condition: equals(map[string]string{"iam:PassedToService": "lambda.amazonaws.com"})} //nolint:gosec // not a password
	// The first load balancer, cluster and scalable target in an account create a service-linked role.
	serviceLinkedRoles = scope{sid: "RolesOfServices", policy: "identity", resources: []string{"arn:aws:iam::{account}:role/aws-service-role/*"},
		condition: equals(map[string]string{"iam:AWSServiceName": "ecs.amazonaws.com ecs.application-autoscaling.amazonaws.com elasticloadbalancing.amazonaws.com"})}

	// APIs have IDs instead of names, so they are limited by tags, which what is below them inherits. Their actions are the
	// methods of HTTP.
	// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigatewaymanagement.html and
	// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-tagging-supported-resources.html
	restAPIs   = scope{sid: "Answers", policy: "entrance", resources: []string{"arn:aws:apigateway:*::/restapis/*"}}
	newAPIs    = scope{sid: "NewAnswers", policy: "entrance", resources: []string{"arn:aws:apigateway:*::/restapis"}, condition: equals(requestTags)}
	ownAPIs    = scope{sid: "OwnAnswers", policy: "entrance", resources: restAPIs.resources, condition: equals(resourceTags)}
	newDomains = scope{sid: "NewDomainsOfAnswers", policy: "entrance", resources: []string{"arn:aws:apigateway:*::/domainnames"}}
	apiDomains = scope{sid: "DomainsOfAnswers", policy: "entrance", resources: []string{"{api_domains}"}}
	apiTags    = scope{sid: "TagsOfAnswers", policy: "entrance", resources: []string{"arn:aws:apigateway:*::/tags/*"}, condition: equals(requestTags)}
	// The first custom domain in an account creates a service-linked role.
	// https://docs.aws.amazon.com/apigateway/latest/developerguide/using-service-linked-roles.html
	apiRoles = scope{sid: "RoleOfAnswers", policy: "entrance", resources: []string{"arn:aws:iam::{account}:role/aws-service-role/*"},
		condition: equals(map[string]string{"iam:AWSServiceName": "ops.apigateway.amazonaws.com"})}
	// Health checks have IDs instead of names, and support no conditions on tags.
	healthChecks = scope{sid: "HealthChecks", policy: "entrance", resources: []string{"arn:aws:route53:::healthcheck/*"}}

	// Certificates have IDs instead of names, so they are limited by tags, and requests by the domains.
	// https://docs.aws.amazon.com/acm/latest/userguide/acm-conditions.html
	certificates    = scope{sid: "Certificates", policy: "entrance", resources: []string{"arn:aws:acm:*:{account}:certificate/*"}}
	newCertificates = scope{sid: "NewCertificates", policy: "entrance", resources: []string{"*"}, condition: map[string]map[string]string{
		"ForAllValues:StringEquals": {"acm:DomainNames": "{domains}"},
		"StringEquals":              {"acm:ValidationMethod": "DNS", "aws:RequestTag/Project": "{project}", "aws:RequestTag/Environment": "{environment}"},
	}}
	// A certificate that already has a project cannot become one of the fleet.
	newCertificateTags = scope{sid: "TagsOfNewCertificates", policy: "entrance", resources: certificates.resources, condition: map[string]map[string]string{
		"Null":         {"aws:ResourceTag/Project": "true"},
		"StringEquals": requestTags,
	}}
	ownCertificates = scope{sid: "OwnCertificates", policy: "entrance", resources: certificates.resources, condition: equals(resourceTags)}

	// The ID of a hosted zone is not known in advance. Zones with records cannot be deleted, and only records
	// with the fleet's domains can be changed.
	zones         = scope{sid: "Zones", policy: "identity", resources: []string{"arn:aws:route53:::hostedzone/*"}}
	recordChanges = scope{sid: "ChangesOfRecords", policy: "identity", resources: []string{"arn:aws:route53:::change/*"}}
	records       = scope{sid: "Records", policy: "identity", resources: zones.resources, condition: map[string]map[string]string{
		"ForAllValues:StringEquals": {
			"route53:ChangeResourceRecordSetsNormalizedRecordNames": "{domains}",
			"route53:ChangeResourceRecordSetsRecordTypes":           "A AAAA",
		},
	}}
	validationRecords = scope{sid: "ValidationRecords", policy: "identity", resources: zones.resources, condition: map[string]map[string]string{
		"ForAllValues:StringLike":   {"route53:ChangeResourceRecordSetsNormalizedRecordNames": "{validation_records}"},
		"ForAllValues:StringEquals": {"route53:ChangeResourceRecordSetsRecordTypes": "CNAME"},
	}}
)

var (
	network = []string{"vpc", "internet-gateway", "route-table", "security-group", "security-group-rule", "subnet", "elastic-ip", "natgateway", "vpc-endpoint", "vpc-flow-log"}
	// fileSystemARNs are the ARNs of file systems and of access points.
	fileSystemARNs = []string{"arn:aws:elasticfilesystem:*:{account}:file-system/*", "arn:aws:elasticfilesystem:*:{account}:access-point/*"}
	taskRoles      = []string{"arn:aws:iam::{account}:role/{execution_role}", "arn:aws:iam::{account}:role/{task_role}"}

	flowLogRoles = []string{"arn:aws:iam::{account}:role/{flow_log_role}"}
	standbyRoles = []string{"{standby_roles}"}
	allRoles     = slices.Concat(flowLogRoles, taskRoles, standbyRoles)

	requestTags     = map[string]string{"aws:RequestTag/Project": "{project}", "aws:RequestTag/Environment": "{environment}"}
	managedPolicies = map[string]string{"iam:PolicyARN": "{managed_policies}"}
	boundary        = map[string]string{"iam:PermissionsBoundary": "{boundaries}"}

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

// statement returns a statement that allows actions in the scope.
func (s scope) statement(fleet Fleet, actions []string) awspolicy.Statement {
	fill := strings.NewReplacer(
		"{account}", fleet.Account,
		"{project}", fleet.Project,
		"{environment}", fleet.Environment,
		"{prefix}", fleet.Prefix,
		"{domains}", strings.Join(fleet.Domains, " "),
		"{api_domains}", strings.Join(fleet.apiDomains(), " "),
		"{validation_records}", strings.Join(fleet.ValidationRecords, " "),
		"{load_balancer}", fleet.LoadBalancer,
		"{target_group}", fleet.TargetGroup,
		"{execution_role}", fleet.ExecutionRole,
		"{task_role}", fleet.TaskRole,
		"{flow_log_role}", fleet.FlowLogRole,
		"{standby_roles}", fleet.standbyRoles(),
		"{standby_log_groups}", fleet.standbyLogGroups(),
		"{access_logs}", fleet.AccessLogs,
		"{existing_vpcs}", strings.Join(fleet.ExistingVPCs, " "),
		"{managed_policies}", strings.Join(fleet.ManagedPolicies, " "),
		"{boundaries}", strings.Join(fleet.Boundaries, " "),
	).Replace
	var resources []string
	for _, resource := range s.resources {
		resources = append(resources, strings.Fields(fill(resource))...)
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
