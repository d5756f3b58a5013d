package ops

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-exec/tfexec"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/synth"
	"github.com/cdtait/mcpfleet/internal/terraform"
	"github.com/cdtait/mcpfleet/internal/tfjson"
)

// Plan is a saved Terraform plan of a stack.
type Plan struct {
	// Text is the plan in Terraform's human-readable form.
	Text string
	// Changes reports whether the plan contains changes.
	Changes bool

	terraform *terraform.Stack
	file      string
}

// PlanWeekend plans a stack with weekend_state set to up or down. The caller must close the plan, because its
// file may contain sensitive values from the state.
func PlanWeekend(ctx context.Context, region config.Region, state string, report Progress) (*Plan, error) {
	stack := region.Names.Stack()
	if err := checkStack(stack); err != nil {
		return nil, err
	}
	terraform, err := terraform.Open(stack)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(synth.Folder(stack), ".terraform")); err != nil {
		report("terraform init")
		if err := terraform.Init(ctx); err != nil {
			return nil, terraformError(ctx, terraform, err)
		}
	}
	temporary, err := os.MkdirTemp("", "mcpfleet-plan-")
	if err != nil {
		return nil, err
	}
	plan := &Plan{terraform: terraform, file: filepath.Join(temporary, "plan")}
	report("terraform plan -var weekend_state=" + state)
	if plan.Changes, err = terraform.Plan(ctx, tfexec.Var("weekend_state="+state), tfexec.Out(plan.file)); err != nil {
		plan.Close()
		return nil, terraformError(ctx, terraform, err)
	}
	if plan.Text, err = terraform.ShowPlanFileRaw(ctx, plan.file); err != nil {
		plan.Close()
		return nil, terraformError(ctx, terraform, err)
	}
	return plan, nil
}

// Apply applies exactly the saved plan.
func (p *Plan) Apply(ctx context.Context) error {
	return terraformError(ctx, p.terraform, p.terraform.Apply(ctx, tfexec.DirOrPlan(p.file)))
}

// Close removes the plan file.
func (p *Plan) Close() { _ = os.RemoveAll(filepath.Dir(p.file)) }

// checkStack rejects a stack of an earlier synth. It may be from another fleet file, or from before
// destroy_albs was set, in which case its plan would leave the load balancer alone whatever weekend_state
// says.
func checkStack(stack string) error {
	all, err := synth.Stacks()
	if err != nil {
		return err
	}
	if !slices.Contains(all, stack) {
		return fmt.Errorf("the last synth did not generate stack %s; run make synth with the fleet file that this command reads", stack)
	}
	written, err := tfjson.Read(filepath.Join(synth.Folder(stack), "cdk.tf.json"))
	if err != nil {
		return err
	}
	if !strings.Contains(fmt.Sprint(written.Locals["load_balancer"]), "weekend_state") {
		return fmt.Errorf("stack %s was synthesized without destroy_albs; run make synth", stack)
	}
	return nil
}

// terraformError keeps Terraform's own multi-line message, except that an error about a state lock becomes
// one line with advice.
func terraformError(ctx context.Context, stack *terraform.Stack, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if locked, held := stack.Locked(err); held {
		return errors.New(locked)
	}
	return errors.New("terraform: " + strings.TrimSpace(err.Error()))
}
