package stacks

import (
	"os"
	"path/filepath"

	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/constructs/loadbalancer"
	"github.com/cdtait/mcpfleet/constructs/logs"
	"github.com/cdtait/mcpfleet/constructs/orphans"
	"github.com/cdtait/mcpfleet/constructs/standby"
	"github.com/cdtait/mcpfleet/internal/awsprovider"
)

// addStandby adds what answers while the tasks are asleep and the load balancer stays.
func (r *resources) addStandby(stack cdktf.TerraformStack, region config.Region) {
	group := logs.New(stack, "standby_logs", logsConfig("standby", region.Names.StandbyLogGroup(), region))
	cfg := standby.Config{
		Names: standby.Names{
			Function:     region.Names.Standby(),
			Role:         region.Names.StandbyRole(),
			Rule:         region.Names.StandbyRule(),
			TargetGroup:  region.Names.StandbyTargetGroup(),
			ListenerRule: loadbalancer.StandbyRuleName(region.LoadBalancerName()),
		},
		Region:              region.Names.Stack(),
		AWSRegion:           region.Name,
		AccountID:           awsprovider.AccountID,
		LogGroupARN:         group.ARN,
		ListenerARN:         r.loadBalancer.ListenerARN,
		Awake:               "local.awake",
		Path:                region.MCP.Path,
		ClusterName:         r.ecs.ClusterName,
		ClusterARN:          r.ecs.ClusterID,
		ServiceName:         r.ecs.ServiceName,
		ServiceARN:          r.ecs.ServiceID,
		TargetGroupARN:      r.loadBalancer.TargetGroupARN,
		PermissionsBoundary: permissionsBoundary(region, awsprovider.AccountID),
	}
	if region.WakesOnRequest() {
		cfg.Wake = wakeConfig(region, *r)
	}
	standby.New(stack, "standby", cfg)
}

func wakeConfig(region config.Region, r resources) *standby.Wake {
	tasks := tasksOf(region)
	return &standby.Wake{
		BudgetName:        region.Names.WakeBudget(),
		AlarmName:         region.Names.Idle(),
		ActionName:        region.Names.WakeEnd(),
		ScalableTargetARN: r.scalableTarget.ARN,
		Tasks:             tasks.min,
		MaxTasks:          tasks.max,
		IdleMinutes:       region.Weekend.WakeFor,
		BudgetHours:       region.Weekend.WakeBudget,
		StartHour:         region.Weekend.WakeHours.StartHour,
		EndHour:           region.Weekend.WakeHours.EndHour,
		Timezone:          region.Weekend.Timezone,
		BalancerSuffix:    r.loadBalancer.Suffix,
		TargetGroupSuffix: r.loadBalancer.TargetGroupSuffix,
	}
}

// orphanedStandby is the function and what it has.
func orphanedStandby(region config.Region) []orphans.Resource {
	names := region.Names
	return []orphans.Resource{
		{Address: "aws_cloudwatch_log_group.standby", Name: names.StandbyLogGroup()},
		{Address: "aws_iam_role.standby", Name: names.StandbyRole()},
		{Address: "aws_lambda_function.standby", Name: names.Standby()},
		{Address: "aws_lb_target_group.standby", Name: names.StandbyTargetGroup()},
		{Address: "aws_lb_listener_rule.standby", Name: loadbalancer.StandbyRuleName(region.LoadBalancerName())},
	}
}

// WritePackages writes the deployment packages of the stacks' functions into their folders, below the folder of a synth.
func WritePackages(folder string, fleet *config.Fleet) error {
	for _, region := range fleet.Regions {
		if !region.HasStandby() {
			continue
		}
		file := filepath.Join(folder, "stacks", region.Names.Stack(), standby.PackageFile)
		if err := os.WriteFile(file, standby.Package(), 0o600); err != nil {
			return err
		}
	}
	return nil
}
