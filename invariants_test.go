package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/tfjson"
	"github.com/cdtait/mcpfleet/naming"
)

func TestTaskIngress(t *testing.T) {
	eachStack(t, func(t *testing.T, region config.Region, stack *tfjson.Stack) {
		fromLoadBalancer := 0
		for name, rule := range stack.Resources["aws_vpc_security_group_ingress_rule"] {
			if rule.Text("security_group_id") != "${aws_security_group.ecs_tasks.id}" {
				continue
			}
			if name == "ecs_tasks_clients" {
				var clients []string
				list := strings.TrimSuffix(strings.TrimPrefix(rule.Text("for_each"), "${toset("), ")}")
				if err := json.Unmarshal([]byte(list), &clients); err != nil || !slices.Equal(clients, region.Discovery.Clients) {
					t.Errorf("clients are %s, want %v (%v)", list, region.Discovery.Clients, err)
				}
				continue
			}
			fromLoadBalancer++
			if rule.Text("referenced_security_group_id") != "${aws_security_group.alb.id}" {
				t.Errorf("%s allows a source other than the load balancer: %v", name, rule)
			}
			if port := taskPort(region); rule["from_port"] != port || rule["to_port"] != port {
				t.Errorf("%s allows a port other than %v: %v", name, port, rule)
			}
		}
		if want := map[bool]int{true: 1, false: 0}[region.LoadBalancer.Enabled]; fromLoadBalancer != want {
			t.Errorf("%d rules for the load balancer, want %d", fromLoadBalancer, want)
		}
	})
}

// taskPort is the one port of a task that is open: that of container.ingress, or the server's.
func taskPort(region config.Region) float64 {
	for _, sidecar := range region.Container.Sidecars {
		if sidecar.Name == region.Container.Ingress {
			return float64(sidecar.Port)
		}
	}
	return float64(region.Container.Port)
}

func TestLoadBalancerEgress(t *testing.T) {
	eachStack(t, func(t *testing.T, region config.Region, stack *tfjson.Stack) {
		for name, rule := range stack.Resources["aws_vpc_security_group_egress_rule"] {
			if rule.Text("security_group_id") != "${aws_security_group.alb.id}" {
				continue
			}
			if rule.Text("referenced_security_group_id") != "${aws_security_group.ecs_tasks.id}" || rule["to_port"] != taskPort(region) {
				t.Errorf("%s allows a destination other than the tasks: %v", name, rule)
			}
		}
	})
}

// wildcardOnly are the actions that only accept the resource *.
var wildcardOnly = []string{
	"ecr:GetAuthorizationToken", "logs:DescribeLogGroups",
	"application-autoscaling:DescribeScalableTargets", "application-autoscaling:DescribeScheduledActions",
	"elasticloadbalancing:DescribeRules", "elasticloadbalancing:DescribeTargetHealth",
	"ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel", "ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel",
}

// TestPoliciesHaveNoWildcards concerns the execution role. The fleet file alone decides about the task role.
func TestPoliciesHaveNoWildcards(t *testing.T) {
	eachStack(t, func(t *testing.T, _ config.Region, stack *tfjson.Stack) {
		for name, inline := range stack.Resources["aws_iam_role_policy"] {
			if "aws_iam_role_policy."+name == taskRolePolicy {
				continue
			}
			var policy struct {
				Statement []struct{ Action, Resource []string }
			}
			text, err := tfjson.Resolve(inline.Text("policy"), "reference")
			if err != nil || json.Unmarshal([]byte(text), &policy) != nil || len(policy.Statement) == 0 {
				t.Fatalf("%s: %v: %s", name, err, text)
			}
			for _, statement := range policy.Statement {
				for _, action := range statement.Action {
					if strings.Contains(action, "*") {
						t.Errorf("%s allows %s", name, action)
					}
					if slices.Contains(statement.Resource, "*") && !slices.Contains(wildcardOnly, action) {
						t.Errorf("%s allows %s on all resources", name, action)
					}
				}
			}
		}
	})
}

// inECR matches images in private ECR registries:
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-requests.html
var inECR = regexp.MustCompile(`^\d{12}\.(dkr\.ecr|dkr-ecr)(-fips)?\.`)

