package loadbalancer

import (
	"fmt"
	"maps"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/dataawslb"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/dataawslbs"

	"github.com/cdtait/mcpfleet/internal/hcl"
	"github.com/cdtait/mcpfleet/internal/pointer"
)

// Protection configures what happens if a plan would delete a load balancer that AWS protects from deletion.
type Protection struct {
	// Names are the names that load balancers of the stack have or had, such as before they became internal.
	Names []string
	// Tags are the tags of all resources of the stack.
	Tags map[string]string
}

// guard fails a plan that would delete a protected load balancer. AWS would refuse that in the middle of the apply, when
// the listeners are gone.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#deletion-protection
func guard(scope constructs.Construct, cfg Config) {
	tags := maps.Clone(cfg.Protection.Tags)
	tags["Name"] = "${each.value}"
	unwanted := dataawslbs.NewDataAwsLbs(scope, new("unwanted"), &dataawslbs.DataAwsLbsConfig{Tags: pointer.Map(tags)})
	unwanted.OverrideLogicalId(new("unwanted"))
	unwanted.AddOverride(new("for_each"), hcl.Expression(fmt.Sprintf("toset([for name in %s : name if name != %q || (%s) == 0])", hcl.Document(cfg.Protection.Names), cfg.Name, cfg.Count)))
	protected := dataawslb.NewDataAwsLb(scope, new("protected"), &dataawslb.DataAwsLbConfig{Arn: new("${each.value}")})
	protected.OverrideLogicalId(new("unwanted"))
	protected.AddOverride(new("for_each"), hcl.Expression("toset(flatten([for found in data.aws_lbs.unwanted : tolist(found.arns)]))"))
	protected.AddOverride(new("lifecycle.postcondition"), []any{hcl.Condition("!self.enable_deletion_protection",
		"This would delete the load balancer ${self.name}, which AWS protects from deletion. "+
			"If that is intended, run aws elbv2 modify-load-balancer-attributes --region "+cfg.Protection.Tags["Region"]+
			" --load-balancer-arn ${self.arn} --attributes Key=deletion_protection.enabled,Value=false, then try again.",
	)})
}
