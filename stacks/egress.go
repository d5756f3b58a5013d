package stacks

import (
	"slices"

	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/constructs/endpoints"
	"github.com/cdtait/mcpfleet/constructs/nat"
	"github.com/cdtait/mcpfleet/constructs/network"
	"github.com/cdtait/mcpfleet/constructs/privatesubnets"
	"github.com/cdtait/mcpfleet/internal/awsprovider"
)

// Whether NAT gateways and interface endpoints exist, and their count. They come and go with the load balancer, which
// exists whenever tasks may run.
const (
	egressPresent = loadBalancerPresent
	egressCount   = loadBalancerCount
)

// addPrivateSubnets adds the subnets of private tasks, and the NAT gateways if the mode has them. Endpoints need what
// comes later: log group and secret.
func (r *resources) addPrivateSubnets(stack cdktf.TerraformStack, region config.Region) {
	cfg := privatesubnets.Config{VPCID: r.network.VPCID}
	for _, subnet := range region.PrivateSubnets {
		cfg.Subnets = append(cfg.Subnets, privatesubnets.Subnet{
			ID:               subnet.Zone,
			Name:             region.Names.PrivateSubnet(subnet.Zone),
			RouteTableID:     privateTable(region, subnet.Zone),
			RouteTableName:   region.Names.PrivateRouteTable(region.Network.Mode, subnet.Zone),
			AvailabilityZone: region.Name + subnet.Zone,
			CIDR:             subnet.CIDR,
		})
	}
	r.private = privatesubnets.New(stack, "private_subnets", cfg)
	r.taskSubnetIDs = r.private.IDs
	if len(region.NATZones()) > 0 {
		r.nat = nat.New(stack, "nat", natConfig(region, *r))
		r.egress = slices.Concat(r.egress, r.nat.Ready, r.private.Associate(r.nat.Ready))
	}
}

// privateTable returns the key of a zone's private route table: private_a or endpoints_a.
func privateTable(region config.Region, zone string) string {
	return region.Network.Mode + "_" + zone
}

func natConfig(region config.Region, r resources) nat.Config {
	cfg := nat.Config{Count: egressCount, InternetRoute: network.DefaultRoute}
	for i, zone := range region.NATZones() {
		cfg.Gateways = append(cfg.Gateways, nat.Gateway{ID: zone, Name: region.Names.NATGateway(zone), SubnetID: r.network.PublicSubnetIDs[i]})
	}
	for i, subnet := range region.PrivateSubnets {
		cfg.Routes = append(cfg.Routes, nat.Route{ID: subnet.Zone, RouteTableID: r.private.RouteTableIDs[i], Gateway: region.NATZone(subnet)})
	}
	return cfg
}

func (r *resources) addEndpoints(stack cdktf.TerraformStack, region config.Region) {
	cfg := endpoints.Config{
		Region:            region.Name,
		VPCID:             r.network.VPCID,
		Count:             egressCount,
		SubnetIDs:         r.private.IDs,
		RouteTableIDs:     r.private.RouteTableIDs,
		SecurityGroupName: region.Names.EndpointSecurityGroup(),
		TasksID:           r.security.TasksID,
		GatewayName:       region.Names.Endpoint("s3"),
		Allowed:           endpoints.Allowed{RepositoryARNs: region.Container.RepositoryARNs(), LogGroupARN: r.logs.ARN},
	}
	if r.execLogs != nil {
		cfg.Allowed.ExecLogGroupARN = r.execLogs.ARN
	}
	if r.secret != nil {
		cfg.Allowed.SecretARNs = append(cfg.Allowed.SecretARNs, r.secret.ARN)
	}
	cfg.Allowed.SecretARNs = append(cfg.Allowed.SecretARNs, region.ExternalSecrets().ARNs...)
	cfg.Allowed.ParameterARNs = region.Parameters(awsprovider.AccountID).ARNs
	for _, service := range region.InterfaceEndpoints() {
		cfg.Interfaces = append(cfg.Interfaces, endpoints.Interface{Service: service, Name: region.Names.Endpoint(service)})
	}
	ready := endpoints.New(stack, "endpoints", cfg).Ready
	r.egress = slices.Concat(r.egress, ready, r.private.Associate(ready))
}