func TestECRPermissionsOnlyForImagesInECR(t *testing.T) {
	found := 0
	eachStack(t, func(t *testing.T, region config.Region, stack *tfjson.Stack) {
		allowed := strings.Contains(stack.Resource("aws_iam_role_policy.ecs_task_execution").Text("policy"), "ecr:")
		if allowed != inECR.MatchString(region.Container.Image) {
			t.Errorf("ECR permissions: %v, for the image %s", allowed, region.Container.Image)
		}
		if allowed {
			found++
		}
	})
	if found < 3 {
		t.Errorf("only %d of the test images are in ECR", found)
	}
}

func TestStacksContainNoSecretValues(t *testing.T) {
	eachStack(t, func(t *testing.T, region config.Region, stack *tfjson.Stack) {
		version := stack.Resource("aws_secretsmanager_secret_version.api_key")
		if len(region.Container.Secrets) == 0 {
			if version != nil || stack.Resource("aws_secretsmanager_secret.api_key") != nil {
				t.Error("the stack has an unused secret")
			}
			return
		}
		if region.Adopt != "" {
			if version != nil {
				t.Error("the placeholder would replace the value of an adopted secret")
			}
			return
		}
		for _, argument := range []string{"secret_string", "secret_binary"} {
			if version[argument] != nil {
				t.Errorf("%s would store the value in the state", argument)
			}
		}
		var values map[string]string
		if err := json.Unmarshal([]byte(version.Text("secret_string_wo")), &values); err != nil {
			t.Fatal(err)
		}
		for key, value := range values {
			if value != naming.SecretPlaceholder {
				t.Errorf("%s has the value %q", key, value)
			}
		}
		// Without the extra label AWS may delete the version, and Terraform would write the placeholder
		// again.
		if stages := fmt.Sprint(version["version_stages"]); stages != "[AWSCURRENT placeholder]" {
			t.Errorf("version_stages is %s", stages)
		}
		want := slices.Collect(maps.Values(region.Container.Secrets))
		for _, sidecar := range region.Container.Sidecars {
			want = slices.AppendSeq(want, maps.Values(sidecar.Secrets))
		}
		slices.Sort(want)
		want = slices.Compact(want)
		if difference := cmp.Diff(want, slices.Sorted(maps.Keys(values))); difference != "" {
			t.Errorf("keys of the secret (- want, + got)\n%s", difference)
		}
	})
}

// untaggable are the resource types that do not support tags.
var untaggable = []string{
	"aws_acm_certificate_validation", "aws_api_gateway_base_path_mapping", "aws_api_gateway_deployment", "aws_api_gateway_method_settings", "aws_appautoscaling_policy", "aws_appautoscaling_scheduled_action", "aws_ecs_cluster_capacity_providers", "aws_efs_backup_policy", "aws_efs_file_system_policy", "aws_efs_mount_target", "aws_iam_role_policy", "aws_iam_role_policy_attachment", "aws_iam_role_policy_attachments_exclusive", "aws_route", "aws_route53_record", "aws_route_table_association",
	"aws_s3_bucket_lifecycle_configuration", "aws_s3_bucket_ownership_controls", "aws_s3_bucket_policy", "aws_s3_bucket_public_access_block", "aws_s3_bucket_server_side_encryption_configuration",
	"aws_secretsmanager_secret_version", "aws_wafv2_web_acl_association",
	"aws_lambda_permission", "aws_lb_target_group_attachment",
	"aws_cloudwatch_dashboard", "aws_cloudwatch_event_target", "aws_sns_topic_policy", "aws_sns_topic_subscription",
}

func TestTags(t *testing.T) {
	eachStack(t, func(t *testing.T, region config.Region, stack *tfjson.Stack) {
		tags, _ := stack.Providers["aws"][0]["default_tags"].([]any)[0].(map[string]any)["tags"].(map[string]any)
		want := map[string]any{"Project": region.Names.Project, "Environment": region.Names.Environment, "Region": region.Name, "Terraform": "true"}
		if difference := cmp.Diff(want, tags); difference != "" {
			t.Errorf("default tags (- want, + got)\n%s", difference)
		}
		stack.Each(func(kind, name string, resource tfjson.Block) {
			own, _ := resource["tags"].(map[string]any)
			if named := own["Name"] != nil && own["Name"] != ""; named == slices.Contains(untaggable, kind) {
				t.Errorf("%s.%s has the tags %v", kind, name, own)
			}
		})
	})
}

