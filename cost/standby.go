package cost

import (
	"cmp"
	"fmt"
	"math/big"

	"github.com/cdtait/mcpfleet/config"
)

// What a function that answers for sleeping tasks costs, and the hours for which requests keep the tasks awake. The calls
// that the function gets without a request, 730 by its schedule and one for each event of ECS, cost less than a cent a
// month. The events of AWS and a standard parameter are free.
//
// Sources: https://aws.amazon.com/lambda/pricing/, https://aws.amazon.com/eventbridge/pricing/ and
// https://aws.amazon.com/systems-manager/pricing/

// gbSecondsPerMillion is the computing time of a million requests: 0.25 GB of memory for an assumed tenth of a second each.
const gbSecondsPerMillion = 25_000

// metricsOfIdleAlarm are the requests to the tasks and those to the function.
const metricsOfIdleAlarm = 2

// idleAlarm returns the line of the alarm that sends a woken region back to sleep. It exists all the time.
func (t *Table) idleAlarm(region config.Region, up uptime) []Line {
	if up.wakeLimit == nil {
		return nil
	}
	return []Line{newLine(AlarmMetrics, "Idle alarm", "metrics", region.Name, big.NewRat(metricsOfIdleAlarm, 1), t.lookup(AlarmMetrics, region.Name))}
}

// wakeLimit returns for how many hours per month requests may keep tasks awake that run for some hours per week anyway.
func wakeLimit(region config.Region, scheduled hours) *big.Rat {
	asleep := (allWeek - scheduled).perMonth()
	const daysPerYear, monthsPerYear = 365, 12
	hours := big.NewRat(int64(region.Weekend.WakeHours.PerDay())*daysPerYear, monthsPerYear)
	return least(big.NewRat(int64(region.Weekend.WakeBudget), 1), least(hours, asleep))
}

// woken returns the hours per month that the fleet file expects, none if it expects nothing.
func woken(region config.Region, limit *big.Rat) *big.Rat {
	return least(cmp.Or(given(region.Usage.WakeHours), new(big.Rat)), limit)
}

func least(a, b *big.Rat) *big.Rat {
	if a.Cmp(b) < 0 {
		return a
	}
	return b
}

// mayWakeLonger reports whether requests may keep the tasks awake for longer than the estimate expects.
func (u uptime) mayWakeLonger() bool { return u.wakeLimit != nil && u.woken.Cmp(u.wakeLimit) < 0 }

// unknownTasks returns what requests may add to the lines of the tasks, if the fleet file does not say for how long.
func (t *Table) unknownTasks(region config.Region, place placer, up uptime) []Line {
	if !up.mayWakeLonger() || region.Usage.WakeHours.IsSet() {
		return nil
	}
	lines := t.tasks(region, place, up)
	for i, line := range lines {
		lines[i] = newLine(line.Item, line.Name+", on request", line.Unit, region.Name, nil, line.Price)
	}
	return lines
}

// onRequest describes for how long requests keep the tasks awake, beside the hours of the schedule.
func (u uptime) onRequest() string {
	switch {
	case u.wakeLimit == nil || u.wakeLimit.Sign() == 0:
		return ""
	case !u.mayWakeLonger():
		return fmt.Sprintf(", %s hours a month on request", rounded(u.wakeLimit, 2))
	case u.woken.Sign() == 0:
		return fmt.Sprintf(", up to %s hours a month on request", rounded(u.wakeLimit, 2))
	}
	return fmt.Sprintf(", %s to %s hours a month on request", rounded(u.woken, 2), rounded(u.wakeLimit, 2))
}

// hoursOnRequest shows the hours for which requests keep tasks awake in weekend mode with a load balancer.
func hoursOnRequest(regions []config.Region) (lines []string) {
	for _, region := range regions {
		if up := weekendKeep(region); up.wakeLimit != nil && up.woken.Sign() > 0 {
			lines = append(lines, fmt.Sprintf("tasks that requests wake in %s: %s h per month more, while the load balancer is kept", region.Name, rounded(up.woken, 2).StringFixed(2)))
		}
	}
	return lines
}
