package diagram

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/text"
	"github.com/cdtait/mcpfleet/schedule"
)

// picture is the content of a drawing, for every format.
type picture struct {
	Title string
	// Domains are the custom domain names, sorted.
	Domains []string
	Regions []region
}

type region struct {
	Name, Stack string
	// VPC is the block of the VPC, or the ID of an existing one.
	VPC string
	// Existing reports whether the stack does not create the VPC.
	Existing bool
	// Domain is the region's custom domain name, if any.
	Domain string
	// WebACL and RateLimit are the name and the limit of the web ACL, "" without one.
	WebACL, RateLimit string
	// Listener is the protocol and port of the load balancer. It is "" without a load balancer.
	Listener string
	// URLs are the load balancer's URLs, the region's own last; none if it has only the name from AWS.
	URLs []string
	// Limits describe which requests the load balancer does not forward to the tasks.
	Limits []string
	// Internal reports whether the load balancer has private addresses only.
	Internal bool
	// DestroyedAsleep reports whether the load balancer is destroyed while the region is asleep.
	DestroyedAsleep bool
	// Port is the container port.
	Port int
	// Tasks is the number and the size of the tasks, and Spot tells which of them run on Spot, if any.
	Tasks, Spot string
	// Container is the short name of the image, and Image the full one.
	Container, Image string
	// Service and Cluster are the names in ECS.
	Service, Cluster string
	Zones            []zone
	// Egress is nil if the tasks have public addresses.
	Egress *egress
	// Resources are the other named resources.
	Resources []resource
	// Week describes the schedule. TaskHours and LoadBalancerHours are its spans in hours from Monday 00:00.
	Week                         string
	TaskHours, LoadBalancerHours [][2]int
}

// egress is what private tasks reach others through.
type egress struct {
	Title, Leads string
	// Parts are the NAT gateways, or the services that have endpoints. Public are the public subnets.
	Parts, Public   []string
	DestroyedAsleep bool
}

// zone is an availability zone with the tasks' subnet, and its share of the tasks while all zones are healthy.
type zone struct {
	Letter, Name, CIDR string
	Tasks              int
}

// resource is a named AWS resource.
type resource struct{ Kind, Name, Detail string }

func newPicture(fleet *config.Fleet) picture {
	result := picture{Title: fleet.Project + " " + fleet.Environment}
	for _, each := range fleet.Regions {
		result.Regions = append(result.Regions, newRegion(each))
		if domain := each.CustomDomain(); domain != "" && !slices.Contains(result.Domains, domain) {
			result.Domains = append(result.Domains, domain)
		}
	}
	slices.Sort(result.Domains)
	return result
}

// Source returns where requests come from: the internet, unless every load balancer is internal.
func (p picture) Source() string {
	if p.isPrivate() {
		return "VPC or VPN"
	}
	return "internet"
}

// isPrivate reports whether the fleet has load balancers, and all are internal.
func (p picture) isPrivate() bool {
	internal := slices.ContainsFunc(p.Regions, func(r region) bool { return r.Internal })
	return internal && !slices.ContainsFunc(p.Regions, func(r region) bool { return r.Listener != "" && !r.Internal })
}

// isDirect reports whether clients from the source reach a region by the load balancer's own DNS name.
func (p picture) isDirect(to region) bool {
	return to.Listener != "" && to.Domain == "" && (!to.Internal || p.isPrivate())
}

