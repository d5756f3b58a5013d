package access

import (
	"strings"
	"testing"

	"github.com/cdtait/mcpfleet/config"
)

// TestFunctionsOfSleepingRegions evaluates requests for what answers while tasks are asleep. A fleet without has no
// permissions for any.
func TestFunctionsOfSleepingRegions(t *testing.T) {
	const (
		at        = ":eu-west-2:" + account + ":"
		prefix    = "fmp-mcp-prod-eu-west-2-"
		function  = "arn:aws:lambda" + at + "function:" + prefix + "standby"
		parameter = "arn:aws:ssm" + at + "parameter/" + prefix + "wake-budget"
		group     = "arn:aws:elasticloadbalancing" + at + "targetgroup/fmp-mcp-prod-eu-west-2-standby/0123456789abcdef"
		logGroup  = "arn:aws:logs" + at + "log-group:/aws/lambda/" + prefix + "standby"
		alarm     = "arn:aws:cloudwatch" + at + "alarm:" + prefix + "idle"
		rule      = "arn:aws:events" + at + "rule/" + prefix + "standby"
		role      = "arn:aws:iam::" + account + ":role/" + prefix + "standby-role"
		taskRole  = "arn:aws:iam::" + account + ":role/" + prefix + "ecs-task-role"
	)
	other := strings.NewReplacer("prod", "demo")
	passedTo := func(service string) map[string]string {
		return map[string]string{"iam:PassedToService": service + ".amazonaws.com"}
	}
	fleet := fleetOf(t, "../../examples/wake.yaml")
	without := fleetOf(t, "../../examples/wake.yaml")
	without.StandbyRole, without.WakesOnRequest = "", false
	for name, each := range map[string]struct {
		plan, apply bool
		call        request
	}{
		"creates a function":                        {false, true, request{"lambda:CreateFunction", function, nil}},
		"of another environment":                    {false, false, request{"lambda:CreateFunction", other.Replace(function), nil}},
		"changes its code":                          {false, true, request{"lambda:UpdateFunctionCode", function, nil}},
		"lets a service call it":                    {false, true, request{"lambda:AddPermission", function, nil}},
		"reads it":                                  {true, true, request{"lambda:GetFunction", function, nil}},
		"reads its policy":                          {true, true, request{"lambda:GetPolicy", function, nil}},
		"calls it":                                  {false, false, request{"lambda:InvokeFunction", function, nil}},
		"gives it a URL":                            {false, false, request{"lambda:CreateFunctionUrlConfig", function, nil}},
		"lists functions":                           {true, true, request{"lambda:ListFunctions", "*", nil}},
		"creates its role":                          {false, true, request{"iam:CreateRole", role, nil}},
		"passes the role to it":                     {false, true, request{"iam:PassRole", role, passedTo("lambda")}},
		"passes the role to tasks":                  {false, false, request{"iam:PassRole", role, passedTo("ecs-tasks")}},
		"passes the role of another environment":    {false, false, request{"iam:PassRole", other.Replace(role), passedTo("lambda")}},
		"passes a task role to it":                  {false, false, request{"iam:PassRole", taskRole, passedTo("lambda")}},
		"attaches a managed policy to its role":     {false, false, request{"iam:AttachRolePolicy", role, map[string]string{"iam:PolicyARN": administrator}}},
		"creates its log group":                     {false, true, request{"logs:CreateLogGroup", logGroup, nil}},
		"creates that of another function":          {false, false, request{"logs:CreateLogGroup", other.Replace(logGroup), nil}},
		"registers it as a target":                  {false, true, request{"elasticloadbalancing:RegisterTargets", group, nil}},
		"registers a target elsewhere":              {false, false, request{"elasticloadbalancing:RegisterTargets", other.Replace(group), nil}},
		"reads targets":                             {true, true, request{"elasticloadbalancing:DescribeTargetHealth", "*", nil}},
		"creates the parameter":                     {false, true, request{"ssm:PutParameter", parameter, nil}},
		"tags it":                                   {false, true, request{"ssm:AddTagsToResource", parameter, nil}},
		"reads it too":                              {true, true, request{"ssm:GetParameter", parameter, nil}},
		"reads one of others":                       {false, false, request{"ssm:GetParameter", other.Replace(parameter), nil}},
		"creates the idle alarm":                    {false, true, request{"cloudwatch:PutMetricAlarm", alarm, nil}},
		"creates the rule of its events":            {false, true, request{"events:PutRule", rule, nil}},
		"makes the rule call a function":            {false, true, request{"events:PutTargets", rule, nil}},
		"creates a budget, which no function needs": {false, false, request{"budgets:ModifyBudget", "arn:aws:budgets::" + account + ":budget/" + prefix + "a", nil}},
	} {
		checkOnlyWith(t, fleet, without, name, each.call.in("eu-west-2"), each.plan, each.apply)
	}
}

// TestNamesOfFunctionsMatch has names that are truncated: the policies know them by patterns.
func TestNamesOfFunctionsMatch(t *testing.T) {
	text := "project: " + strings.Repeat("p", 32) + "\nenvironment: " + strings.Repeat("e", 16) + `
defaults:
  container: {image: a/b}
  access: {paths: [/mcp]}
  weekend: {enabled: true, wake_on_request: true}
regions:
  eu-west-1: {network: {cidr: 10.0.0.0/16}}
  ap-southeast-2: {network: {cidr: 10.1.0.0/16}}
`
	loaded, _, err := config.Parse("regions.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	policies := Policies(NewFleet(loaded, account))
	for _, region := range loaded.Regions {
		names, at := region.Names, region.Name+":"+account+":"
		for action, resource := range map[string]string{
			"lambda:CreateFunction":                  "arn:aws:lambda:" + at + "function:" + names.Standby(),
			"logs:CreateLogGroup":                    "arn:aws:logs:" + at + "log-group:" + names.StandbyLogGroup(),
			"iam:CreateRole":                         "arn:aws:iam::" + account + ":role/" + names.StandbyRole(),
			"elasticloadbalancing:CreateTargetGroup": "arn:aws:elasticloadbalancing:" + at + "targetgroup/" + names.StandbyTargetGroup() + "/0123456789abcdef",
			"events:PutRule":                         "arn:aws:events:" + at + "rule/" + names.StandbyRule(),
			"cloudwatch:PutMetricAlarm":              "arn:aws:cloudwatch:" + at + "alarm:" + names.Idle(),
			"ssm:PutParameter":                       "arn:aws:ssm:" + at + "parameter/" + names.WakeBudget(),
		} {
			if !allowedBy(t, policies, Apply, request{action, resource, nil}.in(region.Name)) {
				t.Errorf("the apply role may not %s on %s", action, resource)
			}
		}
	}
}
