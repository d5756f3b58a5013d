package config

import (
	"errors"
	"net/netip"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cdtait/mcpfleet/internal/golden"
)

// minimal is a fleet that is right; the cases below change one line of it.
const minimal = `project: fmp-mcp
environment: dev
defaults:
  container: {image: ghcr.io/cdtait/fmp-mcp-server:latest}
regions:
  eu-west-1: {network: {cidr: 10.0.0.0/16}}
`

func fleetOf(t *testing.T, text string) (*Fleet, Problems) {
	t.Helper()
	fleet, warnings, err := Parse("regions.yaml", []byte(text))
	if err != nil {
		t.Fatalf("refused:\n%v", err)
	}
	return fleet, warnings
}

func TestDefaultsAreThoseOfTheDesign(t *testing.T) {
	fleet, warnings := fleetOf(t, stateless(minimal))
	if len(warnings) != 0 {
		t.Errorf("warnings:\n%v", warnings)
	}
	want := Settings{
		Container: Container{Image: "ghcr.io/cdtait/fmp-mcp-server:latest", Port: 8001, CPU: 1024, Memory: 3072, Environment: map[string]string{"STATELESS": "true"}},
		MCP:       MCP{Path: "/mcp"},
		Service:   Service{DesiredCount: 2, HealthCheckGracePeriod: 60},
		LoadBalancer: LoadBalancer{
			Enabled: true, Port: 80, IdleTimeout: 300, DeregistrationDelay: 60, DropInvalidHeaderFields: true,
			HealthCheck: HealthCheck{Path: "/health", Matcher: "200", Interval: 30, Timeout: 5, HealthyThreshold: 2, UnhealthyThreshold: 3},
			Stickiness:  Stickiness{Duration: 86400},
		},
		Network:   Network{CIDR: netip.MustParsePrefix("10.0.0.0/16")},
		Discovery: Discovery{Enabled: true, TTL: 60},
		Logs:      Logs{RetentionDays: 7},
		Weekend:   Weekend{Days: []string{"sat", "sun"}, StartHour: 6, EndHour: 22, Timezone: "UTC", Active: true, LeadMinutes: 15},
	}
	if difference := cmp.Diff(want, fleet.Regions[0].Settings, cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })); difference != "" {
		t.Errorf("settings (- want, + got)\n%s", difference)
	}
	if fleet.State != (State{Backend: "local"}) {
		t.Errorf("state is %+v", fleet.State)
	}
}

func TestARegionOverridesKeyByKey(t *testing.T) {
	fleet, _ := fleetOf(t, `
project: fmp-mcp
environment: dev
defaults:
  container:
    image: example/server:1
    environment: {A: "1", B: "2"}
  network: {cidr: 10.0.0.0/16, zones: [a, b, c]}
  service: {desired_count: 4}
regions:
  us-east-1:
  eu-west-1:
    container: {environment: {B: "3", C: "4"}}
    network: {cidr: 10.1.0.0/16, zones: [a, b]}
`)
	if fleet.Regions[0].Name != "eu-west-1" || fleet.Regions[1].Name != "us-east-1" {
		t.Fatalf("regions are not sorted: %s, %s", fleet.Regions[0].Name, fleet.Regions[1].Name)
	}
	ireland := fleet.Regions[0]
	if difference := cmp.Diff(map[string]string{"A": "1", "B": "3", "C": "4"}, ireland.Container.Environment); difference != "" {
		t.Errorf("maps merge (- want, + got)\n%s", difference)
	}
	if difference := cmp.Diff([]string{"a", "b"}, ireland.Network.Zones); difference != "" {
		t.Errorf("lists replace (- want, + got)\n%s", difference)
	}
	if ireland.Service.DesiredCount != 4 {
		t.Errorf("what is not overridden is inherited, but desired_count is %d", ireland.Service.DesiredCount)
	}
}

