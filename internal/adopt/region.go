package adopt

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/naming"
)

// Region is what a state says of a region.
type Region struct {
	Names naming.Names
	// Imports are what the stack cannot find by itself, or finds only by tags.
	Imports []config.Import
	// Differences are what the first apply changes, and what it leaves.
	Differences []Difference

	settings section
	// remarks are what no key describes: what stays as it was created, and what is left to the other configuration.
	remarks []string
}

// Difference is something in which the stack differs from what runs.
type Difference struct {
	// Resource is the Terraform address in the stack, or in the state if the stack has no such resource.
	Resource string `json:"resource"`
	// What says what happens to it.
	What string `json:"what"`
	// Command is a command for what the first apply leaves, as it is.
	Command string `json:"command,omitempty"`
}

// Unmappable is an error that lists, by address, what has no place in a stack.
type Unmappable []string

func (u Unmappable) Error() string { return strings.Join(u, "\n") }

// reader turns a state into a Region.
type reader struct {
	region *Region
	// byKind are the resources to map, which take removes.
	byKind map[string][]instance
	// problems are what has no place in a stack.
	problems Unmappable

	service, task, balancer instance
	// rules are the rules of security groups that are resources of their own.
	rules []instance
	// containerPort and listenerPort are the ports of the server and of the listener.
	containerPort, listenerPort int
	// clients are the CIDR blocks that may connect to the load balancer.
	clients []string
	// zones are the names of the hosted zones that the configuration looks up, by ID.
	zones map[string]string
}

// RegionOf maps a state. The error is Unmappable if anything has no place in a stack, unless its address is among those to
// leave alone.
func RegionOf(state *State, leave []string) (*Region, error) {
	r := &reader{region: &Region{}, byKind: map[string][]instance{}, zones: state.zones()}
	for _, each := range state.instances() {
		if slices.Contains(leave, each.address) {
			r.region.remarks = append(r.region.remarks, each.address+" is left as it is")
			continue
		}
		r.byKind[each.kind] = append(r.byKind[each.kind], each)
		r.checkFixed(each)
		if each.attributes == nil {
			r.problems = append(r.problems, each.address+": has no attributes; refresh the state first")
		}
	}
	r.service = r.one("aws_ecs_service")
	r.task = r.one("aws_ecs_task_definition")
	cluster := r.one("aws_ecs_cluster")
	if r.service.attributes == nil || r.task.attributes == nil || cluster.attributes == nil {
		return nil, r.problems
	}
	if err := r.name(cluster, state.Names); err != nil {
		return nil, err
	}
	r.refuse()
	for _, kind := range ruleKinds {
		r.rules = append(r.rules, r.take(kind)...)
	}
	r.readTask()
	r.readService(cluster)
	r.readNetwork()
	r.readBalancer()
	r.readGroups()
	r.readDiscovery()
	r.readSecret()
	r.readRoles()
	r.readLogs()
	r.readRecords()
	for _, kind := range sortedKeys(r.byKind) {
		for _, each := range r.byKind[kind] {
			r.problems = append(r.problems, each.address+": has no place in a stack")
		}
	}
	if len(r.problems) > 0 {
		return nil, r.problems
	}
	slices.SortFunc(r.region.Imports, func(a, b config.Import) int { return strings.Compare(a.To, b.To) })
	r.explainOthers()
	return r.region, nil
}

// unchanged are the types of which the first apply changes nothing in AWS, because they have no tags.
var unchanged = []string{"aws_route", "aws_route_table_association", "aws_route53_record"}

// explainOthers adds the differences of what only gets tags and a description.
func (r *reader) explainOthers() {
	for _, each := range r.region.Imports {
		kind, _, _ := strings.Cut(each.To, ".")
		explained := slices.ContainsFunc(r.region.Differences, func(difference Difference) bool { return difference.Resource == each.To })
		if !explained && !slices.Contains(unchanged, kind) {
			r.differs(each.To, "gets the tags of the stack, and its description if it has one")
		}
	}
}

// take returns the resources of a type.
func (r *reader) take(kind string) []instance {
	found := r.byKind[kind]
	delete(r.byKind, kind)
	return found
}

// one returns the only resource of a type, which a region must have.
func (r *reader) one(kind string) instance {
	found := r.take(kind)
	if len(found) == 0 {
		r.problems = append(r.problems, "the state has no "+kind+", which every region has")
		return instance{}
	}
	return r.first(found)
}

// first returns the first of some resources of which a region has one.
func (r *reader) first(found []instance) instance {
	if len(found) == 0 {
		return instance{attributes: attributes{}}
	}
	for _, each := range found[1:] {
		r.fail(each, "is one too many: a region has one %s", each.kind)
	}
	return found[0]
}

// maybe returns the only resource of a type, and whether there is one.
func (r *reader) maybe(kind string) (instance, bool) {
	found := r.take(kind)
	return r.first(found), len(found) > 0
}

// fail adds a problem of a resource.
func (r *reader) fail(of instance, format string, arguments ...any) {
	r.problems = append(r.problems, of.address+": "+fmt.Sprintf(format, arguments...))
}

// must adds a problem if an attribute of a resource has another value than in a stack.
func (r *reader) must(of instance, what, is, should string) {
	if is != should {
		r.fail(of, "%s is %s, but %s in a stack", what, orNone(is), orNone(should))
	}
}

func orNone(text string) string {
	if text == "" {
		return "(none)"
	}
	return text
}

// imports adds an import.
func (r *reader) imports(to, id string) {
	r.region.Imports = append(r.region.Imports, config.Import{To: to, ID: id})
}

// differs adds a difference.
func (r *reader) differs(resource, format string, arguments ...any) {
	r.region.Differences = append(r.region.Differences, Difference{Resource: resource, What: fmt.Sprintf(format, arguments...)})
}

// keeps adds a difference that no key describes.
func (r *reader) keeps(resource, format string, arguments ...any) {
	r.differs(resource, format, arguments...)
	r.region.remarks = append(r.region.remarks, resource+" "+fmt.Sprintf(format, arguments...))
}

// leaves adds a difference that the first apply leaves, with the command for it.
func (r *reader) leaves(resource, what, command string) {
	r.region.Differences = append(r.region.Differences, Difference{Resource: resource, What: what, Command: command})
	r.region.remarks = append(r.region.remarks, resource+": "+what)
}

// name finds out the names by the tags of the cluster, unless they are known.
func (r *reader) name(cluster instance, names naming.Names) error {
	if names == (naming.Names{}) {
		tags, arn := cluster.tags(), strings.Split(cluster.text("arn"), ":")
		if len(arn) < 6 {
			return Unmappable{cluster.address + ": has no ARN"}
		}
		names = naming.Names{Project: tags["Project"], Environment: tags["Environment"], Region: arn[3]}
	}
	if names.Project == "" || names.Environment == "" {
		return Unmappable{cluster.address + ": has no tags Project and Environment, which the names of a fleet begin with; add them first"}
	}
	r.region.Names = names
	r.must(cluster, "the name", cluster.text("name"), names.Cluster())
	r.imports("aws_ecs_cluster.main", names.Cluster())
	return nil
}
