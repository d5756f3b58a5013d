// Package endpoints creates the VPC endpoints by which tasks in private subnets reach the AWS services that they
// need, without the internet: interface endpoints, and a gateway endpoint for Amazon S3, where Amazon ECR keeps the
// layers of images.
//
// Interface endpoints are billed by the hour, so they can be counted like the load balancer. The gateway endpoint is
// free and stays.
package endpoints

import (
	"strings"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/securitygroup"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/vpcendpoint"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/vpcsecuritygroupingressrule"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/internal/hcl"
	"github.com/cdtait/mcpfleet/internal/pointer"
)

// Config configures the endpoints.
type Config struct {
	Region string
	VPCID  string
	// Count is an HCL expression for the count of every interface endpoint: 1 or 0.
	Count string
	// SubnetIDs are the subnets of the interface endpoints.
	SubnetIDs []string
	// RouteTableIDs are the route tables with a route to the gateway endpoint.
	RouteTableIDs     []string
	SecurityGroupName string
	// TasksID is the security group that may connect to the interface endpoints.
	TasksID string
	// GatewayName is the name of the gateway endpoint.
	GatewayName string
	Interfaces  []Interface
	Allowed     Allowed
}

// Interface configures an interface endpoint.
type Interface struct {
	// Service is the last part of the endpoint service's name: ecr.api in com.amazonaws.eu-west-1.ecr.api.
	Service string
	Name    string
}

// address is the last part of the endpoint's Terraform address.
func (i Interface) address() string { return strings.ReplaceAll(i.Service, ".", "_") }

// Endpoints holds references to the created resources.
type Endpoints struct {
	// Ready are addresses for depends_on of what needs the endpoints.
	Ready []string
}

const https = 443.0

// New creates the endpoints.
func New(scope constructs.Construct, id string, cfg Config) *Endpoints {
	scope = constructs.NewConstruct(scope, &id)
	gateway := vpcendpoint.NewVpcEndpoint(scope, new("s3"), &vpcendpoint.VpcEndpointConfig{
		VpcId:           &cfg.VPCID,
		ServiceName:     new("com.amazonaws." + cfg.Region + ".s3"),
		VpcEndpointType: new("Gateway"),
		RouteTableIds:   pointer.Strings(cfg.RouteTableIDs...),
		Policy:          new(hcl.Document(layersPolicy(cfg.Region))),
		Tags:            pointer.NameTag(cfg.GatewayName),
		Lifecycle:       afterTheTasks(),
	})
	gateway.OverrideLogicalId(new("s3"))
	group := newGroup(scope, cfg)
	result := &Endpoints{Ready: []string{"aws_vpc_endpoint.s3", "aws_vpc_security_group_ingress_rule.endpoints_tasks"}}
	for _, each := range cfg.Interfaces {
		endpoint := vpcendpoint.NewVpcEndpoint(scope, new("interface_"+each.address()), &vpcendpoint.VpcEndpointConfig{
			VpcId:             &cfg.VPCID,
			ServiceName:       new("com.amazonaws." + cfg.Region + "." + each.Service),
			VpcEndpointType:   new("Interface"),
			SubnetIds:         pointer.Strings(cfg.SubnetIDs...),
			SecurityGroupIds:  pointer.Strings(group),
			PrivateDnsEnabled: true,
			Policy:            new(hcl.Document(cfg.Allowed.policy(each.Service))),
			Tags:              pointer.NameTag(each.Name),
			Lifecycle:         afterTheTasks(),
		})
		endpoint.OverrideLogicalId(new(each.address()))
		endpoint.AddOverride(new("count"), hcl.Expression(cfg.Count))
		result.Ready = append(result.Ready, "aws_vpc_endpoint."+each.address())
	}
	return result
}

// newGroup creates the security group of the interface endpoints and returns its ID. It has no egress rule:
// endpoints only respond.
func newGroup(scope constructs.Construct, cfg Config) (id string) {
	group := securitygroup.NewSecurityGroup(scope, new("group"), &securitygroup.SecurityGroupConfig{
		NamePrefix:  new(cfg.SecurityGroupName + "-"),
		Description: new("VPC endpoints: in from the tasks only"),
		VpcId:       &cfg.VPCID,
		Tags:        pointer.NameTag(cfg.SecurityGroupName),
		Lifecycle:   afterTheTasks(),
	})
	group.OverrideLogicalId(new("endpoints"))
	id = hcl.Attribute("aws_security_group.endpoints", "id")
	rule := vpcsecuritygroupingressrule.NewVpcSecurityGroupIngressRule(scope, new("tasks"), &vpcsecuritygroupingressrule.VpcSecurityGroupIngressRuleConfig{
		SecurityGroupId:           &id,
		Description:               new("HTTPS from the tasks"),
		IpProtocol:                new("tcp"),
		FromPort:                  new(https),
		ToPort:                    new(https),
		ReferencedSecurityGroupId: &cfg.TasksID,
		Tags:                      pointer.NameTag(cfg.SecurityGroupName + "-from-tasks"),
		Lifecycle:                 afterTheTasks(),
	})
	rule.OverrideLogicalId(new("endpoints_tasks"))
	return id
}

// afterTheTasks makes Terraform stop or move the tasks before it destroys what they use. By default it destroys
// first.
func afterTheTasks() *cdktf.TerraformResourceLifecycle {
	return &cdktf.TerraformResourceLifecycle{CreateBeforeDestroy: new(true)}
}
