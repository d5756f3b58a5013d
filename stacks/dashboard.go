package stacks

import (
	"slices"
	"strconv"

	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/constructs/dashboard"
	"github.com/cdtait/mcpfleet/internal/awsprovider"
	"github.com/cdtait/mcpfleet/internal/hcl"
)

// addDashboards adds the region's dashboard. The first region that has one also has that of the fleet.
func (r *resources) addDashboards(stack cdktf.TerraformStack, fleet *config.Fleet, region config.Region) {
	cfg := dashboard.Config{Name: region.Names.Dashboard(), Region: dashboardOf(region)}
	cfg.Region.Tasks = hcl.Expression(tasksOf(region).min)
	// An expression with quotes cannot be in a JSON document.
	r.locals["dashboard_open"] = cfg.Region.Open
	cfg.Region.Open = hcl.Expression("local.dashboard_open")
	cfg.Region.AlarmARNs = r.alarmARNs(region)
	if r.loadBalancer != nil {
		// Without a load balancer there is nothing to show until the next apply.
		r.locals["dashboard_load_balancer"] = hcl.Expression(`try(coalesce(one(aws_lb.main[*].arn_suffix)), "none")`)
		cfg.Region.LoadBalancer = hcl.Expression("local.dashboard_load_balancer")
		cfg.Region.TargetGroup = r.loadBalancer.TargetGroupSuffix
	}
	shown := slices.DeleteFunc(slices.Clone(fleet.Regions), func(region config.Region) bool { return !region.Dashboard })
	if shown[0].Name == region.Name && len(fleet.Regions) > 1 {
		cfg.FleetName = region.Names.FleetDashboard()
		for _, each := range shown {
			cfg.Fleet = append(cfg.Fleet, dashboardOf(each))
		}
	}
	dashboard.New(stack, "dashboards", cfg)
}

// dashboardOf returns what a dashboard shows of any region of the fleet, by names.
func dashboardOf(region config.Region) dashboard.Region {
	result := dashboard.Region{
		Name:        region.Name,
		ClusterName: region.Names.Cluster(),
		ServiceName: region.Names.Service(),
		Tasks:       strconv.Itoa(region.Service.TaskRange().Min),
		LogGroup:    region.Names.LogGroup(),
	}
	result.Schedule, result.Open = openMath(region, 0)
	if region.LoadBalancer.Enabled {
		result.LoadBalancerName = region.LoadBalancerName()
	}
	return result
}

// alarmARNs returns the alarms that exist for certain: those of the load balancer are gone while it is.
func (r *resources) alarmARNs(region config.Region) (arns []string) {
	shown, withLoadBalancer := region.AlarmIDs()
	if !region.Rules().Overridable {
		shown = slices.Concat(shown, withLoadBalancer)
	}
	for _, id := range shown {
		arns = append(arns, "arn:aws:cloudwatch:"+region.Name+":"+awsprovider.AccountID+":alarm:"+region.Names.Alarm(string(id)))
	}
	return arns
}
