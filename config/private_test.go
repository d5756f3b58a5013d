package config

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
)

func blocksOf(subnets []Subnet) (list string) {
	var blocks []string
	for _, subnet := range subnets {
		blocks = append(blocks, subnet.Zone+" "+subnet.CIDR.String())
	}
	return strings.Join(blocks, ", ")
}

func TestDefaultPrivateSubnets(t *testing.T) {
	for name, test := range map[string]struct{ network, want string }{
		"second half":         {"cidr: 10.0.0.0/16", "a 10.0.128.0/20, b 10.0.144.0/20, c 10.0.160.0/20"},
		"of a /17":            {"cidr: 10.0.0.0/17", "a 10.0.64.0/20, b 10.0.80.0/20, c 10.0.96.0/20"},
		"what a /18 has left": {"cidr: 10.0.0.0/18", "a 10.0.48.0/22, b 10.0.52.0/22, c 10.0.56.0/22"},
		"two zones of a /18":  {"cidr: 10.0.0.0/18, zones: [a, b]", "a 10.0.32.0/20, b 10.0.48.0/20"},
		"small public ones":   {"cidr: 10.0.0.0/24, subnets: [10.0.0.0/27, 10.0.0.32/27, 10.0.0.64/27]", "a 10.0.0.128/27, b 10.0.0.160/27, c 10.0.0.192/27"},
		"public in the second half": {
			"cidr: 10.0.0.0/16, subnets: [10.0.128.0/18, 10.0.192.0/19, 10.0.224.0/19]", "a 10.0.0.0/20, b 10.0.16.0/20, c 10.0.32.0/20",
		},
		"no room in the second half": {"cidr: 10.0.0.0/16, subnets: [10.0.0.0/20, 10.0.128.0/18, 10.0.192.0/19]", "a 10.0.224.0/20, b 10.0.240.0/20, c 10.0.16.0/20"},
		"listed":                     {"cidr: 10.0.0.0/16, private_subnets: [10.0.64.0/24, 10.0.65.0/28, 10.0.66.0/24]", "a 10.0.64.0/24, b 10.0.65.0/28, c 10.0.66.0/24"},
	} {
		fleet, _ := mustParse(t, withNetwork(test.network+", mode: private"))
		region := fleet.Regions[0]
		if got := blocksOf(region.PrivateSubnets); got != test.want {
			t.Errorf("%s: got %s, want %s", name, got, test.want)
		}
		if !slices.Equal(region.TaskSubnets(), region.PrivateSubnets) {
			t.Errorf("%s: the tasks are in %s", name, blocksOf(region.TaskSubnets()))
		}
	}
}

// TestDefaultPrivateSubnetsNeverCollide tries every size of VPC with every number and size of public subnets.
func TestDefaultPrivateSubnetsNeverCollide(t *testing.T) {
	found := 0
	for bits := minPrefixLength; bits <= maxALBPrefixLength; bits++ {
		vpc := netip.PrefixFrom(netip.MustParseAddr("10.0.0.0"), bits)
		for size := bits + 1; size <= maxALBPrefixLength; size++ {
			for zones := 2; zones <= min(6, 1<<(size-bits)); zones++ {
				var public []Subnet
				next := vpc.Addr()
				for range zones {
					public = append(public, Subnet{CIDR: netip.PrefixFrom(next, size)})
					next = nextBlock(next, size)
				}
				private := besides(vpc, public, zones)
				if private == nil {
					// All addresses, or all but less than the subnets need, are public.
					if free := 1<<(32-bits) - zones<<(32-size); free >= 8*zones<<(32-maxPrefixLength) {
						t.Errorf("%s with %d public subnets of /%d: no private ones", vpc, zones, size)
					}
					continue
				}
				found++
				for i, block := range private {
					overlaps := func(other netip.Prefix) bool { return other.Overlaps(block) }
					if slices.ContainsFunc(private[:i], overlaps) || slices.ContainsFunc(public, func(other Subnet) bool { return overlaps(other.CIDR) }) || !contains(vpc, block) {
						t.Errorf("%s with %d public subnets of /%d: %v", vpc, zones, size, private)
					}
				}
			}
		}
	}
	if found < 100 {
		t.Errorf("only %d networks have private subnets", found)
	}
}

