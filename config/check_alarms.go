package config

import (
	"time"

	"github.com/cdtait/mcpfleet/schedule"
)

// AlarmDelay is how long tasks may take to start before an alarm misses them.
const AlarmDelay = 5 * time.Minute

func checkAlarms(c checker, region *Region) {
	alarms := region.Alarms
	if !c.valid("alarms.email", "alarms.topic_arn") {
		return
	}
	if alarms.Email != "" && alarms.TopicARN != "" {
		c.reject("alarms.email", "has no effect beside topic_arn", "subscribe the address to that topic and remove email, or remove topic_arn")
	}
	if alarms.TopicARN != "" {
		checkARNRegion(c, "alarms.topic_arn", alarms.TopicARN, region.Name, "topic", "an alarm can only publish to its own region")
	}
	if !alarms.Enabled() {
		for _, key := range []string{"response_time", "error_percent", "budget"} {
			if c.changes("alarms." + key) {
				c.warn("alarms."+key, "has no effect, because nobody gets the alarms", "add email or topic_arn, or remove "+key)
			}
		}
		return
	}
	checkAlarmExceptions(c, region)
}

// checkAlarmExceptions rejects more dates than the alarm on the number of tasks can know.
func checkAlarmExceptions(c checker, region *Region) {
	if !region.Weekend.Enabled || region.Schedule == nil {
		return
	}
	if len(region.Schedule.MetricMath(AlarmDelay)) <= schedule.MaxMetricMath {
		return
	}
	path := "weekend.skip"
	if len(region.Weekend.Extra) > len(region.Weekend.Skip) {
		path = "weekend.extra"
	}
	c.reject(path, "skip and extra have more dates than an alarm of CloudWatch can know", "remove dates that have passed or are years away, or remove alarms")
}
