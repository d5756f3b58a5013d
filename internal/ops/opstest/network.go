package opstest

import (
	"fmt"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// network is the network of a region's tasks and load balancer.
type network struct {
	vpc                      string
	subnets                  []string
	balancerGroup, taskGroup string
}

// networks caches networks by their settings. Creating one takes half of the seeding time, and its resources
// have no unique names, so regions with equal settings share one. A test that changes a network must use its
// own CIDR block.
var networks sync.Map

func (s *seeder) sharedNetwork(endpoint string) network {
	key := fmt.Sprint(endpoint, s.region.Name, s.region.Network.CIDR, s.region.Subnets, s.region.Container.IngressPort(), s.region.LoadBalancer.Enabled, s.region.ListenerPorts())
	created, _ := networks.LoadOrStore(key, sync.OnceValue(s.createNetwork))
	return created.(func() network)()
}

func (s *seeder) createNetwork() (created network) {
	client := ec2.NewFromConfig(s.cfg)
	vpc := call(s, "vpc", func() (*ec2.CreateVpcOutput, error) {
		return client.CreateVpc(s.ctx, &ec2.CreateVpcInput{CidrBlock: new(s.region.Network.CIDR.String())})
	})
	if s.err != nil {
		return created
	}
	created.vpc = *vpc.Vpc.VpcId
	for _, each := range s.region.Subnets {
		subnet := call(s, "subnet", func() (*ec2.CreateSubnetOutput, error) {
			return client.CreateSubnet(s.ctx, &ec2.CreateSubnetInput{VpcId: &created.vpc, CidrBlock: new(each.CIDR.String()), AvailabilityZone: new(s.region.Name + each.Zone)})
		})
		if s.err == nil {
			created.subnets = append(created.subnets, *subnet.Subnet.SubnetId)
		}
	}
	s.routes(client, created)
	group := func(name string) string {
		output := call(s, name, func() (*ec2.CreateSecurityGroupOutput, error) {
			return client.CreateSecurityGroup(s.ctx, &ec2.CreateSecurityGroupInput{VpcId: &created.vpc, GroupName: &name, Description: &name})
		})
		return aws.ToString(output.GroupId)
	}
	port := number(s.region.Container.IngressPort())
	if s.region.LoadBalancer.Enabled {
		created.balancerGroup = group(s.region.Names.LoadBalancerSecurityGroup())
	}
	created.taskGroup = group(s.region.Names.TaskSecurityGroup())
	if !s.region.LoadBalancer.Enabled {
		return created
	}
	for _, port := range s.region.ListenerPorts() {
		call(s, "ingress of the load balancer", func() (*ec2.AuthorizeSecurityGroupIngressOutput, error) {
			return client.AuthorizeSecurityGroupIngress(s.ctx, &ec2.AuthorizeSecurityGroupIngressInput{GroupId: &created.balancerGroup, IpPermissions: []ec2types.IpPermission{{
				IpProtocol: new("tcp"), FromPort: new(number(port)), ToPort: new(number(port)), IpRanges: []ec2types.IpRange{{CidrIp: new("0.0.0.0/0")}},
			}}})
		})
	}
	call(s, "ingress of the tasks", func() (*ec2.AuthorizeSecurityGroupIngressOutput, error) {
		return client.AuthorizeSecurityGroupIngress(s.ctx, &ec2.AuthorizeSecurityGroupIngressInput{GroupId: &created.taskGroup, IpPermissions: []ec2types.IpPermission{{
			IpProtocol: new("tcp"), FromPort: &port, ToPort: &port, UserIdGroupPairs: []ec2types.UserIdGroupPair{{GroupId: &created.balancerGroup}},
		}}})
	})
	return created
}

func (s *seeder) routes(client *ec2.Client, created network) {
	gateway := call(s, "internet gateway", func() (*ec2.CreateInternetGatewayOutput, error) {
		return client.CreateInternetGateway(s.ctx, &ec2.CreateInternetGatewayInput{})
	})
	table := call(s, "route table", func() (*ec2.CreateRouteTableOutput, error) {
		return client.CreateRouteTable(s.ctx, &ec2.CreateRouteTableInput{VpcId: &created.vpc})
	})
	if s.err != nil {
		return
	}
	call(s, "attachment", func() (*ec2.AttachInternetGatewayOutput, error) {
		return client.AttachInternetGateway(s.ctx, &ec2.AttachInternetGatewayInput{VpcId: &created.vpc, InternetGatewayId: gateway.InternetGateway.InternetGatewayId})
	})
	call(s, "route", func() (*ec2.CreateRouteOutput, error) {
		return client.CreateRoute(s.ctx, &ec2.CreateRouteInput{RouteTableId: table.RouteTable.RouteTableId, DestinationCidrBlock: new("0.0.0.0/0"), GatewayId: gateway.InternetGateway.InternetGatewayId})
	})
	for _, subnet := range created.subnets {
		call(s, "association", func() (*ec2.AssociateRouteTableOutput, error) {
			return client.AssociateRouteTable(s.ctx, &ec2.AssociateRouteTableInput{RouteTableId: table.RouteTable.RouteTableId, SubnetId: &subnet})
		})
	}
}
