package ops

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/hashicorp/terraform-exec/tfexec"

	"github.com/cdtait/mcpfleet/config"
)

// StacksFolder is where the synthesized stacks are, beside cdktf.json.
const StacksFolder = "cdktf.out/stacks"

// Plan is what Terraform would do to a stack.
type Plan struct {
	// Text is the plan as Terraform shows it.
	Text string
	// Changes is whether there is anything to do.
	Changes bool

	terraform *tfexec.Terraform
	file      string
}

// PlanWeekend plans a stack with weekend_state set to up or down. Close the plan after use: the file
// may hold what the state holds.
func PlanWeekend(ctx context.Context, region config.Region, state string, say Say) (*Plan, error) {
	folder := filepath.Join(StacksFolder, region.Names.Stack())
	if err := checkStack(folder); err != nil {
		return nil, err
	}
	program, err := terraformProgram()
	if err != nil {
		return nil, err
	}
	terraform, err := tfexec.NewTerraform(folder, program)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(folder, ".terraform")); err != nil {
		say("terraform init")
		if err := terraform.Init(ctx); err != nil {
			return nil, terraformError(ctx, err)
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
		return nil, terraformError(ctx, err)
	}
	if plan.Text, err = terraform.ShowPlanFileRaw(ctx, plan.file); err != nil {
		plan.Close()
		return nil, terraformError(ctx, err)
	}
	return plan, nil
}

// Apply does what the plan says, and nothing that has not been shown.
func (p *Plan) Apply(ctx context.Context) error {
	return terraformError(ctx, p.terraform.Apply(ctx, tfexec.DirOrPlan(p.file)))
}

// Close removes the plan's file.
func (p *Plan) Close() { _ = os.RemoveAll(filepath.Dir(p.file)) }

// terraformProgram is the one that TERRAFORM names, or else Terraform, or OpenTofu where that is what
// there is.
func terraformProgram() (string, error) {
	if named := os.Getenv("TERRAFORM"); named != "" {
		path, err := exec.LookPath(named)
		if err != nil {
			return "", fmt.Errorf("%s, which TERRAFORM names, was not found", named)
		}
		return path, nil
	}
	for _, name := range []string{"terraform", "tofu"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("neither terraform nor tofu is installed, 1.11 or newer")
}

// checkStack refuses a stack that was synthesized before the fleet file said destroy_albs: its plan
// would leave the load balancer alone whatever weekend_state says.
func checkStack(folder string) error {
	text, err := os.ReadFile(filepath.Join(folder, "cdk.tf.json"))
	if err != nil {
		return fmt.Errorf("%s is not there; run make synth in the repository, and this command too", folder)
	}
	var stack struct {
		Locals struct {
			LoadBalancer any `json:"load_balancer"`
		} `json:"locals"`
	}
	if err := json.Unmarshal(text, &stack); err != nil {
		return fmt.Errorf("%s/cdk.tf.json cannot be read: %w", folder, err)
	}
	if !strings.Contains(fmt.Sprint(stack.Locals.LoadBalancer), "weekend_state") {
		return fmt.Errorf("%s does not know destroy_albs yet; run make synth", folder)
	}
	return nil
}

// terraformError keeps Terraform's own words, which come with several lines.
func terraformError(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return errors.New("terraform: " + strings.TrimSpace(err.Error()))
}
