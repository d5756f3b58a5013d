package ops

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cdtait/mcpfleet/config"
)

// found returns the findings of one check, and fails if another check found something, too.
func found(t *testing.T, diagnosis Diagnosis, check string) (problems []Problem) {
	t.Helper()
	for _, finding := range diagnosis.Findings {
		if finding.Check != check {
			t.Errorf("%s: %+v", finding.Check, finding.Problem)
			continue
		}
		problems = append(problems, finding.Problem)
	}
	return problems
}

// wantProblems checks the codes of problems, and a part of the first one's message. An empty code stands for no problem.
func wantProblems(t *testing.T, problems []Problem, part string, want ...Code) {
	t.Helper()
	want = slices.DeleteFunc(slices.Clone(want), func(code Code) bool { return code == "" })
	if !slices.Equal(codes(problems), want) || len(problems) > 0 && !strings.Contains(problems[0].Message, part) {
		t.Errorf("got %+v", problems)
	}
}

func TestDoctorFindsNothingInAHealthyRegion(t *testing.T) {
	diagnosis := newFakeAWS(t, nil).region("", saturday).Doctor(t.Context())
	found(t, diagnosis, "")
	want := []string{"schedule", "service", "tasks", "events", "targets", "load balancer", "listener", "security groups", "subnets", "routes", "logs"}
	if !slices.Equal(diagnosis.Checked, want) {
		t.Errorf("checked %q", diagnosis.Checked)
	}
}

// TestDoctorFollowsARequest breaks the path from the internet to the tasks in one place at a time.
func TestDoctorFollowsARequest(t *testing.T) {
	in, out, tasks := rule(80, "0.0.0.0/0", ""), rule(8001, "", taskGroup), rule(8001, "", balancerGroup)
	for name, each := range map[string]struct {
		operation, response string
		check               string
		code                Code
		message             string
	}{
		"the internet is kept out":     {"DescribeSecurityGroups", securityGroups(rule(80, "203.0.113.0/24", ""), out, tasks), "security groups", SecurityGroups, "80"},
		"nothing leaves the balancer":  {"DescribeSecurityGroups", securityGroups(in, rule(9000, "", taskGroup), tasks), "security groups", SecurityGroups, "8001"},
		"the tasks are closed":         {"DescribeSecurityGroups", securityGroups(in, out, rule(8001, "", "sg-other")), "security groups", SecurityGroups, "8001"},
		"no listener":                  {"DescribeListeners", listener(8080, "HTTP", targetGroupARN), "listener", ListenerWrong, "80"},
		"a listener of others":         {"DescribeListeners", listener(80, "HTTP", targetGroupARN+"0"), "listener", ListenerWrong, "target group"},
		"a listener with HTTPS":        {"DescribeListeners", listener(80, "HTTPS", targetGroupARN), "listener", ListenerWrong, "the listener on port 80 speaks HTTPS, not HTTP"},
		"HTTPS was turned off":         {"DescribeListeners", listeners(httpsListener, redirectListener), "listener", Drift, "HTTPS is on in AWS but off in the fleet file"},
		"the balancer failed":          {"DescribeLoadBalancers", balancer("failed", "no capacity"), "load balancer", LoadBalancerFailed, "no capacity"},
		"one subnet has no route":      {"DescribeRouteTables", routes("igw-1", "active", "subnet-a", "subnet-b"), "routes", NoRoute, "subnet-c"},
		"one subnet has few addresses": {"DescribeSubnets", strings.Replace(subnets(4000), "4000", "0", 1), "subnets", FewAddresses, "subnet-a"},
		"another log group":            {"DescribeLogGroups", `{"logGroups": [{"logGroupName": "/ecs/` + prefix + `-task-old"}]}`, "logs", LogGroupMissing, "/ecs/" + prefix + "-task"},
	} {
		t.Run(name, func(t *testing.T) {
			diagnosis := newFakeAWS(t, map[string]response{each.operation: body(each.response)}).region("", saturday).Doctor(t.Context())
			wantProblems(t, found(t, diagnosis, each.check), each.message, each.code)
		})
	}
}