func TestSubnetsAreTheFirstBlocksInTheRegionsZones(t *testing.T) {
	cases := map[string]string{
		"eu-west-1: {network: {cidr: 172.31.0.0/16}}":                                                    "a 172.31.0.0/20, b 172.31.16.0/20, c 172.31.32.0/20",
		"ap-northeast-1: {network: {cidr: 10.0.0.0/16}}":                                                 "a 10.0.0.0/20, c 10.0.16.0/20, d 10.0.32.0/20",
		"ca-central-1: {network: {cidr: 10.0.0.0/18}}":                                                   "a 10.0.0.0/20, b 10.0.16.0/20, d 10.0.32.0/20",
		"us-west-1: {network: {cidr: 10.0.0.0/16}}":                                                      "a 10.0.0.0/20, b 10.0.16.0/20",
		"us-west-1: {network: {cidr: 10.0.0.0/16, zones: [us-west-1b, c]}}":                              "b 10.0.0.0/20, c 10.0.16.0/20",
		"us-east-1: {network: {cidr: 10.0.0.0/16, zones: [f, a, d, b]}}":                                 "f 10.0.0.0/20, a 10.0.16.0/20, d 10.0.32.0/20, b 10.0.48.0/20",
		"eu-west-2: {network: {cidr: 10.0.0.0/24, zones: [a, b], subnets: [10.0.0.0/27, 10.0.0.64/26]}}": "a 10.0.0.0/27, b 10.0.0.64/26",
	}
	for region, want := range cases {
		fleet, _ := fleetOf(t, strings.Replace(minimal, "eu-west-1: {network: {cidr: 10.0.0.0/16}}", region, 1))
		var got []string
		for _, subnet := range fleet.Regions[0].Subnets {
			got = append(got, subnet.Zone+" "+subnet.CIDR.String())
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("%s\ngot  %s\nwant %s", region, strings.Join(got, ", "), want)
		}
	}
}

func TestEveryMistakeIsReportedAtOnce(t *testing.T) {
	_, _, err := Load("testdata/mistakes.yaml")
	if err == nil {
		t.Fatal("accepted")
	}
	golden.Compare(t, "testdata/mistakes.txt", []byte(err.Error()+"\n"))
}

// replaced is minimal with one text put in the place of another.
func replaced(old, new string) string {
	if !strings.Contains(minimal, old) {
		panic(old)
	}
	return strings.Replace(minimal, old, new, 1)
}

func inDefaults(lines string) string {
	return replaced("regions:\n", lines+"\nregions:\n")
}

func inContainer(keys string) string {
	return replaced("server:latest}", "server:latest, "+keys+"}")
}

func inRegion(keys string) string {
	return replaced("{network: {cidr: 10.0.0.0/16}}", "{network: {cidr: 10.0.0.0/16}, "+keys+"}")
}

func withNetwork(keys string) string {
	return replaced("{cidr: 10.0.0.0/16}", "{"+keys+"}")
}

// stateless is a fleet whose server keeps no sessions, of which nothing is to be said.
func stateless(text string) string {
	return strings.Replace(text, "server:latest", `server:latest, environment: {STATELESS: "true"}`, 1)
}

