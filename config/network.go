package config

// The modes of a network: how tasks reach AWS and the internet.
const (
	// NetworkPublic gives each task a public address.
	NetworkPublic = "public"
	// NetworkPrivate puts the tasks in private subnets behind NAT gateways.
	NetworkPrivate = "private"
	// NetworkEndpoints puts the tasks in private subnets with VPC endpoints of the AWS services that they need.
	NetworkEndpoints = "endpoints"
)

// The values of network.nat.
const (
	// NATSingle is one NAT gateway for all zones.
	NATSingle = "single"
	// NATPerZone is a NAT gateway in each zone.
	NATPerZone = "per_zone"
)

// PublicTasks reports whether the tasks have public addresses.
func (n Network) PublicTasks() bool { return n.Mode == NetworkPublic }

// CreatesEgress reports whether the stack creates private subnets, and NAT gateways or endpoints that lead out of
// them. An existing VPC brings its own.
func (r Region) CreatesEgress() bool { return !r.Network.PublicTasks() && !r.HasExistingVPC() }

// TaskSubnets are the subnets of the tasks that the stack creates.
func (r Region) TaskSubnets() []Subnet {
	if r.Network.PublicTasks() {
		return r.Subnets
	}
	return r.PrivateSubnets
}

// NATZones returns the letters of the zones with a NAT gateway.
func (r Region) NATZones() (zones []string) {
	if r.Network.Mode != NetworkPrivate {
		return nil
	}
	for _, subnet := range r.Subnets {
		zones = append(zones, subnet.Zone)
	}
	if r.Network.NAT != NATPerZone && len(zones) > 0 {
		return zones[:1]
	}
	return zones
}

// NATZone returns the letter of the zone whose NAT gateway a private subnet uses.
func (r Region) NATZone(subnet Subnet) string {
	if r.Network.NAT == NATPerZone {
		return subnet.Zone
	}
	return r.NATZones()[0]
}

// InterfaceEndpoints returns the services that have an interface endpoint, by the last part of the endpoint
// service's name: logs in com.amazonaws.eu-west-1.logs. ECS itself needs none on Fargate.
//
// Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html
func (r Region) InterfaceEndpoints() []string {
	if r.Network.Mode != NetworkEndpoints {
		return nil
	}
	services := []string{"ecr.api", "ecr.dkr", "logs"}
	if len(r.Container.SecretKeys()) > 0 || len(r.ExternalSecrets().ARNs) > 0 {
		services = append(services, "secretsmanager")
	}
	if len(r.Parameters("").ARNs) > 0 {
		services = append(services, "ssm")
	}
	if r.Logs.ExecEnabled() {
		services = append(services, "ssmmessages")
	}
	return services
}
