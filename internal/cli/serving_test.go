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

// cannedAnswers replaces what moto answers to some operations, and fields of the service that it describes.
type cannedAnswers struct {
	answers map[string]string
	service map[string]any
	// more answers what the rest does not; it may be nil.
	more func(call) bool
}

// with adds answers.
func (a cannedAnswers) with(answers map[string]string) cannedAnswers {
	a.answers = answers
	return a
}

func (a cannedAnswers) intercept(t testing.TB, url string) {
	intercept(t, url, func(c call) bool {
		if answer, known := a.answers[c.operation]; known {
			_, _ = c.w.Write([]byte(answer))
			return true
		}
		if c.operation != "DescribeServices" || a.service == nil {
			return a.more != nil && a.more(c)
		}
		var described struct {
			Services []map[string]any `json:"services"`
		}
		if err := json.Unmarshal(c.forward(), &described); err != nil {
			t.Error(err)
		}
		for _, service := range described.Services {
			maps.Copy(service, a.service)
		}
		text, err := json.Marshal(described)
		if err != nil {
			t.Error(err)
		}
		_, _ = c.w.Write(text)
		return true
	})
}

// seconds are an instant as ECS writes it.
func seconds(at time.Time) int64 { return at.Unix() }

// event is one of a service's, so long before saturday.
func event(ago time.Duration, text string) map[string]any {
	return map[string]any{"id": text, "createdAt": seconds(saturday.Add(-ago)), "message": "(service x) " + text}
}

func deployment(status, reason string, ago time.Duration) string {
	return fmt.Sprintf(`{"serviceDeployments": [
		{"serviceDeploymentArn": "arn:old", "status": "SUCCESSFUL", "createdAt": %d},
		{"serviceDeploymentArn": "arn:new", "status": %q, "statusReason": %q, "createdAt": %d}]}`,
		seconds(saturday.Add(-48*time.Hour)), status, reason, seconds(saturday.Add(-ago)))
}

// TestARollbackIsSeen has what ECS says after the circuit breaker has acted: the old revision's deployment
// is the primary one, and completed.
func TestARollbackIsSeen(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("serving-a", "{}", oneRegion))
	seed(t, url, file)
	setSecretOf(t, file)
	const reason = "Service deployment rolled back because the circuit breaker threshold was exceeded."
	cannedAnswers{answers: map[string]string{"ListServiceDeployments": deployment("ROLLBACK_SUCCESSFUL", reason, 20*time.Minute)}}.intercept(t, url)
	want(t, run(t, saturday, file, "status"), 1, "  rolled back  ", "eu-west-1: the deployment of 20 min ago was rolled back, and revision 1 runs: "+reason+"; mcpfleet logs --since 1h --region eu-west-1")
	want(t, run(t, saturday, file, "doctor"), 1, "status: the deployment of 20 min ago was rolled back")
	want(t, run(t, saturday, file, "status", "--json"), 1, `"code": "rolled_back"`)
	// Scaling neither makes nor undoes it.
	want(t, run(t, saturday, file, "scale", "2"), 0, "steady")
}

func TestARollbackEndsTheWait(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("serving-b", "{}", oneRegion))
	seed(t, url, file)
	looks := 0
	cannedAnswers{service: map[string]any{"runningCount": 1}, more: func(c call) bool {
		if c.operation != "ListServiceDeployments" {
			return false
		}
		status := "IN_PROGRESS"
		if looks++; looks > 1 {
			status = "ROLLBACK_IN_PROGRESS"
		}
		_, _ = c.w.Write([]byte(deployment(status, "circuit breaker", time.Minute)))
		return true
	}}.intercept(t, url)
	want(t, run(t, saturday, file, "scale", "2"), 1, "the deployment of 1 min ago was rolled back, and revision 1 runs: circuit breaker")
}

// TestAWaitEndsWhereNoTaskStarts has new stopped tasks at every look.
func TestAWaitEndsWhereNoTaskStarts(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("serving-m", "{}", oneRegion))
	seed(t, url, file)
	looks := 0
	cannedAnswers{service: map[string]any{"runningCount": 0}, more: func(c call) bool {
		switch c.operation {
		case "ListTasks":
			looks++
			_, _ = fmt.Fprintf(c.w, `{"taskArns": ["arn:aws:ecs:eu-west-1:1:task/%d"]}`, looks)
		case "DescribeTasks":
			_, _ = fmt.Fprintf(c.w, `{"tasks": [{"taskArn": "%d", "stoppedReason": "CannotPullContainerError: not found"}]}`, looks)
		default:
			return false
		}
		return true
	}}.intercept(t, url)
	want(t, run(t, saturday, file, "scale", "2"), 1, "eu-west-1: a task stopped: CannotPullContainerError: not found\n",
		"eu-west-1  set to 2 tasks; 3 tasks stopped and none runs: CannotPullContainerError: not found; mcpfleet doctor --region eu-west-1")
}

