package cli

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"

	"github.com/cdtait/mcpfleet/internal/golden"
	"github.com/cdtait/mcpfleet/internal/ops/opstest"
)

const oneRegion = "  eu-west-1: {network: {cidr: 10.0.0.0/16}}\n"

func TestDoctorOfHealthyFleet(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("doctor-a", "{enabled: true}", `  eu-west-1:
    network: {cidr: 10.0.0.0/16}
    dns: {enabled: true, zone: example.org, name: doctor-a, regional: true}
    access: {paths: [/mcp, /health, /.well-known/*]}
    waf: {enabled: true}
`))
	seed(t, url, file)
	want(t, runWith(t, strings.NewReader("value"), saturday, file, "secret", "set"), 0)
	got := run(t, saturday, file, "doctor")
	want(t, got, 0)
	golden.Compare(t, "testdata/doctor-healthy.txt", []byte(got.out))
}

func TestDoctorChecksTheRequestPath(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("doctor-b", "{}", "  eu-west-1: {network: {cidr: 10.99.0.0/16}, dns: {enabled: true, zone: example.net, name: doctor-b}}\n"))
	seeded := seed(t, url, file)["eu-west-1"]
	cfg, err := opstest.Config(t.Context(), url, "eu-west-1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := elb.NewFromConfig(cfg).DeleteListener(t.Context(), &elb.DeleteListenerInput{ListenerArn: &seeded.ListenerARN}); err != nil {
		t.Fatal(err)
	}
	_, err = ec2.NewFromConfig(cfg).RevokeSecurityGroupIngress(t.Context(), &ec2.RevokeSecurityGroupIngressInput{GroupId: &seeded.TaskGroupID, IpPermissions: []ec2types.IpPermission{{
		IpProtocol: new("tcp"), FromPort: new(int32(8001)), ToPort: new(int32(8001)), UserIdGroupPairs: []ec2types.UserIdGroupPair{{GroupId: &seeded.BalancerGroupID}},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	otherName := strings.Replace(fleetText("doctor-b", "{}", oneRegion), "{network: {cidr: 10.0.0.0/16}}", "{network: {cidr: 10.99.0.0/16}, dns: {enabled: true, zone: example.net, name: other}}", 1)
	got := run(t, saturday, fleetFile(t, otherName), "doctor")
	want(t, got, 1)
	golden.Compare(t, "testdata/doctor-request.txt", []byte(withoutTempDir(got.out)))
	otherZone := strings.Replace(otherName, "example.net", "absent.net", 1)
	want(t, run(t, saturday, fleetFile(t, otherZone), "doctor"), 1, "domain: public hosted zone absent.net does not exist")
}

// stoppedReasons maps reasons in the wording of ECS to doctor's findings.
var stoppedReasons = map[string]struct{ reason, finding string }{
	"image":   {"CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ghcr.io/x: not found", "tasks: the image cannot be pulled: "},
	"secret":  {"ResourceInitializationError: unable to pull secrets or registry auth: retrieved secret did not contain json key API_KEY", "tasks: the secret lacks a key that the container references: "},
	"network": {"ResourceInitializationError: unable to pull registry auth: i/o timeout", "tasks: the task cannot reach AWS: "},
	"memory":  {"OutOfMemoryError: Container killed due to memory usage", "tasks: the container ran out of memory: "},
	"crash":   {"Essential container in task exited", "tasks: the container exited: "},
	"health":  {"Task failed ELB health checks in (target-group arn:x)", "tasks: the load balancer found the task unhealthy: "},
}

func TestDoctorReportsStoppedReasons(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("doctor-c", "{}", oneRegion))
	seed(t, url, file)
	for name, each := range stoppedReasons {
		t.Run(name, func(t *testing.T) {
			intercept(t, url, func(c call) bool {
				responses := map[string]string{
					"ListTasks":     `{"taskArns": ["arn:aws:ecs:eu-west-1:1:task/a"]}`,
					"DescribeTasks": `{"tasks": [{"taskArn": "a", "stoppedReason": "` + each.reason + `", "containers": [{"exitCode": 1}]}]}`,
				}
				response, known := responses[c.operation]
				if known {
					_, _ = c.w.Write([]byte(response))
				}
				return known
			})
			want(t, run(t, saturday, file, "doctor"), 1, each.finding+each.reason)
		})
	}
}

func TestDoctorIgnoresEventsBeforeSteadyState(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("doctor-d", "{}", oneRegion))
	seed(t, url, file)
	intercept(t, url, func(c call) bool {
		if c.operation != "DescribeServices" {
			return false
		}
		_, _ = c.w.Write(bytes.Replace(c.forward(), []byte(`"events": []`), []byte(`"events": [
			{"message": "(service x) was unable to place a task. Reason: subnet-1 does not have enough free IP addresses"},
			{"message": "(service x) has reached a steady state."},
			{"message": "(service x) is unable to consistently start tasks successfully."}]`), 1))
		return true
	})
	got := run(t, saturday, file, "doctor", "--json")
	want(t, got, 1, "a subnet has no free IP address")
	if strings.Contains(got.out, "keep stopping") {
		t.Error("an event from before the steady state is reported")
	}
}

func TestDoctorOfUndeployedRegion(t *testing.T) {
	t.Parallel()
	awsURL(t)
	file := fleetFile(t, fleetText("doctor-e", "{}", oneRegion))
	want(t, run(t, saturday, file, "doctor"), 1, "status: not deployed: no cluster doctor-e-dev-eu-west-1-cluster", "fix: MCPFLEET_CONFIG="+file+" npx cdktf deploy dev-eu-west-1")
}

// TestDoctorReportsOrphanedLoadBalancer simulates an apply that was killed while it woke the region. The load
// balancer then exists until the window next opens.
func TestDoctorReportsOrphanedLoadBalancer(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("doctor-f", "{enabled: true, destroy_albs: true}", oneRegion))
	seed(t, url, file)
	attached := regexp.MustCompile(`"loadBalancers": \[\{[^]]*\]`)
	intercept(t, url, func(c call) bool {
		if c.operation != "DescribeServices" {
			return false
		}
		_, _ = c.w.Write(attached.ReplaceAll(c.forward(), []byte(`"loadBalancers": []`)))
		return true
	})
	want(t, run(t, tuesday, file, "doctor"), 1, "leftover: a load balancer exists and is billed, although the region is asleep",
		"terraform -chdir=cdktf.out/stacks/dev-eu-west-1 import -var weekend_state=up 'aws_lb.main[0]' arn:aws:elasticloadbalancing:eu-west-1:")
}
