package opstest

import (
	"fmt"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// network is what a region's tasks and its load balancer are in.
type network struct {
	vpc                      string
	subnets                  []string
	balancerGroup, taskGroup string
}

// networks are those that have been made, by what they are like. They are half of what there is to
// make, and nothing in them has a name that has to be a fleet's own, so alike regions share one. A
// test that changes a network gives it an address block of its own.
var networks sync.Map

func (s *seeder) sharedNetwork(endpoint string) network {
	like := fmt.Sprint(endpoint, s.region.Name, s.region.Network.CIDR, s.region.Subnets, s.region.Container.Port, s.region.LoadBalancer.Enabled, s.region.LoadBalancer.Port)
	made, _ := networks.LoadOrStore(like, sync.OnceValue(s.makeNetwork))
	return made.(func() network)()
}

func (s *seeder) makeNetwork() (made network) {
	client := ec2.NewFromConfig(s.cfg)
	vpc := step(s, "vpc", func() (*ec2.CreateVpcOutput, error) {
		return client.CreateVpc(s.ctx, &ec2.CreateVpcInput{CidrBlock: new(s.region.Network.CIDR.String())})
	})
	if s.err != nil {
		return made
	}
	made.vpc = *vpc.Vpc.VpcId
	for _, each := range s.region.Subnets {
		subnet := step(s, "subnet", func() (*ec2.CreateSubnetOutput, error) {
			return client.CreateSubnet(s.ctx, &ec2.CreateSubnetInput{VpcId: &made.vpc, CidrBlock: new(each.CIDR.String()), AvailabilityZone: new(s.region.Name + each.Zone)})
		})
		if s.err == nil {
			made.subnets = append(made.subnets, *subnet.Subnet.SubnetId)
		}
	}
	s.routes(client, made)
	group := func(name string) string {
		answer := step(s, name, func() (*ec2.CreateSecurityGroupOutput, error) {
			return client.CreateSecurityGroup(s.ctx, &ec2.CreateSecurityGroupInput{VpcId: &made.vpc, GroupName: &name, Description: &name})
		})
		return aws.ToString(answer.GroupId)
	}
	port := number(s.region.Container.Port)
	if s.region.LoadBalancer.Enabled {
		made.balancerGroup = group(s.region.Names.LoadBalancerSecurityGroup())
	}
	made.taskGroup = group(s.region.Names.TaskSecurityGroup())
	if !s.region.LoadBalancer.Enabled {
		return made
	}
	step(s, "ingress of the load balancer", func() (*ec2.AuthorizeSecurityGroupIngressOutput, error) {
		return client.AuthorizeSecurityGroupIngress(s.ctx, &ec2.AuthorizeSecurityGroupIngressInput{GroupId: &made.balancerGroup, IpPermissions: []ec2types.IpPermission{{
			IpProtocol: new("tcp"), FromPort: new(number(s.region.LoadBalancer.Port)), ToPort: new(number(s.region.LoadBalancer.Port)), IpRanges: []ec2types.IpRange{{CidrIp: new("0.0.0.0/0")}},
		}}})
	})
	step(s, "ingress of the tasks", func() (*ec2.AuthorizeSecurityGroupIngressOutput, error) {
		return client.AuthorizeSecurityGroupIngress(s.ctx, &ec2.AuthorizeSecurityGroupIngressInput{GroupId: &made.taskGroup, IpPermissions: []ec2types.IpPermission{{
			IpProtocol: new("tcp"), FromPort: &port, ToPort: &port, UserIdGroupPairs: []ec2types.UserIdGroupPair{{GroupId: &made.balancerGroup}},
		}}})
	})
	return made
}

func (s *seeder) routes(client *ec2.Client, made network) {
	gateway := step(s, "internet gateway", func() (*ec2.CreateInternetGatewayOutput, error) {
		return client.CreateInternetGateway(s.ctx, &ec2.CreateInternetGatewayInput{})
	})
	table := step(s, "route table", func() (*ec2.CreateRouteTableOutput, error) {
		return client.CreateRouteTable(s.ctx, &ec2.CreateRouteTableInput{VpcId: &made.vpc})
	})
	if s.err != nil {
		return
	}
	step(s, "attachment", func() (*ec2.AttachInternetGatewayOutput, error) {
		return client.AttachInternetGateway(s.ctx, &ec2.AttachInternetGatewayInput{VpcId: &made.vpc, InternetGatewayId: gateway.InternetGateway.InternetGatewayId})
	})
	step(s, "route", func() (*ec2.CreateRouteOutput, error) {
		return client.CreateRoute(s.ctx, &ec2.CreateRouteInput{RouteTableId: table.RouteTable.RouteTableId, DestinationCidrBlock: new("0.0.0.0/0"), GatewayId: gateway.InternetGateway.InternetGatewayId})
	})
	for _, subnet := range made.subnets {
		step(s, "association", func() (*ec2.AssociateRouteTableOutput, error) {
			return client.AssociateRouteTable(s.ctx, &ec2.AssociateRouteTableInput{RouteTableId: table.RouteTable.RouteTableId, SubnetId: &subnet})
		})
	}
}
