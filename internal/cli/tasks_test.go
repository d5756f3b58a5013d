package cli

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/cdtait/mcpfleet/internal/golden"
)

// tasksRegions has a region that sleeps on Saturday, and one that no test deploys.
const tasksRegions = threeRegions + `  ap-southeast-1: {network: {cidr: 172.28.0.0/16}, weekend: {enabled: true, days: [tue]}}
  ca-central-1: {network: {cidr: 172.27.0.0/16}}
`

// taskJSON is a task as ECS describes it.
func taskJSON(id, zone, status, address string, age time.Duration, more string) string {
	return fmt.Sprintf(`{"taskArn": "arn:aws:ecs:%.9[2]s:1:task/cluster/%[1]s", "availabilityZone": %[2]q, "lastStatus": %[3]s, "createdAt": %[5]d, "launchType": "FARGATE",
		"taskDefinitionArn": "arn:aws:ecs:%.9[2]s:1:task-definition/x:12", "attachments": [{"type": "ElasticNetworkInterface", "details": [{"name": "privateIPv4Address", "value": %[4]q}]}]%[6]s}`,
		id, zone, jsonLine(status), address, seconds(saturday.Add(-age)), more)
}

// threeTasks are two tasks that run and one that starts.
var threeTasks = strings.Join([]string{
	taskJSON("cccccccc0001", "eu-west-1b", "RUNNING", "172.31.16.7", 26*time.Hour, `, "healthStatus": "HEALTHY", "capacityProviderName": "FARGATE_SPOT"`),
	taskJSON("aaaaaaaa0001", "eu-west-1a", "PENDING", "172.31.0.9", 40*time.Second, `, "healthStatus": "UNKNOWN"`),
	taskJSON("bbbbbbbb0001", "eu-west-1a", "RUNNING", "172.31.0.1", 3*time.Hour+5*time.Minute, `, "healthStatus": "UNHEALTHY"`),
}, ",")

// runsTasks answers for the tasks of eu-west-1, of which one is registered with the load balancer.
func runsTasks(c call) bool {
	switch c.operation {
	case "ListTasks":
		return writes(c, `{"taskArns": ["arn:a", "arn:b", "arn:c"]}`)
	case "DescribeTasks":
		return writes(c, `{"tasks": [`+threeTasks+`]}`)
	case "DescribeTargetHealth":
		return writes(c, `<DescribeTargetHealthResponse><DescribeTargetHealthResult><TargetHealthDescriptions><member><Target><Id>172.31.0.1</Id></Target>
			<TargetHealth><State>unhealthy</State></TargetHealth></member></TargetHealthDescriptions></DescribeTargetHealthResult></DescribeTargetHealthResponse>`)
	}
	return false
}

// TestTasks has a region with tasks, one that denies the request, one that fails, one that sleeps, and one that is not
// deployed.
func TestTasks(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("tasks-a", "{}", tasksRegions))
	seed(t, url, file, "eu-west-1", "eu-west-2", "us-east-1", "ap-southeast-1")
	want(t, run(t, saturday, file, "scale", "0", "--yes", "--region", "ap-southeast-1"), 0)
	intercept(t, url, func(c call) bool {
		switch {
		case c.region == "eu-west-1":
			return runsTasks(c)
		case c.region == "eu-west-2" && c.operation == "ListTasks":
			return c.fail(http.StatusBadRequest, "AccessDeniedException", "no")
		}
		return c.region == "us-east-1" && c.service == "ecs" && c.fail(http.StatusInternalServerError, "ServerException", "")
	})
	got := run(t, saturday, file, "tasks")
	want(t, got, 1)
	golden.Compare(t, "testdata/tasks.txt", []byte(withoutTempDir(got.out)))
	want(t, run(t, saturday, file, "tasks", "--region", "eu-west-1", "--region", "ap-southeast-1"), 0)

	got = run(t, saturday, file, "tasks", "--json")
	checkResult(t, "tasks", got)
	var document report[tasksReport]
	if err := json.Unmarshal([]byte(got.out), &document); err != nil {
		t.Fatal(err)
	}
	if first := document.Regions[2].Tasks[0]; document.Regions[2].verdict.Region != "eu-west-1" || first.Task != "bbbbbbbb" || first.Target != "unhealthy" || first.Health != "unhealthy" || first.Capacity != "FARGATE" {
		t.Errorf("got %s", got.out)
	}
	if asleep := document.Regions[0]; !asleep.OK || *asleep.Desired != 0 || asleep.Schedule.State != "asleep" {
		t.Errorf("got %+v", asleep)
	}
}

// TestNoTasksAreNoError has a service whose tasks do not start.
func TestNoTasksAreNoError(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("tasks-b", "{}", oneRegion))
	seed(t, url, file)
	want(t, run(t, saturday, file, "tasks"), 0, "eu-west-1  no tasks\n\neu-west-1: no task runs or starts, and the desired count is 2; mcpfleet doctor --region eu-west-1")
}

// TestTasksOnATerminal checks that the table fits into the narrowest terminal of the guides, and that a wide one shows all
// columns. The name of a status comes from AWS.
func TestTasksOnATerminal(t *testing.T) {
	url := awsURL(t)
	file := fleetFile(t, fleetText("tasks-c", "{}", oneRegion))
	seed(t, url, file)
	intercept(t, url, func(c call) bool {
		if c.operation == "DescribeTasks" {
			return writes(c, `{"tasks": [`+taskJSON("aaaaaaaa0001", "ap-southeast-1a", "DEPROVISIONING\x1b[2J", "172.31.100.100", 3*time.Hour+5*time.Minute, "")+`]}`)
		}
		return runsTasks(c)
	})
	for width, each := range map[uint16]struct{ has, lacks string }{
		80:  {"not shown at this width: CAPACITY", "FARGATE"},
		200: {"REGION     TASK      ZONE             AGE        STATUS", "not shown at this width"},
	} {
		got := onTerminal(t, width, "--config", file, "tasks")
		if !strings.Contains(got, each.has) || !strings.Contains(got, "deprovisioning�[2j") || strings.Contains(got, each.lacks) {
			t.Errorf("%d columns:\n%s", width, got)
		}
		_, table, _ := strings.Cut(got, "REGION")
		for line := range strings.Lines("REGION" + table) {
			if ansi.StringWidth(strings.TrimSpace(line)) > int(width) {
				t.Errorf("%d columns are too few for\n%s", width, line)
			}
		}
	}
}

// TestTasksShowPartialResults blocks one of three regions until another is on the screen.
func TestTasksShowPartialResults(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("tasks-d", "{}", threeRegions))
	seed(t, url, file)
	intercept(t, url, func(c call) bool {
		if c.region == "us-east-1" {
			return c.hang(t)
		}
		return c.region == "eu-west-1" && runsTasks(c)
	})
	terminal := startTerminal(t, saturday, file, "tasks", "--timeout", "10m")
	terminal.waitFor("us-east-1  …")
	terminal.waitFor("eu-west-1  bbbbbbbb  eu-west-1a")
}