func newRegion(from config.Region) region {
	result := region{
		Name: from.Name, Stack: from.Names.Stack(), VPC: vpc(from), Existing: from.HasExistingVPC(), Domain: from.CustomDomain(), Port: from.Container.IngressPort(),
		Tasks: from.Service.TaskRange().Describe() + " of " + from.Container.Size(), Spot: from.Service.Spot(),
		Image: from.Container.Image, Container: shortImage(from.Container.Image),
		Service: from.Names.Service(), Cluster: from.Names.Cluster(), Resources: resources(from),
		Week: week(from), TaskHours: from.TaskWeek().Spans(), LoadBalancerHours: from.LoadBalancerWeek().Spans(),
	}
	if from.LoadBalancer.Enabled {
		result.Internal = from.LoadBalancer.Internal
		result.Listener = protocol(from)
		if result.Internal {
			result.Listener += " internal"
		}
		result.URLs, result.Limits = urls(from), limits(from)
		result.DestroyedAsleep = from.LoadBalancerWeek() != schedule.WholeWeek()
	}
	if from.WAF.Enabled {
		result.WebACL = from.Names.WebACL()
		result.RateLimit = "at most " + text.Count(from.WAF.RateLimit, "request") + " per 5 minutes per address"
	}
	result.Zones = zones(from)
	if from.CreatesEgress() {
		result.Egress = newEgress(from)
	}
	return result
}

func newEgress(from config.Region) *egress {
	result := &egress{Title: "NAT gateway", Leads: "to the internet", DestroyedAsleep: from.EgressWeek() != schedule.WholeWeek()}
	for _, zone := range from.NATZones() {
		result.Parts = append(result.Parts, from.Names.NATGateway(zone))
	}
	if len(result.Parts) > 1 {
		result.Title = "NAT gateways"
	}
	if services := from.InterfaceEndpoints(); len(services) > 0 {
		result.Title, result.Leads = "VPC endpoints", "to AWS only"
		result.Parts = []string{strings.Join(append(services, "s3"), ", ")}
	}
	for _, subnet := range from.Subnets {
		result.Public = append(result.Public, subnet.CIDR.String())
	}
	return result
}

func vpc(from config.Region) string {
	if from.HasExistingVPC() {
		return from.Network.Existing.VPCID
	}
	return from.Network.CIDR.String()
}

// Network returns a short description of the VPC. The ID of an existing one has a line of its own.
func (r region) Network() string {
	if r.Existing {
		return "existing VPC"
	}
	return "VPC " + r.VPC
}

// zones returns the zones of the tasks. Those of existing subnets are not in the fleet file, so each subnet counts as
// a zone.
func zones(from config.Region) (all []zone) {
	created := from.TaskSubnets()
	for i, subnet := range created {
		all = append(all, zone{subnet.Zone, from.Name + subnet.Zone, subnet.CIDR.String(), share(from.Service.TaskRange().Min, len(created), i)})
	}
	existing := from.Network.Existing.TaskSubnets
	for i, subnet := range existing {
		all = append(all, zone{strconv.Itoa(i + 1), "subnet " + strconv.Itoa(i+1), subnet, share(from.Service.TaskRange().Min, len(existing), i)})
	}
	return all
}

// urls returns the URLs of the region's domain names.
func urls(from config.Region) (all []string) {
	for _, domain := range []string{from.CustomDomain(), from.RegionalDomain()} {
		if domain != "" {
			all = append(all, from.URL(domain))
		}
	}
	return all
}

func limits(from config.Region) (all []string) {
	if clients := from.Access.Clients(); clients != "" {
		all = append(all, "for clients in "+clients)
	}
	if from.HTTPS() {
		all = append(all, fmt.Sprintf("port %d redirects to port %d", from.LoadBalancer.Port, from.Port()))
	}
	if paths := from.Access.Paths; len(paths) > 0 {
		const shown = 3
		all = append(all, "forwards only "+text.JoinMost(paths, shown, ", "))
	}
	return all
}