// TestTheEmergencyStopEndsThoughTasksGoOnStopping has a service whose tasks crash: one more has stopped at
// every look, and the last is still there at the first three.
func TestTheEmergencyStopEndsThoughTasksGoOnStopping(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("serving-o", "{}", oneRegion))
	seed(t, url, file)
	looks := 0
	intercept(t, url, func(c call) bool {
		switch c.operation {
		case "DescribeServices":
			looks++
			pending := 0
			if looks <= 5 {
				pending = 1
			}
			_, _ = c.w.Write(bytes.Replace(c.forward(), []byte(`"pendingCount": 0`), fmt.Appendf(nil, `"pendingCount": %d`, pending), 1))
		case "ListTasks":
			_, _ = fmt.Fprintf(c.w, `{"taskArns": ["arn:aws:ecs:eu-west-1:1:task/%d"]}`, looks)
		case "DescribeTasks":
			_, _ = fmt.Fprintf(c.w, `{"tasks": [{"taskArn": "%d", "stoppedReason": "Essential container in task exited"}]}`, looks)
		default:
			return false
		}
		return true
	})
	want(t, run(t, saturday, file, "scale", "0", "--yes"), 0, "eu-west-1: a task stopped: Essential container in task exited\n", "set to 0 tasks, stopped")
}

// TestStartingIsNotBroken is seconds after a scale, and long after.
func TestStartingIsNotBroken(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("serving-c", "{}", oneRegion))
	seed(t, url, file)
	setSecretOf(t, file)
	steady := event(2*time.Hour, "has reached a steady state.")
	for ago, message := range map[time.Duration]string{
		40 * time.Second: "eu-west-1: starting for 1 min: 0 of 2 tasks run; mcpfleet status --watch --region eu-west-1",
		20 * time.Minute: "eu-west-1: 0 of 2 tasks run; mcpfleet doctor --region eu-west-1",
	} {
		// Tasks that start again and again have begun with the first of them.
		events := []any{event(10*time.Second, "has started 2 tasks: (task b)."), event(ago, "has started 2 tasks: (task a)."), steady}
		cannedAnswers{service: map[string]any{"runningCount": 0, "events": events}}.intercept(t, url)
		want(t, run(t, saturday, file, "status"), 1, message)
		want(t, run(t, saturday, file, "doctor"), 1, "0 of 2 tasks run")
	}
}

