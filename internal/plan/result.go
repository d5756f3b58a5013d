package plan

import (
	"fmt"

	tfjson "github.com/hashicorp/terraform-json"
)

// Result is the outcome of planning or applying one stack.
type Result struct {
	Stack                string
	Add, Change, Destroy int
	// Import is the number of resources to import because an interrupted apply created them.
	Import int
	// Forget is the number of resources that leave the state and stay in AWS.
	Forget int
	// OutputsChange reports whether any output changes.
	OutputsChange bool
	// Ended is how the work ended early, and Reason is why. Both are empty on success.
	Ended  End
	Reason string
	// Notes are remarks about the plan.
	Notes []string
}

// End is a way in which the work on a stack ends early.
type End string

// The ways in which the work ends early.
const (
	Failed      End = "failed"
	Interrupted End = "interrupted"
	NotStarted  End = "not started"
)

// Changes reports whether there is anything to apply.
func (r Result) Changes() bool {
	return r.Import+r.Forget+r.Add+r.Change+r.Destroy > 0 || r.OutputsChange
}

func (r *Result) count(planned *tfjson.Plan) {
	r.Import, r.Forget, r.Add, r.Change, r.Destroy, r.OutputsChange = 0, 0, 0, 0, 0, false
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
		case actions.Forget():
			r.Forget++
		}
	}
	for _, change := range planned.OutputChanges {
		r.OutputsChange = r.OutputsChange || !change.Actions.NoOp()
	}
}

// remarks returns notes on changes that the counts do not show.
func (r Result) remarks(planned *tfjson.Plan) (remarks []string) {
	if r.Import > 0 {
		remarks = append(remarks, fmt.Sprintf("imports %d of the resources, which an interrupted apply created", r.Import))
	}
	if r.Forget > 0 {
		remarks = append(remarks, fmt.Sprintf("removes %d of the resources from the state, and leaves them in AWS", r.Forget))
	}
	for _, change := range planned.ResourceChanges {
		if remark := remark(change); remark != "" {
			remarks = append(remarks, remark)
		}
	}
	return append(remarks, failedChecks(planned)...)
}

// failedChecks returns the messages of the check blocks that failed, which Terraform only warns about.
func failedChecks(planned *tfjson.Plan) (messages []string) {
	for _, check := range planned.Checks {
		if check.Address.Kind != tfjson.CheckKindCheckBlock {
			continue
		}
		for _, instance := range check.Instances {
			for _, problem := range instance.Problems {
				messages = append(messages, problem.Message)
			}
		}
	}
	return messages
}

// remark returns a note on what a change of one resource means, or "".
func remark(resource *tfjson.ResourceChange) string {
	before, _ := resource.Change.Before.(map[string]any)
	after, _ := resource.Change.After.(map[string]any)
	actions := resource.Change.Actions
	switch {
	case resource.Address == "aws_lb_target_group.main" && actions.Replace():
		return "the target group is replaced: clients get 503 until the new tasks are healthy, which takes a minute or two"
	case resource.Type == "aws_lb" && (actions.Delete() || actions.Replace()) && before["enable_deletion_protection"] == true:
		return "AWS will refuse to delete the load balancer, which is protected: first set load_balancer.deletion_protection to false and apply only that"
	case resource.Type == "aws_ecs_service" && actions.Update() && before["force_new_deployment"] == true && after["force_new_deployment"] != true:
		return "the last apply forced a deployment; the plan takes that setting back, which by itself starts no deployment"
	// https://github.com/hashicorp/terraform-provider-aws/issues/21623
	case resource.Address == "aws_secretsmanager_secret.api_key" && actions.Update() && before["kms_key_id"] != nil && before["kms_key_id"] != "" && after["kms_key_id"] == nil:
		return "Terraform will not take the key away from the secret: to return to AWS's key, set secrets.kms_key to alias/aws/secretsmanager"
	}
	return ""
}

// Exit statuses, as in terraform plan -detailed-exitcode.
const (
	ExitEmpty   = 0
	ExitError   = 1
	ExitChanges = 2
)

// ExitCodeOfPlan returns the exit status for planned stacks.
func ExitCodeOfPlan(results []Result) int {
	status := ExitCodeOfApply(results)
	for _, result := range results {
		if status == ExitEmpty && result.Changes() {
			status = ExitChanges
		}
	}
	return status
}

// ExitCodeOfApply returns the exit status for applied stacks.
func ExitCodeOfApply(results []Result) int {
	for _, result := range results {
		if result.Ended != "" {
			return ExitError
		}
	}
	return ExitEmpty
}