func TestWhatWouldFailLaterIsRefusedNow(t *testing.T) {
	cases := map[string]struct{ text, want string }{
		"empty file":                      {"", "regions.yaml:1:1: is empty"},
		"only a comment":                  {"# nothing\n", "regions.yaml:1:1: is empty"},
		"null":                            {"~", "regions.yaml:1:1: is empty"},
		"a list":                          {"- a", "regions.yaml:1:1: a list is not a map"},
		"a text":                          {"hello", `regions.yaml:1:1: "hello" is not a map`},
		"no YAML":                         {"project: fmp-mcp\n  environment: dev\n", "regions.yaml:2:3: not valid YAML: mapping values are not allowed in this context"},
		"an open quote":                   {"project: \"fmp\nregions: {}\n", "not valid YAML"},
		"tabs":                            {"project: fmp-mcp\ndefaults:\n\tservice: {}\n", "regions.yaml:3:2: not valid YAML: found character that cannot start any token"},
		"control characters":              {"project: \x01\n", "not valid YAML: control characters are not allowed"},
		"two documents":                   {minimal + "---\nproject: x\n", "a second YAML document starts here"},
		"an alias":                        {replaced("environment: dev", "environment: &e dev") + "x: *e\n", "the alias *e is not supported; put what regions share under defaults"},
		"a merge key":                     {replaced("environment: dev", "<<: {environment: dev}"), "a key has to be plain text"},
		"a key that is no text":           {replaced("environment: dev", "? [a]\n: b"), "a key has to be plain text"},
		"a key written twice":             {replaced("environment: dev", "environment: dev\nenvironment: prod"), "regions.yaml:3:1: environment: is written twice, first in line 2; keep one of the two"},
		"a typo":                          {inDefaults("  servce: {desired_count: 1}"), "regions.yaml:5:3: defaults.servce: is not a known key; did you mean service?"},
		"an unknown word":                 {replaced("environment: dev", "environment: dev\nterraform: {}"), "terraform: is not a known key; write one of project, environment, state, defaults, regions"},
		"no project":                      {replaced("project: fmp-mcp\n", ""), "regions.yaml:1:1: project: is missing; write project: fmp-mcp"},
		"no image":                        {replaced("  container: {image: ghcr.io/cdtait/fmp-mcp-server:latest}\n", "  logs: {}\n"), "regions.yaml:6:14: regions.eu-west-1.container.image: is missing; write image: ghcr.io/"},
		"no regions":                      {replaced("  eu-west-1: {network: {cidr: 10.0.0.0/16}}\n", ""), "regions: names no region"},
		"no regions key":                  {replaced("regions:\n  eu-west-1: {network: {cidr: 10.0.0.0/16}}\n", ""), "regions: is missing; write regions: {eu-west-1:"},
		"regions as a list":               {replaced("  eu-west-1: {network: {cidr: 10.0.0.0/16}}\n", "  - eu-west-1\n"), "regions: a list is not a map"},
		"a region as text":                {replaced("{network: {cidr: 10.0.0.0/16}}", "yes"), `regions.yaml:6:14: regions.eu-west-1: "yes" is not a map`},
		"a region without block":          {replaced("{network: {cidr: 10.0.0.0/16}}", ""), "regions.yaml:6:3: regions.eu-west-1.network.cidr: is missing; write cidr: 10.0.0.0/16"},
		"an unknown region":               {replaced("eu-west-1", "eu-wset-1"), `regions.yaml:6:3: regions.eu-wset-1: "eu-wset-1" is not a commercial AWS region; did you mean eu-west-1?`},
		"a GovCloud region":               {replaced("eu-west-1", "us-gov-west-1"), "is not a commercial AWS region"},
		"a project in capitals":           {replaced("project: fmp-mcp", "project: FMP"), `"FMP" is not a project name`},
		"a project that ends in a hyphen": {replaced("project: fmp-mcp", "project: fmp-"), "is not a project name"},
		"a project that is a number":      {replaced("project: fmp-mcp", "project: 12"), `12 is not text; write it in quotes: "12"`},
		"a project of 33 characters":      {replaced("project: fmp-mcp", "project: "+strings.Repeat("a", 33)), "is 33 characters long; write at most 32"},
		"a project that AWS reserves":     {replaced("project: fmp-mcp", "project: internal-tools"), "AWS reserves names that begin with internal-"},
		"an environment with hyphen":      {replaced("environment: dev", "environment: pre-prod"), `"pre-prod" is not an environment name`},
		"an unknown backend":              {replaced("environment: dev", "environment: dev\nstate: {backend: gcs}"), `state.backend: "gcs" is not allowed`},
		"S3 without bucket":               {replaced("environment: dev", "environment: dev\nstate: {backend: s3, region: eu-west-1}"), "state.bucket: is missing"},
		"S3 without region":               {replaced("environment: dev", "environment: dev\nstate: {backend: s3, bucket: abc}"), "state.region: is missing"},
		"a bucket without S3":             {replaced("environment: dev", "environment: dev\nstate: {bucket: abc}"), "state.bucket: belongs to the s3 backend"},
		"a bucket with dots":              {replaced("environment: dev", "environment: dev\nstate: {backend: s3, region: eu-west-1, bucket: a..b}"), "has two dots in a row"},
		"a KMS key that is none":          {replaced("environment: dev", "environment: dev\nstate: {backend: s3, region: eu-west-1, bucket: abc, kms_key: secret}"), `"secret" is not a KMS key`},
		"an image in capitals":            {replaced("ghcr.io/cdtait", "ghcr.io/CDTait"), "is not an image reference: invalid reference format: repository name"},
		"an image with a space":           {replaced("server:latest", "server: latest"), "not"},
		"an expression as image":          {replaced("ghcr.io/cdtait/fmp-mcp-server:latest", `"${file(x)}"`), "is not an image reference"},
		"an image in China":               {replaced("ghcr.io/cdtait/fmp-mcp-server:latest", "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/a:1"), "regions.yaml:4:22: defaults.container.image: is in ECR in cn-north-1, from where no commercial region may pull"},
		"an image in GovCloud":            {replaced("ghcr.io/cdtait/fmp-mcp-server:latest", "123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com/a:1"), "is in ECR in us-gov-west-1"},
		"port 0":                          {inContainer("port: 0"), "0 is out of range; write 1 to 65535"},
		"port 65536":                      {inContainer("port: 65536"), "65536 is out of range"},
		"a port in quotes":                {inContainer(`port: "80"`), `"80" is not a whole number; write 80 without quotes`},
		"a port as a fraction":            {inContainer("port: 80.5"), "80.5 is not a whole number"},
		"a port in octal":                 {inContainer("port: 010"), "010 is not a whole number"},
		"a port beyond integers":          {inContainer("port: 99999999999999999999"), "is not a whole number"},
		"a port without value":            {inContainer("port: "), "has no value; write 8001, or leave the key out"},
		"cpu that Fargate lacks":          {inContainer("cpu: 1000"), "1000 is not allowed; write one of 256, 512, 1024"},
		"memory that does not fit":        {inContainer("cpu: 256, memory: 3072"), "Fargate has no task of 256 CPU units with 3072 MiB; with cpu: 256 write one of 512, 1024, 2048"},
		"memory between steps":            {inContainer("cpu: 8192, memory: 17000"), "with cpu: 8192 write one of 16384, 20480,"},
		"a variable's name":               {inContainer("environment: {A-B: x}"), `"A-B" is not a name for an environment variable`},
		"a variable without value":        {inContainer("environment: {A: }"), `has no value; write "" for an empty one`},
		"a list as variable":              {inContainer("environment: {A: [1]}"), "a list is not text"},
		"a variable in two places":        {inContainer("environment: {A: x}, secrets: {A: Y}"), "A is both a plain variable and a secret"},
		"a secret's key":                  {inContainer("secrets: {A: 'x:y'}"), `"x:y" is not a key of the JSON secret`},
		"too much environment":            {inContainer("environment: {A: " + strings.Repeat("x", 65000) + "}"), "a task definition has room for 64 KiB"},
		"a negative count":                {inRegion("service: {desired_count: -1}"), "-1 is out of range; write 0 to 5000 tasks"},
		"yes for true":                    {inRegion("load_balancer: {enabled: yes}"), `"yes" is not true or false; write true or false, without quotes`},
		"a number for true":               {inRegion("load_balancer: {enabled: 1}"), "1 is not true or false"},
		"listener port":                   {inRegion("load_balancer: {port: 70000}"), "70000 is out of range"},
		"idle timeout":                    {inRegion("load_balancer: {idle_timeout: 4001}"), "4001 is out of range; write 1 to 4000 seconds"},
		"deregistration delay":            {inRegion("load_balancer: {deregistration_delay: 3601}"), "write 0 to 3600 seconds"},
		"health check path":               {inRegion("load_balancer: {health_check: {path: health}}"), `"health" is not a path that starts with /`},
		"health check expression":         {inRegion("load_balancer: {health_check: {path: '/${x}'}}"), "is not a path that starts with /"},
		"an MCP path without slash":       {inRegion("mcp: {path: mcp}"), `regions.eu-west-1.mcp.path: "mcp" is not a path that starts with /, without a query; write /mcp`},
		"an MCP path that is empty":       {inRegion("mcp: {path: ''}"), "is not a path that starts with /"},
		"an MCP path with a query":        {inRegion("mcp: {path: '/mcp?x=1'}"), "is not a path that starts with /, without a query"},
		"an MCP path with a fragment":     {inRegion("mcp: {path: '/mcp#x'}"), "is not a path that starts with /"},
		"an MCP path with a space":        {inRegion("mcp: {path: '/m cp'}"), "is not a path that starts with /"},
		"an MCP path with a line break":   {inRegion(`mcp: {path: "/mcp\n"}`), "is not a path that starts with /"},
		"an MCP path that is no escape":   {inRegion("mcp: {path: '/100%'}"), "is not a path that starts with /"},
		"an MCP path beyond reason":       {inRegion("mcp: {path: /" + strings.Repeat("a", 256) + "}"), "is 257 characters long; write at most 256"},
		"a whole URL as MCP path":         {inRegion("mcp: {path: 'https://example.com/mcp'}"), "is not a path that starts with /"},
		"health check matcher":            {inRegion("load_balancer: {health_check: {matcher: '600'}}"), "is not HTTP status codes"},
		"health check interval":           {inRegion("load_balancer: {health_check: {interval: 4}}"), "4 is out of range; write 5 to 300 seconds"},
		"health check timeout":            {inRegion("load_balancer: {health_check: {interval: 5, timeout: 5}}"), "5 seconds is not shorter than the interval of 5"},
		"health check threshold":          {inRegion("load_balancer: {health_check: {healthy_threshold: 11}}"), "write 2 to 10 checks"},
		"stickiness":                      {inRegion("load_balancer: {stickiness: {duration: 0}}"), "write 1 to 604800 seconds"},
		"discovery TTL":                   {inRegion("discovery: {ttl: -1}"), "-1 is out of range"},
		"log retention":                   {inRegion("logs: {retention_days: 8}"), "8 is not allowed; write one of 0, 1, 3, 5, 7, 14"},
		"a domain without zone":           {inRegion("dns: {enabled: true, name: mcp}"), "dns.zone: is missing"},
		"a domain without name":           {inRegion("dns: {enabled: true, zone: example.com}"), "dns.name: is missing"},
		"a zone with final dot":           {inRegion("dns: {zone: example.com.}"), "is not a domain name; write the hosted zone's name in lower case, without a dot at the end"},
		"a name with underscore":          {inRegion("dns: {name: a_b}"), `"a_b" is not a DNS label`},
		"no block":                        {withNetwork("cidr: big"), `regions.yaml:6:31: regions.eu-west-1.network.cidr: "big" is not a CIDR block; write 10.0.0.0/16`},
		"an address as block":             {withNetwork("cidr: 10.0.0.0"), `"10.0.0.0" is not a CIDR block`},
		"host bits":                       {withNetwork("cidr: 10.0.0.1/16"), "10.0.0.1/16 has host bits; write 10.0.0.0/16"},
		"an IPv6 block":                   {withNetwork("cidr: 'fd00::/48'"), "fd00::/48 is not an IPv4 block"},
		"a block too large":               {withNetwork("cidr: 10.0.0.0/8"), "10.0.0.0/8 is a /8; AWS takes /16 to /28"},
		"a block too small":               {withNetwork("cidr: 10.0.0.0/29"), "AWS takes /16 to /28"},
		"a block without room":            {withNetwork("cidr: 10.0.0.0/19"), "10.0.0.0/19 has no room for 3 subnets of /20; write a block of /18 or larger, or name 3 subnets"},
		"a zone that is not there":        {withNetwork("cidr: 10.0.0.0/16, zones: [a, d]"), `regions.yaml:6:55: regions.eu-west-1.network.zones[1]: eu-west-1 has no zone "d"; write letters of a, b, c`},
		"another region's zone":           {withNetwork("cidr: 10.0.0.0/16, zones: [us-east-1a, b]"), `eu-west-1 has no zone "us-east-1a"`},
		"a client that is no block":       {inDefaults("  discovery: {clients: [10.0.0.0/16, everyone]}"), `discovery.clients[1]: "everyone" is neither an IPv4 block nor a security group's id; write 10.0.0.0/16 or sg-0123456789abcdef0`},
		"a client over IPv6":              {inDefaults("  discovery: {clients: [\"2001:db8::/32\"]}"), "is neither an IPv4 block nor a security group's id"},
		"a client with host bits":         {inDefaults("  discovery: {clients: [10.0.0.1/16]}"), "10.0.0.1/16 has host bits; write 10.0.0.0/16"},
		"a client twice":                  {inDefaults("  discovery: {clients: [10.0.0.0/16, 10.0.0.0/16]}"), "10.0.0.0/16 is named twice"},
		"everyone as a client":            {inDefaults("  discovery: {clients: [0.0.0.0/0]}"), "lets the whole internet in"},
		"clients without discovery":       {inDefaults("  discovery: {enabled: false, clients: [10.0.0.0/16]}"), "discovery.clients: belongs to discovery, which is off"},
		"a zone twice":                    {withNetwork("cidr: 10.0.0.0/16, zones: [a, eu-west-1a]"), "zone a is named twice"},
		"one zone":                        {withNetwork("cidr: 10.0.0.0/16, zones: [a]"), "a load balancer needs two zones; name two or more, such as [a, b, c]"},
		"no zones":                        {withNetwork("cidr: 10.0.0.0/16, zones: []"), "a load balancer needs two zones"},
		"zones as text":                   {withNetwork("cidr: 10.0.0.0/16, zones: a"), `"a" is not a list; write zones: [a, b, d]`},
		"too few subnets":                 {withNetwork("cidr: 10.0.0.0/16, subnets: [10.0.0.0/20]"), "1 subnets for the 3 zones a, b, c; write one a zone"},
		"a subnet outside":                {withNetwork("cidr: 10.0.0.0/16, zones: [a, b], subnets: [10.0.0.0/20, 10.1.0.0/20]"), "10.1.0.0/20 is not within 10.0.0.0/16"},
		"subnets that overlap":            {withNetwork("cidr: 10.0.0.0/16, zones: [a, b], subnets: [10.0.0.0/20, 10.0.8.0/21]"), "10.0.8.0/21 overlaps 10.0.0.0/20"},
		"a subnet too small":              {withNetwork("cidr: 10.0.0.0/24, zones: [a, b], subnets: [10.0.0.0/25, 10.0.0.128/28]"), "10.0.0.128/28 is too small for a load balancer; write a /27 or larger"},
		"a day":                           {inRegion("weekend: {days: [saturday]}"), `"saturday" is not allowed; did you mean sat?`},
		"an hour":                         {inRegion("weekend: {start_hour: 24}"), "24 is out of range; write 0 to 23"},
		"a window without length":         {inRegion("weekend: {start_hour: 6, end_hour: 6}"), "regions.yaml:6:80: regions.eu-west-1.weekend.end_hour: 6 is start_hour too"},
		"a window without days":           {inRegion("weekend: {days: []}"), "regions.yaml:6:61: regions.eu-west-1.weekend.days: names no day"},
		"a time zone nobody knows":        {inRegion("weekend: {timezone: Europe/Londn}"), "regions.eu-west-1.weekend.timezone:"},
		"the machine's time zone":         {inRegion("weekend: {timezone: Local}"), "regions.eu-west-1.weekend.timezone:"},
		"a date that is none":             {inRegion("weekend: {skip: [2026-02-30]}"), `regions.eu-west-1.weekend.skip[0]: "2026-02-30" is not a date; write year, month and day`},
		"a date in two lists":             {inRegion("weekend: {skip: [2026-12-26], extra: [2026-12-26]}"), "2026-12-26"},
		"a lead of a day":                 {inRegion("weekend: {lead_minutes: 1440}"), "1440 is out of range; write 0 to 720 minutes"},
	}
	for name, each := range cases {
		t.Run(name, func(t *testing.T) {
			fleet, _, err := Parse("regions.yaml", []byte(each.text))
			if err == nil || fleet != nil {
				t.Fatal("accepted")
			}
			if !strings.Contains(err.Error(), each.want) {
				t.Errorf("want %q in\n%v", each.want, err)
			}
			if !strings.HasPrefix(err.Error(), "regions.yaml:") {
				t.Errorf("no position in\n%v", err)
			}
		})
	}
}

