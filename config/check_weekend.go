package config

import (
	"time"
	_ "time/tzdata" // zones are known wherever the tool runs
)

func checkWeekend(c checker, region *Region) {
	weekend := region.Weekend
	if c.sound("weekend.timezone") {
		if _, err := time.LoadLocation(weekend.Timezone); err != nil {
			c.refuse("weekend.timezone", "x", "y")
		}
	}
}
