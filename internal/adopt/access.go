package adopt

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/cdtait/mcpfleet/config"
)

// readGroups finds the security groups of the load balancer and of the tasks, and the rules that a stack does not have.
func (r *reader) readGroups() {
	names := r.region.Names
	ofTasks := r.service.block("network_configuration").list("security_groups")
	ofBalancer := r.balancer.list("security_groups")
	groups := r.take("aws_security_group")
	if len(ofTasks) == 1 && slices.Equal(ofTasks, ofBalancer) {
		r.fail(r.service, "its tasks and the load balancer share the security group %s; a stack has one for each, so give the load balancer its own first", ofTasks[0])
		return
	}
	for _, group := range groups {
		id := group.text("id")
		switch {
		case len(ofTasks) == 1 && ofTasks[0] == id:
			r.adoptGroup(group, "aws_security_group.ecs_tasks", names.TaskSecurityGroup())
		case len(ofBalancer) == 1 && ofBalancer[0] == id:
			r.readClients(group)
			r.adoptGroup(group, "aws_security_group.alb", names.LoadBalancerSecurityGroup())
		default:
			r.fail(group, "is neither the only group of the tasks nor that of the load balancer")
		}
	}
}

// readClients reads who may connect to the load balancer.
func (r *reader) readClients(group instance) {
	var blocks []string
	for _, each := range r.rulesOf(group, "ingress") {
		block, err := netip.ParsePrefix(each.peer)
		if err == nil && block.Addr().Is4() && each.from <= r.listenerPort && r.listenerPort <= each.to && each.protocol == "tcp" {
			blocks = append(blocks, each.peer)
		}
	}
	switch {
	case slices.Contains(blocks, config.AnyIPv4.String()):
		r.clients = []string{config.AnyIPv4.String()}
	case len(blocks) == 0:
		r.fail(r.balancer, "no rule of its security group admits an IPv4 block to port %d, but a stack has one at least", r.listenerPort)
	default:
		slices.Sort(blocks)
		r.clients = blocks
		r.region.settings.set("access", field{"cidrs", blocks})
	}
}

// adoptGroup adopts a security group with the rules that a stack has. Those whose ID is not known are found by the tags of
// the group.
func (r *reader) adoptGroup(group instance, address, name string) {
	r.imports(address, group.text("id"))
	r.keeps(address, "keeps its name and description")
	unknown := false
	for _, direction := range []string{"ingress", "egress"} {
		for _, each := range r.rulesOf(group, direction) {
			own, found := r.counterpart(address, each)
			switch {
			case !found:
				r.leaves(address, fmt.Sprintf("its rule for %s %s %s stays, because the stack has none like it", each.admits(), sides[direction], each.peer),
					each.revoke(group.text("id"), r.region.Names.Region))
			case !own.admitsAs(each):
				r.fail(group, "its %s rule for %s has other ports or protocols than that of a stack, which would change it; give it those, or leave access to another rule", direction, each.peer)
			case each.id != "":
				r.imports(own.address, each.id)
			default:
				unknown = true
				r.differs(own.address, "is a resource of its own instead of a block of its group, in place")
			}
		}
	}
	if !unknown {
		return
	}
	tags, want := group.tags(), r.region.Names.Tags()
	want["Name"] = name
	for _, key := range sortedKeys(want) {
		r.must(group, "the tag "+key, tags[key], want[key])
	}
}

// sides are the prepositions of the peer in each direction.
var sides = map[string]string{"ingress": "from", "egress": "to"}

// stackRule is a rule that a stack has.
type stackRule struct {
	address, direction, peer string
	// port is 0 for all ports and protocols.
	port int
	// byPort reports whether the stack finds the rule by its first port, too.
	byPort bool
}

// counterpart returns the rule that a stack takes a rule of a group for, and so adopts it: clients connect to the load
// balancer, that to the tasks, and the tasks anywhere.
func (r *reader) counterpart(group string, of rule) (found stackRule, ok bool) {
	ofTasks := strings.Join(r.service.block("network_configuration").list("security_groups"), "")
	ofBalancer := strings.Join(r.balancer.list("security_groups"), "")
	const ingress, egress = "aws_vpc_security_group_ingress_rule.", "aws_vpc_security_group_egress_rule."
	own := []stackRule{
		{ingress + "ecs_tasks_alb", "ingress", ofBalancer, r.containerPort, false},
		{egress + "ecs_tasks_internet", "egress", config.AnyIPv4.String(), 0, false},
	}
	if group == "aws_security_group.alb" {
		own = []stackRule{{egress + "alb_tasks", "egress", ofTasks, r.containerPort, false}}
		for _, block := range r.clients {
			address := fmt.Sprintf("%salb_clients[%q]", ingress, block)
			if block == config.AnyIPv4.String() {
				address = ingress + "alb_http"
			}
			own = append(own, stackRule{address, "ingress", block, r.listenerPort, true})
		}
	}
	for _, each := range own {
		if each.direction == of.direction && each.peer == of.peer && (!each.byPort || of.from == each.port) {
			return each, true
		}
	}
	return stackRule{}, false
}

// admitsAs reports whether a rule admits the same as this one.
func (s stackRule) admitsAs(of rule) bool {
	if s.port == 0 {
		return of.protocol == "-1"
	}
	return of.protocol == "tcp" && of.from == s.port && of.to == s.port
}