func TestNetworkModes(t *testing.T) {
	const image = "  container: {image: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/a:1, secrets: {A: B}}"
	for name, test := range map[string]struct {
		network           string
		public            bool
		nat, c, endpoints string
		tasks             string
	}{
		"default":   {"", true, "", "", "", "10.0.0.0/20"},
		"single":    {", mode: private", false, "a", "a", "", "10.0.128.0/20"},
		"per zone":  {", mode: private, nat: per_zone", false, "a b c", "c", "", "10.0.128.0/20"},
		"endpoints": {", mode: endpoints", false, "", "", "ecr.api ecr.dkr logs secretsmanager", "10.0.128.0/20"},
	} {
		text := strings.Replace(withNetwork("cidr: 10.0.0.0/16"+test.network), "  container: {image: ghcr.io/cdtait/fmp-mcp-server:latest}", image, 1)
		fleet, _ := mustParse(t, text)
		region := fleet.Regions[0]
		if region.Network.PublicTasks() != test.public || strings.Join(region.NATZones(), " ") != test.nat || strings.Join(region.InterfaceEndpoints(), " ") != test.endpoints {
			t.Errorf("%s: %t, NAT gateways in %v, endpoints %v", name, region.Network.PublicTasks(), region.NATZones(), region.InterfaceEndpoints())
		}
		if test.c != "" && region.NATZone(region.PrivateSubnets[2]) != test.c {
			t.Errorf("%s: the last zone uses %s", name, region.NATZone(region.PrivateSubnets[2]))
		}
		if got := region.TaskSubnets()[0].CIDR.String(); got != test.tasks {
			t.Errorf("%s: the first tasks are in %s", name, got)
		}
	}
}

func TestEndpointsOnlyForSecretsThatExist(t *testing.T) {
	text := strings.Replace(withNetwork("cidr: 10.0.0.0/16, mode: endpoints"), "ghcr.io/cdtait/fmp-mcp-server:latest", "123456789012.dkr.ecr.eu-west-1.amazonaws.com/a:1", 1)
	fleet, _ := mustParse(t, text)
	if got := fleet.Regions[0].InterfaceEndpoints(); slices.Contains(got, "secretsmanager") {
		t.Errorf("got %v", got)
	}
}

func TestParseRejectsUnreachableImages(t *testing.T) {
	const advice = "; with network.mode: endpoints, copy the image to an ECR repository in eu-west-1 and use that, such as 123456789012.dkr.ecr.eu-west-1.amazonaws.com/fmp-mcp:1.2.0; or set network.mode: private"
	for image, want := range map[string]string{
		"ghcr.io/cdtait/fmp-mcp-server:1": "is not in a private ECR repository, so it cannot be pulled without the internet" + advice,
		"nginx":                           "is not in a private ECR repository",
		"public.ecr.aws/nginx/nginx:1":    "is not in a private ECR repository",
		"123456789012.dkr.ecr.eu-west-2.amazonaws.com/server:1":      "is in ECR in eu-west-2, which the endpoints of eu-west-1 do not lead to" + advice,
		"123456789012.dkr-ecr.eu-west-1.on.aws/server:1":             "has a host name that the endpoints of ECR do not serve" + advice,
		"123456789012.dkr.ecr-fips.eu-west-1.amazonaws.com/server:1": "has a host name that the endpoints of ECR do not serve",
	} {
		_, _, err := Parse("regions.yaml", []byte(strings.Replace(withNetwork("cidr: 10.0.0.0/16, mode: endpoints"), "ghcr.io/cdtait/fmp-mcp-server:latest", image, 1)))
		if err == nil || !strings.Contains(err.Error(), "regions.yaml:4:22: defaults.container.image: "+want) {
			t.Errorf("%s: got %v", image, err)
		}
	}
	for _, image := range []string{"123456789012.dkr.ecr.eu-west-1.amazonaws.com/server", "210987654321.dkr.ecr.eu-west-1.amazonaws.com/cache/docker.io/library/nginx@sha256:" + strings.Repeat("a", 64)} {
		if _, _, err := Parse("regions.yaml", []byte(strings.Replace(withNetwork("cidr: 10.0.0.0/16, mode: endpoints"), "ghcr.io/cdtait/fmp-mcp-server:latest", image, 1))); err != nil {
			t.Errorf("%s: %v", image, err)
		}
	}
}
