package plan

import (
	"slices"
	"strings"
	"testing"

	tfjson "github.com/hashicorp/terraform-json"
)

func TestExitOfPlan(t *testing.T) {
	empty, changed := Result{}, Result{Add: 1}
	for want, results := range map[int][]Result{
		ExitEmpty:   {empty, empty},
		ExitChanges: {empty, changed, {OutputsChange: true}},
		ExitError:   {changed, {Ended: Failed}, empty},
	} {
		if got := ExitCodeOfPlan(results); got != want {
			t.Errorf("%v: got %d, want %d", results, got, want)
		}
	}
}

func TestExitOfApply(t *testing.T) {
	if got := ExitCodeOfApply([]Result{{Add: 1}, {}}); got != ExitEmpty {
		t.Errorf("got %d", got)
	}
	for _, end := range []End{Failed, Interrupted, NotStarted} {
		if got := ExitCodeOfApply([]Result{{Add: 1}, {Ended: end}}); got != ExitError {
			t.Errorf("%s: got %d", end, got)
		}
	}
}

func TestWrite(t *testing.T) {
	var text strings.Builder
	err := Write(&text, []Result{
		{Stack: "dev-ap-east-1", Ended: NotStarted},
		{Stack: "dev-eu-west-1", Add: 33, Notes: []string{"planned again"}},
		{Stack: "dev-eu-west-2"},
		{Stack: "dev-eu-west-3", Ended: Interrupted},
		{Stack: "dev-us-east-1", Ended: Failed, Reason: "No valid credential sources found"},
	})
	want := `stack          add  change  destroy
dev-ap-east-1  not started
dev-eu-west-1   33       0        0
dev-eu-west-2    -       -        -
dev-eu-west-3  interrupted
dev-us-east-1  failed
dev-eu-west-1: planned again
dev-us-east-1: No valid credential sources found
`
	if got := text.String(); err != nil || got != want {
		t.Errorf("%v\n%s", err, got)
	}
}

func TestRemarks(t *testing.T) {
	protected, open := map[string]any{"enable_deletion_protection": true}, map[string]any{"enable_deletion_protection": false}
	key, none := map[string]any{"kms_key_id": "arn"}, map[string]any{"kms_key_id": nil}
	replace, remove, update := tfjson.Actions{tfjson.ActionCreate, tfjson.ActionDelete}, tfjson.Actions{tfjson.ActionDelete}, tfjson.Actions{tfjson.ActionUpdate}
	forced, unforced := map[string]any{"force_new_deployment": true}, map[string]any{"force_new_deployment": nil}
	const balancer, secret, service = "aws_lb.main[0]", "aws_secretsmanager_secret.api_key", "aws_ecs_service.main"
	for name, each := range map[string]struct {
		kind, address string
		change        tfjson.Change
		want          string
	}{
		"a protected load balancer is replaced": {"aws_lb", balancer, tfjson.Change{Actions: replace, Before: protected, After: protected}, "AWS will refuse to delete the load balancer"},
		"a protected load balancer is deleted":  {"aws_lb", balancer, tfjson.Change{Actions: remove, Before: protected}, "AWS will refuse to delete the load balancer"},
		"its protection is taken away":          {"aws_lb", balancer, tfjson.Change{Actions: update, Before: protected, After: open}, ""},
		"another load balancer is deleted":      {"aws_lb", balancer, tfjson.Change{Actions: remove, Before: open}, ""},
		"after a forced deployment":             {"aws_ecs_service", service, tfjson.Change{Actions: update, Before: forced, After: unforced}, "which by itself starts no deployment"},
		"another forced deployment":             {"aws_ecs_service", service, tfjson.Change{Actions: update, Before: forced, After: forced}, ""},
		"a forced deployment":                   {"aws_ecs_service", service, tfjson.Change{Actions: update, Before: unforced, After: forced}, ""},
		"the secret loses its key":              {"aws_secretsmanager_secret", secret, tfjson.Change{Actions: update, Before: key, After: none}, "set secrets.kms_key to alias/aws/secretsmanager"},
		"the secret gets a key":                 {"aws_secretsmanager_secret", secret, tfjson.Change{Actions: update, Before: none, After: key}, ""},
		"the secret gets another description":   {"aws_secretsmanager_secret", secret, tfjson.Change{Actions: update, Before: none, After: none}, ""},
	} {
		remarks := Result{}.remarks(&tfjson.Plan{ResourceChanges: []*tfjson.ResourceChange{{Type: each.kind, Address: each.address, Change: &each.change}}})
		if got := strings.Join(remarks, " "); (got == "") != (each.want == "") || !strings.Contains(got, each.want) {
			t.Errorf("%s: got %q, want %q", name, got, each.want)
		}
	}
}

func TestRemarksImportsAndRemovals(t *testing.T) {
	planned := &tfjson.Plan{ResourceChanges: []*tfjson.ResourceChange{
		{Address: "aws_lb.main[0]", Change: &tfjson.Change{Actions: tfjson.Actions{tfjson.ActionNoop}, Importing: &tfjson.Importing{ID: "arn"}}},
		{Address: "aws_lb_target_group.main", Change: &tfjson.Change{Actions: tfjson.Actions{tfjson.ActionCreate, tfjson.ActionDelete}}},
		{Address: "aws_ecs_cluster_capacity_providers.main", Change: &tfjson.Change{Actions: tfjson.Actions{tfjson.ActionForget}}},
		{Address: "aws_vpc.main", Change: &tfjson.Change{Actions: tfjson.Actions{tfjson.ActionNoop}}},
	}}
	var result Result
	result.count(planned)
	if result.Import != 1 || result.Forget != 1 || result.Add != 1 || result.Destroy != 1 || !result.Changes() {
		t.Errorf("got %+v", result)
	}
	want := []string{
		"imports 1 of the resources, which an interrupted apply created",
		"removes 1 of the resources from the state, and leaves them in AWS",
		"the target group is replaced: clients get 503 until the new tasks are healthy, which takes a minute or two",
	}
	if got := result.remarks(planned); !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	for _, only := range []Result{{Import: 1}, {Forget: 1}} {
		if !only.Changes() || ExitCodeOfPlan([]Result{only}) != ExitChanges {
			t.Errorf("%+v alone does not count as a change", only)
		}
	}
}

func TestRemarksFailedChecks(t *testing.T) {
	failed := []tfjson.CheckResultDynamic{{Status: tfjson.CheckStatusFail, Problems: []tfjson.CheckResultProblem{{Message: "run mcpfleet capacity"}}}}
	planned := &tfjson.Plan{Checks: []tfjson.CheckResultStatic{
		{Address: tfjson.CheckStaticAddress{Kind: tfjson.CheckKindCheckBlock}, Status: tfjson.CheckStatusFail, Instances: failed},
		{Address: tfjson.CheckStaticAddress{Kind: tfjson.CheckKindCheckBlock}, Status: tfjson.CheckStatusPass, Instances: []tfjson.CheckResultDynamic{{Status: tfjson.CheckStatusPass}}},
	}}
	if got := (Result{}).remarks(planned); !slices.Equal(got, []string{"run mcpfleet capacity"}) {
		t.Errorf("got %q", got)
	}
}
