//go:build e2e

package e2e

import (
	"testing"

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
	_, s := applied(t)
	for _, variable := range []string{"cpu=1000", "memory=512", "desired_count=-1", "desired_count=1.5", "container_image=a b", `container_image="`, "container_image=123456789012.dkr.ecr.eu-west-1.amazonaws.com/a:1", "weekend_state=off"} {
		if err := planWith(t, s, variable); err == nil {
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
	balancer := map[string]string{
		"aws_lb.main[0]": "", "aws_lb_listener.main[0]": "", "aws_lb_target_group.main": "", "aws_security_group.alb": "",
		"aws_vpc_security_group_ingress_rule.alb_http": "", "aws_vpc_security_group_egress_rule.alb_tasks": "",
		"aws_vpc_security_group_ingress_rule.ecs_tasks_alb": "",
	}
	discovery := map[string]string{"aws_service_discovery_private_dns_namespace.main": "", "aws_service_discovery_service.main": ""}
	record := map[string]string{"aws_route53_record.main[0]": ""}
	const end = "regions:\n"
	for name, each := range map[string]struct {
		setting string
		off     map[string]string
		service bool
	}{
		"load balancer": {"  load_balancer: {enabled: false}\n", balancer, true},
		"discovery":     {"  discovery: {enabled: false}\n", discovery, true},
		"dns":           {"  dns: {enabled: true, zone: example.com, name: mcp}\n", record, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, s := applied(t)
			first, second := "delete", "create"
			if name == "dns" {
				first, second = second, first
			}
			for _, step := range []toggle{
				{end, each.setting + end, all(each.off, first, each.service)},
				{each.setting + end, end, all(each.off, second, each.service)},
			} {
				w.edit(t, step.old, step.new)
				if difference := cmp.Diff(step.want, s.planned(t)); difference != "" {
					t.Errorf("%s (- want, + got)\n%s", name, difference)
				}
				s.apply(t)
				s.settled(t)
			}
		})
	}
}

func all(addresses map[string]string, action string, withService bool) map[string]string {
	actions := map[string]string{}
	for address := range addresses {
		actions[address] = action
	}
	if withService {
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
		"create aws_lb_target_group",
		"update aws_lb_listener",
		"update aws_ecs_service",
		"delete aws_lb_target_group",
	)
}

// inOrder fails the test where operations did not happen in an order, others between them aside.
func (w *workspace) inOrder(t *testing.T, operations ...string) {
	t.Helper()
	if suite.real {
		return // only the stand-in keeps a log
	}
	log := w.world.Log()
	next := 0
	for _, operation := range log {
		if next < len(operations) && operation.String() == operations[next] {
			next++
		}
	}
	if next < len(operations) {
		t.Errorf("%q did not come in the order of %q; it went\n%v", operations[next], operations, log)
	}
}

func (w *workspace) neverDid(t *testing.T, operations ...string) {
	t.Helper()
	for _, done := range w.world.Log() {
		for _, operation := range operations {
			if done.String() == operation {
				t.Errorf("%s was done", operation)
			}
		}
	}
}

// TestAnOperatorsSecretIsLeftAlone has the operator's value take the placeholder's label away, as
// PutSecretValue does: a plan that moved it back would put the placeholder into service again.
func TestAnOperatorsSecretIsLeftAlone(t *testing.T) {
	t.Parallel()
	if suite.real {
		t.Skip("only the stand-in's world can be changed behind Terraform's back")
	}
	w := newWorkspace(t, "../regions.yaml")
	s := w.initialised(t, "dev-eu-west-1")
	s.apply(t)
	for _, stages := range [][]any{{"AWSPREVIOUS", "placeholder"}, {"placeholder"}} {
		if err := w.world.Set("eu-west-1", "aws_secretsmanager_secret_version", map[string]any{"version_stages": stages}); err != nil {
			t.Fatal(err)
		}
		s.settled(t)
	}
}