var outputs = strings.Fields(`
	alb_security_group_id application_url cloudwatch_log_group_name custom_domain_url deployment_info
	ecs_cluster_id ecs_cluster_name ecs_security_group_id ecs_service_id ecs_service_name
	ecs_task_definition_arn load_balancer_arn load_balancer_dns_name load_balancer_zone_id nat_public_ips
	private_subnet_ids public_subnet_ids region route53_zone_id secret_arn service_discovery_dns_name target_group_arn
	vpc_cidr_block vpc_id weekend_mode_cost_analysis weekend_schedule`)

func TestEveryStackHasTheSameOutputsAndVariables(t *testing.T) {
	eachStack(t, func(t *testing.T, region config.Region, stack *tfjson.Stack) {
		if difference := cmp.Diff(outputs, slices.Sorted(maps.Keys(stack.Outputs))); difference != "" {
			t.Errorf("outputs (- want, + got)\n%s", difference)
		}
		for name, output := range stack.Outputs {
			if _, present := output["value"]; !present {
				t.Errorf("output %s has no value", name)
			}
		}
		want := []string{"container_image", "cpu", "deployment_wait", "desired_count", "force_new_deployment", "memory", "weekend_state"}
		if region.Service.Autoscaling.Enabled {
			want = slices.Sorted(slices.Values(append(want, "min_count", "max_count")))
		}
		if difference := cmp.Diff(want, slices.Sorted(maps.Keys(stack.Variables))); difference != "" {
			t.Errorf("variables (- want, + got)\n%s", difference)
		}
	})
}

func TestDisabledFeaturesAreOmitted(t *testing.T) {
	stack := stackOf(t, "examples/everything-off.yaml", "dev-us-west-1")
	for _, address := range stack.Addresses() {
		for _, absent := range []string{"aws_lb", "acm", "wafv2", "service_discovery", "route53", "secretsmanager", "alb"} {
			if strings.Contains(address, absent) {
				t.Errorf("the stack has %s", address)
			}
		}
	}
	service := stack.Resource("aws_ecs_service.main")
	for _, argument := range []string{"dynamic", "load_balancer", "service_registries", "health_check_grace_period_seconds"} {
		if service[argument] != nil {
			t.Errorf("the service has %s", argument)
		}
	}
	for _, output := range []string{"load_balancer_arn", "load_balancer_dns_name", "load_balancer_zone_id", "target_group_arn", "alb_security_group_id", "application_url", "custom_domain_url", "route53_zone_id", "service_discovery_dns_name", "secret_arn"} {
		if got := stack.Outputs[output]["value"]; got != "${null}" {
			t.Errorf("output %s is %v", output, got)
		}
	}
}

// networkTypes are the types of which a VPC is made.
var networkTypes = []string{"aws_vpc", "aws_internet_gateway", "aws_route_table", "aws_route", "aws_route_table_association", "aws_subnet"}

// TestExistingVPCIsLeftAlone checks that a stack creates all of its VPC or nothing, and refers to an existing one by
// the IDs in the fleet file.
func TestExistingVPCIsLeftAlone(t *testing.T) {
	eachStack(t, func(t *testing.T, region config.Region, stack *tfjson.Stack) {
		for _, kind := range networkTypes {
			if created := len(stack.Resources[kind]) > 0; created == region.HasExistingVPC() {
				t.Errorf("the stack creates %s: %v", kind, created)
			}
		}
		if !region.HasExistingVPC() {
			return
		}
		existing := region.Network.Existing
		stack.Each(func(kind, name string, resource tfjson.Block) {
			for argument, want := range map[string]string{"vpc_id": existing.VPCID, "vpc": existing.VPCID} {
				if resource[argument] != nil && resource.Text(argument) != want {
					t.Errorf("%s.%s refers to the VPC by %s", kind, name, resource.Text(argument))
				}
			}
		})
		if balancer := stack.Resource("aws_lb.main"); balancer != nil && fmt.Sprint(balancer["subnets"]) != fmt.Sprint(existing.PublicSubnets) {
			t.Errorf("the load balancer is in %v", balancer["subnets"])
		}
		tasks := stack.Resource("aws_ecs_service.main")["network_configuration"].(map[string]any)["subnets"]
		if fmt.Sprint(tasks) != fmt.Sprint(existing.TaskSubnets) {
			t.Errorf("the tasks are in %v", tasks)
		}
		if got := stack.Outputs["vpc_id"]["value"]; got != existing.VPCID {
			t.Errorf("output vpc_id is %v", got)
		}
	})
}

