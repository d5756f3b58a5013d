package loadbalancer

import (
	"strconv"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/lbtargetgroup"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/internal/pointer"
)

const targetGroup = "aws_lb_target_group.main"

// TargetGroup configures the target group.
type TargetGroup struct {
	Name string
	// Port is the port that the tasks listen on.
	Port int
	// DeregistrationDelay is in seconds.
	DeregistrationDelay int
	HealthCheck         HealthCheck
	Stickiness          Stickiness
}

// HealthCheck configures how a task is judged healthy. Times are in seconds.
type HealthCheck struct {
	Path               string
	Matcher            string
	Interval           int
	Timeout            int
	HealthyThreshold   int
	UnhealthyThreshold int
}

// Stickiness configures sticky sessions. Duration is in seconds.
type Stickiness struct {
	Enabled  bool
	Duration int
}

func newTargetGroup(scope constructs.Construct, vpcID string, cfg TargetGroup) {
	check := cfg.HealthCheck
	group := lbtargetgroup.NewLbTargetGroup(scope, new("target_group"), &lbtargetgroup.LbTargetGroupConfig{
		Name:                &cfg.Name,
		TargetType:          new("ip"),
		Protocol:            new("HTTP"),
		Port:                new(float64(cfg.Port)),
		VpcId:               &vpcID,
		DeregistrationDelay: new(strconv.Itoa(cfg.DeregistrationDelay)),
		HealthCheck: &lbtargetgroup.LbTargetGroupHealthCheck{
			Enabled:            true,
			Protocol:           new("HTTP"),
			Port:               new("traffic-port"),
			Path:               &check.Path,
			Matcher:            &check.Matcher,
			Interval:           new(float64(check.Interval)),
			Timeout:            new(float64(check.Timeout)),
			HealthyThreshold:   new(float64(check.HealthyThreshold)),
			UnhealthyThreshold: new(float64(check.UnhealthyThreshold)),
		},
		// Also set when disabled: removing the block would leave stickiness unchanged.
		Stickiness: &lbtargetgroup.LbTargetGroupStickiness{
			Enabled:        cfg.Stickiness.Enabled,
			Type:           new("lb_cookie"),
			CookieDuration: new(float64(cfg.Stickiness.Duration)),
		},
		Tags: pointer.NameTag(cfg.Name),
		// A port change replaces the target group. Listener and service must move to the new one first.
		Lifecycle: &cdktf.TerraformResourceLifecycle{CreateBeforeDestroy: new(true)},
	})
	group.OverrideLogicalId(new("main"))
}