func resources(from config.Region) (all []resource) {
	if from.HasExistingVPC() {
		all = append(all, resource{"vpc", vpc(from), notOurs})
	}
	if from.HTTPS() {
		all = append(all, certificate(from))
	}
	for _, sidecar := range from.Container.Sidecars {
		note := shortImage(sidecar.Image)
		if sidecar.Name == from.Container.Ingress {
			note += ", in front of the server"
		}
		all = append(all, resource{"sidecar", sidecar.Name, note})
	}
	if keys := from.Container.SecretKeys(); len(keys) > 0 {
		all = append(all, resource{"secret", from.Names.Secret(), strings.Join(keys, ", ")})
	}
	all = append(all, resource{"logs", from.Names.LogGroup(), retention(from.Logs.RetentionDays)})
	if from.Logs.ExecEnabled() {
		all = append(all, resource{"exec logs", from.Names.ExecLogGroup(), retention(from.Logs.RetentionDays)})
	}
	if from.Logs.AccessEnabled() {
		all = append(all, resource{"access logs", from.Names.AccessLogs("<account>"), retention(from.Logs.Access.RetentionDays)})
	}
	if flows := from.Network.FlowLogs; flows.Enabled {
		all = append(all, resource{"flow logs", from.Names.FlowLogGroup(), recorded[flows.Traffic] + ", " + retention(flows.RetentionDays)})
	}
	all = append(all, volumes(from)...)
	if from.Discovery.Enabled {
		all = append(all, resource{"discovery", from.Names.DiscoveryService(), "in " + from.Names.Namespace()})
	}
	return all
}

// volumes returns the region's own file system and the existing ones, with what the container mounts where.
func volumes(from config.Region) (all []resource) {
	const shownVolumes = 3
	var own, existing, fileSystems []string
	for _, name := range from.VolumeNames() {
		volume := from.Volumes[name]
		mounted := name + " at " + volume.Path
		if !volume.IsExisting() {
			own = append(own, mounted)
			continue
		}
		existing = append(existing, mounted)
		if !slices.Contains(fileSystems, volume.Existing.FileSystemID) {
			fileSystems = append(fileSystems, volume.Existing.FileSystemID)
		}
	}
	if len(own) > 0 {
		all = append(all, resource{"volumes", from.Names.FileSystem(), text.JoinMost(own, shownVolumes, ", ")})
	}
	if len(existing) > 0 {
		all = append(all, resource{"existing volumes", strings.Join(fileSystems, ", "), text.JoinMost(existing, shownVolumes, ", ") + ", " + notOurs})
	}
	return all
}

// recorded describes the connections in a flow log.
var recorded = map[string]string{"all": "all traffic", "accept": "accepted traffic", "reject": "rejected traffic"}

// notOurs describes what the stack uses but does not create.
const notOurs = "not from this stack"

// certificate returns the certificate of the HTTPS listener: the stack's, or an existing one by its ID.
func certificate(from config.Region) resource {
	if arn := from.LoadBalancer.HTTPS.CertificateARN; arn != "" {
		return resource{"certificate", arn[strings.LastIndexByte(arn, '/')+1:], notOurs}
	}
	return resource{"certificate", from.Names.Certificate(), "validated in zone " + from.DNS.Zone}
}

// protocol returns the protocol and port of the listener that forwards requests.
func protocol(from config.Region) string {
	if from.HTTPS() {
		return "HTTPS " + strconv.Itoa(from.Port())
	}
	return "HTTP " + strconv.Itoa(from.Port())
}

// RunsTasks reports whether tasks run at any hour of the week.
func (r region) RunsTasks() bool { return len(r.TaskHours) > 0 }

// week describes the schedule with its exception dates.
func week(from config.Region) string {
	words := from.WeekDescription()
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

// shortImage returns an image name without the registry, and with a shortened digest.
func shortImage(image string) string {
	const digestLength = len("@sha256:") + 12
	name := image[strings.LastIndexByte(image, '/')+1:]
	if at := strings.IndexByte(name, '@'); at >= 0 && len(name) > at+digestLength {
		return name[:at+digestLength] + "…"
	}
	return name
}

func retention(days int) string {
	if days == 0 {
		return "never expire"
	}
	return text.Count(days, "day")
}

// share returns a zone's share of the tasks. The first zones get the remainder.
func share(tasks, zones, at int) int {
	count := tasks / zones
	if at < tasks%zones {
		count++
	}
	return count
}