func TestWhatIsProbablyNotMeantIsWarnedOf(t *testing.T) {
	cases := map[string]struct{ text, want string }{
		"a public block": {withNetwork("cidr: 172.32.0.0/16"), "regions.yaml:6:31: regions.eu-west-1.network.cidr: 172.32.0.0/16 is not a private block"},
		"regions that overlap": {minimal + "  us-east-1: {network: {cidr: 10.0.128.0/17}}\n",
			"regions.yaml:7:31: regions.us-east-1.network.cidr: 10.0.128.0/17 overlaps 10.0.0.0/16 of eu-west-1"},
		"HTTP on the port of HTTPS":          {inRegion("load_balancer: {port: 443}"), "regions.yaml:6:67: regions.eu-west-1.load_balancer.port: 443 is where clients expect TLS, but the listener speaks HTTP, so they fail; write 80"},
		"a health check of MCP":              {inRegion("load_balancer: {health_check: {path: /mcp}}"), "regions.eu-west-1.load_balancer.health_check.path: /mcp is where the server answers MCP, and there a plain GET is answered with 406, 405 or 400, not with 200; name a path that answers it with 200, such as /health, or write matcher: \"200,400,405,406\""},
		"a health check of MCP with a query": {inRegion("mcp: {path: /v1}, load_balancer: {health_check: {path: '/v1?health=1', matcher: 200-299}}"), "not with 200-299"},
		"two ports":                          {inContainer(`environment: {PORT: "9000", STATELESS: "true"}`), "is 9000 while container.port is 8001"},
		"a fleet that never wakes":           {inRegion("weekend: {enabled: true, active: false}"), "regions.yaml:5:1: regions: every region has weekend mode on and is not active, so none ever wakes"},
		"a domain without load balancer":     {inRegion("load_balancer: {enabled: false}, dns: {enabled: true, name: a, zone: example.com}"), "has no effect, as the region has no load balancer"},
	}
	for name, each := range cases {
		t.Run(name, func(t *testing.T) {
			text := each.text
			if !strings.Contains(text, "environment: {") {
				text = stateless(text)
			}
			_, warnings := fleetOf(t, text)
			if len(warnings) != 1 || !strings.Contains(warnings.Error(), each.want) {
				t.Errorf("want one warning with %q, got\n%v", each.want, warnings)
			}
		})
	}
}

