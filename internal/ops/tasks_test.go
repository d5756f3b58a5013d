package ops

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

const taskARNs = "arn:aws:ecs:eu-west-1:123456789012:task/" + clusterName + "/"

// runningTask is a task as DescribeTasks describes it, with some fields replaced.
func runningTask(id, address string, fields object) object {
	described := object{
		"taskArn": taskARNs + id, "lastStatus": "RUNNING", "desiredStatus": "RUNNING", "healthStatus": "UNKNOWN", "availabilityZone": "eu-west-1a",
		"createdAt": ago(time.Hour), "startedAt": ago(59 * time.Minute), "launchType": "FARGATE",
		"taskDefinitionArn": "arn:aws:ecs:eu-west-1:123456789012:task-definition/" + prefix + "-task:7",
		"attachments": []object{{"type": "ElasticNetworkInterface", "details": []object{
			{"name": "networkInterfaceId", "value": "eni-1"}, {"name": "privateIPv4Address", "value": address},
		}}},
	}
	maps.Copy(described, fields)
	return described
}

// listOf is a ListTasks response.
func listOf(t *testing.T, ids ...string) string {
	t.Helper()
	arns := []string{}
	for _, id := range ids {
		arns = append(arns, taskARNs+id)
	}
	return mustJSON(t, object{"taskArns": arns})
}

// targetOf is a member of a DescribeTargetHealth response.
func targetOf(address, state string) string {
	return fmt.Sprintf("<member><Target><Id>%s</Id></Target><TargetHealth><State>%s</State></TargetHealth></member>", address, state)
}

