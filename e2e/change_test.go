//go:build e2e

package e2e

import (
	"strings"
	"testing"

	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/google/go-cmp/cmp"
)

const (
	task    = "aws_ecs_task_definition.main"
	service = "aws_ecs_service.main"
)

// applied is a stack of the single-region example after its first apply.
func applied(t *testing.T) (*workspace, *stack) {
	t.Helper()
	w := newWorkspace(t, "../examples/single-region.yaml")
	s := w.initialised(t, "dev-eu-central-1")
	s.apply(t)
	return w, s
}

func TestVariablesChangeOnlyTaskAndService(t *testing.T) {
	t.Parallel()
	withTheStandIn(t)
	_, s := applied(t)
	newTask := map[string]string{task: "replace", service: "update"}
	for variables, want := range map[string]map[string]string{
		"container_image=ghcr.io/cdtait/fmp-mcp-server:2": newTask,
		"cpu=512":         newTask,
		"memory=4096":     newTask,
		"desired_count=5": {service: "update"},
		"desired_count=2": {},
	} {
		if difference := cmp.Diff(want, s.planned(t, variables)); difference != "" {
			t.Errorf("%s (- want, + got)\n%s", variables, difference)
		}
	}
}

func TestVariablesMeetTheLimitsOfTheFleetFile(t *testing.T) {
	t.Parallel()
	withTheStandIn(t)
	_, s := applied(t)
	for _, variable := range []string{"cpu=1000", "memory=512", "desired_count=-1", "desired_count=1.5", "container_image=a b", `container_image="`, "container_image=123456789012.dkr.ecr.eu-west-1.amazonaws.com/a:1", "weekend_state=off"} {
		if _, err := s.tryPlan(t, variable); err == nil {
			t.Errorf("%s was accepted", variable)
		}
	}
}

// toggle is a change of the fleet file and what may be planned for it.
type toggle struct {
	old, new string
	want     map[string]string
}

func TestSwitchesPlanOnlyWhatTheyShould(t *testing.T) {
	t.Parallel()
	listener := []string{
		"aws_lb.main[0]", "aws_lb_listener.main[0]", "aws_lb_target_group.main", "aws_security_group.alb",
		"aws_vpc_security_group_ingress_rule.alb_http", "aws_vpc_security_group_egress_rule.alb_tasks",
		"aws_vpc_security_group_ingress_rule.ecs_tasks_alb",
	}
	// Without a load balancer the VPC's own block may connect.
	clients := []string{`aws_vpc_security_group_ingress_rule.ecs_tasks_clients["10.10.0.0/16"]`}
	discovery := []string{"aws_service_discovery_private_dns_namespace.main", "aws_service_discovery_service.main"}
	record := []string{"aws_route53_record.main[0]"}
	const end = "regions:\n"
	for name, each := range map[string]struct {
		setting   string
		off, on   []string
		onService bool
	}{
		"load balancer": {"  load_balancer: {enabled: false}\n", listener, clients, true},
		"discovery":     {"  discovery: {enabled: false}\n", discovery, nil, true},
		"dns":           {"  dns: {enabled: true, zone: example.com, name: mcp}\n", nil, record, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if name != "load balancer" {
				withTheStandIn(t) // other tests take these away and add them again
			}
			w, s := applied(t)
			for _, step := range []toggle{
				{end, each.setting + end, switched(each.off, each.on, each.onService)},
				{each.setting + end, end, switched(each.on, each.off, each.onService)},
			} {
				w.edit(t, step.old, step.new)
				if difference := cmp.Diff(step.want, s.apply(t)); difference != "" {
					t.Errorf("%s (- want, + got)\n%s", name, difference)
				}
				s.settled(t)
			}
		})
	}
}

func switched(off, on []string, onService bool) map[string]string {
	actions := map[string]string{}
	for _, address := range off {
		actions[address] = "delete"
	}
	for _, address := range on {
		actions[address] = "create"
	}
	if onService {
		actions[service] = "update"
	}
	return actions
}