// TestDoctorFindsWhateverStatusDoes has states that no item of the checklist knows.
func TestDoctorFindsWhateverStatusDoes(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("serving-d", "{}", oneRegion))
	seed(t, url, file)
	setSecretOf(t, file)
	target := func(state, reason, description string) map[string]string {
		return map[string]string{"DescribeTargetHealth": fmt.Sprintf(`<DescribeTargetHealthResponse><DescribeTargetHealthResult><TargetHealthDescriptions><member>
			<TargetHealth><State>%s</State><Reason>%s</Reason><Description>%s</Description></TargetHealth></member></TargetHealthDescriptions></DescribeTargetHealthResult></DescribeTargetHealthResponse>`, state, reason, description)}
	}
	for name, each := range map[string]struct {
		aws     cannedAnswers
		finding string
	}{
		"no task runs, and nobody says why": {cannedAnswers{service: map[string]any{"runningCount": 0}}, "status: 0 of 2 tasks run"},
		"initial": {cannedAnswers{answers: target("initial", "Elb.RegistrationInProgress", "Target registration is in progress")},
			"targets: a target is being registered: Target registration is in progress"},
		"the load balancer's own error": {cannedAnswers{answers: target("unhealthy", "Elb.InternalError", "Internal error")},
			"targets: a target cannot be checked, as the load balancer has an error of its own"},
		"a reason of next year's": {cannedAnswers{answers: target("unavailable", "Target.Tired", "It sleeps")}, "targets: a target is unavailable: Target.Tired: It sleeps"},
		"draining":                {cannedAnswers{service: map[string]any{"status": "DRAINING"}}, "status: the service is being deleted; ECS still stops its tasks"},
		"the container's check": {cannedAnswers{service: map[string]any{"runningCount": 1}, answers: stopped("Task failed container health checks", saturday)},
			"tasks: the container's own health check failed: Task failed container health checks; exit code 1\n      fix: mcpfleet logs --since 1h"},
		"a word of next year's": {cannedAnswers{answers: stopped("Task was bored", saturday)}, "tasks: a task stopped: Task was bored; exit code 1"},
		"an event of next year's": {cannedAnswers{service: map[string]any{"runningCount": 1, "events": []any{event(time.Minute, "is out of sorts.")}}},
			"events: (service x) is out of sorts."},
	} {
		t.Run(name, func(t *testing.T) {
			each.aws.intercept(t, url)
			got := run(t, saturday, file, "doctor")
			want(t, got, 1, each.finding)
			if strings.Contains(got.out, "nothing is wrong") {
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

func TestDoctorForgetsWhatIsOver(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("serving-e", "{}", oneRegion))
	seed(t, url, file)
	setSecretOf(t, file)
	steady := map[string]any{"events": []any{event(5*time.Minute, "has reached a steady state.")}}
	for name, each := range map[string]struct {
		aws    cannedAnswers
		status int
	}{
		"before it was steady":         {cannedAnswers{service: steady}.with(stopped("Task failed ELB health checks in (target-group x)", saturday.Add(-6*time.Minute))), 0},
		"since it was steady":          {cannedAnswers{service: steady}.with(stopped("Task failed ELB health checks in (target-group x)", saturday.Add(-4*time.Minute))), 1},
		"long ago, and steady again":   {cannedAnswers{}.with(stopped("OutOfMemoryError: x", saturday.Add(-11*time.Minute))), 0},
		"replaced by a deployment":     {cannedAnswers{}.with(stopped("Scaling activity initiated by (deployment ecs-svc/1)", saturday)), 0},
		"long ago, and not yet steady": {cannedAnswers{service: map[string]any{"runningCount": 1}}.with(stopped("OutOfMemoryError: x", saturday.Add(-11*time.Minute))), 1},
	} {
		t.Run(name, func(t *testing.T) {
			each.aws.intercept(t, url)
			want(t, run(t, saturday, file, "doctor"), each.status)
		})
	}
}

func TestDoctorMissesTheLogGroup(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("serving-f", "{}", oneRegion))
	seed(t, url, file)
	cannedAnswers{answers: map[string]string{"DescribeLogGroups": `{"logGroups": [{"logGroupName": "/ecs/serving-f-dev-eu-west-1-task-old"}]}`}}.intercept(t, url)
	want(t, run(t, saturday, file, "doctor"), 1, "logs: there is no log group /ecs/serving-f-dev-eu-west-1-task, so no new task can start")
}

// TestAddressesAreCountedByTasks has three subnets of five addresses: enough for the two tasks that a
// deployment adds, and too few for forty.
func TestAddressesAreCountedByTasks(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	few := cannedAnswers{more: func(c call) bool {
		if c.operation != "DescribeSubnets" {
			return false
		}
		_, _ = c.w.Write(regexp.MustCompile(`<availableIpAddressCount>\d+<`).ReplaceAll(c.forward(), []byte("<availableIpAddressCount>5<")))
		return true
	}}
	file := fleetFile(t, fleetText("serving-n", "{}", oneRegion))
	seed(t, url, file)
	setSecretOf(t, file)
	few.intercept(t, url)
	want(t, run(t, saturday, file, "doctor"), 0)
	many := fleetFile(t, strings.Replace(fleetText("serving-n", "{}", oneRegion), "  weekend:", "  service: {desired_count: 40}\n  weekend:", 1))
	want(t, run(t, saturday, many, "doctor"), 1, "subnets: subnet subnet-", " has 5 addresses left, and a deployment needs 14")
}

// TestAFixIsForItsCause has what keeps doctor from seeing.
func TestAFixIsForItsCause(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("serving-g", "{}", oneRegion))
	seed(t, url, file)
	for name, each := range map[string]struct {
		fault func(call) bool
		fix   string
	}{
		"denied":  {func(c call) bool { return c.fail(400, "AccessDeniedException", "no") }, "fix: allow the credentials in use this action, or use others"},
		"failing": {func(c call) bool { return c.fail(500, "InternalFailure", "") }, "fix: try again in a few minutes; https://health.aws.amazon.com/health/status"},
		"expired": {func(c call) bool { return c.fail(400, "ExpiredTokenException", "") }, "fix: sign in again, such as with aws sso login"},
	} {
		t.Run(name, func(t *testing.T) {
			intercept(t, url, func(c call) bool { return c.service == "ecs" && each.fault(c) })
			want(t, run(t, saturday, file, "doctor"), 1, each.fix)
		})
	}
}

// TestTheLeadIsNoDrift is a quarter of an hour in which an apply may have woken the region.
func TestTheLeadIsNoDrift(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	lead := time.Date(2026, 11, 28, 5, 50, 0, 0, time.UTC)
	file := fleetFile(t, fleetText("serving-h", "{enabled: true, destroy_albs: true}", oneRegion))
	seed(t, url, file)
	setSecretOf(t, file)
	got := run(t, lead, file, "status")
	want(t, got, 0, "about to wake, window opens Sat 06:00 UTC in 10 min")
	if strings.Contains(got.out, "drift:") {
		t.Error(got)
	}
	want(t, run(t, lead, file, "doctor"), 0, "nothing is wrong")
	want(t, run(t, lead, file, "scale", "2"), 0, "set to 2 tasks, steady; the schedule sets 0 Sat 22:00 UTC in 16 h 10 min\n")
	// Asleep is as right.
	cannedAnswers{service: map[string]any{"desiredCount": 0, "runningCount": 0, "loadBalancers": []any{}}}.intercept(t, url)
	got = run(t, lead, file, "status")
	want(t, got, 0)
	if strings.Contains(got.out, "drift:") {
		t.Error(got)
	}
	// In the window it is not, and only an apply may bring the tasks.
	want(t, run(t, saturday, file, "status"), 1, "no task is wanted, although the region should be awake; MCPFLEET_CONFIG="+file+" npx cdktf deploy dev-eu-west-1")
}

// TestAnOverrideIsNoDrift is a region that an apply with weekend_state=up holds awake: it leaves out the
// action that puts the tasks to sleep.
func TestAnOverrideIsNoDrift(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("serving-i", "{enabled: true, destroy_albs: true}", oneRegion))
	seed(t, url, file)
	setSecretOf(t, file)
	cannedAnswers{answers: map[string]string{"DescribeScheduledActions": `{"ScheduledActions": []}`}}.intercept(t, url)
	got := run(t, tuesday, file, "status")
	want(t, got, 0, "held awake by weekend_state=up")
	if strings.Contains(got.out, "drift:") {
		t.Error(got)
	}
}