func TestPlatformOnlyOnARM(t *testing.T) {
	eachStack(t, func(t *testing.T, region config.Region, stack *tfjson.Stack) {
		var want any
		if region.Container.Architecture == "arm64" {
			want = map[string]any{"cpu_architecture": "ARM64", "operating_system_family": "LINUX"}
		}
		if got := stack.Resource("aws_ecs_task_definition.main")["runtime_platform"]; !reflect.DeepEqual(got, want) {
			t.Errorf("the platform is %v, want %v", got, want)
		}
	})
}

// TestRebalancingHasRoomForNewTasks holds what AWS requires of a service with rebalancing.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-rebalancing.html
func TestRebalancingHasRoomForNewTasks(t *testing.T) {
	eachStack(t, func(t *testing.T, region config.Region, stack *tfjson.Stack) {
		service := stack.Resource("aws_ecs_service.main")
		want := map[bool]string{true: "ENABLED", false: "DISABLED"}[region.Service.AvailabilityZoneRebalancing]
		if got := service["availability_zone_rebalancing"]; got != want {
			t.Errorf("rebalancing is %v, want %s", got, want)
		}
		if most, _ := service["deployment_maximum_percent"].(float64); want == "ENABLED" && most <= 100 {
			t.Errorf("at most %v %% of the tasks may run", most)
		}
	})
}

// TestCapacityNeverReplacesTheService holds that a plan ignores the capacity of a running service, and warns if it is
// not that of the fleet file.
func TestCapacityNeverReplacesTheService(t *testing.T) {
	eachStack(t, func(t *testing.T, region config.Region, stack *tfjson.Stack) {
		service := stack.Resource("aws_ecs_service.main")
		lifecycle := service["lifecycle"].(map[string]any)
		for _, attribute := range []any{"launch_type", "capacity_provider_strategy"} {
			if !slices.Contains(lifecycle["ignore_changes"].([]any), attribute) {
				t.Errorf("changes of %s are not ignored", attribute)
			}
		}
		warning := stack.Checks["capacity"]["assert"].([]any)[0].(map[string]any)
		if !strings.Contains(warning["error_message"].(string), "mcpfleet capacity --region "+region.Name) || !strings.Contains(warning["condition"].(string), "aws_ecs_service.main.capacity_provider_strategy") {
			t.Errorf("the check is %v", warning)
		}
	})
}

// TestCapacityProvidersAreAssociated holds that a service on Spot waits for the association of its providers, and that
// all other stacks forget the association without a request to AWS.
func TestCapacityProvidersAreAssociated(t *testing.T) {
	eachStack(t, func(t *testing.T, region config.Region, stack *tfjson.Stack) {
		const association = "aws_ecs_cluster_capacity_providers.main"
		service := stack.Resource("aws_ecs_service.main")
		spot := region.Service.Capacity.Type != "fargate"
		for what, is := range map[string]bool{
			"has a strategy":              service["capacity_provider_strategy"] != nil,
			"has no launch type":          service["launch_type"] == nil,
			"depends on the association":  slices.Contains(service["depends_on"].([]any), any(association)),
			"declares the association":    stack.Resource(association) != nil,
			"does not forget association": stack.Removed == nil,
		} {
			if is != spot {
				t.Errorf("%s: %t, want %t", what, is, spot)
			}
		}
		forgotten := association
		for _, block := range stack.Removed {
			if destroy := block["lifecycle"].(map[string]any)["destroy"]; block.Text("from") != forgotten || destroy != false {
				t.Errorf("removed %v", block)
			}
			if region.Adopt != "" {
				forgotten = "aws_secretsmanager_secret_version.api_key" // after the association
			}
		}
	})
}

