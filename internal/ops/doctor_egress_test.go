package ops

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/cost"
)

const privateMode = "  network: {mode: private, nat: per_zone}"

// natGateways is the DescribeNatGateways response: one gateway for each pair of zone and state.
func natGateways(gateways ...[2]string) string {
	var items strings.Builder
	for _, each := range gateways {
		fmt.Fprintf(&items, `<item><natGatewayId>nat-%[1]s</natGatewayId><state>%[2]s</state><tagSet><item><key>Name</key><value>%[3]s-nat-%[1]s</value></item></tagSet>
			<failureCode>InsufficientFreeAddressesInSubnet</failureCode><failureMessage>no free address</failureMessage></item>`, each[0], each[1], prefix)
	}
	return "<DescribeNatGatewaysResponse><natGatewaySet>" + items.String() + "</natGatewaySet></DescribeNatGatewaysResponse>"
}

var inEachZone = natGateways([2]string{"a", "available"}, [2]string{"b", "available"}, [2]string{"c", "available"})

// privateRoutes is a route table for all subnets with one route, given by its target.
func privateRoutes(target, state string) string {
	text := routes("igw-1", state, "subnet-a", "subnet-b", "subnet-c")
	return strings.Replace(text, "<destinationCidrBlock>0.0.0.0/0</destinationCidrBlock><gatewayId>igw-1</gatewayId>", target, 1)
}

const (
	toNAT      = "<destinationCidrBlock>0.0.0.0/0</destinationCidrBlock><natGatewayId>nat-a</natGatewayId>"
	toS3       = "<destinationPrefixListId>pl-1</destinationPrefixListId><gatewayId>vpce-s3</gatewayId>"
	toInternet = "<destinationCidrBlock>0.0.0.0/0</destinationCidrBlock><gatewayId>igw-1</gatewayId>"
)

// withoutPublicAddresses replaces the service's network configuration.
func withoutPublicAddresses(t *testing.T, fields object) map[string]response {
	t.Helper()
	all := object{"networkConfiguration": object{"awsvpcConfiguration": object{
		"subnets": []string{"subnet-a", "subnet-b", "subnet-c"}, "securityGroups": []string{taskGroup}, "assignPublicIp": "DISABLED",
	}}}
	maps.Copy(all, fields)
	return serviceFields(t, all)
}

func TestDoctorFollowsTheWayOutOfPrivateSubnets(t *testing.T) {
	healthy := func() map[string]response {
		aws := withoutPublicAddresses(t, nil)
		aws["DescribeNatGateways"], aws["DescribeRouteTables"] = body(inEachZone), body(privateRoutes(toNAT, "active"))
		return aws
	}
	diagnosis := newFakeAWS(t, healthy()).region(privateMode, saturday).Doctor(t.Context())
	found(t, diagnosis, "")
	if !slices.Contains(diagnosis.Checked, "nat gateways") || slices.Contains(diagnosis.Checked, "endpoints") {
		t.Errorf("checked %q", diagnosis.Checked)
	}
	for name, each := range map[string]struct {
		operation, response, check string
		want                       []Code
		message                    string
	}{
		"the route of a deleted NAT gateway": {"DescribeRouteTables", privateRoutes(toNAT, "blackhole"), "routes", []Code{NoRoute, NoRoute, NoRoute}, "subnet subnet-a has no route to a NAT gateway"},
		"a route to the internet gateway":    {"DescribeRouteTables", privateRoutes(toInternet, "active"), "routes", []Code{NoRoute, NoRoute, NoRoute}, "no route to a NAT gateway"},
		"a missing NAT gateway": {"DescribeNatGateways", natGateways([2]string{"a", "available"}, [2]string{"c", "available"}), "nat gateways",
			[]Code{NATGatewayMissing}, "NAT gateway " + prefix + "-nat-b is missing"},
		"a failed NAT gateway": {"DescribeNatGateways", natGateways([2]string{"a", "available"}, [2]string{"b", "failed"}, [2]string{"c", "available"}), "nat gateways",
			[]Code{NATGatewayMissing}, "NAT gateway " + prefix + "-nat-b failed: InsufficientFreeAddressesInSubnet: no free address"},
		"a NAT gateway after a failed one": {"DescribeNatGateways", natGateways([2]string{"a", "failed"}, [2]string{"a", "available"}, [2]string{"b", "available"}, [2]string{"c", "pending"}), "nat gateways", nil, ""},
		"few addresses":                    {"DescribeSubnets", subnets(0), "subnets", []Code{FewAddresses, FewAddresses, FewAddresses}, "subnet-a"},
	} {
		t.Run(name, func(t *testing.T) {
			aws := healthy()
			aws[each.operation] = body(each.response)
			problems := found(t, newFakeAWS(t, aws).region(privateMode, saturday).Doctor(t.Context()), each.check)
			wantProblems(t, problems, each.message, each.want...)
			if each.check == "subnets" && !strings.Contains(problems[0].Fix.Advice, "network.private_subnets") {
				t.Errorf("the advice is %q", problems[0].Fix.Advice)
			}
		})
	}
}