// TestTasks has a task that began to stop between the two lists, and one that has stopped.
func TestTasks(t *testing.T) {
	starting := object{"lastStatus": "PENDING", "createdAt": ago(time.Minute), "startedAt": nil, "attachments": []object{}}
	stopping := object{"lastStatus": "DEACTIVATING", "desiredStatus": "STOPPED", "healthStatus": "HEALTHY", "capacityProviderName": "FARGATE_SPOT", "availabilityZone": "eu-west-1b"}
	aws := newFakeAWS(t, map[string]response{
		"ListTasks": inTurn(listOf(t, "22222222aa", "11111111aa", "33333333aa"), listOf(t, "33333333aa", "44444444aa")),
		"DescribeTasks": body(mustJSON(t, object{"tasks": []object{
			runningTask("33333333aa", "10.0.16.5", stopping),
			runningTask("11111111aa", "", starting),
			runningTask("22222222aa", "10.0.0.5", nil),
			runningTask("44444444aa", "10.0.0.6", object{"lastStatus": "STOPPED"}),
		}})),
		"DescribeTargetHealth": body(elbResponse("DescribeTargetHealth", "<TargetHealthDescriptions>"+targetOf("10.0.0.5", "healthy")+targetOf("10.0.16.5", "draining")+targetOf("10.0.0.9", "unhealthy")+"</TargetHealthDescriptions>")),
	})
	report := aws.region("", saturday).Tasks(t.Context())
	if len(report.Problems) > 0 || *report.Desired != 2 || report.Schedule.State != AlwaysOn {
		t.Errorf("got %+v", report)
	}
	var got []string
	for _, task := range report.Tasks {
		got = append(got, fmt.Sprint(task.Task, " ", task.Zone, " ", task.Status, " ", task.Health, " ", task.Target, " ", task.Revision, " ", task.Address, " ", task.Capacity, " ", saturday.Sub(*task.Created)))
	}
	want := []string{
		"22222222 eu-west-1a running unknown healthy 7 10.0.0.5 FARGATE 1h0m0s",
		"11111111 eu-west-1a pending unknown  7  FARGATE 1m0s",
		"33333333 eu-west-1b deactivating healthy draining 7 10.0.16.5 FARGATE_SPOT 1h0m0s",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
	lists, described := aws.sent("ListTasks"), aws.sent("DescribeTasks")
	if len(lists) != 2 || !strings.Contains(lists[0], `"desiredStatus":"RUNNING"`) || !strings.Contains(lists[1], `"desiredStatus":"STOPPED"`) {
		t.Errorf("asked for %v", lists)
	}
	if len(described) != 1 || strings.Count(described[0], "33333333aa") != 1 {
		t.Errorf("described %v", described)
	}
}

// TestTasksAreDescribedInBatches has one task more than ECS describes in one request, on two pages.
func TestTasksAreDescribedInBatches(t *testing.T) {
	var first []string
	for i := range maxDescribedTasks {
		first = append(first, fmt.Sprintf("%032d", i))
	}
	page := strings.TrimSuffix(listOf(t, first...), "}") + `, "nextToken": "more"}`
	aws := newFakeAWS(t, map[string]response{
		"ListTasks": inTurn(page, listOf(t, "last"), listOf(t)),
		"DescribeTasks": func(times int) (int, string) {
			return http.StatusOK, mustJSON(t, object{"tasks": []object{runningTask(fmt.Sprint(times), "10.0.0.5", nil)}})
		},
	})
	report := aws.region("", saturday).Tasks(t.Context())
	if described := aws.sent("DescribeTasks"); len(described) != 2 || len(report.Tasks) != 2 || len(report.Problems) > 0 {
		t.Errorf("%d requests, got %+v", len(described), report)
	}
}

func TestTasksOfARegionThatCannotBeRead(t *testing.T) {
	denied := refuse(http.StatusBadRequest, "AccessDeniedException", "no")
	for name, each := range map[string]struct {
		aws   map[string]response
		code  Code
		tasks int
	}{
		"not deployed":       {map[string]response{"DescribeServices": refuse(http.StatusBadRequest, "ClusterNotFoundException", "")}, NotDeployed, 0},
		"service denied":     {map[string]response{"DescribeServices": denied}, NotAllowed, 0},
		"list denied":        {map[string]response{"ListTasks": denied}, NotAllowed, 0},
		"description failed": {map[string]response{"DescribeTasks": refuse(http.StatusInternalServerError, "ServerException", "")}, AWSError, 0},
		"targets denied":     {map[string]response{"DescribeTargetHealth": denied}, NotAllowed, 1},
	} {
		t.Run(name, func(t *testing.T) {
			responses := map[string]response{"ListTasks": body(listOf(t, "a")), "DescribeTasks": body(mustJSON(t, object{"tasks": []object{runningTask("a", "10.0.0.5", nil)}}))}
			maps.Copy(responses, each.aws)
			report := newFakeAWS(t, responses).region("", saturday).Tasks(t.Context())
			if got := codes(report.Problems); !slices.Equal(got, []Code{each.code}) || len(report.Tasks) != each.tasks {
				t.Errorf("got %+v", report)
			}
		})
	}
}

func TestTasksWithoutLoadBalancerHaveNoTarget(t *testing.T) {
	aws := newFakeAWS(t, map[string]response{
		"DescribeServices": body(service(t, object{"loadBalancers": []object{}})),
		"ListTasks":        body(listOf(t, "a")), "DescribeTasks": body(mustJSON(t, object{"tasks": []object{runningTask("a", "10.0.0.5", nil)}})),
	})
	report := aws.region("", saturday).Tasks(t.Context())
	if len(report.Tasks) != 1 || report.Tasks[0].Target != "" || len(aws.sent("DescribeTargetHealth")) > 0 {
		t.Errorf("got %+v", report)
	}
}

func TestTasksOfASleepingRegion(t *testing.T) {
	lead := time.Date(2026, 11, 28, 5, 50, 0, 0, time.UTC)
	for name, each := range map[string]struct {
		settings string
		now      time.Time
		// withoutUp drops the scheduled actions that start tasks.
		withoutUp bool
		text      string
	}{
		"by its schedule":       {destroyMode, tuesday, false, "asleep, wakes Sat 06:00 UTC in 4 d 4 h"},
		"in the lead":           {destroyMode, lead, false, "about to wake, window opens Sat 06:00 UTC in 10 min"},
		"by an override":        {weekendMode, saturday, true, "held asleep by weekend_state=down"},
		"awake by its schedule": {weekendMode, saturday, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			responses := serviceFields(t, object{"desiredCount": 0, "runningCount": 0, "loadBalancers": []object{}})
			responses["DescribeScalableTargets"] = body(`{"ScalableTargets": [{"MinCapacity": 0, "MaxCapacity": 0}]}`)
			responses["DescribeScheduledActions"] = body(scheduledActions(t, fleet(t, each.settings), func(action object) object {
				if each.withoutUp && action["ScalableTargetAction"].(object)["MaxCapacity"] != 0 {
					return nil
				}
				return action
			}))
			report := newFakeAWS(t, responses).region(each.settings, each.now).Tasks(t.Context())
			if report.Sleeps() != (each.text != "") || report.Sleeps() && report.Schedule.Text != each.text || len(report.Problems) > 0 {
				t.Errorf("got %+v", report)
			}
		})
	}
}
