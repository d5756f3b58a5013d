package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"strings"
	"testing"
	"time"
)

// cannedResponses replaces moto's responses to some operations, and fields of the service that it describes.
type cannedResponses struct {
	bodies  map[string]string
	service map[string]any
	// handle handles other requests; optional.
	handle func(call) bool
}

// with returns a copy with the given bodies.
func (r cannedResponses) with(bodies map[string]string) cannedResponses {
	r.bodies = bodies
	return r
}

func (r cannedResponses) intercept(t testing.TB, url string) {
	intercept(t, url, func(c call) bool {
		if body, known := r.bodies[c.operation]; known {
			_, _ = c.w.Write([]byte(body))
			return true
		}
		if c.operation != "DescribeServices" || r.service == nil {
			return r.handle != nil && r.handle(c)
		}
		var described struct {
			Services []map[string]any `json:"services"`
		}
		if err := json.Unmarshal(c.forward(), &described); err != nil {
			t.Error(err)
		}
		for _, service := range described.Services {
			maps.Copy(service, r.service)
		}
		text, err := json.Marshal(described)
		if err != nil {
			t.Error(err)
		}
		_, _ = c.w.Write(text)
		return true
	})
}

// seconds formats a time as ECS does.
func seconds(at time.Time) int64 { return at.Unix() }

// event returns a service event from before saturday.
func event(ago time.Duration, text string) map[string]any {
	return map[string]any{"id": text, "createdAt": seconds(saturday.Add(-ago)), "message": "(service x) " + text}
}

func deployment(status, reason string, ago time.Duration) string {
	return fmt.Sprintf(`{"serviceDeployments": [
		{"serviceDeploymentArn": "arn:old", "status": "SUCCESSFUL", "createdAt": %d},
		{"serviceDeploymentArn": "arn:new", "status": %q, "statusReason": %q, "createdAt": %d}]}`,
		seconds(saturday.Add(-48*time.Hour)), status, reason, seconds(saturday.Add(-ago)))
}

// TestStatusReportsRollback simulates the state after the circuit breaker has rolled back: the deployment of the
// old revision is primary and completed.
func TestStatusReportsRollback(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("serving-a", "{}", oneRegion))
	seed(t, url, file)
	setSecret(t, file)
	const reason = "Service deployment rolled back because the circuit breaker threshold was exceeded."
	cannedResponses{bodies: map[string]string{"ListServiceDeployments": deployment("ROLLBACK_SUCCESSFUL", reason, 20*time.Minute)}}.intercept(t, url)
	want(t, run(t, saturday, file, "status"), 1, "  rolled back  ", "eu-west-1: the deployment started 20 min ago was rolled back, and revision 1 is running: "+reason+"; mcpfleet logs --since 1h --region eu-west-1")
	want(t, run(t, saturday, file, "doctor"), 1, "status: the deployment started 20 min ago was rolled back")
	want(t, run(t, saturday, file, "status", "--json"), 1, `"code": "rolled_back"`)
	// A rollback does not affect scaling.
	want(t, run(t, saturday, file, "scale", "2"), 0, "steady")
}

func TestWaitEndsOnRollback(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("serving-b", "{}", oneRegion))
	seed(t, url, file)
	polls := 0
	cannedResponses{service: map[string]any{"runningCount": 1}, handle: func(c call) bool {
		if c.operation != "ListServiceDeployments" {
			return false
		}
		status := "IN_PROGRESS"
		if polls++; polls > 1 {
			status = "ROLLBACK_IN_PROGRESS"
		}
		_, _ = c.w.Write([]byte(deployment(status, "circuit breaker", time.Minute)))
		return true
	}}.intercept(t, url)
	want(t, run(t, saturday, file, "scale", "2"), 1, "the deployment started 1 min ago was rolled back, and revision 1 is running: circuit breaker")
}

// TestWaitEndsIfNoTaskStarts returns new stopped tasks in every poll.
func TestWaitEndsIfNoTaskStarts(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("serving-m", "{}", oneRegion))
	seed(t, url, file)
	polls := 0
	cannedResponses{service: map[string]any{"runningCount": 0}, handle: func(c call) bool {
		switch c.operation {
		case "ListTasks":
			polls++
			_, _ = fmt.Fprintf(c.w, `{"taskArns": ["arn:aws:ecs:eu-west-1:1:task/%d"]}`, polls)
		case "DescribeTasks":
			_, _ = fmt.Fprintf(c.w, `{"tasks": [{"taskArn": "%d", "stoppedReason": "CannotPullContainerError: not found"}]}`, polls)
		default:
			return false
		}
		return true
	}}.intercept(t, url)
	want(t, run(t, saturday, file, "scale", "2"), 1, "eu-west-1: a task stopped: CannotPullContainerError: not found\n",
		"eu-west-1  set to 2 tasks; 3 tasks stopped and none is running: CannotPullContainerError: not found; mcpfleet doctor --region eu-west-1")
}

