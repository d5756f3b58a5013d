package config

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cdtait/mcpfleet/internal/golden"
)

// minimal is a valid fleet file. The tests change a line of it.
const minimal = `project: fmp-mcp
environment: dev
defaults:
  container: {image: ghcr.io/cdtait/fmp-mcp-server:latest}
regions:
  eu-west-1: {network: {cidr: 10.0.0.0/16}}
`

// mustParse leaves out the warning about HTTPS, because few of the tests' fleets have a domain.
func mustParse(t *testing.T, text string) (*Fleet, Problems) {
	t.Helper()
	fleet, warnings, err := Parse("regions.yaml", []byte(text))
	if err != nil {
		t.Fatalf("Parse failed:\n%v", err)
	}
	return fleet, slices.DeleteFunc(warnings, func(warning Problem) bool { return strings.Contains(warning.Message, unencrypted) })
}

// saturdays lists Saturdays of 2027 and later.
func saturdays(count int) string {
	var dates []string
	for i := range count {
		dates = append(dates, time.Date(2027, time.January, 2+7*i, 0, 0, 0, 0, time.UTC).Format(`"2006-01-02"`))
	}
	return strings.Join(dates, ", ")
}

// key returns the ARN of a KMS key in a region.
func key(region string) string {
	return "arn:aws:kms:" + region + ":123456789012:key/12345678-90ab-cdef-1234-567890abcdef"
}

func TestDefaults(t *testing.T) {
	fleet, warnings := mustParse(t, withStateless(minimal))
	if len(warnings) != 0 {
		t.Errorf("warnings:\n%v", warnings)
	}
	want := Settings{
		Container: Container{
			ContainerDefinition: ContainerDefinition{
				Image: "ghcr.io/cdtait/fmp-mcp-server:latest", StopTimeout: 30, Environment: map[string]string{"STATELESS": "true"},
				Init: true, ReadOnly: true, TmpSize: 64, Ulimits: Ulimits{NoFile: 65535}, HealthCheck: ContainerHealthCheck{Interval: 30, Timeout: 5, Retries: 3},
			},
			Architecture: "x86_64", Port: 8001, CPU: 1024, Memory: 3072, EphemeralStorage: 20,
		},
		MCP:        MCP{Path: "/mcp"},
		FileSystem: FileSystem{Backup: true},
		Service: Service{
			DesiredCount: 2, Autoscaling: Autoscaling{Min: 2, Max: 10, ScaleOutCooldown: 300, ScaleInCooldown: 300}, Capacity: Capacity{Type: "fargate", SpotWeight: 1},
			AvailabilityZoneRebalancing: true, HealthCheckGracePeriod: 60,
			Deployment: Deployment{MinimumHealthyPercent: 100, MaximumPercent: 200, Alarms: DeploymentAlarms{Enabled: true, Rollback: true}},
		},
		Access: Access{CIDRs: []netip.Prefix{AnyIPv4}},
		Alarms: Alarms{ResponseTime: 5, ErrorPercent: 5},
		LoadBalancer: LoadBalancer{
			Enabled: true, Port: 80, HTTPS: HTTPS{Policy: "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"}, IdleTimeout: 300, DeregistrationDelay: 60, DropInvalidHeaderFields: true,
			HealthCheck: HealthCheck{Path: "/health", Matcher: "200", Interval: 30, Timeout: 5, HealthyThreshold: 2, UnhealthyThreshold: 3},
			Stickiness:  Stickiness{Duration: 86400},
		},
		WAF:       WAF{RateLimit: 2000},
		Network:   Network{CIDR: netip.MustParsePrefix("10.0.0.0/16"), Mode: "public", NAT: "single", FlowLogs: FlowLogs{RetentionDays: 7, Traffic: "all"}},
		Discovery: Discovery{Enabled: true, TTL: 60},
		Logs:      Logs{RetentionDays: 7, Access: AccessLogs{RetentionDays: 7}},
		Weekend:   Weekend{Days: []string{"sat", "sun"}, StartHour: 6, EndHour: 22, Timezone: "UTC", Active: true, LeadMinutes: 15, WakeFor: 30, WakeHours: WakeHours{EndHour: 24}, WakeBudget: 20},
	}
	if difference := cmp.Diff(want, fleet.Regions[0].Settings, cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })); difference != "" {
		t.Errorf("settings (- want, + got)\n%s", difference)
	}
	if fleet.State != (State{Backend: "local"}) {
		t.Errorf("state is %+v", fleet.State)
	}
}

// blocks returns a list of different CIDR blocks.
func blocks(count int) string {
	list := make([]string, count)
	for i := range list {
		list[i] = fmt.Sprintf("203.0.%d.0/24", i)
	}
	return strings.Join(list, ", ")
}

