// Package diagram draws a fleet from its file: regions, zones, load balancers, tasks, names and the
// week. It is pure: the fleet goes in, text comes out, the same bytes every time. The CLI imports it;
// it imports config and schedule.
package diagram

import (
	"slices"
	"strconv"
	"strings"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/schedule"
)

// picture is what every format shows, in the words of the reader.
type picture struct {
	Title string
	// Domains are the names that Route 53 answers for, sorted.
	Domains []string
	Regions []region
}

type region struct {
	Name, Stack, CIDR string
	// Domain is the name that leads to the region; "" where nothing but its load balancer's own does.
	Domain string
	// Balancer says what listens; "" is no load balancer. Passing says that it is destroyed at times.
	Balancer string
	Passing  bool
	Tasks    string
	Zones    []zone
	// Extras are what else belongs to the region.
	Extras []string
	// Week is the schedule in words; Awake and Balanced are its hours.
	Week            string
	Awake, Balanced [][2]int
	port            int
}

// zone is an availability zone and the share of the tasks that ECS starts there while all are well.
type zone struct {
	Name, CIDR string
	Tasks      int
}

func newPicture(fleet *config.Fleet) picture {
	drawn := picture{Title: fleet.Project + " " + fleet.Environment}
	for _, each := range fleet.Regions {
		drawn.Regions = append(drawn.Regions, newRegion(each))
		if domain := each.CustomDomain(); domain != "" && !slices.Contains(drawn.Domains, domain) {
			drawn.Domains = append(drawn.Domains, domain)
		}
	}
	slices.Sort(drawn.Domains)
	return drawn
}

func newRegion(from config.Region) region {
	drawn := region{
		Name: from.Name, Stack: from.Names.Stack(), CIDR: from.Network.CIDR.String(), Domain: from.CustomDomain(),
		Tasks: counted(from.Service.DesiredCount, "task") + " of " + from.Container.Size(),
		Week:  from.WeekInWords(), Awake: from.TaskWeek().Spans(), Balanced: from.LoadBalancerWeek().Spans(), port: from.Container.Port,
	}
	if from.LoadBalancer.Enabled {
		drawn.Balancer = "HTTP " + strconv.Itoa(from.LoadBalancer.Port)
		drawn.Passing = from.LoadBalancerWeek() != schedule.WholeWeek()
	}
	for i, subnet := range from.Subnets {
		drawn.Zones = append(drawn.Zones, zone{from.Name + subnet.Zone, subnet.CIDR.String(), share(from.Service.DesiredCount, len(from.Subnets), i)})
	}
	if keys := from.Container.SecretKeys(); len(keys) > 0 {
		drawn.Extras = append(drawn.Extras, secret(keys))
	}
	if from.Discovery.Enabled {
		drawn.Extras = append(drawn.Extras, "discovery: private DNS")
	}
	drawn.Extras = append(drawn.Extras, retention(from.Logs.RetentionDays))
	return drawn
}

// secret names the keys while they fit a line.
func secret(keys []string) string {
	const line = 32
	if named := "secret: " + strings.Join(keys, ", "); len(named) <= line {
		return named
	}
	return "secret: " + counted(len(keys), "key")
}

func retention(days int) string {
	if days == 0 {
		return "logs: kept for ever"
	}
	return "logs: " + counted(days, "day")
}

// share spreads tasks over zones, the first zones first.
func share(tasks, zones, at int) int {
	count := tasks / zones
	if at < tasks%zones {
		count++
	}
	return count
}

func counted(count int, noun string) string {
	if count == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(count) + " " + noun + "s"
}
