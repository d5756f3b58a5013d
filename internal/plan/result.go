package plan

import (
	"fmt"

	tfjson "github.com/hashicorp/terraform-json"
)

// Result is what an apply of one stack would do, or has done, or why it has not come to that.
type Result struct {
	Stack                string
	Add, Change, Destroy int
	// Import is how many of the resources an interrupted apply has made already.
	Import int
	// OutputsChange is whether outputs alone would change.
	OutputsChange bool
	// Ended is how the work has ended too early, and Reason is why. Both are empty where all is well.
	Ended  End
	Reason string
	// Notes are what else is worth knowing.
	Notes []string
}

// End is how the work on a stack may end too early.
type End string

// Ends of the work.
const (
	Failed      End = "failed"
	Interrupted End = "interrupted"
	NotBegun    End = "not begun"
)

// Changes is whether there is anything to apply.
func (r Result) Changes() bool { return r.Import+r.Add+r.Change+r.Destroy > 0 || r.OutputsChange }

func (r *Result) count(planned *tfjson.Plan) {
	r.Import, r.Add, r.Change, r.Destroy, r.OutputsChange = 0, 0, 0, 0, false
	for _, change := range planned.ResourceChanges {
		actions := change.Change.Actions
		if change.Change.Importing != nil {
			r.Import++
		}
		switch {
		case actions.Replace():
			r.Add++
			r.Destroy++
		case actions.Create():
			r.Add++
		case actions.Update():
			r.Change++
		case actions.Delete():
			r.Destroy++
		}
	}
	for _, change := range planned.OutputChanges {
		r.OutputsChange = r.OutputsChange || !change.Actions.NoOp()
	}
}

// remarks are what the numbers do not say.
func (r Result) remarks(planned *tfjson.Plan) (remarks []string) {
	if r.Import > 0 {
		remarks = append(remarks, fmt.Sprintf("takes over %d of the resources, which an interrupted apply has made", r.Import))
	}
	for _, change := range planned.ResourceChanges {
		if change.Address == "aws_lb_target_group.main" && change.Change.Actions.Replace() {
			remarks = append(remarks, "container.port changes: clients get 503 until the new tasks are healthy, a minute or two")
		}
	}
	return remarks
}

// Exit statuses of a plan, those of terraform plan -detailed-exitcode.
const (
	ExitEmpty   = 0
	ExitError   = 1
	ExitChanges = 2
)

// ExitOfPlan is the exit status that planned stacks deserve.
func ExitOfPlan(results []Result) int {
	status := ExitOfApply(results)
	for _, result := range results {
		if status == ExitEmpty && result.Changes() {
			status = ExitChanges
		}
	}
	return status
}

// ExitOfApply is the exit status that applied stacks deserve.
func ExitOfApply(results []Result) int {
	for _, result := range results {
		if result.Ended != "" {
			return ExitError
		}
	}
	return ExitEmpty
}