func TestTheEmergencyStopAsksECSWhateverElseFails(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("serving-j", "{enabled: true}", oneRegion))
	seed(t, url, file)
	intercept(t, url, func(c call) bool {
		return c.service == "application-autoscaling" && c.fail(503, "ServiceUnavailable", "")
	})
	want(t, run(t, saturday, file, "scale", "0", "--yes"), 0, "set to 0 tasks, stopped; Application Auto Scaling could not be told, and may start tasks again")
	want(t, run(t, saturday, file, "scale", "2"), 1, "AWS answered 503")
}

func TestManyTasksAreAskedFor(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("serving-k", "{}", oneRegion))
	seed(t, url, file)
	want(t, run(t, saturday, file, "scale", "5", "--no-wait"), 2,
		"serving-k dev, account 123456789012 as user/moto: run 5 tasks in each of eu-west-1, where the fleet file says 2 for eu-west-1? This is not a terminal; pass --yes")
	want(t, run(t, saturday, file, "scale", "4", "--no-wait"), 0)
	want(t, run(t, saturday, file, "scale", "-1"), 2, `"-1" is not a number of tasks; write 0 to 5000`)
}

// TestARegionThatHangsHoldsUpNobody has one region of three that never answers.
func TestARegionThatHangsHoldsUpNobody(t *testing.T) {
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
	for _, line := range []string{"status", "doctor", "scale 2 --no-wait"} {
		got := run(t, saturday, file, append(strings.Fields(line), "--timeout", "700ms")...)
		want(t, got, 1, "no answer in time", "eu-west-1", "eu-west-2")
	}
}

// setSecretOf sets the fleet's only secret, and so leaves it well.
func setSecretOf(t *testing.T, file string) {
	t.Helper()
	want(t, runWith(t, strings.NewReader("value"), saturday, file, "secret", "set", "--no-wait"), 0)
}
