// Package standby creates what answers for a region whose tasks are asleep while its load balancer stays, and can wake
// them: a function behind the listener, and what calls it.
//
// A rule of the listener, before all others, leads to the function. Its condition matches every request while the region
// sleeps, and none while it is awake. The function sets it, because AWS wakes the tasks without an apply.
//
// Sources: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html and
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_cwe_events.html
package standby

import (
	"maps"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/cloudwatcheventrule"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/cloudwatcheventtarget"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/lambdafunction"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/lambdapermission"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/lblistenerrule"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/lbtargetgroup"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/lbtargetgroupattachment"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/internal/checkov"
	"github.com/cdtait/mcpfleet/internal/hcl"
	"github.com/cdtait/mcpfleet/internal/pointer"
)

// Priority is the priority of the listener rule. The rules of paths come after it.
const Priority = 100

// name is the name of the resources in their addresses.
const name = "standby"

// Addresses of the resources.
const (
	function         = "aws_lambda_function." + name
	role             = "aws_iam_role." + name
	rolePolicy       = "aws_iam_role_policy." + name
	targetGroup      = "aws_lb_target_group." + name
	rule             = "aws_lb_listener_rule." + name
	events           = "aws_cloudwatch_event_rule." + name
	fromLoadBalancer = "aws_lambda_permission." + name + "_load_balancer"
	idleAlarm        = "aws_cloudwatch_metric_alarm.idle"
	wakeBudget       = "aws_ssm_parameter.wake_budget"
)

// Patterns of paths for the condition of the rule: one that every path matches, and one that none does, because paths begin
// with a slash.
const (
	everyPath = "*"
	noPath    = "asleep"
)

// Accepted lists the checkov checks that fail on purpose.
var Accepted = []checkov.Accepted{
	{Check: "CKV_AWS_50", Address: function, Reason: "Traces are billed, and the function logs what it does."},
	{Check: "CKV_AWS_115", Address: function, Reason: "Concurrency that is reserved would be taken from the other functions of the account, and AWS refuses it to new accounts."},
	{Check: "CKV_AWS_116", Address: function, Reason: "The next event, at most an hour later, does what a lost one would have done."},
	{Check: "CKV_AWS_117", Address: function, Reason: "The function only calls the APIs of AWS, which a VPC would need endpoints for."},
	{Check: "CKV_AWS_173", Address: function, Reason: "The environment has names of resources only. A customer managed key is billed per month, in every region."},
	{Check: "CKV_AWS_272", Address: function, Reason: "The package is part of the repository, and Terraform deploys it."},
	{Check: "CKV2_AWS_34", Address: wakeBudget, Reason: "The parameter counts hours, which are no secret."},
}

// Config configures the function.
type Config struct {
	Names Names
	// Region describes where the function is, in descriptions.
	Region    string
	AWSRegion string
	AccountID string
	// LogGroupARN is the log group of the function's name, to which it writes.
	LogGroupARN string
	// ListenerARN is the listener whose requests the function answers.
	ListenerARN string
	// Awake is an HCL expression: whether tasks run at the time of the plan. It only matters when the rule is created.
	Awake string
	// Path is the path of the server, where clients get an error in the form of its protocol.
	Path           string
	ClusterName    string
	ClusterARN     string
	ServiceName    string
	ServiceARN     string
	TargetGroupARN string
	// PermissionsBoundary is the ARN of the managed policy that limits the role, or "".
	PermissionsBoundary string
	// Wake is nil if requests do not wake the region.
	Wake *Wake
}

// Names are the names in AWS.
type Names struct{ Function, Role, Rule, TargetGroup, ListenerRule string }

// New creates the function and what calls it.
func New(scope constructs.Construct, id string, cfg Config) {
	scope = constructs.NewConstruct(scope, &id)
	newListenerRule(scope, cfg)
	newRole(scope, cfg)
	newFunction(scope, cfg)
	newEvents(scope, cfg)
	if cfg.Wake != nil {
		newBudget(scope, cfg.Wake)
		newIdleAlarm(scope, cfg)
	}
}

