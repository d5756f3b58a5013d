// Package security creates the two security groups of a region. The internet, or the blocks that the fleet
// file lists, can only reach the load balancer, and the load balancer can only reach the tasks' port. Clients
// inside the network can reach that port too if the fleet file lists them.
//
// Every rule is a separate resource, as the provider's documentation recommends:
// https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/security_group
package security

import (
	"net/netip"
	"strings"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/securitygroup"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/vpcsecuritygroupegressrule"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/vpcsecuritygroupingressrule"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/internal/checkov"
	"github.com/cdtait/mcpfleet/internal/hcl"
	"github.com/cdtait/mcpfleet/internal/pointer"
)

// Config configures the security groups.
type Config struct {
	VPCID string
	// LoadBalancer is nil without a load balancer.
	LoadBalancer *LoadBalancer
	TasksName    string
	// ContainerPort is the port that the tasks listen on.
	ContainerPort int
	// Clients are IPv4 CIDR blocks and security group IDs that may connect to the tasks directly.
	Clients []string
	// IPv6 adds the same rules for IPv6.
	IPv6 bool
}

// LoadBalancer configures the load balancer's security group.
type LoadBalancer struct {
	Name string
	// Listeners are open to the clients.
	Listeners []Listener
	// Clients are the CIDR blocks that may connect.
	Clients []netip.Prefix
}

// Listener is a port on which the load balancer accepts connections.
type Listener struct {
	// Protocol is HTTP or HTTPS.
	Protocol string
	Port     int
}

// Groups holds references to the created security groups.
type Groups struct {
	// LoadBalancerID is empty without a load balancer.
	LoadBalancerID string
	TasksID        string
}

// Tasks is the address of the tasks' security group.
const Tasks = "aws_security_group.ecs_tasks"

const (
	anyIPv4 = "0.0.0.0/0"
	anyIPv6 = "::/0"
)

// Accepted lists the checkov checks that fail on purpose.
var Accepted = []checkov.Accepted{
	{Check: "CKV_AWS_260", Address: "aws_vpc_security_group_ingress_rule.alb_http", Reason: "The load balancer is internet-facing, and its default port is 80."},
}

// New creates the security groups.
func New(scope constructs.Construct, id string, cfg Config) *Groups {
	scope = constructs.NewConstruct(scope, &id)
	newGroup(scope, "ecs_tasks", cfg.TasksName, "Tasks: in from the load balancer only", cfg.VPCID)
	groups := &Groups{TasksID: hcl.Attribute(Tasks, "id")}
	newEgress(scope, "ecs_tasks_internet", cfg.TasksName+"-to-internet", &vpcsecuritygroupegressrule.VpcSecurityGroupEgressRuleConfig{
		SecurityGroupId: &groups.TasksID,
		Description:     new("Images, logs, secrets and what the server asks of others"),
		IpProtocol:      new("-1"),
		CidrIpv4:        new(anyIPv4),
	})
	if cfg.IPv6 {
		newEgress(scope, "ecs_tasks_internet_ipv6", cfg.TasksName+"-to-internet-ipv6", &vpcsecuritygroupegressrule.VpcSecurityGroupEgressRuleConfig{
			SecurityGroupId: &groups.TasksID,
			Description:     new("Images, logs, secrets and what the server asks of others"),
			IpProtocol:      new("-1"),
			CidrIpv6:        new(anyIPv6),
		})
	}
	if len(cfg.Clients) > 0 {
		newClients(scope, cfg, groups.TasksID)
	}
	if cfg.LoadBalancer != nil {
		groups.LoadBalancerID = newLoadBalancerGroup(scope, cfg, groups.TasksID)
	}
	return groups
}

func newLoadBalancerGroup(scope constructs.Construct, cfg Config, tasksID string) (id string) {
	newGroup(scope, "alb", cfg.LoadBalancer.Name, "Load balancer: in from the internet, out to the tasks", cfg.VPCID)
	id = hcl.Attribute("aws_security_group.alb", "id")
	for _, listener := range cfg.LoadBalancer.Listeners {
		newLoadBalancerClients(scope, listener, cfg.LoadBalancer, id)
	}
	containerPort := float64(cfg.ContainerPort)
	newEgress(scope, "alb_tasks", cfg.LoadBalancer.Name+"-to-tasks", &vpcsecuritygroupegressrule.VpcSecurityGroupEgressRuleConfig{
		SecurityGroupId:           &id,
		Description:               new("Requests and health checks to the tasks"),
		IpProtocol:                new("tcp"),
		FromPort:                  &containerPort,
		ToPort:                    &containerPort,
		ReferencedSecurityGroupId: &tasksID,
	})
	newIngress(scope, "ecs_tasks_alb", cfg.TasksName+"-from-alb", &vpcsecuritygroupingressrule.VpcSecurityGroupIngressRuleConfig{
		SecurityGroupId:           &tasksID,
		Description:               new("Requests and health checks from the load balancer"),
		IpProtocol:                new("tcp"),
		FromPort:                  &containerPort,
		ToPort:                    &containerPort,
		ReferencedSecurityGroupId: &id,
	})
	return id
}