// TestScaleToZeroEndsDespiteCrashingTasks simulates a service whose tasks crash: every poll returns another
// stopped task, and the first polls still return a pending one.
func TestScaleToZeroEndsDespiteCrashingTasks(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("serving-o", "{}", oneRegion))
	seed(t, url, file)
	polls := 0
	intercept(t, url, func(c call) bool {
		switch c.operation {
		case "DescribeServices":
			polls++
			pending := 0
			if polls <= 5 {
				pending = 1
			}
			_, _ = c.w.Write(bytes.Replace(c.forward(), []byte(`"pendingCount": 0`), fmt.Appendf(nil, `"pendingCount": %d`, pending), 1))
		case "ListTasks":
			_, _ = fmt.Fprintf(c.w, `{"taskArns": ["arn:aws:ecs:eu-west-1:1:task/%d"]}`, polls)
		case "DescribeTasks":
			_, _ = fmt.Fprintf(c.w, `{"tasks": [{"taskArn": "%d", "stoppedReason": "Essential container in task exited"}]}`, polls)
		default:
			return false
		}
		return true
	})
	want(t, run(t, saturday, file, "scale", "0", "--yes"), 0, "eu-west-1: a task stopped: Essential container in task exited\n", "set to 0 tasks, stopped")
}

// TestStatusDistinguishesStartingFromFailed checks the status shortly after tasks were started and long after.
func TestStatusDistinguishesStartingFromFailed(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("serving-c", "{}", oneRegion))
	seed(t, url, file)
	setSecret(t, file)
	steady := event(2*time.Hour, "has reached a steady state.")
	for ago, message := range map[time.Duration]string{
		40 * time.Second: "eu-west-1: still starting after 1 min: 0 of 2 tasks running; mcpfleet status --watch --region eu-west-1",
		20 * time.Minute: "eu-west-1: 0 of 2 tasks running; mcpfleet doctor --region eu-west-1",
	} {
		// For tasks that restart repeatedly, the first start counts.
		events := []any{event(10*time.Second, "has started 2 tasks: (task b)."), event(ago, "has started 2 tasks: (task a)."), steady}
		cannedResponses{service: map[string]any{"runningCount": 0, "events": events}}.intercept(t, url)
		want(t, run(t, saturday, file, "status"), 1, message)
		want(t, run(t, saturday, file, "doctor"), 1, "0 of 2 tasks run")
	}
}

// TestDoctorReportsUnknownStates simulates states that doctor has no specific check for.
func TestDoctorReportsUnknownStates(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("serving-d", "{}", oneRegion))
	seed(t, url, file)
	setSecret(t, file)
	target := func(state, reason, description string) map[string]string {
		return map[string]string{"DescribeTargetHealth": fmt.Sprintf(`<DescribeTargetHealthResponse><DescribeTargetHealthResult><TargetHealthDescriptions><member>
			<TargetHealth><State>%s</State><Reason>%s</Reason><Description>%s</Description></TargetHealth></member></TargetHealthDescriptions></DescribeTargetHealthResult></DescribeTargetHealthResponse>`, state, reason, description)}
	}
	for name, each := range map[string]struct {
		aws     cannedResponses
		finding string
	}{
		"no task runs for no known reason": {cannedResponses{service: map[string]any{"runningCount": 0}}, "status: 0 of 2 tasks run"},
		"initial": {cannedResponses{bodies: target("initial", "Elb.RegistrationInProgress", "Target registration is in progress")},
			"targets: a target is being registered: Target registration is in progress"},
		"the load balancer's own error": {cannedResponses{bodies: target("unhealthy", "Elb.InternalError", "Internal error")},
			"targets: a target cannot be checked: the load balancer has an internal error"},
		"an unknown target reason": {cannedResponses{bodies: target("unavailable", "Target.Tired", "It sleeps")}, "targets: a target is unavailable: Target.Tired: It sleeps"},
		"draining":                 {cannedResponses{service: map[string]any{"status": "DRAINING"}}, "status: the service is being deleted; ECS is still stopping its tasks"},
		"the container's check": {cannedResponses{service: map[string]any{"runningCount": 1}, bodies: stopped("Task failed container health checks", saturday)},
			"tasks: the container health check failed: Task failed container health checks; exit code 1\n      fix: mcpfleet logs --since 1h"},
		"an unknown stopped reason": {cannedResponses{bodies: stopped("Task was bored", saturday)}, "tasks: a task stopped: Task was bored; exit code 1"},
		"an unknown event": {cannedResponses{service: map[string]any{"runningCount": 1, "events": []any{event(time.Minute, "is out of sorts.")}}},
			"events: (service x) is out of sorts."},
	} {
		t.Run(name, func(t *testing.T) {
			each.aws.intercept(t, url)
			got := run(t, saturday, file, "doctor")
			want(t, got, 1, each.finding)
			if strings.Contains(got.out, "no problems found") {
				t.Error(got)
			}
		})
	}
}