// TestDeploymentsRollBack holds that no setting turns the circuit breaker off.
func TestDeploymentsRollBack(t *testing.T) {
	eachStack(t, func(t *testing.T, region config.Region, stack *tfjson.Stack) {
		service := stack.Resource("aws_ecs_service.main")
		if want := map[string]any{"enable": true, "rollback": true}; !reflect.DeepEqual(service["deployment_circuit_breaker"], want) {
			t.Errorf("the circuit breaker is %v", service["deployment_circuit_breaker"])
		}
		if (service["alarms"] != nil) != (len(region.Service.Deployment.Alarms.Names) > 0) {
			t.Errorf("the alarms are %v", service["alarms"])
		}
	})
}

// TestDestroyModeHasNoProtection holds that destroy mode can delete the load balancer.
func TestDestroyModeHasNoProtection(t *testing.T) {
	protected := 0
	eachStack(t, func(t *testing.T, region config.Region, stack *tfjson.Stack) {
		balancer := stack.Resource("aws_lb.main")
		switch is := balancer["enable_deletion_protection"] == true; {
		case is && region.Weekend.DestroyALBs:
			t.Error("destroy mode cannot delete the load balancer")
		case is != (region.LoadBalancer.DeletionProtection && !region.Weekend.DestroyALBs):
			t.Errorf("protected: %t", is)
		case is:
			protected++
		}
		if guarded := stack.Data["aws_lb"] != nil; guarded != region.LoadBalancer.DeletionProtection {
			t.Errorf("guarded: %t", guarded)
		}
	})
	if protected == 0 {
		t.Error("no load balancer is protected")
	}
}

// TestKeys holds that a key encrypts what the fleet file says, and that tasks may decrypt with no other.
func TestKeys(t *testing.T) {
	eachStack(t, func(t *testing.T, region config.Region, stack *tfjson.Stack) {
		for address, want := range map[string]string{
			"aws_secretsmanager_secret.api_key": region.Secrets.KMSKey, "aws_cloudwatch_log_group.main": region.Logs.KMSKey,
			"aws_cloudwatch_log_group.exec": region.Logs.KMSKey,
		} {
			if resource := stack.Resource(address); resource != nil && resource.Text("kms_key_id") != want {
				t.Errorf("the key of %s is %v, want %q", address, resource["kms_key_id"], want)
			}
		}
		used := map[string][]string{"secretsmanager": region.ExternalSecrets().KeyARNs, "ssm": region.Parameters("").KeyARNs}
		if key := region.Secrets.CustomerKey(); key != "" {
			used["secretsmanager"] = slices.Sorted(slices.Values(append(used["secretsmanager"], key)))
		}
		if got := keysOf(t, stack); !maps.EqualFunc(used, got, slices.Equal) {
			t.Errorf("the execution role may decrypt with %v, want %v", got, used)
		}
	})
}

// keysOf returns the KMS keys that the execution role may decrypt with, by the service that they encrypt for.
func keysOf(t *testing.T, stack *tfjson.Stack) map[string][]string {
	t.Helper()
	var policy struct {
		Statement []struct {
			Action, Resource []string
			Condition        map[string]map[string]string
		}
	}
	if err := json.Unmarshal([]byte(stack.Resource("aws_iam_role_policy.ecs_task_execution").Text("policy")), &policy); err != nil {
		t.Fatal(err)
	}
	keys := map[string][]string{"secretsmanager": nil, "ssm": nil}
	for _, statement := range policy.Statement {
		if slices.ContainsFunc(statement.Action, func(action string) bool { return strings.HasPrefix(action, "kms:") }) {
			service, _, _ := strings.Cut(statement.Condition["StringEquals"]["kms:ViaService"], ".")
			keys[service] = slices.Sorted(slices.Values(append(keys[service], statement.Resource...)))
		}
	}
	return keys
}

func TestIPv6OnlyIfEnabled(t *testing.T) {
	eachStack(t, func(t *testing.T, region config.Region, stack *tfjson.Stack) {
		text := tfText(t, stack)
		enabled := region.DNS.Enabled && region.DNS.IPv6
		settings := []string{`"AAAA"`, `"dualstack"`, `"::/0"`}
		if !region.HasExistingVPC() {
			settings = append(settings, `"assign_generated_ipv6_cidr_block":true`, `"assign_ipv6_address_on_creation":true`)
		}
		for _, setting := range settings {
			if strings.Contains(text, setting) != enabled {
				t.Errorf("%s: %v, IPv6 enabled: %v", setting, !enabled, enabled)
			}
		}
	})
}

