package config

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/cdtait/mcpfleet/internal/text"
)

// maxTaskSubnets is the maximum number of subnets of an ECS service.
//
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AwsVpcConfiguration.html
const maxTaskSubnets = 16

// checkExisting validates the IDs of an existing VPC, and sets the default of task_subnets. Whether they fit each
// other is checked during a plan, which reads them from AWS.
func checkExisting(c checker, region *Region) {
	for _, key := range []string{"cidr", "zones", "subnets", "private_subnets"} {
		if c.isSet("network." + key) {
			c.reject("network."+key, "is for a VPC that the stack creates, but existing names another", "remove "+key+", or existing")
		}
	}
	const ownWay = "the VPC of network.existing brings its own way out"
	if c.changes("network.nat") {
		c.reject("network.nat", ownWay, "remove nat; mode: private is for tasks behind the VPC's own NAT gateways")
	}
	if region.Network.Mode == NetworkEndpoints && c.valid("network.mode") {
		c.reject("network.mode", ownWay, "use mode: private, which gives tasks no public addresses")
	}
	existing := &region.Network.Existing
	checkSubnetIDs(c, "network.existing.public_subnets", existing.PublicSubnets)
	checkSubnetIDs(c, "network.existing.task_subnets", existing.TaskSubnets)
	checkLoadBalancerSubnets(c, region)
	checkTasksApart(c, region)
	if !c.isSet("network.existing.task_subnets") {
		existing.TaskSubnets = existing.PublicSubnets
	}
	if !c.valid("network.existing") || !c.valid("network.existing.task_subnets", "network.existing.public_subnets") {
		return
	}
	switch count := len(existing.TaskSubnets); {
	case count == 0:
		c.reject("network.existing.task_subnets", "is empty, so the tasks would have no subnet", "list at least one subnet")
	case count > maxTaskSubnets:
		c.reject("network.existing.task_subnets", fmt.Sprintf("lists %d subnets", count), "list at most "+strconv.Itoa(maxTaskSubnets)+", as ECS requires")
	}
}

// checkTasksApart keeps private tasks out of the subnets of an internet-facing load balancer: these route to an internet
// gateway, by which tasks without public addresses reach nothing.
func checkTasksApart(c checker, region *Region) {
	const path = "network.existing.task_subnets"
	if region.Network.Mode != NetworkPrivate || !region.LoadBalancer.Enabled || region.LoadBalancer.Internal ||
		!c.valid("network.mode", "load_balancer.enabled", "load_balancer.internal", "network.existing.public_subnets", path) {
		return
	}
	const reason = "the tasks would share subnets with a route to an internet gateway, by which tasks without public addresses reach nothing"
	if !c.isSet(path) {
		c.reject(path, "is missing, so "+reason, "list subnets with a route to a NAT gateway or the like, or set mode: public")
		return
	}
	for i, subnet := range region.Network.Existing.TaskSubnets {
		if slices.Contains(region.Network.Existing.PublicSubnets, subnet) {
			c.reject(fmt.Sprintf("%s[%d]", path, i), subnet+" is also the load balancer's, so "+reason, "list another subnet, or set mode: public")
		}
	}
}

func checkSubnetIDs(c checker, path string, subnets []string) {
	for i, subnet := range subnets {
		if at := fmt.Sprintf("%s[%d]", path, i); c.valid(at) && slices.Contains(subnets[:i], subnet) {
			c.reject(at, subnet+" is listed twice", "list each subnet once")
		}
	}
}

// checkLoadBalancerSubnets validates the number of the load balancer's subnets.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-subnets.html
func checkLoadBalancerSubnets(c checker, region *Region) {
	const path = "network.existing.public_subnets"
	if !region.LoadBalancer.Enabled || !c.valid(path, "load_balancer.enabled") {
		return
	}
	zones := len(zonesByRegion[region.Name].usable)
	switch count := len(region.Network.Existing.PublicSubnets); {
	case !c.isSet(path):
		c.reject(path, "is missing", "list the load balancer's subnets, or set load_balancer.enabled: false")
	case count < 2:
		c.reject(path, "lists "+text.Count(count, "subnet")+", but a load balancer needs at least two, in different zones", "list two or more, or set load_balancer.enabled: false")
	case count > zones:
		c.reject(path, fmt.Sprintf("lists %d subnets, but %s has %d zones, and a load balancer takes one subnet in each", count, region.Name, zones), "list one subnet for each zone")
	}
}