// TestDoctorChecksEveryBlock has a load balancer that two networks may connect to.
func TestDoctorChecksEveryBlock(t *testing.T) {
	const access = "  access: {cidrs: [203.0.113.0/24, 198.51.100.7/32]}"
	out, tasks := rule(8001, "", taskGroup), rule(8001, "", balancerGroup)
	for name, each := range map[string]struct {
		in    string
		code  Code
		parts string
	}{
		"both":          {rule(80, "203.0.113.0/24", "") + rule(80, "198.51.100.7/32", ""), "", ""},
		"one":           {rule(80, "203.0.113.0/24", ""), SecurityGroups, "from 198.51.100.7/32 on port 80"},
		"a prefix list": {`<item><ipProtocol>tcp</ipProtocol><fromPort>80</fromPort><toPort>80</toPort><prefixListIds><item><prefixListId>pl-1</prefixListId></item></prefixListIds></item>`, "", ""},
		"the internet":  {rule(80, "0.0.0.0/0", ""), Drift, "from the internet on port 80, but access.cidrs does not"},
	} {
		t.Run(name, func(t *testing.T) {
			aws := map[string]response{"DescribeSecurityGroups": body(securityGroups(each.in, out, tasks))}
			problems := found(t, newFakeAWS(t, aws).region(access, saturday).Doctor(t.Context()), "security groups")
			wantProblems(t, problems, each.parts, each.code)
		})
	}
}

