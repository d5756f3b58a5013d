package config

// Weekend is a weekly window outside of which the region sleeps.
type Weekend struct {
	Enabled     bool     `yaml:"enabled" default:"false" example:"true" doc:"Run tasks only inside the window."`
	DestroyALBs bool     `yaml:"destroy_albs" default:"false" example:"true" doc:"Destroy the load balancer too while the region sleeps. Needs a Terraform apply at the window's edges."`
	Days        []string `yaml:"days" default:"sat,sun" oneof:"mon,tue,wed,thu,fri,sat,sun" example:"[sat, sun]" doc:"Weekdays on which the window opens."`
	StartHour   int      `yaml:"start_hour" default:"6" min:"0" max:"23" unit:"hour of the day" example:"6" doc:"Hour at which the window opens, in timezone."`
	EndHour     int      `yaml:"end_hour" default:"22" min:"0" max:"24" unit:"hour of the day" example:"22" doc:"Hour at which it closes; at or before start_hour it is the next day's."`
	Timezone    string   `yaml:"timezone" default:"UTC" is:"an IANA time zone" example:"Europe/London" doc:"IANA name of the time zone; summer time is followed."`
	Active      bool     `yaml:"active" default:"true" example:"false" doc:"false keeps the region asleep inside the window too, whenever weekend mode is on."`
	LeadMinutes int      `yaml:"lead_minutes" default:"15" min:"0" max:"720" unit:"minutes" example:"15" doc:"With destroy_albs: how long before the window the load balancer may be brought back."`
	Skip        []string `yaml:"skip" is:"a date" example:"[2026-12-26]" doc:"Dates on which the window does not open."`
	Extra       []string `yaml:"extra" is:"a date" example:"[2026-12-24]" doc:"Dates on which it opens although the weekday says otherwise."`
}

// Modes of weekend mode, as scripts and tables name them.
const (
	Off     = "off"
	Keep    = "keep"
	Destroy = "destroy"
)

// Mode is whether the region sleeps at all, and whether its load balancer is destroyed meanwhile.
func (w Weekend) Mode() string {
	switch {
	case !w.Enabled:
		return Off
	case w.DestroyALBs:
		return Destroy
	}
	return Keep
}
