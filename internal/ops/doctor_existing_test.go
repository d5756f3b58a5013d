package ops

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/cdtait/mcpfleet/config"
)

// The VPC in the tests of existing ones. The load balancer is in the first two subnets.
const existingVPC = "vpc-0000000a"

var existingSubnets = []string{"subnet-0000000a", "subnet-0000000b", "subnet-0000000c"}

// inExistingVPC returns the region of the tests in a VPC that exists.
func inExistingVPC(t *testing.T) config.Region {
	t.Helper()
	region := fleet(t, "")
	region.Network = config.Network{Mode: config.NetworkPublic, Existing: config.ExistingNetwork{VPCID: existingVPC, PublicSubnets: existingSubnets[:2], TaskSubnets: existingSubnets}}
	region.Subnets = nil
	return region
}

// placed is the DescribeServices response of a service with tasks in some subnets.
func placed(t *testing.T, address string, subnets ...string) string {
	t.Helper()
	return service(t, object{"networkConfiguration": object{"awsvpcConfiguration": object{
		"subnets": subnets, "securityGroups": []string{taskGroup}, "assignPublicIp": address,
	}}})
}

// subnetIn is a subnet of a DescribeSubnets response.
func subnetIn(vpc, zone, id string, free int) string {
	return fmt.Sprintf(`<item><subnetId>%s</subnetId><vpcId>%s</vpcId><availabilityZone>eu-west-1%s</availabilityZone><availableIpAddressCount>%d</availableIpAddressCount></item>`, id, vpc, zone, free)
}

func subnetsIn(items ...string) string {
	return "<DescribeSubnetsResponse><subnetSet>" + strings.Join(items, "") + "</subnetSet></DescribeSubnetsResponse>"
}

// mainTable is a route table for subnets without one of their own.
func mainTable(gateway string) string {
	return strings.Replace(routes(gateway, "active"), "<associationSet>", "<associationSet><item><main>true</main></item>", 1)
}

// twoTables is a main table, and another one for some of the subnets.
func twoTables(main, other string, subnets ...string) string {
	return strings.Replace(mainTable(main), "</item></routeTableSet>", "</item>"+strings.SplitAfter(strings.SplitN(routes(other, "active", subnets...), "<routeTableSet>", 2)[1], "</routeTableSet>")[0], 1)
}

// dnsAttribute is the DescribeVpcAttribute response for both attributes.
func dnsAttribute(support, hostnames string) response {
	return body(fmt.Sprintf(`<DescribeVpcAttributeResponse><enableDnsSupport><value>%s</value></enableDnsSupport><enableDnsHostnames><value>%s</value></enableDnsHostnames></DescribeVpcAttributeResponse>`, support, hostnames))
}

func endpoints(ids ...string) response {
	var items strings.Builder
	for _, id := range ids {
		items.WriteString("<item><vpcEndpointId>" + id + "</vpcEndpointId></item>")
	}
	return body("<DescribeVpcEndpointsResponse><vpcEndpointSet>" + items.String() + "</vpcEndpointSet></DescribeVpcEndpointsResponse>")
}

