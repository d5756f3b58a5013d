package cost

import (
	"github.com/shopspring/decimal"

	"github.com/cdtait/mcpfleet/config"
)

// MinutesPerBuild is how long a scheduled apply is assumed to take: a few minutes to install and compile, and the rest to
// create a load balancer and wait for the tasks. CodeBuild bills whole minutes.
const MinutesPerBuild = 10

// alarmsOfBuilds is the number of alarms that the bootstrap creates for a scheduler.
const alarmsOfBuilds = 2

// Builds is what the scheduled applies of a fleet cost in an average month, without the free tier of CodeBuild.
type Builds struct {
	// PerMonth is the number of builds, and Minutes how many minutes they take.
	PerMonth, Minutes decimal.Decimal
	// MinutePrice and AlarmPrice are the prices, nil if they are not known.
	MinutePrice, AlarmPrice *Price
	// Monthly is the cost of the builds and their alarms, nil if a price is not known.
	Monthly *decimal.Decimal
}

// Builds returns the cost of scheduled applies, whose builds run in a region.
func (t *Table) Builds(applies []config.ScheduledApply, region string) Builds {
	perMonth := decimal.Zero
	for _, apply := range applies {
		perMonth = perMonth.Add(decimal.NewFromFloat(apply.Due.PerMonth()))
	}
	builds := Builds{PerMonth: perMonth.Round(1), Minutes: perMonth.Mul(decimal.NewFromInt(MinutesPerBuild)).Round(0)}
	minute, knowsMinute := t.Price(BuildMinutes, region)
	alarm, knowsAlarm := t.Price(AlarmMetrics, region)
	if knowsMinute {
		builds.MinutePrice = &minute
	}
	if knowsAlarm {
		builds.AlarmPrice = &alarm
	}
	if knowsMinute && knowsAlarm && len(applies) > 0 {
		builds.Monthly = new(builds.Minutes.Mul(minute.USD).Add(alarm.USD.Mul(decimal.NewFromInt(alarmsOfBuilds))).Round(2))
	}
	return builds
}