func TestVersionConstraints(t *testing.T) {
	eachStack(t, func(t *testing.T, _ config.Region, stack *tfjson.Stack) {
		aws := stack.Terraform["required_providers"].(map[string]any)["aws"].(map[string]any)
		if aws["source"] != "hashicorp/aws" || aws["version"] != "~> 5.99" {
			t.Errorf("the provider is %v", aws)
		}
		if stack.Terraform["required_version"] != ">= 1.11.0" {
			t.Errorf("required_version is %v", stack.Terraform["required_version"])
		}
	})
}

// TestScheduledActions checks that scheduled actions only start tasks if weekend mode keeps the load
// balancer. Otherwise an apply must create it first.
func TestScheduledActions(t *testing.T) {
	eachStack(t, func(t *testing.T, region config.Region, stack *tfjson.Stack) {
		ups, downs := 0, 0
		for name := range stack.Resources["aws_appautoscaling_scheduled_action"] {
			if strings.HasPrefix(name, "up") {
				ups++
			} else {
				downs++
			}
		}
		weekend := region.Weekend
		if wakes := weekend.Enabled && weekend.Active && !weekend.DestroyALBs; (ups > 0) != wakes {
			t.Errorf("%d actions scale up with %+v", ups, weekend)
		}
		if (downs > 0) != weekend.Enabled {
			t.Errorf("%d actions scale down with %+v", downs, weekend)
		}
		lifecycle := stack.Resource("aws_ecs_service.main")["lifecycle"].(map[string]any)
		ignored := slices.Contains(lifecycle["ignore_changes"].([]any), any("desired_count"))
		if owned := stack.Resource("aws_appautoscaling_target.main") != nil; owned != (weekend.Enabled || region.Service.Autoscaling.Enabled) || owned != ignored {
			t.Errorf("scalable target: %v, desired_count ignored: %v, weekend mode: %v, autoscaling: %v", owned, ignored, weekend.Enabled, region.Service.Autoscaling.Enabled)
		}
	})
}

// TestOutputsDoNotDependOnTime ensures that plans have no changes while the window neither opens nor closes.
func TestOutputsDoNotDependOnTime(t *testing.T) {
	eachStack(t, func(t *testing.T, _ config.Region, stack *tfjson.Stack) {
		text := tfText(t, stack.Outputs)
		for _, expression := range []string{"plantimestamp", "timestamp()", "local."} {
			if strings.Contains(text, expression) {
				t.Errorf("an output depends on %s", expression)
			}
		}
	})
}

