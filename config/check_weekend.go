package config

import (
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/cdtait/mcpfleet/schedule"
)

var weekdays = map[string]time.Weekday{
	"mon": time.Monday, "tue": time.Tuesday, "wed": time.Wednesday, "thu": time.Thursday,
	"fri": time.Friday, "sat": time.Saturday, "sun": time.Sunday,
}

// checkWeekend builds the region's schedule. The schedule package validates the window.
func checkWeekend(c checker, region *Region) {
	weekend := region.Weekend
	if !c.valid("weekend.days", "weekend.start_hour", "weekend.end_hour", "weekend.timezone", "weekend.lead_minutes", "weekend.skip", "weekend.extra") {
		return
	}
	window := schedule.Window{
		StartHour:   weekend.StartHour,
		EndHour:     weekend.EndHour,
		Timezone:    weekend.Timezone,
		LeadMinutes: weekend.LeadMinutes,
		Skip:        c.dates("weekend.skip", weekend.Skip),
		Extra:       c.dates("weekend.extra", weekend.Extra),
	}
	for _, day := range weekend.Days {
		window.Days = append(window.Days, weekdays[day])
	}
	if !c.valid("weekend.skip", "weekend.extra") {
		return
	}
	var err error
	region.Schedule, err = schedule.New(window)
	problems, ok := errors.AsType[schedule.Problems](err)
	if err != nil && !ok {
		c.reject("weekend", err.Error(), "use a window that opens and closes")
	}
	for _, problem := range problems {
		path := "weekend." + string(problem.Field)
		if problem.Index >= 0 {
			path = fmt.Sprintf("%s[%d]", path, problem.Index)
		}
		c.reject(path, problem.Message, problem.Advice)
	}
}

// checkAnswer turns the answer off, with a warning, if a sleeping region cannot give it.
func checkAnswer(c checker, region *Region) {
	const path = "weekend.answer"
	if !region.Weekend.Answer || region.Weekend.Mode() == ModeOff || !c.valid("weekend.enabled", "weekend.destroy_albs", "load_balancer.enabled", "load_balancer.internal", "load_balancer.https", "dns.enabled") {
		return
	}
	switch {
	case !region.LoadBalancer.Enabled:
		c.warn(path, "has no effect without a load balancer", "remove answer")
	case !region.Weekend.DestroyALBs:
		return
	case region.CustomDomain() == "" || !region.HTTPS():
		c.warn(path, "has no effect with destroy_albs and without a domain that has HTTPS", "set dns: {enabled: true, zone: example.com, name: mcp} and leave load_balancer.https on, or remove answer")
	case region.LoadBalancer.Internal:
		c.warn(path, "has no effect with destroy_albs and an internal load balancer, because the answer would be on the internet", "remove answer")
	default:
		return
	}
	region.Weekend.Answer = false
}

// reservedParameter matches the beginnings of names that parameters cannot have.
//
// Source: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
var reservedParameter = regexp.MustCompile(`^(?i)(aws|ssm)`)

// checkWake turns waking off, with a warning, if no request can wake a sleeping region.
func checkWake(c checker, region *Region) {
	const path = "weekend.wake_on_request"
	weekend := region.Weekend
	if !weekend.WakeOnRequest || weekend.Mode() == ModeOff || !c.valid("weekend.enabled", "weekend.destroy_albs", "weekend.active", "load_balancer.enabled", "access.paths", "mcp.path") {
		return
	}
	switch {
	case weekend.DestroyALBs:
		c.warn(path, "has no effect with destroy_albs, because a sleeping region has no load balancer for the request", "remove wake_on_request or destroy_albs")
	case !region.LoadBalancer.Enabled:
		c.warn(path, "has no effect without a load balancer", "remove wake_on_request")
	case !weekend.Active:
		c.warn(path, "has no effect in a region that is not active", "remove wake_on_request, or set active: true")
	case len(region.Access.Paths) == 0:
		c.reject(path, "needs access.paths, because requests for other paths, such as scans of the internet, would keep the region awake", "set access: {paths: ["+region.MCP.Path+"]}")
		return
	case region.Access.Forwards("/"):
		c.reject("access.paths", "includes /, so scans of the internet would keep a region awake that a request has woken", "list the paths of the server only, such as "+region.MCP.Path)
		return
	case reservedParameter.MatchString(region.Names.Project):
		c.reject(path, "needs a parameter of Systems Manager, whose name AWS does not let begin with aws or ssm", "begin the project name with another word, or remove wake_on_request")
		return
	default:
		c.checkWakeHours(weekend.WakeHours)
		return
	}
	region.Weekend.WakeOnRequest = false
}

func (c checker) checkWakeHours(hours WakeHours) {
	if c.valid("weekend.wake_hours.start_hour", "weekend.wake_hours.end_hour") && hours.StartHour == hours.EndHour {
		c.reject("weekend.wake_hours", "begin and end at the same hour", "set start_hour: 0 and end_hour: 24 for the whole day")
	}
}

func (c checker) dates(path string, texts []string) []schedule.Date {
	var dates []schedule.Date
	for i, text := range texts {
		date, err := schedule.ParseDate(text)
		if err != nil {
			c.reject(fmt.Sprintf("%s[%d]", path, i), fmt.Sprintf("%q is not a date", truncate(text)), "use the form YYYY-MM-DD, such as 2026-12-26")
			c.failed[path] = true
		}
		dates = append(dates, date)
	}
	return dates
}

// checkNeverAwake warns if every region of the fleet is always asleep.
func checkNeverAwake(s *source, fleet *Fleet) {
	for _, region := range fleet.Regions {
		if !region.Weekend.Enabled || region.Weekend.Active {
			return
		}
	}
	if len(fleet.Regions) > 0 {
		key, _ := Entry(s.root, "regions")
		s.warning(key, "regions", "weekend mode is enabled and active is false in every region, so none ever wakes", "set weekend: {active: true} in at least one region")
	}
}
