package config

// Weekend is the weekly window outside of which the region is asleep.
type Weekend struct {
	Enabled     bool     `yaml:"enabled" default:"false" example:"true" doc:"Whether tasks run only inside the window."`
	DestroyALBs bool     `yaml:"destroy_albs" default:"false" example:"true" doc:"Whether the load balancer is destroyed while the region is asleep. This requires a Terraform apply when the window opens and when it closes."`
	Days        []string `yaml:"days" default:"sat,sun" oneof:"mon,tue,wed,thu,fri,sat,sun" example:"[sat, sun]" doc:"Days of the week on which the window opens."`
	StartHour   int      `yaml:"start_hour" default:"6" min:"0" max:"23" unit:"(hour of the day)" example:"6" doc:"Hour at which the window opens, in timezone."`
	EndHour     int      `yaml:"end_hour" default:"22" min:"0" max:"24" unit:"(hour of the day)" example:"22" doc:"Hour at which the window closes. If it is not after start_hour, the window closes on the next day."`
	Timezone    string   `yaml:"timezone" default:"UTC" is:"an IANA time zone" example:"Europe/London" doc:"IANA time zone of the window. The window follows daylight saving time."`
	Active      bool     `yaml:"active" default:"true" example:"false" doc:"Whether the region wakes in the window. With weekend mode enabled, false keeps it asleep all the time."`
	LeadMinutes int      `yaml:"lead_minutes" default:"15" min:"0" max:"720" unit:"minutes" example:"15" doc:"Lead before the window opens, in which an apply already brings up the load balancer. Applies only with destroy_albs."`
	Answer      bool     `yaml:"answer" default:"false" example:"true" doc:"Whether a sleeping region answers 503 with the time of the next opening. With destroy_albs it needs a domain that has HTTPS."`
	// What requests may do to a sleeping region.
	WakeOnRequest bool      `yaml:"wake_on_request" default:"false" example:"true" doc:"Whether a request wakes a sleeping region. Only messages of the protocol do: a POST of JSON to mcp.path. Applies only without destroy_albs, and needs access.paths."`
	WakeFor       int       `yaml:"wake_for" default:"30" min:"5" max:"1440" unit:"minutes" example:"60" doc:"How long after the last successful request a region that a request has woken stays awake."`
	WakeHours     WakeHours `yaml:"wake_hours" doc:"Hours of every day, in timezone, in which requests may wake the region and keep it awake."`
	WakeBudget    int       `yaml:"wake_budget" default:"20" min:"1" max:"744" unit:"hours per calendar month in UTC" example:"40" doc:"How long requests may keep the region awake."`
	Skip          []string  `yaml:"skip" is:"a date" example:"[2026-12-26]" doc:"Dates on which the window does not open."`
	Extra         []string  `yaml:"extra" is:"a date" example:"[2026-12-24]" doc:"Dates on which the window opens even if days does not include the weekday."`
}

// WakeHours are hours of every day.
type WakeHours struct {
	StartHour int `yaml:"start_hour" default:"0" min:"0" max:"23" unit:"(hour of the day)" example:"8" doc:"Hour from which a request may wake the region."`
	EndHour   int `yaml:"end_hour" default:"24" min:"0" max:"24" unit:"(hour of the day)" example:"20" doc:"Hour at which a region that a request has woken goes back to sleep. If it is not after start_hour, that is on the next day."`
}

// PerDay returns the number of hours.
func (h WakeHours) PerDay() int {
	if hours := h.EndHour - h.StartHour; hours > 0 {
		return hours
	}
	return h.EndHour - h.StartHour + 24
}

// The modes, as printed in tables and read by scripts.
const (
	ModeOff     = "off"
	ModeKeep    = "keep"
	ModeDestroy = "destroy"
)

// Mode returns Off if the region is always awake, Destroy if its load balancer is destroyed while it is
// asleep, or Keep.
func (w Weekend) Mode() string {
	switch {
	case !w.Enabled:
		return ModeOff
	case w.DestroyALBs:
		return ModeDestroy
	}
	return ModeKeep
}

// HasStandby reports whether a function answers for the region while its tasks are asleep and its load balancer stays.
func (r Region) HasStandby() bool {
	return r.Weekend.Mode() == ModeKeep && r.LoadBalancer.Enabled && (r.Weekend.Answer || r.Weekend.WakeOnRequest)
}

// WakesOnRequest reports whether that function wakes the region.
func (r Region) WakesOnRequest() bool { return r.HasStandby() && r.Weekend.WakeOnRequest }

// Answers reports whether the region answers while it has no load balancer.
func (r Region) Answers() bool { return r.Weekend.Answer && r.Weekend.Mode() == ModeDestroy }