func TestDoctorChecksAnExistingVPC(t *testing.T) {
	a, b, c := existingSubnets[0], existingSubnets[1], existingSubnets[2]
	whole := subnetsIn(subnetIn(existingVPC, "a", a, 100), subnetIn(existingVPC, "b", b, 100), subnetIn(existingVPC, "a", c, 100))
	healthy := map[string]response{
		"DescribeServices":     body(placed(t, "ENABLED", a, b, c)),
		"DescribeVpcs":         body("<DescribeVpcsResponse><vpcSet><item><vpcId>" + existingVPC + "</vpcId></item></vpcSet></DescribeVpcsResponse>"),
		"DescribeVpcAttribute": dnsAttribute("true", "true"),
		"DescribeSubnets":      body(whole),
		"DescribeRouteTables":  body(mainTable("igw-1")),
	}
	private, natted := body(placed(t, "DISABLED", c)), body(twoTables("igw-1", "nat-1", c))
	onlyC := func(region *config.Region) { region.Network.Existing.TaskSubnets = []string{c} }
	privateC := func(region *config.Region) { onlyC(region); region.Network.Mode = config.NetworkPrivate }
	for name, each := range map[string]struct {
		replaced map[string]response
		edit     func(*config.Region)
		check    string
		want     []Code
		text     string
	}{
		"as it should be":           {},
		"no such VPC":               {map[string]response{"DescribeVpcs": body("<DescribeVpcsResponse/>")}, nil, "vpc", []Code{VPCWrong}, "vpc-0000000a does not exist in eu-west-1"},
		"no such subnet":            {map[string]response{"DescribeSubnets": body(subnetsIn(subnetIn(existingVPC, "a", a, 100), subnetIn(existingVPC, "a", c, 100)))}, nil, "vpc", []Code{VPCWrong}, "subnet subnet-0000000b does not exist"},
		"a subnet of another VPC":   {map[string]response{"DescribeSubnets": body(strings.Replace(whole, existingVPC, "vpc-0000000b", 1))}, nil, "vpc", []Code{VPCWrong}, "subnet subnet-0000000a is in vpc-0000000b, not in vpc-0000000a"},
		"one zone":                  {map[string]response{"DescribeSubnets": body(strings.Replace(whole, "eu-west-1b", "eu-west-1a", 1))}, nil, "vpc", []Code{VPCWrong}, "subnets subnet-0000000a and subnet-0000000b of the load balancer are both in eu-west-1a"},
		"full subnets":              {map[string]response{"DescribeSubnets": body(strings.ReplaceAll(whole, ">100<", ">7<"))}, nil, "vpc", []Code{FewAddresses, FewAddresses}, "subnet-0000000a in eu-west-1a has 7 free addresses; the load balancer needs 8"},
		"no names":                  {map[string]response{"DescribeVpcAttribute": dnsAttribute("true", "false")}, nil, "vpc", []Code{VPCWrong}, "so the tasks' private name does not resolve"},
		"no names needed":           {map[string]response{"DescribeVpcAttribute": dnsAttribute("false", "false")}, func(region *config.Region) { region.Discovery.Enabled = false }, "", nil, ""},
		"no right to look":          {map[string]response{"DescribeVpcs": refuse(http.StatusForbidden, "UnauthorizedOperation", "no")}, nil, "vpc", []Code{NotAllowed}, ""},
		"no internet gateway":       {map[string]response{"DescribeRouteTables": body(mainTable("nat-1"))}, nil, "routes", []Code{NoRoute, NoRoute, NoRoute}, "subnet-0000000a has no route to an internet gateway"},
		"a table that leads inside": {map[string]response{"DescribeRouteTables": natted}, nil, "routes", []Code{NoRoute}, "subnet-0000000c has no route to an internet gateway"},
		"other subnets":             {nil, onlyC, "service", []Code{Drift}, "the tasks are in subnet-0000000a, subnet-0000000b, subnet-0000000c, not in subnet-0000000c"},

		"private tasks":             {map[string]response{"DescribeServices": private, "DescribeRouteTables": natted}, privateC, "", nil, ""},
		"private without a way out": {map[string]response{"DescribeServices": private, "DescribeVpcEndpoints": endpoints()}, privateC, "routes", []Code{NoRoute}, "subnet-0000000c has no route to a NAT gateway or another way out"},
		"private with endpoints":    {map[string]response{"DescribeServices": private, "DescribeVpcEndpoints": endpoints("vpce-1")}, privateC, "", nil, ""},
		"an internal load balancer": {map[string]response{"DescribeServices": private, "DescribeRouteTables": body(mainTable("tgw-1"))}, func(region *config.Region) { privateC(region); region.LoadBalancer.Internal = true }, "", nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			aws := newFakeAWS(t, healthy)
			for operation, response := range each.replaced {
				aws.responses[operation] = response
			}
			region := inExistingVPC(t)
			if each.edit != nil {
				each.edit(&region)
			}
			diagnosis := aws.connect(region, saturday).Doctor(t.Context())
			problems := found(t, diagnosis, each.check)
			wantProblems(t, problems, each.text, each.want...)
			if !slices.Contains(diagnosis.Checked, "vpc") || slices.Index(diagnosis.Checked, "routes") < 0 {
				t.Errorf("checked %q", diagnosis.Checked)
			}
		})
	}
}