func TestWhatIsFineIsNotWarnedOf(t *testing.T) {
	for name, text := range map[string]string{
		"a carrier's block":                          withNetwork("cidr: 100.64.0.0/16"),
		"HTTP on another port":                       inRegion("load_balancer: {port: 8443}"),
		"port 443 of no listener":                    inRegion("load_balancer: {enabled: false, port: 443}"),
		"a health check of MCP that takes a 406":     inRegion("load_balancer: {health_check: {path: /mcp, matcher: '200,400,405,406'}}"),
		"a health check of MCP that nobody makes":    inRegion("load_balancer: {enabled: false, health_check: {path: /mcp}}"),
		"a health check beside the server's path":    inRegion("mcp: {path: /sse}, load_balancer: {health_check: {path: /mcp}}"),
		"a path with an escape and a trailing slash": inRegion("mcp: {path: /a%2Fb/}"),
	} {
		t.Run(name, func(t *testing.T) {
			if _, warnings := fleetOf(t, stateless(text)); len(warnings) != 0 {
				t.Errorf("warnings:\n%v", warnings)
			}
		})
	}
}

func TestAMistakeInTheDefaultsIsReportedOnce(t *testing.T) {
	text := strings.Replace(minimal, "{image", "{port: 0, image", 1) + "  us-east-1: {network: {cidr: 10.1.0.0/16}}\n"
	_, _, err := Parse("regions.yaml", []byte(text))
	problems, ok := errors.AsType[Problems](err)
	if !ok || len(problems) != 1 || problems[0].Path != "defaults.container.port" {
		t.Errorf("got\n%v", err)
	}
}