// vpcEndpoints is the DescribeVpcEndpoints response: an endpoint for each service, in a state and with a number of
// subnets.
func vpcEndpoints(state string, zones int, services ...string) string {
	var items strings.Builder
	for _, each := range services {
		inZones := strings.Repeat("<item>subnet-a</item>", zones)
		if each == "s3" {
			inZones = ""
		}
		fmt.Fprintf(&items, `<item><vpcEndpointId>vpce-%[1]s</vpcEndpointId><state>%[2]s</state><subnetIdSet>%[3]s</subnetIdSet>
			<tagSet><item><key>Name</key><value>%[4]s-endpoint-%[1]s</value></item></tagSet></item>`, each, state, inZones, prefix)
	}
	return "<DescribeVpcEndpointsResponse><vpcEndpointSet>" + items.String() + "</vpcEndpointSet></DescribeVpcEndpointsResponse>"
}

// endpointRegion returns the region with VPC endpoints. Its image is not in ECR, so the fleet file alone cannot set the
// mode.
func endpointRegion(t *testing.T, f *fakeAWS, settings string) *Region {
	t.Helper()
	region := f.region(settings, saturday)
	region.Network.Mode, region.PrivateSubnets = config.NetworkEndpoints, region.Subnets
	return region
}

var allEndpoints = []string{"ecr-api", "ecr-dkr", "logs", "secretsmanager", "s3"}

func TestDoctorChecksEveryEndpoint(t *testing.T) {
	for name, each := range map[string]struct {
		endpoints string
		want      []Code
		message   string
	}{
		"all available": {vpcEndpoints("available", 3, allEndpoints...), nil, ""},
		"no logs":       {vpcEndpoints("available", 3, "ecr-api", "ecr-dkr", "secretsmanager", "s3"), []Code{EndpointMissing}, "the VPC endpoint of logs is missing"},
		"no S3":         {vpcEndpoints("available", 3, "ecr-api", "ecr-dkr", "logs", "secretsmanager"), []Code{EndpointMissing}, "the VPC endpoint of s3 is missing"},
		"pending": {vpcEndpoints("pending", 3, allEndpoints...), []Code{EndpointMissing, EndpointMissing, EndpointMissing, EndpointMissing, EndpointMissing},
			"the VPC endpoint of ecr.api is pending"},
	} {
		t.Run(name, func(t *testing.T) {
			aws := withoutPublicAddresses(t, nil)
			aws["DescribeVpcEndpoints"], aws["DescribeRouteTables"] = body(each.endpoints), body(privateRoutes(toS3, "active"))
			problems := found(t, endpointRegion(t, newFakeAWS(t, aws), "").Doctor(t.Context()), "endpoints")
			wantProblems(t, problems, each.message, each.want...)
		})
	}
}

// TestDoctorFindsWhatIsBilledAsleep has a NAT gateway or endpoints after an apply put the region to sleep.
func TestDoctorFindsWhatIsBilledAsleep(t *testing.T) {
	leftovers := func(region *Region) (all []string) {
		for _, finding := range region.Doctor(t.Context()).Findings {
			switch {
			case finding.Code == Leftover && finding.Fix.Verb == VerbTerraform:
				all = append(all, strings.Join(finding.Fix.Arguments[4:], " "))
			case finding.Code == Leftover:
				all = append(all, finding.Message)
			}
		}
		return all
	}
	asleep := func(attached []object) map[string]response {
		aws := withoutPublicAddresses(t, object{"desiredCount": 0, "runningCount": 0, "loadBalancers": attached})
		aws["DescribeScalableTargets"] = body(`{"ScalableTargets": [{"MinCapacity": 0, "MaxCapacity": 0}]}`)
		aws["DescribeScheduledActions"] = body(scheduledActions(t, fleet(t, destroyMode), nil))
		aws["DescribeLoadBalancers"] = withoutBalancer
		aws["DescribeNatGateways"] = body(natGateways([2]string{"a", "available"}, [2]string{"b", "failed"}))
		aws["DescribeAddresses"] = body(`<DescribeAddressesResponse><addressesSet><item><allocationId>eipalloc-b</allocationId><tagSet><item><key>Name</key><value>` + prefix + `-nat-b</value></item></tagSet></item></addressesSet></DescribeAddressesResponse>`)
		aws["DescribeVpcEndpoints"] = body(vpcEndpoints("available", 3, "ecr-api", "s3"))
		return aws
	}
	attached := []object{{"targetGroupArn": targetGroupARN}}
	for name, each := range map[string]struct {
		attached []object
		want     []string
	}{
		"after the apply": {nil, []string{
			"NAT gateway nat-a exists and is billed, although the region is asleep", "aws_nat_gateway.main_a[0] nat-a",
			"Elastic IP address eipalloc-b exists and is billed, although the region is asleep", "aws_eip.nat_b[0] eipalloc-b",
		}},
		"before the apply": {attached, nil},
	} {
		region := newFakeAWS(t, asleep(each.attached)).region(destroyMode+"\n"+privateMode, tuesday)
		if got := leftovers(region); !slices.Equal(got, each.want) {
			t.Errorf("%s: got %q", name, got)
		}
	}
	region := endpointRegion(t, newFakeAWS(t, asleep(nil)), destroyMode)
	region.Now = func() time.Time { return tuesday }
	if got, want := leftovers(region), []string{"VPC endpoint vpce-ecr-api exists and is billed, although the region is asleep", "aws_vpc_endpoint.ecr_api[0] vpce-ecr-api"}; !slices.Equal(got, want) {
		t.Errorf("endpoints: got %q", got)
	}
}

