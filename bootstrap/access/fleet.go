package access

import (
	"slices"
	"strings"

	"github.com/cdtait/mcpfleet/config"
)

// Fleet holds what the policies depend on. Names are patterns, because a policy has no room for the names of
// thirty regions.
type Fleet struct {
	// Account is the account ID, or an expression for it.
	Account              string
	Project, Environment string
	Regions              []string
	// Domains are the custom domains and those of single regions; optional. ValidationRecords are patterns for
	// the names of the records that validate their certificates.
	Domains, ValidationRecords []string
	// Prefix is the prefix of all names that are never truncated.
	Prefix string
	// Patterns for names that may be truncated to a length limit of AWS.
	LoadBalancer, TargetGroup string
	ExecutionRole, TaskRole   string
	FlowLogRole               string
	// StandbyRole is such a pattern for the roles of functions, "" if no region has a function.
	StandbyRole string
	// WakesOnRequest reports whether requests wake any region.
	WakesOnRequest bool
	// AccessLogs is a pattern for the buckets of access logs, "" if the fleet file does not say whether there are any.
	AccessLogs string
	State      config.State
	// HasAlarms reports whether any region has alarms, and OwnTopics whether any has a topic of its own for them.
	HasAlarms, OwnTopics bool
	// Answers reports whether any region answers while it sleeps.
	Answers bool
	// HasDashboards reports whether any region has a dashboard.
	HasDashboards bool
	// SecretKeys reports whether the fleet file names KMS keys for the secrets.
	SecretKeys bool
	// FileSystems reports whether any region has a file system of its own.
	FileSystems bool
	// CreatesVPCs reports whether any region has a VPC of its own. ExistingVPCs are the ARNs of the others' VPCs.
	// Another account may own and share them, so the ARNs have none.
	CreatesVPCs  bool
	ExistingVPCs []string
	// ManagedPolicies are the ARNs of the task roles' managed policies; optional.
	ManagedPolicies []string
	// Boundaries are the permissions boundaries of the tasks' roles. They are empty unless all regions have one:
	// the regions' roles have a pattern in common, so a boundary can only be required of all.
	Boundaries []string
}

// NewFleet returns the Fleet of a loaded fleet file.
func NewFleet(fleet *config.Fleet, account string) Fleet {
	prefix := fleet.Project + "-" + fleet.Environment + "-"
	summary := Fleet{Account: account, Project: fleet.Project, Environment: fleet.Environment, Prefix: prefix, State: fleet.State}
	var balancers, groups, executions, tasks, flowLogs, standby, accessLogs []string
	for _, region := range fleet.Regions {
		summary.Regions = append(summary.Regions, region.Name)
		balancers = append(balancers, region.LoadBalancerName())
		groups = append(groups, region.TargetGroupName())
		executions = append(executions, region.Names.ExecutionRole())
		tasks = append(tasks, region.Names.TaskRole())
		flowLogs = append(flowLogs, region.Names.FlowLogRole())
		if region.HasStandby() {
			groups = append(groups, region.Names.StandbyTargetGroup())
			standby = append(standby, region.Names.StandbyRole())
		}
		if region.Logs.Access.Enabled != nil {
			accessLogs = append(accessLogs, region.Names.AccessLogs(""))
		}
		summary.addDomains(region)
		summary.SecretKeys = summary.SecretKeys || region.Secrets.KMSKey != ""
		summary.HasAlarms = summary.HasAlarms || region.Alarms.Enabled()
		summary.OwnTopics = summary.OwnTopics || region.Alarms.Email != ""
		summary.FileSystems = summary.FileSystems || len(region.OwnVolumes()) > 0
		summary.Answers = summary.Answers || region.Answers()
		summary.WakesOnRequest = summary.WakesOnRequest || region.WakesOnRequest()
		summary.HasDashboards = summary.HasDashboards || region.Dashboard
		summary.addVPC(region)
		summary.addPolicies(region)
	}
	if !fleet.Bounded() {
		summary.Boundaries = nil
	}
	summary.LoadBalancer = pattern(balancers, prefix, "")
	summary.TargetGroup = pattern(groups, prefix, "")
	summary.ExecutionRole = pattern(executions, prefix, "-ecs-task-execution-role")
	summary.TaskRole = pattern(tasks, prefix, "-ecs-task-role")
	summary.FlowLogRole = pattern(flowLogs, prefix, "-flow-logs-role")
	if len(standby) > 0 {
		summary.StandbyRole = pattern(standby, prefix, "-standby-role")
	}
	if len(accessLogs) > 0 {
		summary.AccessLogs = pattern(accessLogs, prefix, "-access-logs-") + account
	}
	return summary
}

// addDomains adds the domains of a region. The name of a validation record begins with an underscore and a hash
// that ACM chooses: _0123456789abcdef.mcp.example.com.
// https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
func (f *Fleet) addDomains(region config.Region) {
	for _, domain := range []string{region.CustomDomain(), region.RegionalDomain()} {
		if domain != "" && !slices.Contains(f.Domains, domain) {
			f.Domains = append(f.Domains, domain)
		}
	}
	if domain := region.CustomDomain(); domain != "" && !slices.Contains(f.ValidationRecords, "_*."+domain) {
		f.ValidationRecords = append(f.ValidationRecords, "_*."+domain)
	}
}

