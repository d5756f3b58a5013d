package cost

import (
	"math/big"

	"github.com/cdtait/mcpfleet/config"
)

// The metrics of the alarms. AWS bills an alarm for each metric that it evaluates, but not for the expressions.
//
// Source: https://aws.amazon.com/cloudwatch/pricing/
const (
	taskAlarmMetrics        = 1
	certificateAlarmMetrics = 1
	// Unhealthy targets and response time have one each, the errors of targets and of the load balancer two each.
	loadBalancerAlarmMetrics = 6
)

// alarms returns the lines of the alarms and of the key that encrypts their topic. Those of the load balancer exist as
// long as it does. The budget costs nothing, and neither do a thousand mails a month.
//
// Source: https://aws.amazon.com/sns/pricing/
func (t *Table) alarms(region config.Region, up uptime) []Line {
	if !region.Alarms.Enabled() {
		return nil
	}
	metrics := big.NewRat(taskAlarmMetrics, 1)
	if region.HTTPS() {
		metrics.Add(metrics, big.NewRat(certificateAlarmMetrics, 1))
	}
	if region.LoadBalancer.Enabled {
		metrics.Add(metrics, big.NewRat(loadBalancerAlarmMetrics*int64(up.loadBalancer), int64(allWeek)))
	}
	lines := []Line{newLine(AlarmMetrics, "Alarms", "metrics", region.Name, metrics, t.lookup(AlarmMetrics, region.Name))}
	if region.Alarms.TopicARN != "" {
		return lines
	}
	return append(lines, newLine(KMSKey, "KMS key of the alarms", "keys", region.Name, big.NewRat(1, 1), t.lookup(KMSKey, region.Name)))
}