func TestRegionOverridesDefaultsByKey(t *testing.T) {
	fleet, _ := mustParse(t, `
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
		t.Errorf("desired_count is not inherited: %d", ireland.Service.DesiredCount)
	}
}

func TestDefaultSubnetsAndZones(t *testing.T) {
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
		fleet, _ := mustParse(t, strings.Replace(minimal, "eu-west-1: {network: {cidr: 10.0.0.0/16}}", region, 1))
		var got []string
		for _, subnet := range fleet.Regions[0].Subnets {
			got = append(got, subnet.Zone+" "+subnet.CIDR.String())
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("%s\ngot  %s\nwant %s", region, strings.Join(got, ", "), want)
		}
	}
}

func TestExistingVPC(t *testing.T) {
	without := func(text string) string {
		return strings.Replace(text, "}}}", "}}, load_balancer: {enabled: false}, discovery: {clients: []}}", 1)
	}
	for name, each := range map[string]struct {
		text, tasks  string
		loadBalancer int
	}{
		"tasks beside the load balancer": {inVPC("public_subnets: [subnet-0000000a, subnet-0000000b]"), "subnet-0000000a subnet-0000000b", 2},
		"tasks elsewhere":                {inVPC("public_subnets: [subnet-0000000a, subnet-0000000b], task_subnets: [subnet-0000000c]"), "subnet-0000000c", 2},
		"no load balancer":               {without(inVPC("task_subnets: [subnet-0000000c]")), "subnet-0000000c", 0},
		"one public subnet":              {without(inVPC("public_subnets: [subnet-0000000a]")), "subnet-0000000a", 1},
		"long IDs":                       {strings.ReplaceAll(inVPC("public_subnets: [subnet-0a1b2c3d, subnet-0000000b]"), "0a1b2c3d", "0123456789abcdef0"), "subnet-0123456789abcdef0 subnet-0000000b", 2},
	} {
		t.Run(name, func(t *testing.T) {
			fleet, warnings := mustParse(t, withStateless(each.text))
			if len(warnings) > 0 {
				t.Errorf("warnings:\n%v", warnings)
			}
			region := fleet.Regions[0]
			if !region.HasExistingVPC() || region.LoadBalancerSubnets() != each.loadBalancer || len(region.Subnets) > 0 {
				t.Errorf("got %+v with %d subnets of the load balancer", region.Network, region.LoadBalancerSubnets())
			}
			if got := strings.Join(region.Network.Existing.TaskSubnets, " "); got != each.tasks {
				t.Errorf("the tasks are in %s, want %s", got, each.tasks)
			}
		})
	}
}

func TestFlowLogsAreKeptLikeLogs(t *testing.T) {
	for keys, want := range map[string]FlowLogs{
		"flow_logs: true": {Enabled: true, RetentionDays: 30, Traffic: "all"},
		"flow_logs: {enabled: true, retention_days: 0}":                                            {Enabled: true, RetentionDays: 0, Traffic: "all"},
		"flow_logs: {enabled: true, retention_days: 365}":                                          {Enabled: true, RetentionDays: 365, Traffic: "all"},
		"flow_logs: {traffic: reject}":                                                             {RetentionDays: 30, Traffic: "reject"},
		"existing: {vpc_id: vpc-0a1b2c3d, public_subnets: " + subnetIDs(2) + "}, flow_logs: false": {RetentionDays: 30, Traffic: "all"},
	} {
		if !strings.HasPrefix(keys, "existing") {
			keys = "cidr: 10.0.0.0/16, " + keys
		}
		fleet, _ := mustParse(t, strings.Replace(withNetwork(keys), "{network:", "{logs: {retention_days: 30}, network:", 1))
		if got := fleet.Regions[0].Network.FlowLogs; got != want {
			t.Errorf("%s: got %+v, want %+v", keys, got, want)
		}
	}
}

func TestAccessLogsAreKeptLikeLogs(t *testing.T) {
	for keys, want := range map[string]AccessLogs{
		"access: true":  {Enabled: new(true), RetentionDays: 30},
		"access: false": {Enabled: new(false), RetentionDays: 30},
		"access: {enabled: true, retention_days: 0}":  {Enabled: new(true), RetentionDays: 0},
		"access: {enabled: true, retention_days: 45}": {Enabled: new(true), RetentionDays: 45},
		"kms_key: '" + key("eu-west-1") + "'":         {RetentionDays: 30},
	} {
		fleet, _ := mustParse(t, withStateless(inRegion("logs: {retention_days: 30, "+keys+"}")))
		if difference := cmp.Diff(want, fleet.Regions[0].Logs.Access); difference != "" {
			t.Errorf("%s (- want, + got)\n%s", keys, difference)
		}
	}
}

// TestExecMayBeOffOrUnset holds that the two differ, and that one writable container is enough for it to be on.
func TestExecMayBeOffOrUnset(t *testing.T) {
	for keys, want := range map[string]*bool{
		"logs: {retention_days: 30}":                        nil,
		"logs: {exec: false}":                               new(false),
		"logs: {exec: true}, container: {read_only: false}": new(true),
		"logs: {exec: true}, container: {sidecars: [{name: shell, image: a/b, read_only: false}]}": new(true),
	} {
		fleet, _ := mustParse(t, withStateless(inRegion(keys)))
		logs := fleet.Regions[0].Logs
		if difference := cmp.Diff(want, logs.Exec); difference != "" || logs.ExecEnabled() != (want != nil && *want) {
			t.Errorf("%s (- want, + got), enabled: %t\n%s", keys, logs.ExecEnabled(), difference)
		}
	}
}

func TestLoadReportsAllMistakes(t *testing.T) {
	_, _, err := Load("testdata/mistakes.yaml")
	if err == nil {
		t.Fatal("accepted")
	}
	golden.Compare(t, "testdata/mistakes.txt", []byte(err.Error()+"\n"))
}

// replaced returns minimal with one string replaced by another.
func replaced(old, new string) string {
	if !strings.Contains(minimal, old) {
		panic(old)
	}
	return strings.Replace(minimal, old, new, 1)
}

// inVPC returns minimal with its region in an existing VPC.
func inVPC(subnets string) string {
	return withNetwork("existing: {vpc_id: vpc-0a1b2c3d, " + subnets + "}")
}

// inVPCWith is inVPC with another key of the network.
func inVPCWith(key, subnets string) string {
	return withNetwork(key + ", existing: {vpc_id: vpc-0a1b2c3d, public_subnets: " + subnets + "}")
}

// subnetIDs returns a list of different subnet IDs.
func subnetIDs(count int) string {
	list := make([]string, count)
	for i := range list {
		list[i] = fmt.Sprintf("subnet-%08x", i)
	}
	return "[" + strings.Join(list, ", ") + "]"
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

// waking begins the keys of a region that requests wake.
const waking = "access: {paths: [/mcp]}, weekend: {enabled: true, wake_on_request: true"

func withNetwork(keys string) string {
	return replaced("{cidr: 10.0.0.0/16}", "{"+keys+"}")
}

// withStateless declares the server of a fleet file stateless, to avoid the warning about sessions.
func withStateless(text string) string {
	return strings.Replace(text, "server:latest", `server:latest, environment: {STATELESS: "true"}`, 1)
}

func TestParseRejectsInvalidFleets(t *testing.T) {
	cases := map[string]struct{ text, want string }{
		"empty file":                        {"", "regions.yaml:1:1: is empty"},
		"only a comment":                    {"# nothing\n", "regions.yaml:1:1: is empty"},
		"null":                              {"~", "regions.yaml:1:1: is empty"},
		"top-level list":                    {"- a", "regions.yaml:1:1: a list is not a map"},
		"top-level string":                  {"hello", `regions.yaml:1:1: "hello" is not a map`},
		"invalid YAML":                      {"project: fmp-mcp\n  environment: dev\n", "regions.yaml:2:3: not valid YAML: mapping values are not allowed in this context"},
		"unclosed quote":                    {"project: \"fmp\nregions: {}\n", "not valid YAML"},
		"tabs":                              {"project: fmp-mcp\ndefaults:\n\tservice: {}\n", "regions.yaml:3:2: not valid YAML: found character that cannot start any token"},
		"control characters":                {"project: \x01\n", "not valid YAML: control characters are not allowed"},
		"two documents":                     {minimal + "---\nproject: x\n", "a second YAML document starts here; put each fleet in its own file"},
		"an alias":                          {replaced("environment: dev", "environment: &e dev") + "x: *e\n", "the alias *e is not supported; put shared settings under defaults"},
		"a merge key":                       {replaced("environment: dev", "<<: {environment: dev}"), "a key must be a plain string"},
		"list as key":                       {replaced("environment: dev", "? [a]\n: b"), "a key must be a plain string"},
		"duplicate key":                     {replaced("environment: dev", "environment: dev\nenvironment: prod"), "regions.yaml:3:1: environment: is set twice, first on line 2; remove one of the two"},
		"a typo":                            {inDefaults("  servce: {desired_count: 1}"), "regions.yaml:5:3: defaults.servce: is not a known key; did you mean service?"},
		"unknown key":                       {replaced("environment: dev", "environment: dev\nterraform: {}"), "terraform: is not a known key; use one of project, environment, state, bootstrap, defaults, regions"},
		"no project":                        {replaced("project: fmp-mcp\n", ""), "regions.yaml:1:1: project: is missing; add project: fmp-mcp"},
		"no image":                          {replaced("  container: {image: ghcr.io/cdtait/fmp-mcp-server:latest}\n", "  logs: {}\n"), "regions.yaml:6:14: regions.eu-west-1.container.image: is missing; add image: ghcr.io/"},
		"no regions":                        {replaced("  eu-west-1: {network: {cidr: 10.0.0.0/16}}\n", ""), "regions: lists no region"},
		"no regions key":                    {replaced("regions:\n  eu-west-1: {network: {cidr: 10.0.0.0/16}}\n", ""), "regions: is missing; add regions: {eu-west-1:"},
		"list of regions":                   {replaced("  eu-west-1: {network: {cidr: 10.0.0.0/16}}\n", "  - eu-west-1\n"), "regions: a list is not a map"},
		"string as region":                  {replaced("{network: {cidr: 10.0.0.0/16}}", "yes"), `regions.yaml:6:14: regions.eu-west-1: "yes" is not a map`},
		"region without CIDR block":         {replaced("{network: {cidr: 10.0.0.0/16}}", ""), "regions.yaml:6:3: regions.eu-west-1.network.cidr: is missing; add cidr: 10.0.0.0/16"},
		"an unknown region":                 {replaced("eu-west-1", "eu-wset-1"), `regions.yaml:6:3: regions.eu-wset-1: "eu-wset-1" is not a commercial AWS region; did you mean eu-west-1?`},
		"a GovCloud region":                 {replaced("eu-west-1", "us-gov-west-1"), "is not a commercial AWS region"},
		"upper-case project":                {replaced("project: fmp-mcp", "project: FMP"), `"FMP" is not a project name`},
		"a project that ends in a hyphen":   {replaced("project: fmp-mcp", "project: fmp-"), "is not a project name"},
		"a project that is a number":        {replaced("project: fmp-mcp", "project: 12"), `12 is not a string; put it in quotes: "12"`},
		"a project of 33 characters":        {replaced("project: fmp-mcp", "project: "+strings.Repeat("a", 33)), "is 33 characters long; use at most 32"},
		"a project that AWS reserves":       {replaced("project: fmp-mcp", "project: internal-tools"), "AWS reserves names that begin with internal-"},
		"an environment with hyphen":        {replaced("environment: dev", "environment: pre-prod"), `"pre-prod" is not an environment name`},
		"an unknown backend":                {replaced("environment: dev", "environment: dev\nstate: {backend: gcs}"), `state.backend: "gcs" is not allowed`},
		"S3 without bucket":                 {replaced("environment: dev", "environment: dev\nstate: {backend: s3, region: eu-west-1}"), "state.bucket: is missing"},
		"S3 without region":                 {replaced("environment: dev", "environment: dev\nstate: {backend: s3, bucket: abc}"), "state.region: is missing"},
		"a bucket without S3":               {replaced("environment: dev", "environment: dev\nstate: {bucket: abc}"), "state.bucket: applies only to the s3 backend"},
		"a bucket with dots":                {replaced("environment: dev", "environment: dev\nstate: {backend: s3, region: eu-west-1, bucket: a..b}"), "has two dots in a row"},
		"invalid KMS key":                   {replaced("environment: dev", "environment: dev\nstate: {backend: s3, region: eu-west-1, bucket: abc, kms_key: secret}"), `"secret" is not a KMS key`},
		"upper-case image":                  {replaced("ghcr.io/cdtait", "ghcr.io/CDTait"), "is not a valid image reference: invalid reference format: repository name"},
		"an image with a space":             {replaced("server:latest", "server: latest"), "not"},
		"an expression as image":            {replaced("ghcr.io/cdtait/fmp-mcp-server:latest", `"${file(x)}"`), "is not a valid image reference"},
		"an image in China":                 {replaced("ghcr.io/cdtait/fmp-mcp-server:latest", "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/a:1"), "regions.yaml:4:22: defaults.container.image: is in ECR in cn-north-1, which commercial regions cannot pull from"},
		"an image in GovCloud":              {replaced("ghcr.io/cdtait/fmp-mcp-server:latest", "123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com/a:1"), "is in ECR in us-gov-west-1"},
		"port 0":                            {inContainer("port: 0"), "0 is out of range; use a value from 1 to 65535"},
		"port 65536":                        {inContainer("port: 65536"), "65536 is out of range"},
		"a port in quotes":                  {inContainer(`port: "80"`), `"80" is not a whole number; use 80 without quotes`},
		"a port as a fraction":              {inContainer("port: 80.5"), "80.5 is not a whole number"},
		"a port in octal":                   {inContainer("port: 010"), "010 is not a whole number"},
		"port out of integer range":         {inContainer("port: 99999999999999999999"), "is not a whole number"},
		"a port without value":              {inContainer("port: "), "has no value; use a value such as 8001, or remove the key"},
		"unsupported cpu":                   {inContainer("cpu: 1000"), "1000 is not allowed; use one of 256, 512, 1024"},
		"private tasks with the balancer":   {withNetwork("mode: private, existing: {vpc_id: vpc-11111111, public_subnets: [subnet-11111111, subnet-22222222]}"), "regions.yaml:6:50: regions.eu-west-1.network.existing.task_subnets: is missing, so the tasks would share subnets with a route to an internet gateway"},
		"private tasks among the balancer":  {withNetwork("mode: private, existing: {vpc_id: vpc-11111111, public_subnets: [subnet-11111111, subnet-22222222], task_subnets: [subnet-33333333, subnet-22222222]}"), "network.existing.task_subnets[1]: subnet-22222222 is also the load balancer's, so the tasks would share subnets"},
		"an existing VPC as a string":       {withNetwork("existing: vpc-11111111"), `regions.yaml:6:35: regions.eu-west-1.network.existing: "vpc-11111111" is not a map; indent its keys below it`},
		"a list without items":              {inContainer("command: "), "regions.yaml:4:69: defaults.container.command: has no value; use a list such as [--port, \"8001\"], or remove the key"},
		"an external secret of nothing":     {inContainer("external_secrets: {A: {}}"), "defaults.container.external_secrets.A: names neither a secret nor a parameter; add secret_arn: <ARN of a secret>, or parameter: </name of a parameter>"},
		"an external secret of two":         {inContainer("external_secrets: {A: {parameter: /a, secret_arn: \"arn:aws:secretsmanager:eu-west-1:123456789012:secret:a-AbCdEf\"}}"), "external_secrets.A: names a secret and a parameter; remove one of"},
		"an external secret elsewhere":      {inContainer("external_secrets: {A: {secret_arn: \"arn:aws:secretsmanager:eu-west-2:123456789012:secret:a-AbCdEf\"}}"), "regions.yaml:4:95: defaults.container.external_secrets.A.secret_arn: the secret is in eu-west-2, but eu-west-1 needs one in its own region"},
		"a key of a parameter":              {inContainer("external_secrets: {A: {parameter: /a, key: b}}"), "external_secrets.A.key: applies only to secrets; remove it"},
		"a version of a parameter":          {inContainer("external_secrets: {A: {parameter: /a, version: 9d4cb84b-ad69-40c0-a0ab-cead36b967e8}}"), "external_secrets.A.version: applies only to secrets"},
		"a parameter without a slash":       {inContainer("external_secrets: {A: {parameter: a}}"), `external_secrets.A.parameter: "a" is not the name of a parameter that begins with /`},
		"an external secret as a string":    {inContainer("external_secrets: {A: /a}"), `external_secrets.A: "/a" is not a map`},
		"a typo in an external secret":      {inContainer("external_secrets: {A: {paramter: /a}}"), "external_secrets.A.paramter: is not a known key; did you mean parameter?"},
		"a secret from two places":          {inContainer("secrets: {A: B}, external_secrets: {A: {parameter: /a}}"), "external_secrets.A: A is in both secrets and external_secrets; remove it from one of them"},
		"external secrets by bad names":     {inContainer("external_secrets: {a-b: {parameter: /a}}"), `external_secrets.a-b: "a-b" is not a valid environment variable name`},
		"external secrets as a list":        {inContainer("external_secrets: [A]"), "external_secrets: a list is not a map; indent <name>: <value> pairs below it"},
		"a registry login for ECR":          {inRegion("container: {image: \"123456789012.dkr.ecr.eu-west-1.amazonaws.com/a:1\", pull_secret_arn: \"arn:aws:secretsmanager:eu-west-1:123456789012:secret:a-AbCdEf\"}"), "regions.eu-west-1.container.pull_secret_arn: the image is in ECR, which needs no login; remove it"},
		"a registry login elsewhere":        {inContainer("pull_secret_arn: \"arn:aws:secretsmanager:eu-west-2:123456789012:secret:a-AbCdEf\""), "container.pull_secret_arn: the secret is in eu-west-2, but eu-west-1 needs one in its own region; set regions.eu-west-1.container.pull_secret_arn to a secret in eu-west-1"},
		"a registry login by name":          {inContainer("pull_secret_arn: registry-login"), `"registry-login" is not the ARN of a secret in AWS Secrets Manager; use a value such as arn:aws:secretsmanager:eu-west-1:`},
		"a minimum above the maximum":       {inDefaults("  service: {autoscaling: {enabled: true, min: 4, max: 3}}"), "regions.yaml:5:47: defaults.service.autoscaling.min: 4 is more than max, which is 3; use a minimum that is not above the maximum"},
		"more hours on request than may":    {inRegion("access: {paths: [/mcp]}, weekend: {enabled: true, wake_on_request: true}, usage: {wake_hours: 20.5}"), "regions.eu-west-1.usage.wake_hours: 20.5 is more than weekend.wake_budget, which is 20; use at most 20, or raise weekend.wake_budget"},
		"a minimum of no tasks":             {inDefaults("  service: {autoscaling: {enabled: true, min: 0}}"), "defaults.service.autoscaling.min: 0 is out of range; use a value from 1 to 5000 tasks"},
		"a target above 100 percent":        {inDefaults("  service: {autoscaling: {enabled: true, targets: {cpu: 120}}}"), "autoscaling.targets.cpu: 120 is out of range; use a value from 0 to 100 percent"},
		"a target as a number":              {inDefaults("  service: {autoscaling: {enabled: true, targets: 60}}"), "autoscaling.targets: 60 is not a map"},
		"an architecture of Docker":         {inContainer("architecture: amd64"), `"amd64" is not allowed; did you mean x86_64? Or use one of x86_64, arm64`},
		"an architecture of uname":          {inContainer("architecture: aarch64"), `"aarch64" is not allowed; did you mean arm64?`},
		"an architecture in upper case":     {inContainer("architecture: X86_64"), `"X86_64" is not allowed; did you mean x86_64?`},
		"capacity in upper case":            {inRegion("service: {capacity: Spot}"), `regions.yaml:6:65: regions.eu-west-1.service.capacity: "Spot" is not allowed; did you mean spot? Or use one of fargate, spot, mixed`},
		"capacity in defaults":              {inDefaults("  service: {capacity: on-demand}"), `regions.yaml:5:23: defaults.service.capacity: "on-demand" is not allowed; did you mean fargate? Or use one of fargate, spot, mixed`},
		"capacity as a provider":            {inRegion("service: {capacity: FARGATE_SPOT}"), `service.capacity: "FARGATE_SPOT" is not allowed; did you mean spot? Or use`},
		"capacity as a switch":              {inRegion("service: {capacity: true}"), `service.capacity: true is not a map; indent its keys below it, or use fargate, spot or mixed`},
		"capacity as a list":                {inRegion("service: {capacity: [spot]}"), `service.capacity: a list is not a map`},
		"a negative base":                   {inRegion("service: {capacity: {base: -1}}"), "service.capacity.base: -1 is out of range; use a value from 0 to 5000 tasks"},
		"a Spot weight of zero":             {inRegion("service: {capacity: {base: 1, spot_weight: 0}}"), "service.capacity.spot_weight: 0 is out of range; use a value from 1 to 1000 tasks"},
		"a weight of Fargate":               {inRegion("service: {capacity: {base: 1, weight: 3}}"), "service.capacity.weight: is not a known key; use one of type, base, spot_weight"},
		"a base of Spot alone":              {inRegion("service: {capacity: {type: spot, base: 1}}"), "service.capacity.base: applies only to mixed capacity; remove it, or remove type: spot"},
		"a stop timeout above Fargate's":    {inContainer("stop_timeout: 121"), "121 is out of range; use a value from 2 to 120 seconds"},
		"a stop timeout below Fargate's":    {inContainer("stop_timeout: 1"), "1 is out of range; use a value from 2 to 120 seconds"},
		"a command as text":                 {inContainer("command: --port 8001"), `"--port 8001" is not a list; use command: [--port, "8001"]`},
		"a number as argument":              {inContainer("command: [--port, 8001]"), `container.command[1]: 8001 is not a string; put it in quotes: "8001"`},
		"a nested command":                  {inContainer("command: [[a]]"), "container.command[0]: a list is not a single value"},
		"an entry point of nothing":         {inContainer(`entrypoint: ["", a]`), "regions.yaml:4:73: defaults.container.entrypoint[0]: is empty; begin the list with a program, such as /app/server"},
		"a health check of nothing":         {inContainer(`health_check: {command: [""]}`), "container.health_check.command[0]: is empty; begin the list with a program"},
		"a health check of Compose":         {inContainer("health_check: {command: [CMD, curl]}"), "container.health_check.command[0]: CMD is not a program; begin the list with the program, without CMD"},
		"a health check in a shell":         {inContainer("health_check: {command: [CMD-SHELL, 'a || b']}"), "container.health_check.command[0]: CMD-SHELL is not a program; name the image's shell, such as [/bin/sh, -c, "},
		"a switched-off health check":       {inContainer("health_check: {command: [NONE]}"), "NONE is not a program"},
		"a health check as text":            {inContainer("health_check: curl"), `container.health_check: "curl" is not a map; indent its keys below it`},
		"a health check every second":       {inContainer("health_check: {command: [a], interval: 4}"), "container.health_check.interval: 4 is out of range; use a value from 5 to 300 seconds"},
		"a health check over a minute":      {inContainer("health_check: {command: [a], timeout: 61}"), "container.health_check.timeout: 61 is out of range; use a value from 2 to 60 seconds"},
		"a health check without a retry":    {inContainer("health_check: {command: [a], retries: 0}"), "container.health_check.retries: 0 is out of range; use a value from 1 to 10 checks"},
		"a long start period":               {inContainer("health_check: {command: [a], start_period: 301}"), "container.health_check.start_period: 301 is out of range; use a value from 0 to 300 seconds"},
		"a user as a number":                {inContainer("user: 1000"), `container.user: 1000 is not a string; put it in quotes: "1000"`},
		"a user with a space":               {inContainer("user: my user"), `container.user: "my user" is not a user, or a user and a group, by name or number; use a value such as "1000:1000"`},
		"a user of two groups":              {inContainer("user: 'a:b:c'"), `"a:b:c" is not a user, or a user and a group`},
		"a negative user":                   {inContainer("user: '-1'"), `"-1" is not a user, or a user and a group`},
		"root by name":                      {inContainer("user: root"), `regions.yaml:4:66: defaults.container.user: "root" is root; use a user without privileges, such as "1000", or set allow_root: true if the image needs root`},
		"root by number":                    {inContainer(`user: "0"`), `container.user: "0" is root`},
		"root by several zeros":             {inContainer(`user: "00"`), `container.user: "00" is root`},
		"root with its group":               {inContainer("user: 0:0"), `container.user: "0:0" is root`},
		"root with another group":           {inContainer("user: 0:1000"), `container.user: "0:1000" is root`},
		"root with a group's name":          {inContainer("user: root:staff"), `container.user: "root:staff" is root`},
		"root in a region":                  {inRegion("container: {user: root}"), `regions.eu-west-1.container.user: "root" is root`},
		"a relative directory":              {inContainer("working_directory: app"), `container.working_directory: "app" is not an absolute path; use a value such as /app`},
		"a directory on Windows":            {inContainer(`working_directory: 'C:\app'`), "is not an absolute path"},
		"no open files":                     {inContainer("ulimits: {nofile: 0}"), "container.ulimits.nofile: 0 is out of range; use a value from 1 to 1048576 files"},
		"more open files than Linux":        {inContainer("ulimits: {nofile: 1048577}"), "1048577 is out of range"},
		"a limit that Fargate sets":         {inContainer("ulimits: {nproc: 100}"), "container.ulimits.nproc: is not a known key"},
		"a /tmp as large as the memory":     {inContainer("tmp_size: 3072"), "regions.yaml:4:70: defaults.container.tmp_size: 3072 MiB do not fit in a task with 3072 MiB of memory; use less, raise memory, or set tmp_size: 0"},
		"a /tmp larger than a region's":     {strings.Replace(inRegion("container: {cpu: 256, memory: 512}"), "server:latest", "server:latest, tmp_size: 512", 1), "512 MiB do not fit in a task with 512 MiB of memory"},
		"a negative /tmp":                   {inContainer("tmp_size: -1"), "-1 is out of range; use a value from 0 to 122880 MiB"},
		"a sidecar without a name":          {inContainer("sidecars: [{image: nginx}]"), "regions.yaml:4:71: defaults.container.sidecars[0].name: is missing; add name: proxy"},
		"a sidecar without an image":        {inContainer("sidecars: [{name: a}]"), "container.sidecars[0].image: is missing; add image: ghcr.io/"},
		"a sidecar as text":                 {inContainer("sidecars: [nginx]"), `container.sidecars[0]: "nginx" is not a map; use a list such as [{name: proxy, image: `},
		"a typo in a sidecar":               {inContainer("sidecars: [{name: a, image: nginx, esential: false}]"), "regions.yaml:4:95: defaults.container.sidecars[0].esential: is not a known key; did you mean essential?"},
		"a sidecar's image in upper case":   {inContainer("sidecars: [{name: a, image: Nginx}]"), `container.sidecars[0].image: "Nginx" is not a valid image reference`},
		"root in a sidecar":                 {inContainer("sidecars: [{name: a, image: nginx, user: root}]"), `container.sidecars[0].user: "root" is root`},
		"a sidecar's secret elsewhere":      {inContainer("sidecars: [{name: a, image: nginx, external_secrets: {A: {secret_arn: \"arn:aws:secretsmanager:eu-west-2:123456789012:secret:a-AbCdEf\"}}}]"), "container.sidecars[0].external_secrets.A.secret_arn: the secret is in eu-west-2"},
		"two sidecars of a name":            {inContainer("sidecars: [{name: a, image: nginx}, {name: a, image: nginx}]"), "container.sidecars[1].name: a is also the name of sidecars[0]"},
		"a sidecar named server":            {inContainer("sidecars: [{name: server, image: nginx}]"), `container.sidecars[0].name: "server" is the server's own container; use another name`},
		"a sidecar named as the project":    {inContainer("sidecars: [{name: fmp-mcp, image: nginx}]"), `container.sidecars[0].name: "fmp-mcp" is the server's own container`},
		"ten sidecars":                      {inContainer("sidecars: [" + strings.Repeat("{name: a, image: nginx},", 10) + "]"), "container.sidecars: lists 10 sidecars, but a task can have 9 beside the server; remove some of them"},
		"a sidecar on the server's port":    {inContainer("sidecars: [{name: a, image: nginx, port: 8001}]"), "container.sidecars[0].port: 8001 is the port of the server, and the containers of a task share its ports"},
		"sidecars on one port":              {inContainer("sidecars: [{name: a, image: nginx, port: 80}, {name: b, image: nginx, port: 80}]"), "container.sidecars[1].port: 80 is the port of a, and"},
		"ingress to nothing":                {inContainer("ingress: proxy"), "regions.yaml:4:69: defaults.container.ingress: the task has no sidecar; add the one that clients connect to in container.sidecars"},
		"ingress to another name":           {inContainer("ingress: prxy, sidecars: [{name: proxy, image: nginx, port: 80}]"), `container.ingress: "prxy" is not a sidecar; did you mean proxy?`},
		"ingress without a port":            {inContainer("ingress: a, sidecars: [{name: a, image: nginx}]"), "container.sidecars[0].port: is missing, but clients connect to a; add port: <the port that it listens on>"},
		"shares of all the CPU":             {inContainer("sidecars: [{name: a, image: nginx, cpu: 512}, {name: b, image: nginx, cpu: 512}]"), "regions.yaml:4:135: defaults.container.sidecars[1].cpu: the sidecars' shares add up to 1024 of the task's 1024 CPU units, which leaves the server none; use less, or raise container.cpu"},
		"limits of all the memory":          {inContainer("sidecars: [{name: a, image: nginx, memory: 3072}]"), "container.sidecars[0].memory: the sidecars' limits add up to 3072 of the task's 3072 MiB, which leaves the server none"},
		"a limit that is too small":         {inContainer("sidecars: [{name: a, image: nginx, tmp_size: 0, memory: 5}]"), "container.sidecars[0].memory: 5 MiB are less than a container can have; use at least 6, or 0 for no limit"},
		"a limit below /tmp":                {inContainer("sidecars: [{name: a, image: nginx, tmp_size: 64, memory: 64}]"), "container.sidecars[0].memory: 64 MiB do not hold the sidecar's /tmp of 64 MiB; raise memory, or lower tmp_size"},
		"/tmp of all containers":            {inContainer("tmp_size: 2048, sidecars: [{name: a, image: nginx, tmp_size: 1024}]"), "container.sidecars[0].tmp_size: 3072 MiB do not fit in a task with 3072 MiB of memory"},
		"a dependency on nothing":           {inContainer("depends_on: {prxy: start}, sidecars: [{name: proxy, image: nginx}]"), `container.depends_on.prxy: "prxy" is not a container of the task; did you mean proxy?`},
		"a condition of Compose":            {inContainer("depends_on: {a: service_healthy}, sidecars: [{name: a, image: nginx}]"), `container.depends_on.a: "service_healthy" is not allowed; use one of start, complete, success, healthy`},
		"a condition in upper case":         {inContainer("depends_on: {a: HEALTHY}, sidecars: [{name: a, image: nginx}]"), `container.depends_on.a: "HEALTHY" is not allowed; did you mean healthy?`},
		"dependencies as a list":            {inContainer("depends_on: [a], sidecars: [{name: a, image: nginx}]"), "container.depends_on: a list is not a map; indent <name>: <value> pairs below it"},
		"health of no check":                {inContainer("depends_on: {a: healthy}, sidecars: [{name: a, image: nginx}]"), "container.depends_on.a: a has no health check, so it never becomes healthy; add health_check: {command: [<program>]} to it, or use start"},
		"the end of an essential sidecar":   {inContainer("depends_on: {a: success}, sidecars: [{name: a, image: nginx}]"), "container.depends_on.a: a is essential, so the task would stop when it exits; set essential: false for it, or use start or healthy"},
		"the end of the server":             {inContainer("sidecars: [{name: a, image: nginx, depends_on: {server: complete}}]"), "container.sidecars[0].depends_on.server: server is essential, so the task would stop when it exits"},
		"a sidecar that waits for itself":   {inContainer("sidecars: [{name: a, image: nginx, depends_on: {a: start}}]"), "regions.yaml:4:111: defaults.container.sidecars[0].depends_on.a: the containers wait for each other: a -> a; remove one of these dependencies"},
		"containers that wait in a circle":  {inContainer("depends_on: {a: start}, sidecars: [{name: a, image: nginx, depends_on: {b: start}}, {name: b, image: nginx, depends_on: {server: start}}]"), "regions.yaml:4:76: defaults.container.depends_on.a: the containers wait for each other: server -> a -> b -> server"},
		"a circle beside the server":        {inContainer("depends_on: {a: start}, sidecars: [{name: a, image: nginx, depends_on: {b: start}}, {name: b, image: nginx, depends_on: {a: start}}]"), "container.sidecars[0].depends_on.b: the containers wait for each other: a -> b -> a"},
		"alarms and too many dates":         {inRegion("weekend: {enabled: true, skip: [" + saturdays(101) + "]}, alarms: {email: a@example.com}"), "weekend.skip: skip and extra have more dates than an alarm of CloudWatch can know; remove dates that have passed"},
		"alarms to a name":                  {inRegion("alarms: {email: oncall}"), `alarms.email: "oncall" is not an email address; use a value such as oncall@example.com`},
		"alarms to two addresses":           {inRegion("alarms: {email: 'a@example.com,b@example.com'}"), `is not an email address`},
		"alarms to a queue":                 {inRegion("alarms: {topic_arn: 'arn:aws:sqs:eu-west-1:123456789012:a'}"), "alarms.topic_arn: \"arn:aws:sqs:eu-west-1:123456789012:a\" is not the ARN of an SNS topic"},
		"alarms to a topic elsewhere":       {inRegion("alarms: {topic_arn: 'arn:aws:sns:eu-west-2:123456789012:a'}"), "alarms.topic_arn: the topic is in eu-west-2, but eu-west-1 needs one in its own region"},
		"alarms to an address and a topic":  {inRegion("alarms: {email: a@example.com, topic_arn: 'arn:aws:sns:eu-west-1:123456789012:a'}"), "alarms.email: has no effect beside topic_arn; subscribe the address to that topic and remove email"},
		"alarms of a list":                  {inRegion("alarms: [a@example.com]"), "alarms: a list is not a map"},
		"a negative budget":                 {inRegion("alarms: {email: a@example.com, budget: -1}"), "alarms.budget: -1 is not a number"},
		"a response time of nothing":        {inRegion("alarms: {email: a@example.com, response_time: 0}"), "alarms.response_time: 0 is out of range; use a value from 1 to 4000 seconds"},
		"more than all requests":            {inRegion("alarms: {email: a@example.com, error_percent: 101}"), "alarms.error_percent: 101 is out of range; use a value from 1 to 100 percent of requests"},
		"less disk than Fargate's":          {inContainer("ephemeral_storage: 19"), "container.ephemeral_storage: 19 is out of range; use a value from 20 to 200 GiB"},
		"more disk than Fargate's":          {inContainer("ephemeral_storage: 201"), "201 is out of range; use a value from 20 to 200 GiB"},
		"init as a path":                    {inContainer("init: /sbin/tini"), "is not true or false"},
		"too many words":                    {inContainer("command: [" + strings.Repeat("x", 65000) + "]"), "environment, secrets and commands add up to 65000 bytes; a task definition is limited to 64 KiB"},
		"memory too large for cpu":          {inContainer("cpu: 256, memory: 3072"), "Fargate does not support 256 CPU units with 3072 MiB of memory; with cpu: 256, use one of 512, 1024, 2048"},
		"memory between sizes":              {inContainer("cpu: 8192, memory: 17000"), "with cpu: 8192, use one of 16384, 20480,"},
		"variable name":                     {inContainer("environment: {A-B: x}"), `"A-B" is not a valid environment variable name`},
		"a variable without value":          {inContainer("environment: {A: }"), `has no value; use "" for an empty value`},
		"a list as variable":                {inContainer("environment: {A: [1]}"), "a list is not a string"},
		"variable that is also a secret":    {inContainer("environment: {A: x}, secrets: {A: Y}"), "A is in both environment and secrets"},
		"key of the secret":                 {inContainer("secrets: {A: 'x:y'}"), `"x:y" is not a key of the JSON secret`},
		"too much environment":              {inContainer("environment: {A: " + strings.Repeat("x", 65000) + "}"), "a task definition is limited to 64 KiB"},
		"a deployment that never ends":      {inRegion("service: {desired_count: 1, deployment: {maximum_percent: 150}}"), "regions.yaml:6:103: regions.eu-west-1.service.deployment.maximum_percent: a deployment of 1 task could never end: ECS may start no task, because it rounds 150 percent down to 1, and stop none, because it rounds 100 percent up to 1; use a maximum_percent of at least 200, or a minimum_healthy_percent of at most 0"},
		"a number of tasks in the range":    {inRegion("service: {autoscaling: {enabled: true, min: 1, max: 3}, deployment: {maximum_percent: 150}}"), "service.deployment.maximum_percent: a deployment of 1 task could never end"},
		"percents that allow no change":     {inRegion("service: {desired_count: 3, deployment: {minimum_healthy_percent: 67, maximum_percent: 133}}"), "use a maximum_percent of at least 134, or a minimum_healthy_percent of at most 66"},
		"no room for rebalancing":           {inRegion("service: {deployment: {minimum_healthy_percent: 50, maximum_percent: 100}}"), "service.deployment.maximum_percent: 100 leaves no room for rebalancing, which starts a task before it stops another; use more than 100, or set service.availability_zone_rebalancing: false"},
		"a minimum above 100 percent":       {inRegion("service: {deployment: {minimum_healthy_percent: 101}}"), "101 is out of range; use a value from 0 to 100 percent of desired_count"},
		"a maximum below 100 percent":       {inRegion("service: {deployment: {maximum_percent: 99}}"), "99 is out of range; use a value from 100 to 200 percent of desired_count"},
		"an alarm by ARN":                   {inRegion("service: {deployment: {alarms: {names: ['arn:aws:cloudwatch:eu-west-1:123456789012:alarm:errors']}}}"), "service.deployment.alarms.names[0]: is an ARN; use the alarm's name: errors"},
		"an alarm without name":             {inRegion("service: {deployment: {alarms: {names: ['']}}}"), `"" is not the name of a CloudWatch alarm`},
		"an alarm with a long name":         {inRegion("service: {deployment: {alarms: {names: [" + strings.Repeat("a", 256) + "]}}}"), "is 256 characters long; use at most 255"},
		"duplicate alarm":                   {inRegion("service: {deployment: {alarms: {names: [a, b, a]}}}"), `service.deployment.alarms.names[2]: "a" is listed twice`},
		"no alarm":                          {inRegion("service: {deployment: {alarms: {names: []}}}"), "service.deployment.alarms.names: is empty, but ECS keeps the alarms that it has until enabled is false; set enabled: false and keep the names"},
		"a short recovery":                  {inRegion("secrets: {recovery_days: 6}"), "6 is not allowed; use one of 0, 7, 8, 9"},
		"a key of the secret by alias":      {inRegion("secrets: {kms_key: alias/mine}"), `"alias/mine" is not the ARN of a KMS key`},
		"a key of the logs by alias":        {inRegion("logs: {kms_key: 'arn:aws:kms:eu-west-1:123456789012:alias/mine'}"), "is not the ARN of a KMS key; use a value such as arn:aws:kms:eu-west-1:"},
		"AWS's key for the logs":            {inRegion("logs: {kms_key: alias/aws/secretsmanager}"), "is not the ARN of a KMS key"},
		"a log key of another region":       {inDefaults("  logs: {kms_key: '" + key("us-east-1") + "'}"), "regions.yaml:5:19: defaults.logs.kms_key: the key is in us-east-1, but eu-west-1 needs one in its own region; set regions.eu-west-1.logs.kms_key to a key in eu-west-1"},
		"a secret key of another region":    {inRegion("secrets: {kms_key: '" + key("us-east-1") + "'}"), "regions.eu-west-1.secrets.kms_key: the key is in us-east-1"},
		"a negative count":                  {inRegion("service: {desired_count: -1}"), "-1 is out of range; use a value from 0 to 5000 tasks"},
		"yes instead of true":               {inRegion("load_balancer: {enabled: yes}"), `"yes" is not true or false; use true or false, without quotes`},
		"number instead of true":            {inRegion("load_balancer: {enabled: 1}"), "1 is not true or false"},
		"listener port":                     {inRegion("load_balancer: {port: 70000}"), "70000 is out of range"},
		"idle timeout":                      {inRegion("load_balancer: {idle_timeout: 4001}"), "4001 is out of range; use a value from 1 to 4000 seconds"},
		"deregistration delay":              {inRegion("load_balancer: {deregistration_delay: 3601}"), "use a value from 0 to 3600 seconds"},
		"health check path":                 {inRegion("load_balancer: {health_check: {path: health}}"), `"health" is not a path that starts with /`},
		"health check expression":           {inRegion("load_balancer: {health_check: {path: '/${x}'}}"), "is not a path that starts with /"},
		"an MCP path without slash":         {inRegion("mcp: {path: mcp}"), `regions.eu-west-1.mcp.path: "mcp" is not a path that starts with /, without a query; use a value such as /mcp`},
		"an MCP path that is empty":         {inRegion("mcp: {path: ''}"), "is not a path that starts with /"},
		"an MCP path with a query":          {inRegion("mcp: {path: '/mcp?x=1'}"), "is not a path that starts with /, without a query"},
		"an MCP path with a fragment":       {inRegion("mcp: {path: '/mcp#x'}"), "is not a path that starts with /"},
		"an MCP path with a space":          {inRegion("mcp: {path: '/m cp'}"), "is not a path that starts with /"},
		"an MCP path with a line break":     {inRegion(`mcp: {path: "/mcp\n"}`), "is not a path that starts with /"},
		"MCP path with invalid escape":      {inRegion("mcp: {path: '/100%'}"), "is not a path that starts with /"},
		"MCP path too long":                 {inRegion("mcp: {path: /" + strings.Repeat("a", 256) + "}"), "is 257 characters long; use at most 256"},
		"URL as MCP path":                   {inRegion("mcp: {path: 'https://example.com/mcp'}"), "is not a path that starts with /"},
		"health check matcher":              {inRegion("load_balancer: {health_check: {matcher: '600'}}"), "is not HTTP status codes"},
		"health check interval":             {inRegion("load_balancer: {health_check: {interval: 4}}"), "4 is out of range; use a value from 5 to 300 seconds"},
		"health check timeout":              {inRegion("load_balancer: {health_check: {interval: 5, timeout: 5}}"), "5 seconds is not shorter than the interval of 5"},
		"health check threshold":            {inRegion("load_balancer: {health_check: {healthy_threshold: 11}}"), "use a value from 2 to 10 checks"},
		"stickiness":                        {inRegion("load_balancer: {stickiness: {duration: 0}}"), "use a value from 1 to 604800 seconds"},
		"discovery TTL":                     {inRegion("discovery: {ttl: -1}"), "-1 is out of range"},
		"log retention":                     {inRegion("logs: {retention_days: 8}"), "8 is not allowed; use one of 0, 1, 3, 5, 7, 14"},
		"a domain without zone":             {inRegion("dns: {enabled: true, name: mcp}"), "dns.zone: is required when dns.enabled is true; add zone, or set dns.enabled: false"},
		"a domain without name":             {inRegion("dns: {enabled: true, zone: example.com}"), "dns.name: is required when dns.enabled is true; add name, or set dns.enabled: false"},
		"a zone with final dot":             {inRegion("dns: {zone: example.com.}"), "is not a domain name; use the hosted zone's name in lower case without the trailing dot"},
		"a name with underscore":            {inRegion("dns: {name: a_b}"), `"a_b" is not a DNS label`},
		"invalid CIDR block":                {withNetwork("cidr: big"), `regions.yaml:6:31: regions.eu-west-1.network.cidr: "big" is not a CIDR block; use a value such as 10.0.0.0/16`},
		"address instead of block":          {withNetwork("cidr: 10.0.0.0"), `"10.0.0.0" is not a CIDR block`},
		"host bits":                         {withNetwork("cidr: 10.0.0.1/16"), "10.0.0.1/16 has host bits set; use 10.0.0.0/16"},
		"an IPv6 block":                     {withNetwork("cidr: 'fd00::/48'"), "fd00::/48 is not an IPv4 block"},
		"a block too large":                 {withNetwork("cidr: 10.0.0.0/8"), "10.0.0.0/8 is a /8; use a block from /16 to /28, as AWS requires"},
		"a block too small":                 {withNetwork("cidr: 10.0.0.0/29"), "10.0.0.0/29 is a /29; use a block from /16 to /28, as AWS requires"},
		"block too small for subnets":       {withNetwork("cidr: 10.0.0.0/19"), "10.0.0.0/19 has no room for 3 subnets of /20; use a /18 block or larger, or list 3 subnets"},
		"no room for private subnets":       {withNetwork("cidr: 10.0.0.0/18, subnets: [10.0.0.0/20, 10.0.16.0/20, 10.0.32.0/19], mode: private"), "regions.yaml:6:31: regions.eu-west-1.network.cidr: 10.0.0.0/18 has no room for 3 private subnets beside the public ones; use a larger block, or list smaller blocks in network.subnets or network.private_subnets"},
		"too few private subnets":           {withNetwork("cidr: 10.0.0.0/16, mode: private, private_subnets: [10.0.128.0/20]"), "regions.yaml:6:76: regions.eu-west-1.network.private_subnets: 1 listed for 3 zones (a, b, c); list one subnet for each zone"},
		"a private subnet elsewhere":        {withNetwork("cidr: 10.0.0.0/16, mode: private, private_subnets: [10.0.128.0/20, 10.1.0.0/20, 10.0.160.0/20]"), "network.private_subnets[1]: 10.1.0.0/20 is not within 10.0.0.0/16; use a block within network.cidr"},
		"private subnets that overlap":      {withNetwork("cidr: 10.0.0.0/16, mode: private, private_subnets: [10.0.128.0/20, 10.0.128.0/24, 10.0.160.0/20]"), "network.private_subnets[1]: 10.0.128.0/24 overlaps 10.0.128.0/20"},
		"a private subnet that is public":   {withNetwork("cidr: 10.0.0.0/16, mode: private, private_subnets: [10.0.128.0/20, 10.0.144.0/20, 10.0.16.0/24]"), "network.private_subnets[2]: 10.0.16.0/24 overlaps the public subnet 10.0.16.0/20; use blocks that do not overlap"},
		"private subnet with host bits":     {withNetwork("cidr: 10.0.0.0/16, mode: private, private_subnets: [10.0.128.1/20, 10.0.144.0/20, 10.0.160.0/20]"), "network.private_subnets[0]: 10.0.128.1/20 has host bits set; use 10.0.128.0/20"},
		"unknown network mode":              {withNetwork("cidr: 10.0.0.0/16, mode: nat"), `network.mode: "nat" is not allowed; use one of public, private, endpoints`},
		"NAT instances":                     {withNetwork("cidr: 10.0.0.0/16, mode: private, nat: instance"), `network.nat: "instance" is not allowed; use one of single, per_zone`},
		"zone not in region":                {withNetwork("cidr: 10.0.0.0/16, zones: [a, d]"), `regions.yaml:6:55: regions.eu-west-1.network.zones[1]: eu-west-1 has no zone "d"; use letters from a, b, c`},
		"zone of another region":            {withNetwork("cidr: 10.0.0.0/16, zones: [us-east-1a, b]"), `eu-west-1 has no zone "us-east-1a"`},
		"invalid client":                    {inDefaults("  discovery: {clients: [10.0.0.0/16, everyone]}"), `discovery.clients[1]: "everyone" is neither an IPv4 CIDR block nor a security group ID; use a value such as 10.0.0.0/16 or sg-0123456789abcdef0`},
		"a client over IPv6":                {inDefaults("  discovery: {clients: [\"2001:db8::/32\"]}"), "is neither an IPv4 CIDR block nor a security group ID"},
		"a client with host bits":           {inDefaults("  discovery: {clients: [10.0.0.1/16]}"), "10.0.0.1/16 has host bits set; use 10.0.0.0/16"},
		"duplicate client":                  {inDefaults("  discovery: {clients: [10.0.0.0/16, 10.0.0.0/16]}"), "10.0.0.0/16 is listed twice"},
		"the internet as client":            {inDefaults("  discovery: {clients: [0.0.0.0/0]}"), "lets in the whole internet"},
		"every client of private tasks":     {inDefaults("  network: {mode: private}\n  discovery: {clients: [0.0.0.0/0]}"), "lets in every network that is connected to the VPC"},
		"clients without discovery":         {inDefaults("  discovery: {enabled: false, clients: [10.0.0.0/16]}"), "discovery.clients: requires discovery, which is disabled"},
		"no block":                          {inDefaults("  access: {cidrs: []}"), "defaults.access.cidrs: is empty, so nothing could connect; list the CIDR blocks of the clients, or remove cidrs to allow the whole internet"},
		"invalid block":                     {inDefaults("  access: {cidrs: [203.0.113.0/24, office]}"), `defaults.access.cidrs[1]: "office" is not a CIDR block`},
		"a block with host bits":            {inDefaults("  access: {cidrs: [203.0.113.7/24]}"), "access.cidrs[0]: 203.0.113.7/24 has host bits set; use 203.0.113.0/24"},
		"duplicate block":                   {inDefaults("  access: {cidrs: [203.0.113.0/24, 203.0.113.0/24]}"), "access.cidrs[1]: 203.0.113.0/24 is listed twice"},
		"a block within another":            {inDefaults("  access: {cidrs: [203.0.113.0/24, 203.0.0.0/16]}"), "access.cidrs[0]: 203.0.113.0/24 is within 203.0.0.0/16; remove one of the two"},
		"an IPv6 block without IPv6":        {inDefaults("  access: {cidrs: [\"2001:db8::/32\"]}"), "access.cidrs: has no IPv4 block, but the load balancer has no IPv6 address, so nothing could connect; add an IPv4 block"},
		"an IPv4 block in IPv6 notation":    {inDefaults("  access: {cidrs: [\"::ffff:203.0.113.0/120\"]}"), "access.cidrs[0]: ::ffff:203.0.113.0/120 is an IPv4 block in IPv6 notation; use IPv4 notation"},
		"more blocks than rules":            {inDefaults("  access: {cidrs: [" + blocks(61) + "]}"), "access.cidrs[60]: is block 61, but a security group can have 60 rules for each IP version; combine blocks into larger ones"},
		"more blocks than rules, HTTPS":     {inDefaults("  " + domain + "\n  access: {cidrs: [" + blocks(31) + "]}"), "access.cidrs[30]: is block 31, but a security group can have 60 rules, 30 for each of the ports 80 and 443, for each IP version; combine blocks into larger ones"},
		"HTTPS without a certificate":       {inDefaults("  load_balancer: {https: true}"), "regions.yaml:5:26: defaults.load_balancer.https: HTTPS needs a certificate, and the region has no domain to request one for; set dns.enabled: true, set load_balancer.https.certificate_arn, or set load_balancer.https: false"},
		"HTTPS without one, in full":        {inDefaults("  load_balancer: {https: {enabled: true}}"), "regions.yaml:5:26: defaults.load_balancer.https: HTTPS needs a certificate"},
		"HTTPS as text":                     {inDefaults("  load_balancer: {https: on}"), `regions.yaml:5:26: defaults.load_balancer.https: "on" is not a map; indent its keys below it, or use true or false`},
		"HTTP on the HTTPS port":            {inDefaults("  " + domain + "\n  load_balancer: {port: 443}"), "regions.yaml:6:25: defaults.load_balancer.port: 443 is the port of the HTTPS listener; use 80, which redirects to it, or set load_balancer.https: false"},
		"unknown TLS policy":                {inDefaults("  load_balancer: {https: {policy: TLS13}}"), `regions.yaml:5:35: defaults.load_balancer.https.policy: "TLS13" is not allowed; use one of ELBSecurityPolicy-TLS13-1-3-2021-06, ELB`},
		"misspelled TLS policy":             {inDefaults("  load_balancer: {https: {policy: ELBSecurityPolicy-TLS13-1-3-2021-6}}"), "did you mean ELBSecurityPolicy-TLS13-1-3-2021-06? Or use one of ELB"},
		"a TLS policy with TLS 1.0":         {inDefaults("  load_balancer: {https: {policy: ELBSecurityPolicy-2016-08}}"), "is not allowed"},
		"a certificate by name":             {inDefaults("  load_balancer: {https: {certificate_arn: mcp.example.com}}"), `load_balancer.https.certificate_arn: "mcp.example.com" is not the ARN of a certificate in AWS Certificate Manager; use a value such as arn:aws:acm:eu-west-1:`},
		"a certificate of another region":   {inDefaults("  load_balancer: {https: {certificate_arn: " + strings.Replace(certificate, "eu-west-1", "us-east-1", 1) + "}}"), "regions.yaml:5:44: defaults.load_balancer.https.certificate_arn: the certificate is in us-east-1, but a load balancer in eu-west-1 needs one in its own region; set regions.eu-west-1.load_balancer.https.certificate_arn to a certificate in eu-west-1"},
		"a domain too long to certify":      {inDefaults("  dns: {enabled: true, zone: example.com, name: " + strings.Repeat("a", 53) + "}"), "defaults.dns.name: makes the domain name 65 characters long, but a certificate's can have 64; use a shorter name"},
		"no path":                           {inDefaults("  access: {paths: []}"), "regions.yaml:5:19: defaults.access.paths: is empty, so no request would reach the tasks"},
		"invalid path":                      {inDefaults("  access: {paths: [/mcp, health]}"), `regions.yaml:5:26: defaults.access.paths[1]: "health" is not a path that starts with /`},
		"a path with a quote":               {inDefaults("  access: {paths: [/mcp, '/\"']}"), "is not a path that starts with /"},
		"duplicate path":                    {inDefaults("  access: {paths: [/mcp, /mcp]}"), "access.paths[1]: /mcp is listed twice"},
		"a path with two wildcards":         {inDefaults("  access: {paths: [/mcp, '/*/b?']}"), "access.paths[1]: /*/b? has several wildcards; use one * or ?, in as many paths as needed"},
		"paths without the MCP path":        {inDefaults("  access: {paths: [/health]}"), "defaults.access.paths: does not include mcp.path, /mcp, so no client could reach the server; add /mcp"},
		"more paths than rules":             {inDefaults("  access: {paths: [/mcp" + manyPaths(100) + "]}"), "access.paths[100]: is path 101, but a load balancer can have rules for 100; combine paths with *"},
		"a volume without a path":           {inRegion("volumes: {data: {read_only: true}}"), "regions.yaml:6:61: regions.eu-west-1.volumes.data.path: is missing; add path: /data"},
		"a volume at a relative path":       {inDefaults("  volumes: {data: {path: data}}"), `defaults.volumes.data.path: "data" is not an absolute path other than /`},
		"a volume in place of the image":    {inDefaults("  volumes: {data: {path: /}}"), `defaults.volumes.data.path: "/" is not an absolute path other than /`},
		"a volume by another way":           {inDefaults("  volumes: {data: {path: /srv/../etc}}"), "volumes.data.path: /srv/../etc contains . or ..; use the path without them"},
		"a volume in place of /proc":        {inDefaults("  volumes: {data: {path: /proc/1}}"), "volumes.data.path: /proc belongs to the operating system; use another path, such as /data"},
		"a volume in memory":                {inDefaults("  volumes: {data: {path: /tmp/data}}"), "regions.yaml:5:26: defaults.volumes.data.path: /tmp is in memory; use another path, such as /data, or set container.tmp_size: 0"},
		"two volumes at one path":           {inDefaults("  volumes: {b: {path: /data}, a: {path: /data}}"), "regions.yaml:5:23: defaults.volumes.b.path: /data overlaps /data, where a is mounted; use a path of its own for each volume"},
		"a volume within another":           {inDefaults("  volumes: {a: {path: /data/cache}, b: {path: /data}}"), "volumes.b.path: /data overlaps /data/cache, where a is mounted"},
		"a volume by a bad name":            {inDefaults("  volumes: {My_Data: {path: /data}}"), `regions.yaml:5:13: defaults.volumes.My_Data: "My_Data" is not the name of a volume (up to 32 lower-case letters and digits, starting with a letter, with single hyphens in between); follow the example {data: {path: /data}}`},
		"a volume by a long name":           {inDefaults("  volumes: {" + strings.Repeat("a", 33) + ": {path: /data}}"), "is not the name of a volume"},
		"volumes as a list":                 {inDefaults("  volumes: [data]"), "volumes: a list is not a map; indent <name>: <value> pairs below it"},
		"a volume of root":                  {inDefaults("  volumes: {data: {path: /data, owner: \"0:0\"}}"), `volumes.data.owner: "0:0" is not a user ID other than 0 and a group ID, as numbers`},
		"a volume of a user by name":        {inDefaults("  volumes: {data: {path: /data, owner: app}}"), `volumes.data.owner: "app" is not a user ID other than 0`},
		"a volume of a user out of range":   {inDefaults("  volumes: {data: {path: /data, owner: \"4294967296:1\"}}"), "volumes.data.owner: 4294967296 is not the ID of a user or group; use a number up to 4294967295"},
		"an owner of what exists":           {inDefaults("  volumes: {data: {path: /data, owner: \"1:1\", existing: {file_system_id: fs-01234567, access_point_id: fsap-01234567}}}"), "volumes.data.owner: applies only to the region's own file system; remove it; the access point decides about the user"},
		"a file system without a door":      {inRegion("volumes: {data: {path: /data, existing: {file_system_id: fs-01234567}}}"), "volumes.data.existing.access_point_id: is missing; add access_point_id: fsap-0123456789abcdef0"},
		"a file system by its name":         {inDefaults("  volumes: {data: {path: /data, existing: {file_system_id: data, access_point_id: fsap-01234567}}}"), `volumes.data.existing.file_system_id: "data" is not the ID of an EFS file system; use a value such as fs-0123456789abcdef0`},
		"too many volumes":                  {inDefaults("  volumes: {" + manyVolumes(21) + "}"), "regions.yaml:5:12: defaults.volumes: lists 21 volumes, but the task role has permissions for at most 20"},
		"statements beside many volumes":    {inDefaults("  volumes: {" + manyVolumes(20) + "}\n  task_role: {statements: [{actions: [s3:GetObject], resources: ['arn:aws:s3:::acme-" + strings.Repeat("x", 1800) + "']}]}"), "but the volumes leave room for 1840 in the role's inline policies; move some of the statements to a managed policy"},
		"a rate limit too low":              {inDefaults("  waf: {enabled: true, rate_limit: 5}"), "waf.rate_limit: 5 is out of range; use a value from 10 to 2000000000 requests per 5 minutes"},
		"duplicate zone":                    {withNetwork("cidr: 10.0.0.0/16, zones: [a, eu-west-1a]"), "zone a is listed twice"},
		"one zone":                          {withNetwork("cidr: 10.0.0.0/16, zones: [a]"), "a load balancer needs at least two zones; list two or more, such as [a, b, c]"},
		"no zones":                          {withNetwork("cidr: 10.0.0.0/16, zones: []"), "a load balancer needs at least two zones"},
		"string instead of zones":           {withNetwork("cidr: 10.0.0.0/16, zones: a"), `"a" is not a list; use zones: [a, b, d]`},
		"too few subnets":                   {withNetwork("cidr: 10.0.0.0/16, subnets: [10.0.0.0/20]"), "1 listed for 3 zones (a, b, c); list one subnet for each zone"},
		"subnet outside the VPC":            {withNetwork("cidr: 10.0.0.0/16, zones: [a, b], subnets: [10.0.0.0/20, 10.1.0.0/20]"), "10.1.0.0/20 is not within 10.0.0.0/16"},
		"subnets that overlap":              {withNetwork("cidr: 10.0.0.0/16, zones: [a, b], subnets: [10.0.0.0/20, 10.0.8.0/21]"), "10.0.8.0/21 overlaps 10.0.0.0/20"},
		"a subnet too small":                {withNetwork("cidr: 10.0.0.0/24, zones: [a, b], subnets: [10.0.0.0/25, 10.0.0.128/28]"), "10.0.0.128/28 is too small for a load balancer; use a /27 or larger"},
		"an existing VPC with a block":      {withNetwork("cidr: 10.0.0.0/16, existing: {vpc_id: vpc-0a1b2c3d, public_subnets: " + subnetIDs(2) + "}"), "regions.yaml:6:31: regions.eu-west-1.network.cidr: is for a VPC that the stack creates, but existing names another; remove cidr, or existing"},
		"an existing VPC with zones":        {withNetwork("zones: [a, b], existing: {vpc_id: vpc-0a1b2c3d, public_subnets: " + subnetIDs(2) + "}"), "network.zones: is for a VPC that the stack creates"},
		"an existing VPC with blocks":       {withNetwork("subnets: [10.0.0.0/20], existing: {vpc_id: vpc-0a1b2c3d, public_subnets: " + subnetIDs(2) + "}"), "network.subnets: is for a VPC that the stack creates"},
		"an existing VPC with a NAT":        {inVPCWith("nat: per_zone", subnetIDs(2)), "network.nat: the VPC of network.existing brings its own way out; remove nat; mode: private is for tasks behind"},
		"an existing VPC with endpoints":    {inVPCWith("mode: endpoints", subnetIDs(2)), "regions.yaml:6:31: regions.eu-west-1.network.mode: the VPC of network.existing brings its own way out; use mode: private, which gives tasks no public addresses"},
		"private blocks beside it":          {inVPCWith("private_subnets: [10.0.0.0/20]", subnetIDs(2)), "network.private_subnets: is for a VPC that the stack creates"},
		"an existing VPC without keys":      {withNetwork("existing: "), "regions.eu-west-1.network.existing.vpc_id: is missing; add vpc_id: vpc-0123456789abcdef0"},
		"an existing VPC without its ID":    {withNetwork("existing: {public_subnets: " + subnetIDs(2) + "}"), "regions.yaml:6:35: regions.eu-west-1.network.existing.vpc_id: is missing; add vpc_id: vpc-0123456789abcdef0"},
		"a VPC by name":                     {withNetwork("existing: {vpc_id: main, public_subnets: " + subnetIDs(2) + "}"), `regions.yaml:6:44: regions.eu-west-1.network.existing.vpc_id: "main" is not a VPC ID; use a value such as vpc-0123456789abcdef0`},
		"a VPC ID of nine digits":           {withNetwork("existing: {vpc_id: vpc-0a1b2c3d4, public_subnets: " + subnetIDs(2) + "}"), `"vpc-0a1b2c3d4" is not a VPC ID`},
		"an expression as VPC ID":           {withNetwork("existing: {vpc_id: '${x}', public_subnets: " + subnetIDs(2) + "}"), `"${x}" is not a VPC ID`},
		"no subnet for the load balancer":   {inVPC("task_subnets: [subnet-0a1b2c3d]"), "regions.yaml:6:35: regions.eu-west-1.network.existing.public_subnets: is missing; list the load balancer's subnets, or set load_balancer.enabled: false"},
		"one subnet for it":                 {inVPC("public_subnets: [subnet-0a1b2c3d]"), "regions.yaml:6:74: regions.eu-west-1.network.existing.public_subnets: lists 1 subnet, but a load balancer needs at least two, in different zones; list two or more"},
		"more subnets than zones":           {inVPC("public_subnets: " + subnetIDs(4)), "lists 4 subnets, but eu-west-1 has 3 zones, and a load balancer takes one subnet in each; list one subnet for each zone"},
		"an ID of something else":           {inVPC("public_subnets: [subnet-0a1b2c3d, sg-0a1b2c3d]"), `regions.yaml:6:92: regions.eu-west-1.network.existing.public_subnets[1]: "sg-0a1b2c3d" is not a subnet ID; use a list such as [subnet-`},
		"a subnet listed twice":             {inVPC("public_subnets: [subnet-0a1b2c3d, subnet-0a1b2c3d]"), "public_subnets[1]: subnet-0a1b2c3d is listed twice; list each subnet once"},
		"a task subnet listed twice":        {inVPC("public_subnets: " + subnetIDs(2) + ", task_subnets: [subnet-0a1b2c3d, subnet-0a1b2c3d]"), "task_subnets[1]: subnet-0a1b2c3d is listed twice"},
		"no task subnet":                    {inVPC("public_subnets: " + subnetIDs(2) + ", task_subnets: []"), "task_subnets: is empty, so the tasks would have no subnet; list at least one subnet"},
		"no subnet at all":                  {strings.Replace(inVPC(""), "vpc-0a1b2c3d, }}", "vpc-0a1b2c3d}}, load_balancer: {enabled: false}, discovery: {enabled: false}", 1), "network.existing.task_subnets: is empty"},
		"more task subnets than ECS has":    {inVPC("public_subnets: " + subnetIDs(2) + ", task_subnets: " + subnetIDs(17)), "task_subnets: lists 17 subnets; list at most 16, as ECS requires"},
		"no client in an existing VPC":      {strings.Replace(inVPC("task_subnets: [subnet-0a1b2c3d]"), "}}}", "}}, load_balancer: {enabled: false}}", 1), "regions.eu-west-1.discovery.clients: is missing: nothing could connect, because there is no load balancer; list the CIDR blocks or security groups of the clients, or set clients: []"},
		"flow logs of an existing VPC":      {withNetwork("flow_logs: true, existing: {vpc_id: vpc-0a1b2c3d, public_subnets: " + subnetIDs(2) + "}"), "regions.yaml:6:36: regions.eu-west-1.network.flow_logs: would change the VPC of network.existing, which is not the stack's; remove flow_logs, and turn them on where the VPC is defined"},
		"flow logs as text":                 {withNetwork("cidr: 10.0.0.0/16, flow_logs: on"), `regions.eu-west-1.network.flow_logs: "on" is not a map; indent its keys below it, or use true or false`},
		"unknown traffic":                   {withNetwork("cidr: 10.0.0.0/16, flow_logs: {traffic: rejected}"), `network.flow_logs.traffic: "rejected" is not allowed; did you mean reject? Or use one of all, accept, reject`},
		"retention of flow logs":            {withNetwork("cidr: 10.0.0.0/16, flow_logs: {retention_days: 8}"), "network.flow_logs.retention_days: 8 is not allowed; use one of 0, 1, 3, 5, 7"},
		"Container Insights as a word":      {inDefaults("  logs: {insights: enhanced}"), `defaults.logs.insights: "enhanced" is not true or false`},
		"access logs as text":               {inDefaults("  logs: {access: on}"), `regions.yaml:5:18: defaults.logs.access: "on" is not a map; indent its keys below it, or use true or false`},
		"retention of access logs":          {inDefaults("  logs: {access: {retention_days: 3654}}"), "defaults.logs.access.retention_days: 3654 is out of range; use a value from 0 to 3653 days"},
		"a bucket with a reserved name":     {strings.Replace(inDefaults("  logs: {access: true}"), "fmp-mcp\n", "amzn-s3-demo-mcp\n", 1), "regions.yaml:5:18: defaults.logs.access: needs a bucket, and AWS reserves names of buckets that begin with amzn-s3-demo-; begin the project name with another word, or remove access"},
		"ECS Exec as text":                  {inDefaults("  logs: {exec: on}"), `regions.yaml:5:16: defaults.logs.exec: "on" is not true or false; use true or false, without quotes`},
		"ECS Exec without a value":          {inDefaults("  logs: {exec: }"), "defaults.logs.exec: has no value; use a value such as true, or remove the key"},
		"ECS Exec in a read-only task":      {inDefaults("  logs: {exec: true}"), "regions.yaml:5:16: defaults.logs.exec: needs a container that is not read-only: the agent of ECS Exec writes to its file system; set container.read_only: false, or that of the sidecar in which to run commands"},
		"ECS Exec beside read-only ones":    {strings.Replace(inContainer("sidecars: [{name: a, image: a/b}]"), "regions:\n", "  logs: {exec: true}\nregions:\n", 1), "defaults.logs.exec: needs a container that is not read-only"},
		"invalid day":                       {inRegion("weekend: {days: [saturday]}"), `"saturday" is not allowed; did you mean sat?`},
		"invalid hour":                      {inRegion("weekend: {start_hour: 24}"), "24 is out of range; use a value from 0 to 23 (hour of the day)"},
		"empty window":                      {inRegion("weekend: {start_hour: 6, end_hour: 6}"), "regions.yaml:6:80: regions.eu-west-1.weekend.end_hour: 6 equals start_hour"},
		"a window without days":             {inRegion("weekend: {days: []}"), "regions.yaml:6:61: regions.eu-west-1.weekend.days: lists no day"},
		"unknown time zone":                 {inRegion("weekend: {timezone: Europe/Londn}"), "regions.eu-west-1.weekend.timezone:"},
		"local time zone":                   {inRegion("weekend: {timezone: Local}"), "regions.eu-west-1.weekend.timezone:"},
		"invalid date":                      {inRegion("weekend: {skip: [2026-02-30]}"), `regions.eu-west-1.weekend.skip[0]: "2026-02-30" is not a date; use the form YYYY-MM-DD, such as 2026-12-26`},
		"a date in two lists":               {inRegion("weekend: {skip: [2026-12-26], extra: [2026-12-26]}"), "2026-12-26"},
		"no actions":                        {withStatement("actions: [], resources: ['*']"), "defaults.task_role.statements[0].actions: is empty; list what the server may do, such as s3:GetObject"},
		"an action in upper case":           {withStatement("actions: [s3:GetObject, S3:PutObject], resources: ['*']"), `regions.yaml:5:53: defaults.task_role.statements[0].actions[1]: "S3:PutObject" is not an action (<service>:<action>, the service in lower case; * and ? are wildcards)`},
		"an action without service":         {withStatement("actions: [GetObject], resources: ['*']"), `"GetObject" is not an action`},
		"a service with wildcard":           {withStatement("actions: ['s*:GetObject'], resources: ['*']"), `"s*:GetObject" is not an action`},
		"one action instead of a list":      {withStatement("actions: s3:GetObject, resources: ['*']"), `statements[0].actions: "s3:GetObject" is not a list; use actions: [s3:GetObject, s3:List*]`},
		"no resources":                      {withStatement("actions: [s3:GetObject], resources: []"), `statements[0].resources: is empty; list ARNs`},
		"a statement without resources":     {withStatement("actions: [s3:GetObject]"), `regions.yaml:5:28: defaults.task_role.statements[0].resources: is missing; add resources: ["arn:aws:s3:::acme-data-{region}/*"]`},
		"a statement of a region":           {inRegion("task_role: {statements: [{resources: ['*']}]}"), "regions.yaml:6:70: regions.eu-west-1.task_role.statements[0].actions: is missing; add actions: [s3:GetObject, s3:List*]"},
		"a statement without keys":          {withStatement(""), "defaults.task_role.statements[0].actions: is missing"},
		"a statement as a string":           {inDefaults("  task_role: {statements: [s3:GetObject]}"), `regions.yaml:5:28: defaults.task_role.statements[0]: "s3:GetObject" is not a map; use a list such as [{actions: [s3:GetObject]`},
		"a statement without value":         {inDefaults("  task_role: {statements: [~]}"), `defaults.task_role.statements[0]: has no value`},
		"a statement outside a list":        {inDefaults("  task_role: {statements: {actions: [s3:GetObject]}}"), `defaults.task_role.statements: a map is not a list; use statements: [{actions: [s3:GetObject]`},
		"a key of IAM in a statement":       {withStatement("action: [s3:GetObject], resources: ['*']"), `regions.yaml:5:29: defaults.task_role.statements[0].action: is not a known key; did you mean actions?`},
		"a statement that denies":           {withStatement("effect: Deny, actions: [s3:GetObject], resources: ['*']"), `statements[0].effect: is not a known key; use one of actions, resources, conditions, allow_everything`},
		"everything":                        {withStatement("actions: [s3:GetObject, '*'], resources: ['*']"), "regions.yaml:5:28: defaults.task_role.statements[0]: allows every action on every resource, which makes the server an administrator of the account; name the actions or the resources, or add allow_everything: true to the statement"},
		"everything of one service":         {withStatement("actions: ['s3:*'], resources: ['*'], allow_everything: true"), "statements[0].allow_everything: applies only to a statement with * as action and as resource; remove it"},
		"a resource by name":                {withStatement("actions: [s3:GetObject], resources: [acme-data]"), `statements[0].resources[0]: "acme-data" is not an ARN or *; use a list such as`},
		"a resource in China":               {withStatement("actions: [s3:GetObject], resources: ['arn:aws-cn:s3:::acme-data']"), "statements[0].resources[0]: is in the partition aws-cn, but the fleet's regions are in the partition aws; use an ARN that begins with arn:aws:"},
		"an unknown placeholder":            {withStatement("actions: [s3:GetObject], resources: ['arn:aws:s3:::acme-{zone}']"), "statements[0].resources[0]: {zone} is not a placeholder; use {region} or {account}, or a variable of IAM, such as ${aws:PrincipalTag/team}"},
		"a placeholder like Terraform":      {withStatement("actions: [s3:GetObject], resources: ['arn:aws:s3:::acme-${region}']"), "statements[0].resources[0]: ${region} is not a placeholder; write {region}"},
		"an expression of Terraform":        {withStatement("actions: [s3:GetObject], resources: ['arn:aws:s3:::${file(a)}']"), "is not a placeholder"},
		"a brace that is not closed":        {withStatement("actions: [s3:GetObject], resources: ['arn:aws:s3:::acme-{region']"), "{ is not a placeholder"},
		"a placeholder in a condition":      {withStatement("actions: [s3:GetObject], resources: ['*'], conditions: {StringEquals: {'s3:prefix': ['a', '{zone}']}}"), "statements[0].conditions.StringEquals.s3:prefix[1]: {zone} is not a placeholder"},
		"an unknown condition operator":     {withStatement("actions: [s3:GetObject], resources: ['*'], conditions: {stringEquals: {'s3:prefix': [a]}}"), `statements[0].conditions.stringEquals: "stringEquals" is not a condition operator of IAM; did you mean StringEquals?`},
		"Null if the key exists":            {withStatement("actions: [s3:GetObject], resources: ['*'], conditions: {NullIfExists: {'s3:prefix': ['true']}}"), `"NullIfExists" is not a condition operator`},
		"a condition without key":           {withStatement("actions: [s3:GetObject], resources: ['*'], conditions: {StringEquals: {}}"), "conditions.StringEquals: has no condition key"},
		"a condition without operator":      {withStatement("actions: [s3:GetObject], resources: ['*'], conditions: {'s3:prefix': [a]}"), "conditions.s3:prefix: a list is not a map"},
		"a condition key without service":   {withStatement("actions: [s3:GetObject], resources: ['*'], conditions: {StringEquals: {team: [a]}}"), `conditions.StringEquals.team: "team" is not a condition key; use <service>:<key>`},
		"a condition without value":         {withStatement("actions: [s3:GetObject], resources: ['*'], conditions: {StringEquals: {'s3:prefix': []}}"), "conditions.StringEquals.s3:prefix: has no value; list the values"},
		"one value instead of a list":       {withStatement("actions: [s3:GetObject], resources: ['*'], conditions: {StringEquals: {'s3:prefix': a}}"), `conditions.StringEquals.s3:prefix: "a" is not a list; use conditions: {StringEquals: {"aws:ResourceTag/team": [search]}}`},
		"a condition on a bare boolean":     {withStatement("actions: [s3:GetObject], resources: ['*'], conditions: {Bool: {'aws:SecureTransport': [true]}}"), `conditions.Bool.aws:SecureTransport[0]: true is not a string; put it in quotes: "true"`},
		"too large a policy":                {withStatement("actions: [s3:GetObject], resources: ['arn:aws:s3:::acme-" + strings.Repeat("x", 10200) + "']"), "defaults.task_role.statements: become a policy of 10317 characters, but the inline policies of a role can have 10240; move some of the statements to a managed policy"},
		"a managed policy by name":          {inDefaults("  task_role: {managed_policies: [AmazonS3ReadOnlyAccess]}"), `defaults.task_role.managed_policies[0]: "AmazonS3ReadOnlyAccess" is not the ARN of a managed policy`},
		"duplicate managed policy":          {inDefaults("  task_role: {managed_policies: ['arn:aws:iam::aws:policy/A', 'arn:aws:iam::aws:policy/A']}"), "managed_policies[1]: arn:aws:iam::aws:policy/A is listed twice"},
		"a managed policy of GovCloud":      {inDefaults("  task_role: {managed_policies: ['arn:aws-us-gov:iam::aws:policy/A']}"), "managed_policies[0]: is in the partition aws-us-gov"},
		"a role as boundary":                {inDefaults("  task_role: {permissions_boundary: 'arn:aws:iam::123456789012:role/a'}"), `defaults.task_role.permissions_boundary: "arn:aws:iam::123456789012:role/a" is not the ARN of a managed policy`},
		"a boundary with a placeholder":     {inDefaults("  task_role: {permissions_boundary: 'arn:aws:iam::{account}:policy/{project}'}"), "task_role.permissions_boundary: {project} is not a placeholder; use {region} or {account}"},
		"waking by any path":                {inRegion("weekend: {enabled: true, wake_on_request: true}, mcp: {path: /v1}"), "regions.eu-west-1.weekend.wake_on_request: needs access.paths, because requests for other paths, such as scans of the internet, would keep the region awake; set access: {paths: [/v1]}"},
		"a name that no parameter can have": {strings.Replace(inRegion(waking+"}"), "project: fmp-mcp", "project: awsome", 1), "weekend.wake_on_request: needs a parameter of Systems Manager, whose name AWS does not let begin with aws or ssm"},
		"waking by scans":                   {inRegion("access: {paths: [/*]}, weekend: {enabled: true, wake_on_request: true}"), "access.paths: includes /, so scans of the internet would keep a region awake that a request has woken; list the paths of the server only, such as /mcp"},
		"no hours to wake in":               {inRegion(waking + ", wake_hours: {start_hour: 8, end_hour: 8}}"), "regions.eu-west-1.weekend.wake_hours: begin and end at the same hour; set start_hour: 0 and end_hour: 24 for the whole day"},
		"no budget to wake":                 {inRegion(waking + ", wake_budget: 0}"), "0 is out of range; use a value from 1 to 744 hours per calendar month in UTC"},
		"a minute of waking":                {inRegion(waking + ", wake_for: 1}"), "1 is out of range; use a value from 5 to 1440 minutes"},
		"a lead of a day":                   {inRegion("weekend: {lead_minutes: 1440}"), "1440 is out of range; use a value from 0 to 720 minutes"},
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

// TestInvalidAccessIsReportedOnce has values from which nothing else can be concluded.
func TestInvalidAccessIsReportedOnce(t *testing.T) {
	for _, cidrs := range []string{"[office]", "[1]", "10.0.0.0/8", "{a: b}", "[203.0.113.7/24]", "[203.0.113.0/24, office]"} {
		_, _, err := Parse("regions.yaml", []byte(inDefaults("  access: {cidrs: "+cidrs+"}")))
		if problems, ok := errors.AsType[Problems](err); !ok || len(problems) != 1 {
			t.Errorf("%s: want one problem, got\n%v", cidrs, err)
		}
	}
}

func manyVolumes(count int) string {
	list := make([]string, count)
	for i := range list {
		list[i] = fmt.Sprintf("v%d: {path: /v%d}", i, i)
	}
	return strings.Join(list, ", ")
}

func manyPolicies(count int) string {
	var list []string
	for i := range count {
		list = append(list, fmt.Sprintf("'arn:aws:iam::aws:policy/P%d'", i))
	}
	return strings.Join(list, ", ")
}

// withStatement returns a fleet file with one statement of the task role.
func withStatement(keys string) string {
	return inDefaults("  task_role: {statements: [{" + keys + "}]}")
}

// TestStatementsAreValid has what IAM accepts and looks odd.
func TestStatementsAreValid(t *testing.T) {
	for name, keys := range map[string]string{
		"all actions of one bucket":    "actions: ['*'], resources: ['arn:aws:s3:::acme-data/*']",
		"everything, twice":            "actions: ['*'], resources: ['*'], allow_everything: true",
		"wildcards":                    "actions: ['dynamodb:*Item', 's3:Get?bject'], resources: ['arn:aws:dynamodb:*:{account}:table/acme-?']",
		"a variable of IAM":            "actions: [s3:GetObject], resources: ['arn:aws:s3:::acme/${aws:PrincipalTag/team}/*']",
		"a variable with a default":    "actions: [s3:GetObject], resources: [\"arn:aws:s3:::acme/${aws:PrincipalTag/team, 'none'}/*\"]",
		"a literal asterisk":           "actions: [s3:GetObject], resources: ['arn:aws:s3:::acme/${*}']",
		"operators for sets":           "actions: [s3:GetObject], resources: ['*'], conditions: {'ForAnyValue:StringLikeIfExists': {'aws:TagKeys': [a*]}}",
		"a tag with a space":           "actions: [s3:GetObject], resources: ['*'], conditions: {StringEquals: {'aws:ResourceTag/Cost Center': ['Zürich 1']}}",
		"an empty value":               "actions: [s3:ListBucket], resources: ['*'], conditions: {StringEquals: {'s3:prefix': ['', home/]}}",
		"conditions without a key yet": "actions: [s3:ListBucket], resources: ['*'], conditions: ",
	} {
		if _, _, err := Parse("regions.yaml", []byte(withStatement(keys))); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestStatementsReplace: a region's list takes the place of the inherited one.
func TestStatementsReplace(t *testing.T) {
	fleet, _ := mustParse(t, strings.Replace(withStatement("actions: [s3:GetObject], resources: ['*']"), "cidr: 10.0.0.0/16}", "cidr: 10.0.0.0/16}, task_role: {statements: [{actions: [sqs:SendMessage], resources: ['*']}]}", 1))
	want := []Statement{{Actions: []string{"sqs:SendMessage"}, Resources: []string{"*"}}}
	if difference := cmp.Diff(want, fleet.Regions[0].TaskRole.Statements); difference != "" {
		t.Errorf("statements (- want, + got)\n%s", difference)
	}
}

func manyPaths(count int) string {
	var list strings.Builder
	for i := range count {
		fmt.Fprintf(&list, ", /%d", i)
	}
	return list.String()
}

func TestParseWarns(t *testing.T) {
	cases := map[string]struct{ text, want string }{
		"a public block": {withNetwork("cidr: 172.32.0.0/16"), "regions.yaml:6:31: regions.eu-west-1.network.cidr: 172.32.0.0/16 is not a private block"},
		"regions that overlap": {minimal + "  us-east-1: {network: {cidr: 10.0.128.0/17}}\n",
			"regions.yaml:7:31: regions.us-east-1.network.cidr: 10.0.128.0/17 overlaps 10.0.0.0/16 of eu-west-1"},
		"NAT gateways of public tasks":     {withNetwork("cidr: 10.0.0.0/16, nat: per_zone"), "regions.yaml:6:49: regions.eu-west-1.network.nat: has no effect, because mode public has no NAT gateways; set network.mode: private, or remove nat"},
		"private subnets of public tasks":  {withNetwork("cidr: 10.0.0.0/16, private_subnets: [10.0.128.0/20]"), "regions.eu-west-1.network.private_subnets: has no effect, because mode public has no private subnets; set network.mode: private or endpoints, or remove private_subnets"},
		"HTTP on the HTTPS port":           {inRegion("load_balancer: {port: 443}"), "regions.yaml:6:67: regions.eu-west-1.load_balancer.port: clients expect TLS on port 443, but the listener speaks HTTP, so they cannot connect; use 80"},
		"health check of the MCP path":     {inRegion("load_balancer: {health_check: {path: /mcp}}"), "regions.eu-west-1.load_balancer.health_check.path: /mcp is the MCP endpoint, which responds to a plain GET with 406, 405 or 400, not with 200; use a path that responds with 200, such as /health, or set matcher: \"200,400,405,406\""},
		"health check of MCP with a query": {inRegion("mcp: {path: /v1}, load_balancer: {health_check: {path: '/v1?health=1', matcher: 200-299}}"), "not with 200-299"},
		"alarms to nobody":                 {inRegion("alarms: {budget: 20}"), "alarms.budget: has no effect, because nobody gets the alarms; add email or topic_arn, or remove budget"},
		"a health check of no command":     {inContainer("health_check: {retries: 5}"), "container.health_check.retries: has no effect, because there is no command to check with; add command, or remove retries"},
		"two ports":                        {inContainer(`environment: {PORT: "9000", STATELESS: "true"}`), "is 9000, but container.port is 8001"},
		"fleet that is never awake":        {inRegion("weekend: {enabled: true, active: false}"), "regions.yaml:5:1: regions: weekend mode is enabled and active is false in every region, so none ever wakes"},
		"access without load balancer":     {inRegion("load_balancer: {enabled: false}, access: {cidrs: [203.0.113.0/24]}"), "access.cidrs: has no effect, because the region has no load balancer; use discovery.clients"},
		"an IPv6 block without IPv6":       {inRegion("access: {cidrs: [203.0.113.0/24, \"2001:db8::/32\"]}"), "access.cidrs[1]: has no effect, because the load balancer has no IPv6 address"},
		"requests without load balancer":   {inRegion("load_balancer: {enabled: false}, service: {autoscaling: {enabled: true, targets: {requests: 600}}}"), "regions.eu-west-1.service.autoscaling.targets.requests: has no effect, because the region has no load balancer to count requests; enable load_balancer, or set another target"},
		"autoscaling that is off":          {inRegion("service: {autoscaling: {max: 4}}"), "regions.eu-west-1.service.autoscaling: has no effect, because autoscaling is off; set enabled to true, or to false if that is intended"},
		"a count outside of autoscaling":   {inRegion("service: {desired_count: 1, autoscaling: {enabled: true}}"), "service.desired_count: 1 has no effect, because autoscaling runs 2 to 10 tasks; remove it, or set service.autoscaling.min and max"},
		"no alarms to turn off":            {inRegion("service: {deployment: {alarms: {enabled: false}}}"), "service.deployment.alarms.enabled: has no effect without names: the service keeps the alarms that it has in AWS; add the names of these alarms"},
		"a key without a secret":           {inRegion("secrets: {kms_key: '" + key("eu-west-1") + "'}"), "secrets.kms_key: has no effect, because the region has no secret; add container.secrets, or remove kms_key"},
		"backups without volumes":          {inRegion("file_system: {backup: false}"), "file_system.backup: has no effect, because no volume is on the region's own file system; add a volume without existing, or remove backup"},
		"waking without load balancer":     {inRegion("load_balancer: {enabled: false}, weekend: {enabled: true, wake_on_request: true}"), "weekend.wake_on_request: has no effect without a load balancer"},
		"waking in destroy mode":           {inRegion("access: {paths: [/mcp]}, weekend: {enabled: true, destroy_albs: true, wake_on_request: true}"), "weekend.wake_on_request: has no effect with destroy_albs, because a sleeping region has no load balancer for the request"},
		"waking what is not active":        {inRegion(waking+", active: false}") + "  us-east-1: {network: {cidr: 10.1.0.0/16}}\n", "weekend.wake_on_request: has no effect in a region that is not active; remove wake_on_request, or set active: true"},
		"an answer without load balancer":  {inRegion("load_balancer: {enabled: false}, weekend: {enabled: true, answer: true}"), "weekend.answer: has no effect without a load balancer"},
		"an answer without a domain":       {inRegion("weekend: {enabled: true, destroy_albs: true, answer: true}"), "weekend.answer: has no effect with destroy_albs and without a domain that has HTTPS"},
		"WAF without load balancer":        {inRegion("load_balancer: {enabled: false}, waf: {enabled: true}"), "waf.enabled: has no effect, because the region has no load balancer"},
		"access logs of no load balancer":  {inRegion("load_balancer: {enabled: false}, logs: {access: true}"), "logs.access: has no effect, because the region has no load balancer; enable load_balancer, or remove access"},
		"paths without load balancer":      {inRegion("load_balancer: {enabled: false}, access: {paths: [/mcp]}"), "access.paths: has no effect, because the region has no load balancer"},
		"a certificate without HTTPS":      {inRegion("load_balancer: {https: {enabled: false, certificate_arn: " + certificate + "}}"), "load_balancer.https.certificate_arn: has no effect, because HTTPS is off"},
		"a single task on Spot":            {inRegion("service: {desired_count: 1, capacity: spot}"), "regions.yaml:6:83: regions.eu-west-1.service.capacity: the only task runs on Spot, so the region does not serve after AWS takes the task back until the next one runs; run two tasks or more, or keep one on demand with capacity: {base: 1}"},
		"a minimum of one on Spot":         {inRegion("service: {autoscaling: {enabled: true, min: 1}, capacity: spot}"), "service.capacity: the only task runs on Spot"},
		"a base of all tasks":              {inRegion("service: {desired_count: 2, capacity: {base: 2}}"), "service.capacity: with base: 2, 2 tasks may leave none for Spot; run more tasks, lower base, or set capacity: fargate"},
		"a region without boundary": {inRegion("task_role: {permissions_boundary: 'arn:aws:iam::123456789012:policy/b'}") + "  us-east-1: {network: {cidr: 10.1.0.0/16}}\n",
			"regions.yaml:7:3: regions.us-east-1: has no permissions boundary, unlike other regions, so the pipelines' role cannot require one; set task_role.permissions_boundary below defaults"},
		"more policies than the quota":   {inRegion("task_role: {managed_policies: [" + manyPolicies(11) + "]}"), "task_role.managed_policies: lists 11 policies, but a role can have 10 until the account's quota is raised"},
		"a domain without load balancer": {inRegion("load_balancer: {enabled: false}, dns: {enabled: true, name: a, zone: example.com}"), "has no effect, because the region has no load balancer"},
	}
	for name, each := range cases {
		t.Run(name, func(t *testing.T) {
			text := each.text
			if !strings.Contains(text, "environment: {") {
				text = withStateless(text)
			}
			_, warnings := mustParse(t, text)
			if len(warnings) != 1 || !strings.Contains(warnings.Error(), each.want) {
				t.Errorf("want one warning with %q, got\n%v", each.want, warnings)
			}
		})
	}
}

func TestParseDoesNotWarn(t *testing.T) {
	for name, text := range map[string]string{
		"carrier-grade NAT block":                      withNetwork("cidr: 100.64.0.0/16"),
		"HTTP on another port":                         inRegion("load_balancer: {port: 8443}"),
		"port 443 without a load balancer":             inRegion("load_balancer: {enabled: false, port: 443}"),
		"health check of MCP that accepts 406":         inRegion("load_balancer: {health_check: {path: /mcp, matcher: '200,400,405,406'}}"),
		"health check of MCP without load balancer":    inRegion("load_balancer: {enabled: false, health_check: {path: /mcp}}"),
		"health check of another path":                 inRegion("mcp: {path: /sse}, load_balancer: {health_check: {path: /mcp}}"),
		"two tasks on Spot":                            inRegion("service: {capacity: spot}"),
		"no task on Spot yet":                          inRegion("service: {desired_count: 0, capacity: {base: 1}}"),
		"root that is allowed":                         inRegion("container: {user: root, allow_root: true}"),
		"users that only look like root":               inRegion("container: {user: '1000:0'}"),
		"a user whose name begins like root":           inRegion("container: {user: rootless}"),
		"a sidecar that exits before the others start": inContainer("depends_on: {a: success}, sidecars: [{name: a, image: nginx, essential: false}]"),
		"a sidecar that waits for the server":          inContainer("sidecars: [{name: a, image: nginx, depends_on: {server: start}}]"),
		"two ways to the same sidecar":                 inContainer("depends_on: {a: start, b: start}, sidecars: [{name: a, image: nginx, depends_on: {b: start}}, {name: b, image: nginx}]"),
		"shares of all but one unit":                   inContainer("sidecars: [{name: a, image: nginx, cpu: 1023, memory: 3071}]"),
		"a health check that one region turns off":     inRegion("container: {health_check: {command: [], retries: 5}}"),
		"a path with an escape and a trailing slash":   inRegion("mcp: {path: /a%2Fb/}"),
	} {
		t.Run(name, func(t *testing.T) {
			if _, warnings := mustParse(t, withStateless(text)); len(warnings) != 0 {
				t.Errorf("warnings:\n%v", warnings)
			}
		})
	}
}

func TestMistakeInDefaultsIsReportedOnce(t *testing.T) {
	text := strings.Replace(minimal, "{image", "{port: 0, image", 1) + "  us-east-1: {network: {cidr: 10.1.0.0/16}}\n"
	_, _, err := Parse("regions.yaml", []byte(text))
	problems, ok := errors.AsType[Problems](err)
	if !ok || len(problems) != 1 || problems[0].Path != "defaults.container.port" {
		t.Errorf("got\n%v", err)
	}
}

func TestAliasesAreRejectedWithoutExpansion(t *testing.T) {
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
			t.Error("want either a fleet or an error")
		}
		if err != nil && err.Error() == "" {
			t.Error("empty error message")
		}
	})
}

func TestDeploymentsWithRoomAreValid(t *testing.T) {
	for _, settings := range []string{
		"desired_count: 3, deployment: {minimum_healthy_percent: 67, maximum_percent: 134}",
		"desired_count: 3, deployment: {minimum_healthy_percent: 66, maximum_percent: 133}",
		"desired_count: 1, deployment: {minimum_healthy_percent: 0, maximum_percent: 150}",
		"desired_count: 0, deployment: {maximum_percent: 150}",
		"availability_zone_rebalancing: false, deployment: {minimum_healthy_percent: 50, maximum_percent: 100}",
	} {
		if fleet, _ := mustParse(t, inRegion("service: {"+settings+"}")); len(fleet.Regions) != 1 {
			t.Error(settings)
		}
	}
}

func TestCustomerKey(t *testing.T) {
	multiRegion := "arn:aws:kms:eu-west-1:123456789012:key/mrk-1234567890abcdef1234567890abcdef"
	for settings, want := range map[string]string{
		"{}":                                  "",
		"{kms_key: alias/aws/secretsmanager}": "",
		"{kms_key: '" + multiRegion + "'}":    multiRegion,
	} {
		fleet, warnings := mustParse(t, inRegion("container: {secrets: {A: B}}, secrets: "+settings))
		if got := fleet.Regions[0].Secrets.CustomerKey(); got != want || len(warnings) > 1 {
			t.Errorf("%s: %q, want %q (%v)", settings, got, want, warnings)
		}
	}
}

func TestDefaultDiscoveryClients(t *testing.T) {
	for settings, want := range map[string][]string{
		"load_balancer: {enabled: true}":                                               nil,
		"load_balancer: {enabled: false}":                                              {"10.0.0.0/16"},
		"load_balancer: {enabled: false}, discovery: {clients: []}":                    {},
		"load_balancer: {enabled: false}, discovery: {enabled: false}":                 nil,
		"load_balancer: {enabled: true}, discovery: {clients: [sg-0123456789abcdef0]}": {"sg-0123456789abcdef0"},
	} {
		fleet, _ := mustParse(t, inRegion(settings))
		if difference := cmp.Diff(want, fleet.Regions[0].Discovery.Clients); difference != "" {
			t.Errorf("%s (- want, + got)\n%s", settings, difference)
		}
	}
}