// apiDomains returns the ARNs of the custom domains of API Gateway, and of what is below them.
func (f Fleet) apiDomains() (arns []string) {
	for _, domain := range f.Domains {
		arn := "arn:aws:apigateway:*::/domainnames/" + domain
		arns = append(arns, arn, arn+"/*")
	}
	return arns
}

// standbyRoles returns the ARN of the roles of functions, "" if there are none.
func (f Fleet) standbyRoles() string {
	if !f.hasStandby() {
		return ""
	}
	return "arn:aws:iam::" + f.Account + ":role/" + f.StandbyRole
}

// standbyLogGroups returns the ARN of the log groups of functions, "" if there are none.
func (f Fleet) standbyLogGroups() string {
	if !f.hasStandby() {
		return ""
	}
	return "arn:aws:logs:*:" + f.Account + ":log-group:/aws/lambda/" + f.Prefix + "*"
}

// hasStandby reports whether a function answers for any region while its tasks are asleep.
func (f Fleet) hasStandby() bool { return f.StandbyRole != "" }

func (f *Fleet) addVPC(region config.Region) {
	if !region.HasExistingVPC() {
		f.CreatesVPCs = true
		return
	}
	f.ExistingVPCs = append(f.ExistingVPCs, "arn:aws:ec2:*:*:vpc/"+region.Network.Existing.VPCID)
}

// lacks reports whether no stack of the fleet has a type.
func (f Fleet) lacks(kind string) bool {
	if slices.Contains(ofOwnVPC, kind) {
		return !f.CreatesVPCs
	}
	if slices.Contains(ofStandby, kind) {
		return !f.hasStandby()
	}
	if kind == "aws_ssm_parameter" {
		return !f.WakesOnRequest
	}
	if kind == "aws_cloudwatch_metric_alarm" {
		return !f.HasAlarms && !f.WakesOnRequest
	}
	if slices.Contains(ofEvents, kind) {
		return !f.HasAlarms && !f.hasStandby()
	}
	if kind == "aws_budgets_budget" {
		return !f.HasAlarms
	}
	if strings.Contains(kind, "aws_api_gateway_") || kind == "aws_route53_health_check" {
		return !f.Answers
	}
	if kind == "aws_cloudwatch_dashboard" {
		return !f.HasDashboards
	}
	if slices.Contains(ofTopics, kind) {
		return !f.OwnTopics
	}
	if strings.Contains(kind, "aws_efs_") || kind == "data.aws_network_interface" {
		return !f.FileSystems
	}
	// A condition without values could allow all records and certificates.
	return len(f.Domains) == 0 && (strings.Contains(kind, "aws_route53_") || strings.Contains(kind, "aws_acm_"))
}

// ofOwnVPC are the types that exist only in VPCs of the fleet.
var ofOwnVPC = []string{
	"aws_vpc", "aws_flow_log", "aws_internet_gateway", "aws_subnet", "aws_route_table", "aws_route", "aws_route_table_association",
	"aws_eip", "aws_nat_gateway", "aws_vpc_endpoint",
}

// ofStandby are the types that exist only with a function, ofEvents those that exist only with a function or alarms, and
// ofTopics those that exist only with a topic of the fleet.
var (
	ofStandby = []string{"aws_lambda_function", "aws_lambda_permission", "aws_lb_target_group_attachment", "data.aws_lambda_functions"}
	ofEvents  = []string{"aws_cloudwatch_event_rule", "aws_cloudwatch_event_target"}
	ofTopics  = []string{"aws_sns_topic", "aws_sns_topic_policy", "aws_sns_topic_subscription", "aws_kms_key"}
)

// addPolicies adds the managed policies of a region's roles.
func (f *Fleet) addPolicies(region config.Region) {
	for _, arn := range region.TaskRole.ManagedPolicies {
		if arn = region.Fill(arn, f.Account); !slices.Contains(f.ManagedPolicies, arn) {
			f.ManagedPolicies = append(f.ManagedPolicies, arn)
		}
	}
	if arn := region.Fill(region.TaskRole.PermissionsBoundary, f.Account); !slices.Contains(f.Boundaries, arn) {
		f.Boundaries = append(f.Boundaries, arn)
	}
}

// bounded reports whether the apply role requires a permissions boundary of the tasks' roles.
func (f Fleet) bounded() bool { return len(f.Boundaries) > 0 }

func (f Fleet) unbounded() bool { return !f.bounded() }

// pattern returns a pattern that matches all names. It uses the prefix and suffix as far as truncated names
// still have them.
func pattern(names []string, prefix, suffix string) string {
	for _, name := range names {
		if !strings.HasPrefix(name, prefix) || !strings.HasSuffix(name, suffix) {
			suffix = ""
		}
		for !strings.HasPrefix(name, prefix) {
			prefix = prefix[:len(prefix)-1]
		}
	}
	return prefix + "*" + suffix
}
