package stacks

import (
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/internal/hcl"
)

// HCL expressions over the locals, for the constructs that follow them.
const (
	loadBalancerPresent = "local.load_balancer"
	loadBalancerCount   = loadBalancerPresent + " ? 1 : 0"
	desiredCount        = "local.awake ? var.desired_count : 0"
)

// newLocals decides what is to be there at the time of a plan.
func newLocals(stack cdktf.TerraformStack) {
	newLocal(stack, "awake", `var.weekend_state != "down"`)
	newLocal(stack, "load_balancer", "true")
}

func newLocal(stack cdktf.TerraformStack, name, source string) {
	cdktf.NewTerraformLocal(stack, new("local_"+name), hcl.Expression(source)).OverrideLogicalId(&name)
}