func TestAliasesAreRefusedWithoutExpandingThem(t *testing.T) {
	bomb := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for letter := 'b'; letter <= 'z'; letter++ {
		bomb += string(letter) + ": &" + string(letter) + " [" + strings.Repeat("*"+string(letter-1)+",", 9) + "]\n"
	}
	_, _, err := Parse("regions.yaml", []byte(bomb))
	if err == nil || !strings.Contains(err.Error(), "the alias *a is not supported") || !strings.Contains(err.Error(), "… and ") {
		t.Errorf("got %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(minimal))
	for _, file := range []string{"testdata/mistakes.yaml", "../regions.yaml", "../examples/custom-domain.yaml", "../testdata/fleets/awkward.yaml"} {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		fleet, _, err := Parse("regions.yaml", text)
		if (fleet == nil) == (err == nil) {
			t.Error("neither a fleet nor an error, or both")
		}
		if err != nil && err.Error() == "" {
			t.Error("an error without words")
		}
	})
}

func TestDiscoveryIsOpenToTheVPCWhereItIsTheOnlyWayIn(t *testing.T) {
	for settings, want := range map[string][]string{
		"load_balancer: {enabled: true}":                                               nil,
		"load_balancer: {enabled: false}":                                              {"10.0.0.0/16"},
		"load_balancer: {enabled: false}, discovery: {clients: []}":                    {},
		"load_balancer: {enabled: false}, discovery: {enabled: false}":                 nil,
		"load_balancer: {enabled: true}, discovery: {clients: [sg-0123456789abcdef0]}": {"sg-0123456789abcdef0"},
	} {
		fleet, _ := fleetOf(t, inRegion(settings))
		if difference := cmp.Diff(want, fleet.Regions[0].Discovery.Clients); difference != "" {
			t.Errorf("%s (- want, + got)\n%s", settings, difference)
		}
	}
}
