package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/tfjson"
)

func TestReferencesAreValid(t *testing.T) {
	eachStack(t, func(t *testing.T, _ config.Region, stack *tfjson.Stack) {
		for _, problem := range stack.Problems() {
			t.Error(problem)
		}
	})
}

func TestEmbeddedDocumentsAreJSON(t *testing.T) {
	eachStack(t, func(t *testing.T, _ config.Region, stack *tfjson.Stack) {
		stack.Each(func(kind, name string, resource tfjson.Block) {
			for _, argument := range []string{"container_definitions", "policy", "assume_role_policy", "secret_string_wo", "dashboard_body"} {
				if resource.Text(argument) == "" {
					continue
				}
				document, err := tfjson.Resolve(resource.Text(argument), "reference")
				if err != nil || !json.Valid([]byte(document)) {
					t.Errorf("%s.%s: %s is not valid JSON: %v\n%s", kind, name, argument, err, document)
				}
			}
		})
	})
}

// limit is the maximum length of a name in AWS.
type limit struct {
	argument string
	length   int
}

// limits are the limits of the API calls. Terraform adds 26 characters to a name prefix.
var limits = map[string]limit{
	"aws_lb":                                      {"name", 32},
	"aws_lb_target_group":                         {"name", 32},
	"aws_iam_role":                                {"name", 64},
	"aws_iam_role_policy":                         {"name", 128},
	"aws_ecs_cluster":                             {"name", 255},
	"aws_ecs_service":                             {"name", 255},
	"aws_ecs_task_definition":                     {"family", 255},
	"aws_security_group":                          {"name_prefix", 255 - 26},
	"aws_secretsmanager_secret":                   {"name", 512},
	"aws_cloudwatch_log_group":                    {"name", 512},
	"aws_service_discovery_service":               {"name", 63},
	"aws_service_discovery_private_dns_namespace": {"name", 63},
	"aws_appautoscaling_scheduled_action":         {"name", 256},
	"aws_appautoscaling_policy":                   {"name", 256},
	"aws_wafv2_web_acl":                           {"name", 128},
	"aws_api_gateway_rest_api":                    {"name", 1024},
	"aws_sns_topic":                               {"name", 256},
	"aws_cloudwatch_metric_alarm":                 {"alarm_name", 255},
	"aws_cloudwatch_event_rule":                   {"name", 64},
	"aws_cloudwatch_dashboard":                    {"dashboard_name", 255},
	"aws_budgets_budget":                          {"name_prefix", 100 - 26},
	"aws_lambda_function":                         {"function_name", 64},
	"aws_ssm_parameter":                           {"name", 1011},
}

func TestNameLengths(t *testing.T) {
	eachStack(t, func(t *testing.T, _ config.Region, stack *tfjson.Stack) {
		stack.Each(func(kind, name string, resource tfjson.Block) {
			limit, limited := limits[kind]
			if !limited {
				if resource.Text("name") != "" && kind != "aws_route53_record" {
					t.Errorf("%s.%s has a name, but its limit is missing in the test", kind, name)
				}
				return
			}
			value := resource.Text(limit.argument)
			if value == "" || len(value) > limit.length {
				t.Errorf("%s.%s: %q has %d characters, AWS allows 1 to %d", kind, name, value, len(value), limit.length)
			}
			if limit.argument == "name" && strings.HasSuffix(value, "-") {
				t.Errorf("%s.%s: %q ends in a hyphen", kind, name, value)
			}
		})
	})
}

// TestContainersAreLiteral evaluates the task definition like Terraform, and compares the containers' values with the
// fleet file. ECS JSON that AWS would not understand does not decode.
func TestContainersAreLiteral(t *testing.T) {
	eachStack(t, func(t *testing.T, region config.Region, stack *tfjson.Stack) {
		containers := containerDefinitions(t, stack)
		if len(containers) != 1+len(region.Container.Sidecars) {
			t.Fatalf("the task has %d containers", len(containers))
		}
		checkContainer(t, region, containers[0], region.Container.ContainerDefinition)
		for i, sidecar := range region.Container.Sidecars {
			container := containers[i+1]
			checkContainer(t, region, container, sidecar.ContainerDefinition)
			for name, values := range map[string]struct{ got, want any }{
				"name":       {*container.Name, sidecar.Name},
				"image":      {*container.Image, sidecar.Image},
				"essential":  {*container.Essential, sidecar.Essential},
				"cpu":        {int(container.Cpu), sidecar.CPU},
				"memory":     {int(aws.ToInt32(container.Memory)), sidecar.Memory},
				"log_prefix": {container.LogConfiguration.Options["awslogs-stream-prefix"], sidecar.LogPrefix},
			} {
				if values.got != values.want {
					t.Errorf("%s of the sidecar %s is %v, want %v", name, sidecar.Name, values.got, values.want)
				}
			}
		}
	})
}

