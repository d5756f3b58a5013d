package stacks

import (
	"fmt"
	"time"

	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/constructs/alarms"
	"github.com/cdtait/mcpfleet/constructs/budget"
	"github.com/cdtait/mcpfleet/constructs/topic"
	"github.com/cdtait/mcpfleet/internal/awsprovider"
	"github.com/cdtait/mcpfleet/internal/hcl"
	"github.com/cdtait/mcpfleet/schedule"
)

// addAlarms adds the alarms, the budget, and the topic that they publish to unless the fleet file has one.
func (r *resources) addAlarms(stack cdktf.TerraformStack, fleet *config.Fleet, region config.Region) {
	topicARN, dependsOn := region.Alarms.TopicARN, []string(nil)
	if topicARN == "" {
		topicARN = topic.New(stack, "topic", topic.Config{
			Name: region.Names.Alarms(), Email: region.Alarms.Email, Region: region.Name, AccountID: awsprovider.AccountID, AlarmPrefix: region.Names.AlarmPrefix(),
		})
		dependsOn = []string{topic.Policy}
	}
	cfg := alarmsConfig(region, *r)
	cfg.TopicARN, cfg.DependsOn = topicARN, dependsOn
	alarms.New(stack, "alarms", cfg)
	budget.New(stack, "budget", budget.Config{
		NamePrefix: region.Names.Budget(), Region: region.Name, Project: region.Names.Project,
		Limit: budgetLimit(fleet, region), Email: region.Alarms.Email, TopicARN: region.Alarms.TopicARN,
	})
}

func alarmsConfig(region config.Region, r resources) alarms.Config {
	cfg := alarms.Config{
		Name:           region.Names.Alarm,
		DeploymentRule: region.Names.DeploymentRule(),
		Region:         region.Names.Stack(),
		Tasks:          tasksOf(region).min,
		ClusterName:    r.ecs.ClusterName,
		ServiceName:    r.ecs.ServiceName,
		ServiceARN:     r.ecs.ServiceID,
		CertificateARN: r.certificateARN,
	}
	cfg.Schedule, cfg.Open = openMath(region, config.AlarmDelay)
	if r.loadBalancer != nil {
		cfg.LoadBalancer = &alarms.LoadBalancer{
			Count:             loadBalancerCount,
			Suffix:            r.loadBalancer.Suffix,
			TargetGroupSuffix: r.loadBalancer.TargetGroupSuffix,
			ResponseTime:      region.Alarms.ResponseTime,
			ErrorPercent:      region.Alarms.ErrorPercent,
		}
	}
	return cfg
}

// openMath returns the expressions of metric math by which alarms and dashboards know whether tasks have to run, and the
// last of them. As for everything else, weekend_state overrides the schedule.
func openMath(region config.Region, delay time.Duration) (expressions []schedule.Expression, open string) {
	const always, never = "TIME_SERIES(1)", "TIME_SERIES(0)"
	choose := func(condition, yes, no string) string { return fmt.Sprintf("%s ? %q : %q", condition, yes, no) }
	switch region.Rules().Tasks {
	case config.Always:
		return nil, hcl.Expression(choose(`var.weekend_state != "down"`, always, never))
	case config.Never:
		return nil, hcl.Expression(choose(`var.weekend_state == "up"`, always, never))
	}
	scheduled := region.Schedule.MetricMath(delay)
	last := len(scheduled) - 1
	return scheduled[:last], hcl.Expression(fmt.Sprintf(`var.weekend_state == "auto" ? %q : %s`, scheduled[last].Text, choose(`var.weekend_state == "up"`, always, never)))
}