// TestAnotherPortMovesTheServiceBeforeTheTargetGroupGoes is where a target group in use would be
// refused.
func TestAnotherPortMovesTheServiceBeforeTheTargetGroupGoes(t *testing.T) {
	t.Parallel()
	w, s := applied(t)
	w.edit(t, "regions:\n", "  logs: {retention_days: 14}\nregions:\n")
	w.edit(t, "fmp-mcp-server:latest\n", "fmp-mcp-server:latest\n    port: 9000\n")
	s.apply(t)
	s.settled(t)
	w.inOrder(t,
		"elasticloadbalancing.CreateTargetGroup",
		"elasticloadbalancing.ModifyListener",
		"ecs.UpdateService",
		"elasticloadbalancing.DeleteTargetGroup",
	)
}

// TestAnOperatorsSecretIsLeftAlone has the operator's value take the placeholder's label away, as
// PutSecretValue does: a plan that moved it back would put the placeholder into service again.
func TestAnOperatorsSecretIsLeftAlone(t *testing.T) {
	t.Parallel()
	needsAWS(t, "that an operator's secret survives an apply")
	w := newWorkspace(t, "../regions.yaml")
	s := w.initialised(t, "dev-eu-west-1")
	s.apply(t)
	secrets := secretsmanager.NewFromConfig(w.in(t, "eu-west-1"))
	name := w.region(t, "eu-west-1").Names.Secret()
	for _, value := range []string{`{"API_KEY": "first"}`, `{"API_KEY": "second"}`} {
		if _, err := secrets.PutSecretValue(t.Context(), &secretsmanager.PutSecretValueInput{SecretId: &name, SecretString: &value}); err != nil {
			t.Fatal(err)
		}
		if planned := s.apply(t); len(planned) > 0 {
			t.Errorf("the operator's value is there, and the plan was %v", planned)
		}
		got, err := secrets.GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: &name})
		if err != nil || *got.SecretString != value {
			t.Errorf("after an apply the secret is %v, want %s (%v)", got, value, err)
		}
	}
}

// TestAnApplyFailsWhereECSHasRolledBack has ECS fall back to the revision before while Terraform waits.
func TestAnApplyFailsWhereECSHasRolledBack(t *testing.T) {
	t.Parallel()
	needsAWS(t, "that an apply notices a rollback")
	w, s := applied(t)
	names := w.region(t, "eu-central-1").Names
	before, err := awsecs.NewFromConfig(w.in(t, "eu-central-1")).DescribeServices(t.Context(), &awsecs.DescribeServicesInput{
		Cluster: new(names.Cluster()), Services: []string{names.Service()},
	})
	if err != nil {
		t.Fatal(err)
	}
	bad := []string{"deployment_wait=true", "container_image=ghcr.io/cdtait/fmp-mcp-server:bad"}
	w.aws.RollBack(names.Service(), *before.Services[0].TaskDefinition)
	if _, err := s.tryApply(t, bad...); err == nil || !strings.Contains(err.Error(), "ECS rolled the service back to") {
		t.Errorf("an apply that was rolled back says %v", err)
	}
	w.aws.RollBack(names.Service(), "")
	good := []string{"deployment_wait=true", "container_image=ghcr.io/cdtait/fmp-mcp-server:good"}
	if planned := s.apply(t, good...); planned[service] != "update" {
		t.Errorf("after a rollback the plan was %v", planned)
	}
	s.settled(t, good...)
	w.neverAsked(t, "ecs.DeregisterTaskDefinition")
}

// TestDiscoveryIsTurnedOffWhileTasksAreRegistered is where Cloud Map refuses to delete a service.
func TestDiscoveryIsTurnedOffWhileTasksAreRegistered(t *testing.T) {
	t.Parallel()
	needsAWS(t, "that discovery can be turned off")
	w, s := applied(t)
	var found struct {
		Services []struct {
			ID string `json:"Id"`
		}
	}
	const cloudMap = "Route53AutoNaming_v20170314."
	w.aws.Ask("eu-central-1", "servicediscovery", cloudMap+"ListServices", map[string]any{}, &found)
	for _, each := range found.Services {
		w.aws.Ask("eu-central-1", "servicediscovery", cloudMap+"RegisterInstance", map[string]any{
			"ServiceId": each.ID, "InstanceId": "task", "Attributes": map[string]string{"AWS_INSTANCE_IPV4": "10.10.0.5"},
		}, &struct{}{})
	}
	w.edit(t, "regions:\n", "  discovery: {enabled: false}\nregions:\n")
	s.apply(t)
	s.settled(t)
	w.inOrder(t, "ecs.UpdateService", "servicediscovery.DeregisterInstance", "servicediscovery.DeleteService", "servicediscovery.DeleteNamespace")
}
