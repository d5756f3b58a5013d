package cost

import (
	"math/big"

	"github.com/cdtait/mcpfleet/config"
)

// metricsOf counts the metrics of alarms. AWS bills an alarm for each metric that it evaluates, but not for the
// expressions.
//
// Source: https://aws.amazon.com/cloudwatch/pricing/
func metricsOf(alarms []config.AlarmID) (count int64) {
	for _, alarm := range alarms {
		switch alarm {
		case config.AlarmTargetErrors, config.AlarmLoadBalancerErrors:
			count += 2 // errors and requests
		default:
			count++
		}
	}
	return count
}

// alarms returns the lines of the alarms and of the key that encrypts their topic. Those of the load balancer exist as
// long as it does. The budget costs nothing, and neither do a thousand mails a month.
//
// Source: https://aws.amazon.com/sns/pricing/
func (t *Table) alarms(region config.Region, up uptime) []Line {
	if !region.Alarms.Enabled() {
		return nil
	}
	always, withLoadBalancer := region.AlarmIDs()
	metrics := big.NewRat(metricsOf(withLoadBalancer)*int64(up.loadBalancer), int64(allWeek))
	metrics.Add(metrics, big.NewRat(metricsOf(always), 1))
	lines := []Line{newLine(AlarmMetrics, "Alarms", "metrics", region.Name, metrics, t.lookup(AlarmMetrics, region.Name))}
	if region.Alarms.TopicARN != "" {
		return lines
	}
	return append(lines, newLine(KMSKey, "KMS key of the alarms", "keys", region.Name, big.NewRat(1, 1), t.lookup(KMSKey, region.Name)))
}