// notImported are the types that need no import after a killed apply, and the reasons.
var notImported = map[string]string{
	"aws_acm_certificate":                       "RequestCertificate requests another one, and one that is not in use costs nothing",
	"aws_acm_certificate_validation":            "it exists in the state only",
	"aws_api_gateway_rest_api":                  "CreateRestApi creates another one, which costs nothing",
	"aws_api_gateway_deployment":                "CreateDeployment creates another one, which costs nothing",
	"aws_api_gateway_method_settings":           "UpdateStage overwrites",
	"aws_api_gateway_stage":                     "nothing lists stages; the guide weekend says how to import one",
	"aws_api_gateway_domain_name":               "nothing lists domain names; the guide weekend says how to import one",
	"aws_api_gateway_base_path_mapping":         "nothing lists mappings; the guide weekend says how to import one",
	"aws_route53_health_check":                  "CreateHealthCheck returns the existing one with the same reference, or creates another",
	"aws_appautoscaling_policy":                 "PutScalingPolicy overwrites",
	"aws_appautoscaling_target":                 "RegisterScalableTarget overwrites",
	"aws_appautoscaling_scheduled_action":       "PutScheduledAction overwrites",
	"aws_ecs_cluster_capacity_providers":        "PutClusterCapacityProviders overwrites",
	"aws_ecs_task_definition":                   "RegisterTaskDefinition creates another revision",
	"aws_efs_backup_policy":                     "PutBackupPolicy overwrites",
	"aws_efs_file_system_policy":                "PutFileSystemPolicy overwrites",
	"aws_iam_role_policy":                       "PutRolePolicy overwrites",
	"aws_iam_role_policy_attachment":            "AttachRolePolicy changes nothing if the policy is attached",
	"aws_iam_role_policy_attachments_exclusive": "it has no counterpart in AWS",
	"aws_lambda_permission":                     "AddPermission adds another statement, which changes nothing",
	"aws_lb_listener":                           "CreateListener returns the existing one",
	"aws_lb_target_group_attachment":            "RegisterTargets changes nothing if the target is registered",
	"aws_ssm_parameter":                         "overwrite",
	"aws_route53_record":                        "allow_overwrite",
	"aws_wafv2_web_acl_association":             "AssociateWebACL overwrites",
	"aws_cloudwatch_metric_alarm":               "PutMetricAlarm overwrites",
	"aws_cloudwatch_event_rule":                 "PutRule overwrites",
	"aws_cloudwatch_dashboard":                  "PutDashboard overwrites",
	"aws_cloudwatch_event_target":               "PutTargets overwrites the target with the same ID",
	"aws_sns_topic":                             "CreateTopic returns the existing one",
	"aws_sns_topic_policy":                      "SetTopicAttributes overwrites",
	"aws_sns_topic_subscription":                "Subscribe returns the existing one",
	"aws_kms_key":                               "CreateKey creates another one; a key has no name, and the Tagging API also finds keys that are being deleted",
	"aws_budgets_budget":                        "CreateBudget creates another one with a name of its own",

	"aws_s3_bucket_lifecycle_configuration":              "PutBucketLifecycleConfiguration overwrites",
	"aws_s3_bucket_ownership_controls":                   "PutBucketOwnershipControls overwrites",
	"aws_s3_bucket_policy":                               "PutBucketPolicy overwrites",
	"aws_s3_bucket_public_access_block":                  "PutPublicAccessBlock overwrites",
	"aws_s3_bucket_server_side_encryption_configuration": "PutBucketEncryption overwrites",
}

// TestOrphansAreImported checks that every resource has an import block that looks it up by its name.
func TestOrphansAreImported(t *testing.T) {
	eachStack(t, func(t *testing.T, region config.Region, stack *tfjson.Stack) {
		imports, adopted := map[string][]string{}, map[string]string{}
		if region.Adoption != nil {
			for _, each := range region.Adoption.Imports {
				adopted[each.To] = each.ID
			}
		}
		for _, block := range stack.Imports {
			address, _, _ := strings.Cut(block.Text("to"), "[")
			if id := adopted[block.Text("to")]; id != "" {
				if block.Text("id") != id || block["for_each"] != nil || stack.Resource(address) == nil {
					t.Errorf("%s is imported as %v", address, block)
				}
				imports[address] = nil
				continue
			}
			imports[address] = append(imports[address], block.Text("for_each"))
		}
		sources := tfText(t, stack.Data)
		stack.Each(func(kind, name string, resource tfjson.Block) {
			address := kind + "." + name
			lookups, imported := imports[address]
			delete(imports, address)
			if imported && lookups == nil {
				return // adopted
			}
			if reason := notImported[kind]; (len(lookups) == 0) != (reason != "") {
				t.Errorf("%s has %d import blocks; reason for none: %q", address, len(lookups), reason)
			}
			tags, _ := resource["tags"].(map[string]any)
			own, _ := tags["Name"].(string)
			if strings.HasPrefix(kind, "aws_vpc_security_group_") {
				own = "" // a rule has no tags yet if the apply was killed, and is looked up by its arguments
			}
			own, _, _ = strings.Cut(own, "${each.")
			for _, found := range lookups {
				if !strings.Contains(found, own) && !strings.Contains(sources, own) {
					t.Errorf("%s is named %s, but not looked up by its name: %s", address, own, found)
				}
			}
		})
		if len(imports) > 0 {
			t.Errorf("imports of resources that are not in the stack: %v", imports)
		}
		if record := stack.Resource("aws_route53_record.main"); record != nil && record["allow_overwrite"] != true {
			t.Error("allow_overwrite is not set on the record")
		}
	})
}