// newLoadBalancerClients adds a rule for each block that may connect to a listener. The rules for the whole
// internet have addresses of their own, which every fleet without access.cidrs has in its state.
func newLoadBalancerClients(scope constructs.Construct, listener Listener, cfg *LoadBalancer, groupID string) {
	port, id := float64(listener.Port), "alb_"+strings.ToLower(listener.Protocol)
	clientsID, from := "alb_clients", cfg.Name+"-from-"
	if listener.Protocol == "HTTPS" {
		clientsID, from = "alb_https_clients", cfg.Name+"-https-from-"
	}
	rule := vpcsecuritygroupingressrule.VpcSecurityGroupIngressRuleConfig{
		SecurityGroupId: &groupID,
		Description:     new(listener.Protocol + " from anywhere"),
		IpProtocol:      new("tcp"),
		FromPort:        &port,
		ToPort:          &port,
	}
	var blocks []string
	for _, block := range cfg.Clients {
		switch {
		case block.Bits() > 0:
			blocks = append(blocks, block.String())
		case block.Addr().Is4():
			rule := rule
			rule.CidrIpv4 = new(anyIPv4)
			newIngress(scope, id, from+"internet", &rule)
		default:
			rule := rule
			rule.CidrIpv6 = new(anyIPv6)
			newIngress(scope, id+"_ipv6", from+"internet-ipv6", &rule)
		}
	}
	if len(blocks) == 0 {
		return
	}
	rule.Description = new(listener.Protocol + " from access.cidrs")
	clients := newIngress(scope, clientsID, from+"${each.value}", &rule)
	clients.AddOverride(new("for_each"), hcl.Set(blocks))
	clients.AddOverride(new("cidr_ipv4"), hcl.Expression(`strcontains(each.value, ":") ? null : each.value`))
	clients.AddOverride(new("cidr_ipv6"), hcl.Expression(`strcontains(each.value, ":") ? each.value : null`))
}

// newClients adds a rule for each client that finds the tasks through service discovery.
func newClients(scope constructs.Construct, cfg Config, tasksID string) {
	port := float64(cfg.ContainerPort)
	rule := newIngress(scope, "ecs_tasks_clients", cfg.TasksName+"-from-${each.value}", &vpcsecuritygroupingressrule.VpcSecurityGroupIngressRuleConfig{
		SecurityGroupId: &tasksID,
		Description:     new("Requests from clients that find the tasks by their private name"),
		IpProtocol:      new("tcp"),
		FromPort:        &port,
		ToPort:          &port,
	})
	rule.AddOverride(new("for_each"), hcl.Set(cfg.Clients))
	rule.AddOverride(new("cidr_ipv4"), hcl.Expression(`startswith(each.value, "sg-") ? null : each.value`))
	rule.AddOverride(new("referenced_security_group_id"), hcl.Expression(`startswith(each.value, "sg-") ? each.value : null`))
}

// newGroup creates a group with a name prefix: a group in use can only be replaced by one with another name.
func newGroup(scope constructs.Construct, address, name, description, vpcID string) {
	group := securitygroup.NewSecurityGroup(scope, &address, &securitygroup.SecurityGroupConfig{
		NamePrefix:  new(name + "-"),
		Description: &description,
		VpcId:       &vpcID,
		Tags:        pointer.NameTag(name),
		Lifecycle:   &cdktf.TerraformResourceLifecycle{CreateBeforeDestroy: new(true)},
	})
	group.OverrideLogicalId(&address)
}

func newIngress(scope constructs.Construct, address, name string, cfg *vpcsecuritygroupingressrule.VpcSecurityGroupIngressRuleConfig) vpcsecuritygroupingressrule.VpcSecurityGroupIngressRule {
	cfg.Tags = pointer.NameTag(name)
	rule := vpcsecuritygroupingressrule.NewVpcSecurityGroupIngressRule(scope, new(address+"_ingress"), cfg)
	rule.OverrideLogicalId(&address)
	return rule
}

func newEgress(scope constructs.Construct, address, name string, cfg *vpcsecuritygroupegressrule.VpcSecurityGroupEgressRuleConfig) {
	cfg.Tags = pointer.NameTag(name)
	rule := vpcsecuritygroupegressrule.NewVpcSecurityGroupEgressRule(scope, new(address+"_egress"), cfg)
	rule.OverrideLogicalId(&address)
}
