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
	Name, Stack, VPC string
	// Domain is the name that leads to the region; "" where nothing but its load balancer's own does.
	Domain string
	// Listener says what the load balancer listens to; "" is no load balancer.
	Listener string
	// Ephemeral is a load balancer that is destroyed at times.
	Ephemeral bool
	// Port is the container's.
	Port int
	// Tasks is how many there are, and how large.
	Tasks string
	// Container is the image in short, Image the whole of it.
	Container, Image string
	// Service and Cluster are the tasks' in ECS.
	Service, Cluster string
	Zones            []zone
	// Belongings are what else is in the region.
	Belongings []belonging
	// Week is the schedule in words; Awake and Balanced are its hours.
	Week            string
	Awake, Balanced [][2]int
}

// zone is an availability zone, and the share of the tasks that ECS starts there while all are well.
type zone struct {
	Letter, Name, CIDR string
	Tasks              int
}

// belonging is something of a region that has a name in AWS.
type belonging struct {
	Kind, Name string
	// About is what else is to be said.
	About string
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
		Name: from.Name, Stack: from.Names.Stack(), VPC: from.Network.CIDR.String(), Domain: from.CustomDomain(), Port: from.Container.Port,
		Tasks: counted(from.Service.DesiredCount, "task") + " of " + from.Container.Size(),
		Image: from.Container.Image, Container: withoutRegistry(from.Container.Image),
		Service: from.Names.Service(), Cluster: from.Names.Cluster(), Belongings: belongings(from),
		Week: week(from), Awake: from.TaskWeek().Spans(), Balanced: from.LoadBalancerWeek().Spans(),
	}
	if from.LoadBalancer.Enabled {
		drawn.Listener = "HTTP " + strconv.Itoa(from.LoadBalancer.Port)
		drawn.Ephemeral = from.LoadBalancerWeek() != schedule.WholeWeek()
	}
	for i, subnet := range from.Subnets {
		drawn.Zones = append(drawn.Zones, zone{
			subnet.Zone, from.Name + subnet.Zone, subnet.CIDR.String(), share(from.Service.DesiredCount, len(from.Subnets), i),
		})
	}
	return drawn
}

func belongings(from config.Region) (all []belonging) {
	if keys := from.Container.SecretKeys(); len(keys) > 0 {
		all = append(all, belonging{"secret", from.Names.Secret(), strings.Join(keys, ", ")})
	}
	all = append(all, belonging{"logs", from.Names.LogGroup(), retention(from.Logs.RetentionDays)})
	if from.Discovery.Enabled {
		all = append(all, belonging{"discovery", from.Names.DiscoveryService(), "in " + from.Names.Namespace()})
	}
	return all
}

// Awakes says whether tasks run at any hour of the week.
func (r region) Awakes() bool { return len(r.Awake) > 0 }

// week is the schedule in words, with the dates that differ from it.
func week(from config.Region) string {
	words := from.WeekInWords()
	if !from.Weekend.Enabled || !from.Weekend.Active {
		return words
	}
	if dates := from.Weekend.Skip; len(dates) > 0 {
		words += "; not on " + strings.Join(dates, ", ")
	}
	if dates := from.Weekend.Extra; len(dates) > 0 {
		words += "; also on " + strings.Join(dates, ", ")
	}
	return words
}

// withoutRegistry is the end of an image's name; of a digest as much as people compare.
func withoutRegistry(image string) string {
	const compared = len("@sha256:") + 12
	name := image[strings.LastIndexByte(image, '/')+1:]
	if at := strings.IndexByte(name, '@'); at >= 0 && len(name) > at+compared {
		return name[:at+compared] + "…"
	}
	return name
}

func retention(days int) string {
	if days == 0 {
		return "kept for ever"
	}
	return counted(days, "day")
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