func TestPublicAddressesDrift(t *testing.T) {
	for name, each := range map[string]struct {
		mode, assigned, want string
	}{
		"public, without addresses": {config.NetworkPublic, "DISABLED", "assigning public addresses to tasks is DISABLED, not ENABLED"},
		"private, with addresses":   {config.NetworkPrivate, "ENABLED", "assigning public addresses to tasks is ENABLED, not DISABLED"},
		"public":                    {config.NetworkPublic, "ENABLED", ""},
		"private":                   {config.NetworkPrivate, "DISABLED", ""},
	} {
		aws := serviceFields(t, object{"networkConfiguration": object{"awsvpcConfiguration": object{"subnets": []string{"subnet-a"}, "assignPublicIp": each.assigned}}})
		region := newFakeAWS(t, aws).region("", saturday)
		region.Network.Mode = each.mode
		drift := region.configurationDrift(region.observe(t.Context()), region.ExpectedAt(saturday, config.OverrideAuto))
		if got := strings.Join(drift, "; "); got != each.want {
			t.Errorf("%s: got %q", name, got)
		}
	}
}

// TestAdviceFollowsTheNetwork has tasks that stop because they reach nothing.
func TestAdviceFollowsTheNetwork(t *testing.T) {
	const unreachable = "CannotPullContainerError: failed to do request: dial tcp 192.0.2.1:443: i/o timeout"
	for mode, want := range map[string]string{"public": "public IP addresses", "private": "NAT gateway", "endpoints": "VPC endpoints"} {
		region := newFakeAWS(t, nil).region("", saturday)
		region.Network.Mode = mode
		for _, text := range []string{unreachable, "ResourceInitializationError: unable to reach ECR"} {
			if problem := region.diagnose(TaskStopped, stopSymptoms, "", text); !strings.Contains(problem.Fix.Advice, want) || strings.Contains(problem.Fix.Advice, "public IP") != (mode == "public") {
				t.Errorf("%s: %q in mode %s has the advice %q", mode, text, mode, problem.Fix.Advice)
			}
		}
		missing := region.diagnose(TaskStopped, stopSymptoms, "", "CannotPullContainerError: manifest unknown")
		if !strings.Contains(missing.Fix.Advice, "container.image exists") || strings.Contains(missing.Fix.Advice, "pull-through cache") != (mode == "endpoints") {
			t.Errorf("%s: %q", mode, missing.Fix.Advice)
		}
	}
}

func TestRunningCountsTheWayOut(t *testing.T) {
	aws := withoutPublicAddresses(t, nil)
	aws["DescribeNatGateways"] = body(natGateways([2]string{"a", "available"}, [2]string{"b", "pending"}, [2]string{"c", "failed"}))
	aws["DescribeVpcEndpoints"] = body(vpcEndpoints("available", 3, allEndpoints...))
	got, err := newFakeAWS(t, aws).region(privateMode, saturday).Running(t.Context())
	if want := (cost.Running{Tasks: 2, CPU: 256, Memory: 512, Storage: 20, Zones: 3, Private: true, NATGateways: 2}); err != nil || *got != want {
		t.Errorf("NAT gateways: got %+v, %v", got, err)
	}
	got, err = endpointRegion(t, newFakeAWS(t, aws), "").Running(t.Context())
	if want := (cost.Running{Tasks: 2, CPU: 256, Memory: 512, Storage: 20, Zones: 3, Private: true, Endpoints: 12}); err != nil || *got != want {
		t.Errorf("endpoints: got %+v, %v", got, err)
	}
	aws["DescribeNatGateways"] = refuse(http.StatusBadRequest, "UnauthorizedOperation", "no")
	if got, err := newFakeAWS(t, aws).region(privateMode, saturday).Running(t.Context()); err == nil {
		t.Errorf("what cannot be seen is free: %+v", got)
	}
}
