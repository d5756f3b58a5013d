package config

import "time"

// Wanted is what an apply at an instant makes of a region, unless weekend_state overrides it.
type Wanted struct {
	// Awake is whether tasks run.
	Awake bool
	// LoadBalancer is whether there is one, where the region has any.
	LoadBalancer bool
}

// WantedAt asks the weekend window, in the words in which the stacks ask it.
func (r Region) WantedAt(t time.Time) Wanted {
	switch {
	case !r.Weekend.Enabled:
		return Wanted{true, true}
	case !r.Weekend.Active:
		return Wanted{false, !r.Weekend.DestroyALBs}
	case !r.Weekend.DestroyALBs:
		return Wanted{r.Schedule.Awake(t), true}
	}
	return Wanted{r.Schedule.AwakeAhead(t), r.Schedule.LoadBalancerPresent(t)}
}

func (w Wanted) String() string {
	switch {
	case w.Awake:
		return "awake"
	case w.LoadBalancer:
		return "asleep"
	}
	return "asleep without its load balancer"
}
