// Package span parses and formats durations for people.
package span

import (
	"fmt"
	"time"
)

// Format formats a duration in its two largest units, rounded up to a minute.
func Format(length time.Duration) string {
	minutes := int((length + time.Minute - 1) / time.Minute)
	days, hours, rest := minutes/(24*60), minutes/60%24, minutes%60
	switch {
	case days > 0 && hours > 0:
		return fmt.Sprintf("%d d %d h", days, hours)
	case days > 0:
		return fmt.Sprintf("%d d", days)
	case hours > 0 && rest > 0:
		return fmt.Sprintf("%d h %d min", hours, rest)
	case hours > 0:
		return fmt.Sprintf("%d h", hours)
	}
	return fmt.Sprintf("%d min", rest)
}