func TestDoctorWantsARouteThatWorks(t *testing.T) {
	for name, table := range map[string]string{
		"a deleted gateway": routes("igw-1", "blackhole", "subnet-a", "subnet-b", "subnet-c"),
		"a NAT gateway":     routes("nat-1", "active", "subnet-a", "subnet-b", "subnet-c"),
	} {
		t.Run(name, func(t *testing.T) {
			diagnosis := newFakeAWS(t, map[string]response{"DescribeRouteTables": body(table)}).region("", saturday).Doctor(t.Context())
			if got := codes(found(t, diagnosis, "routes")); !slices.Equal(got, []Code{NoRoute, NoRoute, NoRoute}) {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestDoctorSaysThatTheServiceIsNotAttached(t *testing.T) {
	diagnosis := newFakeAWS(t, serviceFields(t, object{"loadBalancers": []object{}})).region("", saturday).Doctor(t.Context())
	if got := codes(found(t, diagnosis, "load balancer")); !slices.Equal(got, []Code{NotAttached}) {
		t.Errorf("got %v", got)
	}
}

// TestDoctorFindsALeftoverLoadBalancer has what an apply leaves that was killed while it woke the region.
func TestDoctorFindsALeftoverLoadBalancer(t *testing.T) {
	aws := serviceFields(t, object{"desiredCount": 0, "runningCount": 0, "loadBalancers": []object{}})
	aws["DescribeScalableTargets"] = body(`{"ScalableTargets": [{"MinCapacity": 0, "MaxCapacity": 0, "SuspendedState": {"ScheduledScalingSuspended": true}}]}`)
	aws["DescribeScheduledActions"] = body(scheduledActions(t, fleet(t, destroyMode), nil))
	var leftovers []Fix
	suspended := false
	for _, finding := range newFakeAWS(t, aws).region(destroyMode, tuesday).Doctor(t.Context()).Findings {
		if finding.Code == Leftover {
			leftovers = append(leftovers, finding.Fix)
		}
		suspended = suspended || finding.Code == ScalingSuspended
	}
	if len(leftovers) != 2 || leftovers[0].Verb != VerbDeploy || leftovers[1].Verb != VerbTerraform || !slices.Contains(leftovers[1].Arguments, balancerARN) {
		t.Errorf("got %+v", leftovers)
	}
	if !suspended {
		t.Error("suspended scaling is not found")
	}
}

func TestDoctorFindsSuspendedAutoscaling(t *testing.T) {
	aws := map[string]response{
		"DescribeScalableTargets": body(`{"ScalableTargets": [{"MinCapacity": 2, "MaxCapacity": 8, "SuspendedState": {"DynamicScalingOutSuspended": true, "DynamicScalingInSuspended": false}}]}`),
		"DescribeScalingPolicies": body(mustJSON(t, object{"ScalingPolicies": []object{policy("cpu", nil), policy("requests", nil)}})),
	}
	findings := found(t, newFakeAWS(t, aws).region(autoscaled, saturday).Doctor(t.Context()), "schedule")
	if len(findings) != 1 || findings[0].Code != ScalingSuspended || !strings.Contains(findings[0].Message, "adds no tasks") ||
		!slices.Contains(findings[0].Fix.Arguments, "DynamicScalingOutSuspended=false") {
		t.Errorf("got %+v", findings)
	}
}

// zones is the ListHostedZonesByName response with one zone.
func zones(name string, private bool) response {
	return body(fmt.Sprintf(`<ListHostedZonesByNameResponse><HostedZones><HostedZone><Id>/hostedzone/Z1</Id><Name>%s</Name>
		<Config><PrivateZone>%t</PrivateZone></Config></HostedZone></HostedZones></ListHostedZonesByNameResponse>`, name, private))
}

// records is the ListResourceRecordSets response.
func records(sets ...string) response {
	return body("<ListResourceRecordSetsResponse><ResourceRecordSets>" + strings.Join(sets, "") + "</ResourceRecordSets></ListResourceRecordSetsResponse>")
}

// alias is an A record for a load balancer. A simple record has no identifier.
func alias(name, identifier, host string) string {
	return recordSet(name, "A", identifier, "<AliasTarget><DNSName>"+host+"</DNSName></AliasTarget>")
}

func cname(name, identifier, content string) string {
	return recordSet(name, "CNAME", identifier, "<ResourceRecords><ResourceRecord><Value>"+content+"</Value></ResourceRecord></ResourceRecords>")
}

func recordSet(name, kind, identifier, rest string) string {
	if identifier != "" {
		rest += "<SetIdentifier>" + identifier + "</SetIdentifier>"
	}
	return fmt.Sprintf("<ResourceRecordSet><Name>%s</Name><Type>%s</Type>%s</ResourceRecordSet>", name, kind, rest)
}

func TestDoctorLooksForTheDomain(t *testing.T) {
	const dns = "  load_balancer: {https: false}\n  dns: {enabled: true, zone: example.com, name: mcp, regional: true}"
	zone := zones("example.com.", false)
	latency, regional := alias("mcp.example.com.", "eu-west-1", "dualstack."+balancerDNS+"."), alias("eu-west-1.mcp.example.com.", "", balancerDNS)
	for name, each := range map[string]struct {
		zones, records response
		want           []Code
		text           string
	}{
		"as it should be":             {zone, records(latency, regional), nil, ""},
		"no zone":                     {zones("example.org.", false), records(latency, regional), []Code{DomainWrong}, "zone example.com does not exist"},
		"a private zone":              {zones("example.com.", true), records(latency, regional), []Code{DomainWrong}, "zone example.com does not exist"},
		"no record":                   {zone, records(alias("www.example.com.", "eu-west-1", balancerDNS), regional), []Code{DomainWrong}, "mcp.example.com has no record"},
		"another region's":            {zone, records(alias("mcp.example.com.", "us-east-1", balancerDNS), regional), []Code{DomainWrong}, "mcp.example.com has no record"},
		"another load balancer":       {zone, records(alias("mcp.example.com.", "eu-west-1", "alb-2.eu-west-1.elb.amazonaws.com"), regional), []Code{DomainWrong}, "mcp.example.com points"},
		"no regional record":          {zone, records(latency), []Code{DomainWrong}, "eu-west-1.mcp.example.com has no record"},
		"a stranger's regional one":   {zone, records(latency, alias("eu-west-1.mcp.example.com.", "", "example.net.")), []Code{DomainWrong}, "eu-west-1.mcp.example.com points"},
		"neither of the two":          {zone, records(), []Code{DomainWrong, DomainWrong}, "eu-west-1.mcp.example.com has no record"},
		"no right to look for a zone": {refuse(http.StatusForbidden, "AccessDenied", "no"), records(), []Code{NotAllowed}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			diagnosis := newFakeAWS(t, map[string]response{"ListHostedZonesByName": each.zones, "ListResourceRecordSets": each.records}).region(dns, saturday).Doctor(t.Context())
			problems := found(t, diagnosis, "domain")
			wantProblems(t, problems, each.text, each.want...)
		})
	}
}

// TestDoctorLooksForTheAnswer holds that the names of a sleeping region lead to what answers for it.
func TestDoctorLooksForTheAnswer(t *testing.T) {
	const asleep = "  dns: {enabled: true, zone: example.com, name: mcp}\n  weekend: {enabled: true, destroy_albs: true, answer: true, days: [sun]}"
	for name, each := range map[string]struct {
		record string
		want   []Code
		text   string
	}{
		"as it should be":          {alias("mcp.example.com.", "eu-west-1", "d-0123456789.execute-api.eu-west-1.amazonaws.com."), nil, ""},
		"a load balancer":          {alias("mcp.example.com.", "eu-west-1", balancerDNS), []Code{DomainWrong}, "mcp.example.com does not lead to the answer of the sleeping region"},
		"no record":                {"", []Code{DomainWrong}, "mcp.example.com has no record"},
		"an answer in another one": {alias("mcp.example.com.", "us-east-1", "d-0123456789.execute-api.us-east-1.amazonaws.com."), []Code{DomainWrong}, "mcp.example.com has no record"},
	} {
		t.Run(name, func(t *testing.T) {
			aws := newFakeAWS(t, map[string]response{"ListHostedZonesByName": zones("example.com.", false), "ListResourceRecordSets": records(each.record)})
			e := &examination{Region: aws.region(asleep, saturday)}
			e.expected, e.zone = e.ExpectedAt(saturday, config.OverrideAuto), func() (string, error) { return e.hostedZone(t.Context()) }
			if !e.hasDomain() {
				t.Fatal("the domain is not checked")
			}
			problems, err := checkDomain(t.Context(), e)
			if err != nil {
				t.Fatal(err)
			}
			wantProblems(t, problems, each.text, each.want...)
		})
	}
}

// stopped are the responses for a task that stopped some time ago, for a reason of ECS and one of its container.
func stopped(t *testing.T, before time.Duration, reason, containerReason string) map[string]response {
	t.Helper()
	container := object{"exitCode": 1, "reason": containerReason}
	return map[string]response{
		"ListTasks":     body(`{"taskArns": ["arn:aws:ecs:eu-west-1:123456789012:task/a"]}`),
		"DescribeTasks": body(mustJSON(t, object{"tasks": []object{{"taskArn": "a", "stoppedAt": ago(before), "stoppedReason": reason, "containers": []object{container}}}})),
	}
}

// TestDoctorReadsStoppedTasks has AWS's own sentences, each with a part of the fix that belongs to it.
func TestDoctorReadsStoppedTasks(t *testing.T) {
	for name, each := range map[string]struct {
		reason, containerReason string
		fix                     Fix
	}{
		"image":     {"CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref example/server:1: not found", "", Fix{Advice: "container.image"}},
		"key":       {"ResourceInitializationError: unable to pull secrets or registry auth: retrieved secret from Secrets Manager did not contain json key KEY", "", Fix{Verb: VerbSecretStatus}},
		"rights":    {"ResourceInitializationError: unable to pull secrets or registry auth: AccessDeniedException", "", Fix{Verb: VerbSecretStatus, Advice: "deploy"}},
		"no secret": {"ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: ResourceNotFoundException: Secrets Manager can't find the specified secret.", "", Fix{Verb: VerbSecretStatus, Advice: "in the region of its tasks"}},
		"parameter": {"ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secrets from ssm: service call has been retried 1 time(s): invalid parameters: /reports/db", "", Fix{Advice: "in the region of the tasks"}},
		"network":   {"ResourceInitializationError: unable to reach the registry", "", Fix{Advice: "gateway"}},
		"log group": {"ResourceInitializationError: failed to validate logger args: The specified log group does not exist", "", Fix{Verb: VerbDeploy}},
		"memory":    {"Essential container in task exited", "OutOfMemoryError: Container killed due to memory usage", Fix{Advice: "container.memory"}},
		"processor": {"Essential container in task exited", "exec /server: exec format error", Fix{Advice: "--platform linux/arm64 if container.architecture is arm64"}},
		"no ARM":    {"CannotPullContainerError: pull image manifest has been retried 7 time(s): image Manifest does not contain descriptor matching platform 'linux/arm64 v8'", "", Fix{Advice: "docker buildx build --platform linux/arm64, or set container.architecture to x86_64"}},
		"ARM only":  {"CannotPullContainerError: pull image manifest has been retried 7 time(s): image Manifest does not contain descriptor matching platform 'linux/amd64'", "", Fix{Advice: "docker buildx build --platform linux/amd64, or set container.architecture to arm64"}},
		"health":    {"Task failed ELB health checks in (target-group arn:tg)", "", Fix{Verb: VerbLogs, Advice: "health_check.path"}},
		"crash":     {"Essential container in task exited", "", Fix{Verb: VerbLogs}},
		"own check": {"Task failed container health checks", "", Fix{Verb: VerbLogs, Advice: "container.health_check"}},
		"disk":      {"CannotPullContainerError: failed to copy: write /var/lib/containerd/data: no space left on device", "", Fix{Advice: "container.ephemeral_storage"}},
		"user":      {"CannotStartContainerError: ResourceInitializationError: unable to create container: unable to find user app: no matching entries in passwd file", "", Fix{Advice: "container.user"}},
		"read only": {"CannotStartContainerError: ResourceInitializationError: failed to create new container runtime task: mkdir /srv/app: read-only file system", "", Fix{Advice: "container.read_only"}},
		"program": {`CannotStartContainerError: ResourceInitializationError: failed to create new container runtime task: OCI runtime create failed: runc create failed: unable to start container process: exec: "serve": executable file not found in $PATH: unknown`,
			"", Fix{Advice: "container.entrypoint"}},
		"mount": {"ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: b'mount.nfs4: Connection timed out' : unsuccessful EFS utils command execution; code: 32", "",
			Fix{Verb: VerbDeploy, Advice: "port 2049"}},
		"mount again": {"ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: Mount attempt 1/3 failed due to timeout after 15 sec, wait 0 sec before next attempt. : unsuccessful EFS utils command execution; code: 1", "",
			Fix{Verb: VerbDeploy, Advice: "port 2049"}},
		"mount reset": {"ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: mount.nfs4: Connection reset by peer : unsuccessful EFS utils command execution; code: 32", "",
			Fix{Verb: VerbDeploy, Advice: "port 2049"}},
		"mount denied": {"ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: b'mount.nfs4: access denied by server while mounting 127.0.0.1:/' : unsuccessful EFS utils command execution; code: 32", "",
			Fix{Verb: VerbDeploy, Advice: "the policy of an existing file system"}},
		"mount name": {`ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: Failed to resolve "fs-0123456789abcdef0.efs.eu-west-1.amazonaws.com" - check that your file system ID is correct, and ensure that the VPC has an EFS mount target for this file system ID. : unsuccessful EFS utils command execution; code: 1`, "",
			Fix{Verb: VerbDeploy, Advice: "a mount target in each zone of the tasks"}},
		"no directory": {"ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: b'mount.nfs4: mounting fs-0123456789abcdef0.efs.eu-west-1.amazonaws.com:/models failed, reason given by server: No such file or directory' : unsuccessful EFS utils command execution; code: 32", "",
			Fix{Advice: "the existing access point"}},
		"unknown": {"Task was bored", "", Fix{Verb: VerbLogs}},
	} {
		t.Run(name, func(t *testing.T) {
			diagnosis := newFakeAWS(t, stopped(t, time.Minute, each.reason, each.containerReason)).region("", saturday).Doctor(t.Context())
			problems := found(t, diagnosis, "tasks")
			if len(problems) != 1 || problems[0].Code != TaskStopped || !strings.Contains(problems[0].Message, each.reason) {
				t.Fatalf("got %+v", problems)
			}
			if fix := problems[0].Fix; fix.Verb != each.fix.Verb || !strings.Contains(fix.Advice, each.fix.Advice) {
				t.Errorf("the fix is %+v", fix)
			}
		})
	}
}

// TestDoctorReadsExitCodes has the exit codes by which an init process or a shell reports a program that it cannot run.
// https://tldp.org/LDP/abs/html/exitcodes.html
func TestDoctorReadsExitCodes(t *testing.T) {
	for code, want := range map[int]string{127: "a program is not in the image", 126: "a program cannot be run", 1: "the container exited", 12: "the container exited"} {
		container := object{"exitCode": code}
		aws := map[string]response{
			"ListTasks":     body(`{"taskArns": ["arn:aws:ecs:eu-west-1:123456789012:task/a"]}`),
			"DescribeTasks": body(mustJSON(t, object{"tasks": []object{{"taskArn": "a", "stoppedAt": ago(time.Minute), "stoppedReason": "Essential container in task exited", "containers": []object{container}}}})),
		}
		problems := found(t, newFakeAWS(t, aws).region("", saturday).Doctor(t.Context()), "tasks")
		if len(problems) != 1 || !strings.HasPrefix(problems[0].Message, want) {
			t.Errorf("exit code %d: got %+v", code, problems)
		}
	}
}

func TestDoctorForgetsStoppedTasks(t *testing.T) {
	steady := object{"events": []object{{"id": "1", "createdAt": ago(5 * time.Minute), "message": "(service x) has reached a steady state."}}}
	starting := object{"runningCount": 1}
	const crash = "Essential container in task exited"
	for name, each := range map[string]struct {
		service object
		before  time.Duration
		reason  string
		want    bool
	}{
		"after the steady state":   {steady, 4 * time.Minute, crash, true},
		"before the steady state":  {steady, 6 * time.Minute, crash, false},
		"long ago, steady now":     {nil, 11 * time.Minute, crash, false},
		"long ago, and not steady": {starting, 11 * time.Minute, crash, true},
		"replaced by a deployment": {starting, time.Minute, "Scaling activity initiated by (deployment ecs-svc/1)", false},
	} {
		t.Run(name, func(t *testing.T) {
			aws := stopped(t, each.before, each.reason, "")
			aws["DescribeServices"] = body(service(t, each.service))
			findings := newFakeAWS(t, aws).region("", saturday).Doctor(t.Context()).Findings
			if got := slices.ContainsFunc(findings, func(finding Finding) bool { return finding.Code == TaskStopped }); got != each.want {
				t.Errorf("found: %t, want %t", got, each.want)
			}
		})
	}
}

func TestDoctorReadsEvents(t *testing.T) {
	for text, verb := range map[string]Verb{
		"(service x) was unable to place a task. Reason: Capacity is unavailable at this time.":                                  "",
		"(service x) was unable to place a task. Reason: You've reached the limit on the number of vCPU you can run: vCPU limit": VerbAWS,
		"(service x) is unable to consistently start tasks successfully.":                                                        VerbLogs,
		"(service x) failed to launch a task: subnet does not have enough free IP addresses":                                     "",
		"service (x) is unable to place a task in eu-west-1a.":                                                                   VerbStatus,
		"(service x) is out of sorts.": VerbLogs,
	} {
		aws := serviceFields(t, object{"events": []object{
			{"id": "3", "createdAt": ago(time.Minute), "message": text},
			{"id": "2", "createdAt": ago(2 * time.Minute), "message": "(service x) has started 1 tasks: (task b)."},
			{"id": "1", "createdAt": ago(time.Hour), "message": "(service x) has reached a steady state."},
			{"id": "0", "createdAt": ago(2 * time.Hour), "message": "(service x) is unable to consistently start tasks successfully."},
		}})
		problems := found(t, newFakeAWS(t, aws).region("", saturday).Doctor(t.Context()), "events")
		if len(problems) != 1 || problems[0].Fix.Verb != verb || !strings.Contains(problems[0].Message, text) {
			t.Errorf("%s: got %+v", text, problems)
		}
	}
}

func TestDoctorExplainsEventsOfContainerHealthChecks(t *testing.T) {
	aws := serviceFields(t, object{"events": []object{{"id": "1", "createdAt": ago(time.Minute), "message": "(service x) (task a) failed container health checks."}}})
	problems := found(t, newFakeAWS(t, aws).region("", saturday).Doctor(t.Context()), "events")
	if len(problems) != 1 || !strings.HasPrefix(problems[0].Message, failedCheck) || !strings.Contains(problems[0].Fix.Advice, "container.health_check") {
		t.Errorf("got %+v", problems)
	}
}

// TestDoctorIgnoresRebalancing has AWS's own sentences.
func TestDoctorIgnoresRebalancing(t *testing.T) {
	var events []object
	for _, text := range []string{
		"service (x) is AZ balanced with 1 tasks in eu-west-1a, 1 tasks in eu-west-1b, and 0 tasks in eu-west-1c.",
		"x has stopped 1 running tasks in eu-west-1a due to AZ rebalancing: a.",
		"x has started 1 tasks in eu-west-1b to AZ Rebalance: b.",
		"service (x) is not AZ balanced with 2 tasks in eu-west-1a, 0 in eu-west-1b, and 0 in eu-west-1c. AZ Rebalancing in progress.",
	} {
		events = append(events, object{"id": text, "createdAt": ago(time.Minute), "message": text})
	}
	found(t, newFakeAWS(t, serviceFields(t, object{"events": events})).region("", saturday).Doctor(t.Context()), "")
}

func TestDoctorReadsTargets(t *testing.T) {
	for name, each := range map[string]struct {
		health [3]string
		code   Code
		text   string
	}{
		"slow":         {[3]string{"unhealthy", "Target.Timeout", "Request timed out"}, TargetUnhealthy, "Request timed out"},
		"another code": {[3]string{"unhealthy", "Target.ResponseCodeMismatch", "Health checks failed with these codes: [404]"}, TargetUnhealthy, "[404]"},
		"new":          {[3]string{"initial", "Elb.RegistrationInProgress", "Target registration is in progress"}, Starting, "registration is in progress"},
		"unknown":      {[3]string{"unavailable", "Target.Tired", "It sleeps"}, TargetUnhealthy, "Target.Tired: It sleeps"},
	} {
		t.Run(name, func(t *testing.T) {
			diagnosis := newFakeAWS(t, map[string]response{"DescribeTargetHealth": body(targets(healthyTarget, each.health))}).region("", saturday).Doctor(t.Context())
			wantProblems(t, found(t, diagnosis, "targets"), each.text, each.code)
		})
	}
}

// TestDoctorRepeatsWhatStatusSays, so that a region never looks better to doctor than to status; but it does
// not send anyone back to itself.
func TestDoctorRepeatsWhatStatusSays(t *testing.T) {
	diagnosis := newFakeAWS(t, serviceFields(t, object{"runningCount": 0})).region("", saturday).Doctor(t.Context())
	problems := found(t, diagnosis, "status")
	if len(problems) != 1 || problems[0].Code != TasksMissing || problems[0].Fix.Verb != VerbLogs {
		t.Errorf("got %+v", problems)
	}
}

// TestDoctorReportsAChecksOwnFailure and goes on with the others.
func TestDoctorReportsAChecksOwnFailure(t *testing.T) {
	aws := map[string]response{"DescribeSubnets": refuse(http.StatusForbidden, "UnauthorizedOperation", "You are not authorized")}
	problems := found(t, newFakeAWS(t, aws).region("", saturday).Doctor(t.Context()), "subnets")
	if got := codes(problems); !slices.Equal(got, []Code{NotAllowed}) {
		t.Errorf("got %v", got)
	}
}