func checkContainer(t *testing.T, region config.Region, container ecstypes.ContainerDefinition, want config.ContainerDefinition) {
	t.Helper()
	environment := map[string]string{}
	for _, variable := range container.Environment {
		environment[*variable.Name] = *variable.Value
	}
	dependencies := map[string]string{}
	for _, each := range container.DependsOn {
		name := *each.ContainerName
		if name == region.Names.Container() {
			name = config.ServerContainer
		}
		dependencies[name] = strings.ToLower(string(each.Condition))
	}
	var check []string
	if container.HealthCheck != nil {
		check = container.HealthCheck.Command
	}
	if len(want.HealthCheck.Command) > 0 {
		want.HealthCheck.Command = slices.Concat([]string{"CMD"}, want.HealthCheck.Command)
	}
	for name, values := range map[string]struct{ got, want any }{
		"environment":       {environment, want.Environment},
		"secrets":           {secretsOf(container), referencesOf(region, want)},
		"entrypoint":        {container.EntryPoint, want.Entrypoint},
		"command":           {container.Command, want.Command},
		"user":              {aws.ToString(container.User), want.User},
		"working_directory": {aws.ToString(container.WorkingDirectory), want.WorkingDirectory},
		"health_check":      {check, want.HealthCheck.Command},
		"depends_on":        {dependencies, want.DependsOn},
	} {
		if difference := cmp.Diff(values.want, values.got, cmpopts.EquateEmpty()); difference != "" {
			t.Errorf("%s of %s (- want, + got)\n%s", name, *container.Name, difference)
		}
	}
}

// secretsOf returns the variables with values from secrets and parameters, each with its reference.
func secretsOf(definition ecstypes.ContainerDefinition) map[string]string {
	references := map[string]string{}
	for _, secret := range definition.Secrets {
		references[*secret.Name] = *secret.ValueFrom
	}
	return references
}

// referencesOf is what the fleet file sets for secretsOf.
func referencesOf(region config.Region, container config.ContainerDefinition) map[string]string {
	references := map[string]string{}
	for name, key := range container.Secrets {
		references[name] = "reference:" + key + "::"
	}
	for name, secret := range container.ExternalSecrets {
		references[name] = secret.Reference(region.Name, "reference")
	}
	return references
}

// containerDefinitions evaluates the container definitions of a stack and decodes them as the API does: it fails for a
// field that the API does not know or whose type is another.
func containerDefinitions(t *testing.T, stack *tfjson.Stack) (containers []ecstypes.ContainerDefinition) {
	t.Helper()
	template := stack.Resource("aws_ecs_task_definition.main").Text("container_definitions")
	expression, diagnostics := hclsyntax.ParseTemplate([]byte(template), "container_definitions", hcl.InitialPos)
	if diagnostics.HasErrors() {
		t.Fatal(diagnostics)
	}
	named := func(kind, attribute string) cty.Value {
		return cty.ObjectVal(map[string]cty.Value{kind: cty.ObjectVal(map[string]cty.Value{attribute: cty.StringVal("reference")})})
	}
	document, diagnostics := expression.Value(&hcl.EvalContext{Variables: map[string]cty.Value{
		"var":                       cty.ObjectVal(map[string]cty.Value{"container_image": cty.StringVal("image")}),
		"aws_cloudwatch_log_group":  named("main", "name"),
		"aws_secretsmanager_secret": named("api_key", "arn"),
		"data":                      cty.ObjectVal(map[string]cty.Value{"aws_caller_identity": named("current", "account_id")}),
	}})
	if diagnostics.HasErrors() {
		t.Fatal(diagnostics)
	}
	decoder := json.NewDecoder(strings.NewReader(document.AsString()))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&containers); err != nil {
		t.Fatalf("%v: %s", err, document.AsString())
	}
	return containers
}

// TestAwkwardFleet ensures that TestContainersAreLiteral covers a Terraform expression.
func TestAwkwardFleet(t *testing.T) {
	for _, each := range fleets {
		if name(each.file) != "awkward" {
			continue
		}
		if got := each.fleet.Regions[0].Container.Environment["INTERPOLATION"]; got != `${file("/etc/passwd")}` {
			t.Errorf("INTERPOLATION is %q", got)
		}
		if got := each.fleet.Regions[0].Container.Command[0]; got != `--log-format=${level} %{message}` {
			t.Errorf("the first argument is %q", got)
		}
		return
	}
	t.Error("the awkward fleet is not under test")
}