func stopped(reason string, at time.Time) map[string]string {
	return map[string]string{
		"ListTasks":     `{"taskArns": ["arn:aws:ecs:eu-west-1:1:task/a"]}`,
		"DescribeTasks": fmt.Sprintf(`{"tasks": [{"taskArn": "a", "stoppedAt": %d, "stoppedReason": %q, "containers": [{"exitCode": 1}]}]}`, seconds(at), reason),
	}
}

func TestDoctorIgnoresOldFailures(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("serving-e", "{}", oneRegion))
	seed(t, url, file)
	setSecret(t, file)
	steady := map[string]any{"events": []any{event(5*time.Minute, "has reached a steady state.")}}
	for name, each := range map[string]struct {
		aws    cannedResponses
		status int
	}{
		"before it was steady":         {cannedResponses{service: steady}.with(stopped("Task failed ELB health checks in (target-group x)", saturday.Add(-6*time.Minute))), 0},
		"since it was steady":          {cannedResponses{service: steady}.with(stopped("Task failed ELB health checks in (target-group x)", saturday.Add(-4*time.Minute))), 1},
		"long ago, and steady again":   {cannedResponses{}.with(stopped("OutOfMemoryError: x", saturday.Add(-11*time.Minute))), 0},
		"replaced by a deployment":     {cannedResponses{}.with(stopped("Scaling activity initiated by (deployment ecs-svc/1)", saturday)), 0},
		"long ago, and not yet steady": {cannedResponses{service: map[string]any{"runningCount": 1}}.with(stopped("OutOfMemoryError: x", saturday.Add(-11*time.Minute))), 1},
	} {
		t.Run(name, func(t *testing.T) {
			each.aws.intercept(t, url)
			want(t, run(t, saturday, file, "doctor"), each.status)
		})
	}
}

func TestDoctorReportsMissingLogGroup(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("serving-f", "{}", oneRegion))
	seed(t, url, file)
	cannedResponses{bodies: map[string]string{"DescribeLogGroups": `{"logGroups": [{"logGroupName": "/ecs/serving-f-dev-eu-west-1-task-old"}]}`}}.intercept(t, url)
	want(t, run(t, saturday, file, "doctor"), 1, "logs: log group /ecs/serving-f-dev-eu-west-1-task does not exist, so no new task can start")
}

// TestDoctorComparesFreeAddressesWithTasks simulates three subnets with five free addresses each: enough for a
// deployment of two tasks, but not of forty.
func TestDoctorComparesFreeAddressesWithTasks(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	few := cannedResponses{handle: func(c call) bool {
		if c.operation != "DescribeSubnets" {
			return false
		}
		_, _ = c.w.Write(regexp.MustCompile(`<availableIpAddressCount>\d+<`).ReplaceAll(c.forward(), []byte("<availableIpAddressCount>5<")))
		return true
	}}
	file := fleetFile(t, fleetText("serving-n", "{}", oneRegion))
	seed(t, url, file)
	setSecret(t, file)
	few.intercept(t, url)
	want(t, run(t, saturday, file, "doctor"), 0)
	many := fleetFile(t, strings.Replace(fleetText("serving-n", "{}", oneRegion), "  weekend:", "  service: {desired_count: 40}\n  weekend:", 1))
	want(t, run(t, saturday, many, "doctor"), 1, "subnets: subnet subnet-", " has 5 free addresses; a deployment needs 14")
}

// TestDoctorSuggestsFixForQueryError simulates errors that prevent doctor from querying ECS.
func TestDoctorSuggestsFixForQueryError(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("serving-g", "{}", oneRegion))
	seed(t, url, file)
	for name, each := range map[string]struct {
		fault func(call) bool
		fix   string
	}{
		"denied":  {func(c call) bool { return c.fail(400, "AccessDeniedException", "no") }, "fix: grant the credentials permission for this action, or use other credentials"},
		"failing": {func(c call) bool { return c.fail(500, "InternalFailure", "") }, "fix: try again in a few minutes; see https://health.aws.amazon.com/health/status"},
		"expired": {func(c call) bool { return c.fail(400, "ExpiredTokenException", "") }, "fix: sign in again, for example with aws sso login"},
	} {
		t.Run(name, func(t *testing.T) {
			intercept(t, url, func(c call) bool { return c.service == "ecs" && each.fault(c) })
			want(t, run(t, saturday, file, "doctor"), 1, each.fix)
		})
	}
}