func newListenerRule(scope constructs.Construct, cfg Config) {
	group := lbtargetgroup.NewLbTargetGroup(scope, new("target_group"), &lbtargetgroup.LbTargetGroupConfig{
		Name:       &cfg.Names.TargetGroup,
		TargetType: new("lambda"),
		// To Route 53, a load balancer is healthy if all its target groups are. Without health checks, this one might not be.
		HealthCheck: &lbtargetgroup.LbTargetGroupHealthCheck{Enabled: true, Path: new("/"), Matcher: new("200"), Interval: new(300.0), Timeout: new(30.0)},
		Tags:        pointer.NameTag(cfg.Names.TargetGroup),
	})
	group.OverrideLogicalId(new(name))
	answers := lblistenerrule.NewLbListenerRule(scope, new("rule"), &lblistenerrule.LbListenerRuleConfig{
		ListenerArn: &cfg.ListenerARN,
		Priority:    new(float64(Priority)),
		Action:      []*lblistenerrule.LbListenerRuleAction{{Type: new("forward"), TargetGroupArn: new(hcl.Attribute(targetGroup, "arn"))}},
		Condition: []*lblistenerrule.LbListenerRuleCondition{{PathPattern: &lblistenerrule.LbListenerRuleConditionPathPattern{
			Values: pointer.Strings(hcl.Expression(cfg.Awake + ` ? "` + noPath + `" : "` + everyPath + `"`)),
		}}},
		Tags: pointer.NameTag(cfg.Names.ListenerRule),
		Lifecycle: &cdktf.TerraformResourceLifecycle{
			CreateBeforeDestroy: new(true), // as the rules of paths: turning HTTPS on or off moves it to another listener
			IgnoreChanges:       pointer.Strings("condition"),
		},
	})
	answers.OverrideLogicalId(new(name))
	attached := lbtargetgroupattachment.NewLbTargetGroupAttachment(scope, new("attachment"), &lbtargetgroupattachment.LbTargetGroupAttachmentConfig{
		TargetGroupArn: new(hcl.Attribute(targetGroup, "arn")),
		TargetId:       new(hcl.Attribute(function, "arn")),
	})
	attached.OverrideLogicalId(new(name))
	attached.AddOverride(new("depends_on"), []string{fromLoadBalancer}) // which registering checks
}

func newFunction(scope constructs.Construct, cfg Config) {
	created := lambdafunction.NewLambdaFunction(scope, new("function"), &lambdafunction.LambdaFunctionConfig{
		FunctionName:   &cfg.Names.Function,
		Description:    new(cfg.Region + ": answers while the tasks are asleep"),
		Role:           new(hcl.Attribute(role, "arn")),
		Runtime:        new("python3.13"),
		Architectures:  pointer.Strings("arm64"),
		Handler:        new("standby.handle"),
		Filename:       new(PackageFile),
		SourceCodeHash: new(packageHash()),
		MemorySize:     new(256.0), // with less, loading the AWS SDK takes seconds
		Timeout:        new(30.0),
		Environment:    &lambdafunction.LambdaFunctionEnvironment{Variables: pointer.Map(cfg.environment())},
		Tags:           pointer.NameTag(cfg.Names.Function),
	})
	created.OverrideLogicalId(new(name))
	created.AddOverride(new("depends_on"), []string{rolePolicy})
	permit(scope, "load_balancer", "elasticloadbalancing.amazonaws.com", hcl.Attribute(targetGroup, "arn"))
}

// environment returns the environment variables of the function.
func (cfg Config) environment() map[string]string {
	variables := map[string]string{
		"CLUSTER":      cfg.ClusterName,
		"SERVICE":      cfg.ServiceName,
		"TARGET_GROUP": cfg.TargetGroupARN,
		"RULE":         hcl.Attribute(rule, "arn"),
		"MCP_PATH":     hcl.Literal(cfg.Path).Template(),
	}
	if cfg.Wake != nil {
		maps.Copy(variables, cfg.Wake.environment())
	}
	return variables
}

// newEvents calls the function when tasks of the service start or stop, when the service has reached a steady state, and
// every hour, in case an event is lost.
func newEvents(scope constructs.Construct, cfg Config) {
	created := cloudwatcheventrule.NewCloudwatchEventRule(scope, new("events"), &cloudwatcheventrule.CloudwatchEventRuleConfig{
		Name:        &cfg.Names.Rule,
		Description: new(cfg.Region + ": tasks have started or stopped"),
		EventPattern: new(hcl.Document(map[string]any{
			"source":      []string{"aws.ecs"},
			"detail-type": []string{"ECS Task State Change", "ECS Service Action"},
			"detail":      map[string]any{"clusterArn": []hcl.Reference{hcl.Reference(cfg.ClusterARN)}},
		})),
		ScheduleExpression: new("rate(1 hour)"),
		Tags:               pointer.NameTag(cfg.Names.Rule),
	})
	created.OverrideLogicalId(new(name))
	target := cloudwatcheventtarget.NewCloudwatchEventTarget(scope, new("events_target"), &cloudwatcheventtarget.CloudwatchEventTargetConfig{
		Rule:     new(hcl.Attribute(events, "name")),
		TargetId: new(name), // without one, a killed apply would leave another target beside it
		Arn:      new(hcl.Attribute(function, "arn")),
	})
	target.OverrideLogicalId(new(name))
	permit(scope, "events", "events.amazonaws.com", hcl.Attribute(events, "arn"))
}

// permit lets a service call the function. AWS would refuse to add the same statement again after a killed apply, so
// Terraform chooses its name.
func permit(scope constructs.Construct, id, principal, sourceARN string) {
	permission := lambdapermission.NewLambdaPermission(scope, new("permission_"+id), &lambdapermission.LambdaPermissionConfig{
		StatementIdPrefix: new(id + "-"),
		Action:            new("lambda:InvokeFunction"),
		FunctionName:      new(hcl.Attribute(function, "function_name")),
		Principal:         &principal,
		SourceArn:         &sourceARN,
	})
	permission.OverrideLogicalId(new(name + "_" + id))
}
