package adopt

import (
	"fmt"
	"slices"
	"strings"
)

// ruleKinds are the types of rules that are resources of their own.
var ruleKinds = []string{"aws_security_group_rule", "aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule"}

// rule is a rule of a security group for one peer, from a block of the group or a resource of its own.
type rule struct {
	// id is that of the rule in AWS, "" if the state does not have it.
	id        string
	direction string
	// peer is a CIDR block, a prefix list, a security group, or itself.
	peer     string
	protocol string
	// from and to are the ports, 0 for all protocols.
	from, to int
}

// rulesOf returns the rules of a security group in a direction. A state that was refreshed has those that are resources of
// their own in the group, too.
func (r *reader) rulesOf(group instance, direction string) (rules []rule) {
	add := func(each rule) {
		same := func(other rule) bool { other.id = each.id; return other == each }
		if !slices.ContainsFunc(rules, same) {
			rules = append(rules, each)
		}
	}
	for _, each := range r.rules {
		if each.text("security_group_id") == group.text("id") && directionOf(each) == direction {
			for _, peer := range peers(each.attributes) {
				add(ruleFor(each.attributes, direction, peer))
			}
		}
	}
	for _, block := range group.blocks(direction) {
		for _, peer := range peers(block) {
			add(ruleFor(block, direction, peer))
		}
	}
	return rules
}

// directionOf returns the direction of a rule that is a resource.
func directionOf(of instance) string {
	return map[string]string{
		"aws_security_group_rule": of.text("type"), "aws_vpc_security_group_ingress_rule": "ingress", "aws_vpc_security_group_egress_rule": "egress",
	}[of.kind]
}

// ruleFor returns the rule that a block, or a resource, has for a peer.
func ruleFor(from attributes, direction, peer string) rule {
	each := rule{
		direction: direction, peer: peer, protocol: from.text("protocol") + from.text("ip_protocol"),
		from: from.number("from_port"), to: from.number("to_port"), id: from.text("security_group_rule_id"),
	}
	if each.protocol == "-1" {
		each.from, each.to = 0, 0
	}
	return each
}

// peers returns the blocks and groups on the other side of a rule.
func peers(of attributes) []string {
	all := slices.Concat(of.list("cidr_blocks"), of.list("ipv6_cidr_blocks"), of.list("prefix_list_ids"), of.list("security_groups"))
	for _, name := range []string{"cidr_ipv4", "cidr_ipv6", "prefix_list_id", "referenced_security_group_id", "source_security_group_id"} {
		if peer := of.text(name); peer != "" {
			all = append(all, peer)
		}
	}
	if of.flag("self") {
		all = append(all, "itself")
	}
	return all
}

// admits describes the protocol and the ports.
func (r rule) admits() string {
	if r.protocol == "-1" {
		return "all protocols"
	}
	return r.protocol + " " + ports(r.from, r.to)
}

// revoke returns the command that revokes the rule.
func (r rule) revoke(group, region string) string {
	permission := "IpProtocol=-1"
	if r.protocol != "-1" {
		permission = fmt.Sprintf("IpProtocol=%s,FromPort=%d,ToPort=%d", r.protocol, r.from, r.to)
	}
	peer := r.peer
	if peer == "itself" {
		peer = group
	}
	kind := "IpRanges=[{CidrIp="
	switch {
	case strings.HasPrefix(peer, "sg-"):
		kind = "UserIdGroupPairs=[{GroupId="
	case strings.HasPrefix(peer, "pl-"):
		kind = "PrefixListIds=[{PrefixListId="
	case strings.Contains(peer, ":"):
		kind = "Ipv6Ranges=[{CidrIpv6="
	}
	return fmt.Sprintf("aws ec2 revoke-security-group-%s --group-id %s --ip-permissions '%s,%s%s}]' --region %s", r.direction, group, permission, kind, peer, region)
}
