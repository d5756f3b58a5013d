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

// Plan is what Terraform would do to a stack.
type Plan struct {
	// Text is the plan as Terraform shows it.
	Text string
	// Changes is whether there is anything to do.
	Changes bool

	terraform *terraform.Stack
	file      string
}

// PlanWeekend plans a stack with weekend_state set to up or down. Close the plan after use: the file
// may hold what the state holds.
func PlanWeekend(ctx context.Context, region config.Region, state string, say Progress) (*Plan, error) {
	stack := region.Names.Stack()
	if err := checkStack(stack); err != nil {
		return nil, err
	}
	terraform, err := terraform.Open(stack)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(synth.Folder(stack), ".terraform")); err != nil {
		say("terraform init")
		if err := terraform.Init(ctx); err != nil {
			return nil, terraformError(ctx, terraform, err)
		}
	}
	temporary, err := os.MkdirTemp("", "mcpfleet-plan-")
	if err != nil {
		return nil, err
	}
	plan := &Plan{terraform: terraform, file: filepath.Join(temporary, "plan")}
	say("terraform plan -var weekend_state=" + state)
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

// Apply does what the plan says, and nothing that has not been shown.
func (p *Plan) Apply(ctx context.Context) error {
	return terraformError(ctx, p.terraform, p.terraform.Apply(ctx, tfexec.DirOrPlan(p.file)))
}

// Close removes the plan's file.
func (p *Plan) Close() { _ = os.RemoveAll(filepath.Dir(p.file)) }

// checkStack refuses a stack of an earlier synth: its plan would be that of another fleet file, or
// from before this one said destroy_albs, and would leave the load balancer alone whatever
// weekend_state says.
func checkStack(stack string) error {
	all, err := synth.Stacks()
	if err != nil {
		return err
	}
	if !slices.Contains(all, stack) {
		return fmt.Errorf("the last synth wrote no stack %s; run make synth for the fleet file that this command reads", stack)
	}
	written, err := tfjson.Read(filepath.Join(synth.Folder(stack), "cdk.tf.json"))
	if err != nil {
		return err
	}
	if !strings.Contains(fmt.Sprint(written.Locals["load_balancer"]), "weekend_state") {
		return fmt.Errorf("the stack %s does not know destroy_albs yet; run make synth", stack)
	}
	return nil
}

// terraformError keeps Terraform's own words, which come with several lines, but for those about a
// lock, which are said in one with what to do.
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