// TestLeadIsNotDrift checks the lead, during which an apply may already have woken the region.
func TestLeadIsNotDrift(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	lead := time.Date(2026, 11, 28, 5, 50, 0, 0, time.UTC)
	file := fleetFile(t, fleetText("serving-h", "{enabled: true, destroy_albs: true}", oneRegion))
	seed(t, url, file)
	setSecret(t, file)
	got := run(t, lead, file, "status")
	want(t, got, 0, "about to wake, window opens Sat 06:00 UTC in 10 min")
	if strings.Contains(got.out, "drift:") {
		t.Error(got)
	}
	want(t, run(t, lead, file, "doctor"), 0, "no problems found")
	want(t, run(t, lead, file, "scale", "2"), 0, "set to 2 tasks, steady; the schedule sets 0 on Sat 22:00 UTC in 16 h 10 min\n")
	// During the lead, asleep is also correct.
	cannedResponses{service: map[string]any{"desiredCount": 0, "runningCount": 0, "loadBalancers": []any{}}}.intercept(t, url)
	got = run(t, lead, file, "status")
	want(t, got, 0)
	if strings.Contains(got.out, "drift:") {
		t.Error(got)
	}
	// In the window it is not, and the region needs an apply.
	want(t, run(t, saturday, file, "status"), 1, "the desired count is 0, although the region should be awake; MCPFLEET_CONFIG="+file+" npx cdktf deploy dev-eu-west-1")
}

// TestOverrideIsNotDrift simulates an apply with weekend_state=up, which removes the scheduled action that stops
// the tasks.
func TestOverrideIsNotDrift(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("serving-i", "{enabled: true, destroy_albs: true}", oneRegion))
	seed(t, url, file)
	setSecret(t, file)
	cannedResponses{bodies: map[string]string{"DescribeScheduledActions": `{"ScheduledActions": []}`}}.intercept(t, url)
	got := run(t, tuesday, file, "status")
	want(t, got, 0, "held awake by weekend_state=up")
	if strings.Contains(got.out, "drift:") {
		t.Error(got)
	}
}

func TestScaleToZeroIgnoresAutoScalingErrors(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("serving-j", "{enabled: true}", oneRegion))
	seed(t, url, file)
	intercept(t, url, func(c call) bool {
		return c.service == "application-autoscaling" && c.fail(503, "ServiceUnavailable", "")
	})
	want(t, run(t, saturday, file, "scale", "0", "--yes"), 0, "set to 0 tasks, stopped; Application Auto Scaling was not updated and may start tasks again")
	want(t, run(t, saturday, file, "scale", "2"), 1, "AWS returned HTTP 503")
}

func TestScaleToManyTasksAsksFirst(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("serving-k", "{}", oneRegion))
	seed(t, url, file)
	want(t, run(t, saturday, file, "scale", "5", "--no-wait"), 2,
		"serving-k dev, account 123456789012 as user/moto: The fleet file sets 2 tasks for eu-west-1. Scale eu-west-1 to 5 tasks? This is not a terminal; pass --yes")
	want(t, run(t, saturday, file, "scale", "4", "--no-wait"), 0)
	want(t, run(t, saturday, file, "scale", "-1"), 2, `"-1" is not a number of tasks; write 0 to 5000`)
}

// TestHangingRegionDoesNotDelayOthers simulates one of three regions that never responds.
func TestHangingRegionDoesNotDelayOthers(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("serving-l", "{}", threeRegions))
	seed(t, url, file, "eu-west-1", "eu-west-2")
	released, release := context.WithCancel(context.Background())
	defer release()
	intercept(t, url, func(c call) bool {
		if c.region != "us-east-1" {
			return false
		}
		<-released.Done()
		return c.fail(503, "late", "")
	})
	for _, line := range []string{"status", "tasks", "drift", "doctor", "scale 2 --no-wait"} {
		got := run(t, saturday, file, append(strings.Fields(line), "--timeout", "700ms")...)
		want(t, got, 1, "no response in time", "eu-west-1", "eu-west-2")
	}
}

// setSecret sets the fleet's only secret, so that the fleet has no problems.
func setSecret(t *testing.T, file string) {
	t.Helper()
	want(t, runWith(t, strings.NewReader("value"), saturday, file, "secret", "set", "--no-wait"), 0)
}
