// Package dashboard creates CloudWatch dashboards: one of a region, and one of the fleet.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
package dashboard

import (
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/cloudwatchdashboard"

	"github.com/cdtait/mcpfleet/internal/hcl"
	"github.com/cdtait/mcpfleet/schedule"
)

// Config configures the dashboards of a stack.
type Config struct {
	Name   string
	Region Region
	// FleetName is the name of the fleet's dashboard, "" in the stacks that do not have it.
	FleetName string
	Fleet     []Region
}

// Region is what a dashboard shows of a region.
type Region struct {
	Name        string
	ClusterName string
	ServiceName string
	// Tasks is the number of tasks that have to run, or an HCL expression for it.
	Tasks string
	// Schedule are the expressions of metric math that calculate Open: whether tasks have to run.
	Schedule []schedule.Expression
	Open     string
	LogGroup string
	// LoadBalancer and TargetGroup are the last parts of the ARNs, which name them in CloudWatch. They are "" without a
	// load balancer.
	LoadBalancer, TargetGroup string
	// LoadBalancerName is "" without a load balancer. The fleet's dashboard finds it by its name.
	LoadBalancerName string
	// AlarmARNs are the alarms to show.
	AlarmARNs []string
}

// New creates the dashboards.
func New(scope constructs.Construct, id string, cfg Config) {
	scope = constructs.NewConstruct(scope, &id)
	add(scope, "region", cfg.Name, regionWidgets(cfg.Region))
	if cfg.FleetName != "" {
		add(scope, "fleet", cfg.FleetName, fleetWidgets(cfg.Fleet))
	}
}

func add(scope constructs.Construct, address, name string, widgets []widget) {
	dashboard := cloudwatchdashboard.NewCloudwatchDashboard(scope, &address, &cloudwatchdashboard.CloudwatchDashboardConfig{
		DashboardName: &name,
		DashboardBody: new(hcl.Document(body{Start: "-P7D", PeriodOverride: "auto", Widgets: widgets})),
	})
	dashboard.OverrideLogicalId(&address)
}
