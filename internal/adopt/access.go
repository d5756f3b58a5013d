package adopt

import (
	"fmt"
	"slices"
	"strings"
)

// ruleKinds are the types of rules that are resources of their own.
var ruleKinds = []string{"aws_security_group_rule", "aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule"}

// readGroups finds the security groups of the load balancer and of the tasks, and the rules that a stack does not have.
func (r *reader) readGroups() {
	names := r.region.Names
	ofTasks := r.service.block("network_configuration").list("security_groups")
	ofBalancer := r.balancer.list("security_groups")
	for _, kind := range ruleKinds {
		r.take(kind) // the stack finds those that it has by what they allow
	}
	for _, group := range r.take("aws_security_group") {
		id := group.text("id")
		switch {
		case len(ofTasks) == 1 && ofTasks[0] == id:
			r.adoptGroup(group, "aws_security_group.ecs_tasks", names.TaskSecurityGroup())
		case len(ofBalancer) == 1 && ofBalancer[0] == id:
			r.adoptGroup(group, "aws_security_group.alb", names.LoadBalancerSecurityGroup())
		default:
			r.fail(group, "is neither the only group of the tasks nor that of the load balancer")
		}
	}
}

// adoptGroup adopts a security group. The stack finds its rules only by its tags.
func (r *reader) adoptGroup(group instance, address, name string) {
	tags, want := group.tags(), r.region.Names.Tags()
	want["Name"] = name
	for _, key := range sortedKeys(want) {
		r.must(group, "the tag "+key, tags[key], want[key])
	}
	r.imports(address, group.text("id"))
	r.differs(address, "keeps its name and description; its rules become resources of their own, in place")
	for _, direction := range []string{"ingress", "egress"} {
		own := r.counterpart(address, direction)
		for _, rule := range group.blocks(direction) {
			for _, peer := range peers(rule) {
				switch {
				case !own.isFoundAs(peer, rule):
					r.leaveRule(group, address, direction, peer, rule)
				case !own.admitsAs(rule):
					r.fail(group, "its %s rule for %s has other ports or protocols than that of a stack, which would change it; give it those, or leave access to another rule", direction, peer)
				}
			}
		}
	}
}

// stackRule is a rule that a stack has.
type stackRule struct {
	peer string
	// port is 0 for all ports and protocols.
	port int
	// byPort reports whether the stack finds the rule by its first port, too.
	byPort bool
}

// counterpart returns the rule that a stack has in a direction: clients connect to the load balancer, that to the tasks, and
// the tasks anywhere.
func (r *reader) counterpart(address, direction string) stackRule {
	const anywhere = "0.0.0.0/0"
	ofTasks := strings.Join(r.service.block("network_configuration").list("security_groups"), "")
	ofBalancer := strings.Join(r.balancer.list("security_groups"), "")
	return map[string]map[string]stackRule{
		"aws_security_group.alb":       {"ingress": {anywhere, r.listenerPort, true}, "egress": {ofTasks, r.containerPort, false}},
		"aws_security_group.ecs_tasks": {"ingress": {ofBalancer, r.containerPort, false}, "egress": {anywhere, 0, false}},
	}[address][direction]
}

// isFoundAs reports whether the stack takes a rule for this one, and so adopts it.
func (s stackRule) isFoundAs(peer string, rule attributes) bool {
	return peer == s.peer && (!s.byPort || rule.number("from_port") == s.port)
}

// admitsAs reports whether a rule admits the same as this one.
func (s stackRule) admitsAs(rule attributes) bool {
	if s.port == 0 {
		return rule.text("protocol") == "-1"
	}
	return rule.text("protocol") == "tcp" && rule.number("from_port") == s.port && rule.number("to_port") == s.port
}

// peers returns the blocks and groups on the other side of a rule.
func peers(rule attributes) []string {
	all := slices.Concat(rule.list("cidr_blocks"), rule.list("ipv6_cidr_blocks"), rule.list("prefix_list_ids"), rule.list("security_groups"))
	if rule.flag("self") {
		all = append(all, "itself")
	}
	return all
}

// leaveRule reports a rule that stays, with the command that revokes it.
func (r *reader) leaveRule(group instance, address, direction, peer string, rule attributes) {
	what, permission := "all protocols", "IpProtocol=-1"
	if protocol := rule.text("protocol"); protocol != "-1" {
		from, to := rule.number("from_port"), rule.number("to_port")
		what, permission = protocol+" "+ports(from, to), fmt.Sprintf("IpProtocol=%s,FromPort=%d,ToPort=%d", protocol, from, to)
	}
	id := peer
	if peer == "itself" {
		id = group.text("id")
	}
	kind := "IpRanges=[{CidrIp="
	switch {
	case strings.HasPrefix(id, "sg-"):
		kind = "UserIdGroupPairs=[{GroupId="
	case strings.HasPrefix(id, "pl-"):
		kind = "PrefixListIds=[{PrefixListId="
	case strings.Contains(id, ":"):
		kind = "Ipv6Ranges=[{CidrIpv6="
	}
	side := map[string]string{"ingress": "from", "egress": "to"}[direction]
	r.leaves(address, fmt.Sprintf("its rule for %s %s %s stays, because the stack has none like it", what, side, peer),
		fmt.Sprintf("aws ec2 revoke-security-group-%s --group-id %s --ip-permissions '%s,%s%s}]' --region %s", direction, group.text("id"), permission, kind, id, r.region.Names.Region))
}

// readRoles reads the roles and what is attached to them.
func (r *reader) readRoles() {
	names := r.region.Names
	for _, role := range r.take("aws_iam_role") {
		switch role.text("arn") {
		case r.task.text("execution_role_arn"):
			r.must(role, "the name", role.text("name"), names.ExecutionRole())
			r.imports("aws_iam_role.ecs_task_execution_role", role.text("name"))
			r.differs("aws_iam_role.ecs_task_execution_role", "trusts only the tasks of this account and region")
		case r.task.text("task_role_arn"):
			r.must(role, "the name", role.text("name"), names.TaskRole())
			r.imports("aws_iam_role.ecs_task_role", role.text("name"))
			r.differs("aws_iam_role.ecs_task_role", "trusts only the tasks of this account and region")
		default:
			r.fail(role, "is not a role of the tasks")
		}
	}
	for _, policy := range r.take("aws_iam_role_policy") {
		if policy.text("role") != names.ExecutionRole() || policy.text("name") != names.ExecutionRole() {
			r.fail(policy, "is an inline policy; set task_role.statements to what the server needs of it, and leave it with --leave")
		}
	}
	var managed []string
	for _, attachment := range r.take("aws_iam_role_policy_attachment") {
		arn := attachment.text("policy_arn")
		switch attachment.text("role") {
		case names.ExecutionRole():
			r.differs("aws_iam_role_policy_attachments_exclusive.ecs_task_execution", "detaches %s, after the role has a policy for this image, log group and secret", arn)
		case names.TaskRole():
			managed = append(managed, arn)
		default:
			r.fail(attachment, "is of another role than those of the tasks")
		}
	}
	if len(managed) > 0 {
		r.region.settings.set("task_role", field{"managed_policies", managed})
	}
}
