package ops

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// definition is a response with a revision that has everything that a revision can have here.
func definition(number int, image, status string) string {
	return fmt.Sprintf(`{"taskDefinition": {"taskDefinitionArn": "arn:aws:ecs:eu-west-1:123456789012:task-definition/%[4]s-task:%[1]d", "family": "%[4]s-task",
		"revision": %[1]d, "status": %[3]q, "registeredBy": "arn:aws:iam::123456789012:user/alice", "registeredAt": 1764000000, "requiresAttributes": [{"name": "x"}],
		"compatibilities": ["FARGATE"], "cpu": "256", "memory": "512", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"],
		"executionRoleArn": "arn:execution", "taskRoleArn": "arn:task", "ephemeralStorage": {"sizeInGiB": 30},
		"runtimePlatform": {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"}, "volumes": [{"name": "data"}],
		"containerDefinitions": [
			{"name": "demo", "image": %[2]q, "essential": true, "readonlyRootFilesystem": true, "secrets": [{"name": "API_KEY", "valueFrom": "arn:secret"}]},
			{"name": "proxy", "image": "envoy:1", "cpu": 10}]},
		"tags": [{"key": "Project", "value": "demo"}]}`, number, image, status, prefix)
}

func revisionARN(number int) string {
	return fmt.Sprintf("arn:aws:ecs:eu-west-1:123456789012:task-definition/%s-task:%d", prefix, number)
}

// revisions answers for the revisions 1 to 9 of the task definition, of which 3 is deregistered. The service runs 7.
func revisions(t *testing.T) *fakeAWS {
	t.Helper()
	aws := newFakeAWS(t, serviceFields(t, object{"taskDefinition": revisionARN(7)}))
	aws.responses["RegisterTaskDefinition"] = body(definition(8, "example/server:2", "ACTIVE"))
	aws.responses["DescribeTaskDefinition"] = func(int) (int, string) {
		var asked struct{ TaskDefinition string }
		sent := aws.requests[len(aws.requests)-1].body
		if err := json.Unmarshal([]byte(sent), &asked); err != nil {
			t.Error(err)
		}
		switch number := revision(asked.TaskDefinition); {
		case number == 3:
			return http.StatusOK, definition(3, "example/server:old", "INACTIVE")
		case number > 9:
			return refuse(http.StatusBadRequest, "ClientException", "Unable to describe task definition.")(0)
		default:
			return http.StatusOK, definition(number, fmt.Sprintf("example/server:%d", number), "ACTIVE")
		}
	}
	return aws
}

func TestDeployImageChangesTheImageOnly(t *testing.T) {
	aws := revisions(t)
	replaced, err := aws.region("", saturday).DeployImage(t.Context(), "example/server:2")
	if err != nil || replaced.From.Number != 7 || replaced.To.Number != 8 || !replaced.Changed() || replaced.Tasks.Max == 0 {
		t.Fatalf("%+v, %v", replaced, err)
	}
	var sent, was map[string]any
	if err := json.Unmarshal([]byte(aws.sent("RegisterTaskDefinition")[0]), &sent); err != nil {
		t.Fatal(err)
	}
	var described struct {
		TaskDefinition map[string]any
		Tags           any
	}
	if err := json.Unmarshal([]byte(definition(7, "example/server:2", "ACTIVE")), &described); err != nil {
		t.Fatal(err)
	}
	was = described.TaskDefinition
	was["tags"] = described.Tags
	for _, assigned := range []string{"taskDefinitionArn", "revision", "status", "registeredBy", "registeredAt", "requiresAttributes", "compatibilities"} {
		delete(was, assigned)
	}
	dropZeros(sent)
	dropZeros(was)
	if !reflect.DeepEqual(sent, was) {
		t.Errorf("registered %v, want %v", sent, was)
	}
	if update := aws.sent("UpdateService")[0]; !strings.Contains(update, revisionARN(8)) || strings.Contains(update, "desiredCount") {
		t.Errorf("updated with %s", update)
	}
}

// dropZeros removes what the SDK sends for fields of containers that have no value.
func dropZeros(value any) {
	switch value := value.(type) {
	case map[string]any:
		for key, item := range value {
			if item == 0.0 {
				delete(value, key)
			}
			dropZeros(item)
		}
	case []any:
		for _, item := range value {
			dropZeros(item)
		}
	}
}

func TestDeployImageThatRunsAlready(t *testing.T) {
	aws := revisions(t)
	replaced, err := aws.region("", saturday).DeployImage(t.Context(), "example/server:7")
	if err != nil || replaced.Changed() || len(aws.sent("RegisterTaskDefinition"))+len(aws.sent("UpdateService")) > 0 {
		t.Errorf("%+v, %v, %v", replaced, err, aws.operations())
	}
}

func TestDeployImageWithoutTheContainer(t *testing.T) {
	aws := revisions(t)
	aws.responses["DescribeTaskDefinition"] = body(strings.Replace(definition(7, "x", "ACTIVE"), `"name": "demo"`, `"name": "renamed"`, 1))
	_, err := aws.region("", saturday).DeployImage(t.Context(), "example/server:2")
	if problem := ProblemOf(err); problem.Code != Drift || problem.Message != "revision 7 has no container demo" || len(aws.sent("UpdateService")) > 0 {
		t.Errorf("%+v", problem)
	}
}

// deployments are responses about deployments of the given revisions, the latest first, with their statuses.
func deployments(aws *fakeAWS, statuses []string, numbers ...int) {
	var briefs, found []string
	for i, number := range numbers {
		briefs = append([]string{fmt.Sprintf(`{"serviceDeploymentArn": "arn:d%d", "status": %q, "createdAt": %d, "targetServiceRevisionArn": "arn:r%[1]d"}`, i, statuses[i], 1764000000-i)}, briefs...)
		found = append(found, fmt.Sprintf(`{"serviceRevisionArn": "arn:r%d", "taskDefinition": %q, "containerImages": [{"containerName": "demo", "image": "example/server:%d"}]}`, i, revisionARN(number), number))
	}
	aws.responses["ListServiceDeployments"] = body(`{"serviceDeployments": [` + strings.Join(briefs, ",") + `]}`)
	aws.responses["DescribeServiceRevisions"] = body(`{"serviceRevisions": [` + strings.Join(found, ",") + `]}`)
	aws.responses["ListTaskDefinitions"] = body(fmt.Sprintf(`{"taskDefinitionArns": [%q, %q, %q, %q]}`,
		strings.Replace(revisionARN(6), prefix, prefix+"-other", 1), revisionARN(2), revisionARN(7), revisionARN(5)))
}

func TestRollBack(t *testing.T) {
	const good, bad = "SUCCESSFUL", "ROLLBACK_SUCCESSFUL"
	for _, test := range []struct {
		name     string
		statuses []string
		ran      []int
		to, want int
		problem  string
	}{
		{"to what ran before", []string{good, good, good}, []int{7, 4, 2}, 0, 4, ""},
		{"not back to what was rolled back", []string{good, good, good, good}, []int{7, 8, 7, 4}, 0, 4, ""},
		{"not to what failed", []string{good, bad, good, good}, []int{7, 8, 7, 4}, 0, 4, ""},
		{"not to what was deregistered", []string{good, good, good}, []int{7, 3, 2}, 0, 2, ""},
		{"without a history, to the one before", nil, nil, 0, 5, ""},
		{"to a given one", []string{good}, []int{7}, 9, 9, ""},
		{"to the current one", []string{good}, []int{7}, 7, 7, ""},
		{"to one that was deregistered", nil, nil, 3, 0, "revision " + prefix + "-task:3 was deregistered"},
		{"to one that never was", nil, nil, 12, 0, "there is no revision " + prefix + "-task:12"},
	} {
		t.Run(test.name, func(t *testing.T) {
			aws := revisions(t)
			deployments(aws, test.statuses, test.ran...)
			replaced, err := aws.region("", saturday).RollBack(t.Context(), test.to)
			if test.problem != "" {
				if problem := ProblemOf(err); problem.Code != RevisionMissing || problem.Message != test.problem || problem.Fix.Verb != VerbHistory {
					t.Errorf("%+v", problem)
				}
				return
			}
			if err != nil || replaced.From.Number != 7 || replaced.To.Number != test.want {
				t.Fatalf("%+v, %v", replaced, err)
			}
			if sent := strings.Join(aws.sent("UpdateService"), " "); (test.want == 7) != (sent == "") || (sent != "" && !strings.Contains(sent, revisionARN(test.want))) {
				t.Errorf("updated with %q", sent)
			}
		})
	}
}

func TestRollBackWithNothingBefore(t *testing.T) {
	aws := revisions(t)
	deployments(aws, nil)
	aws.responses["ListTaskDefinitions"] = body(fmt.Sprintf(`{"taskDefinitionArns": [%q]}`, revisionARN(7)))
	_, err := aws.region("", saturday).RollBack(t.Context(), 0)
	if problem := ProblemOf(err); problem.Message != "there is no revision before 7" {
		t.Errorf("%+v", problem)
	}
}

func TestUndo(t *testing.T) {
	aws := revisions(t)
	region := aws.region("", saturday)
	byECS, err := region.Undo(t.Context(), Replacement{From: Revision{ARN: revisionARN(7)}, To: Revision{ARN: revisionARN(8)}})
	if err != nil || !byECS || len(aws.sent("UpdateService")) > 0 {
		t.Errorf("%v, %v, %v", byECS, err, aws.operations())
	}
	_, err = region.Undo(t.Context(), Replacement{From: Revision{ARN: revisionARN(5)}, To: Revision{ARN: revisionARN(6)}})
	if problem := ProblemOf(err); problem.Code != RevisionReplaced || problem.Message != "somebody else has deployed revision 7 meanwhile" || len(aws.sent("UpdateService")) > 0 {
		t.Errorf("%+v, %v", problem, aws.operations())
	}
	byECS, err = region.Undo(t.Context(), Replacement{From: Revision{ARN: revisionARN(6)}, To: Revision{ARN: revisionARN(7)}})
	if err != nil || byECS || !strings.Contains(strings.Join(aws.sent("UpdateService"), " "), revisionARN(6)) {
		t.Errorf("%v, %v, %v", byECS, err, aws.operations())
	}
}

func TestDeployments(t *testing.T) {
	aws := revisions(t)
	deployments(aws, []string{"IN_PROGRESS", "ROLLBACK_SUCCESSFUL", "SUCCESSFUL"}, 7, 8, 7)
	found, err := aws.region("", saturday).Deployments(t.Context(), MaxDeployments)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, each := range found {
		got = append(got, fmt.Sprintf("%d %s %s by %s at %d", each.Number, each.Status, each.Image, each.By, each.Started.Unix()))
	}
	if want := []string{
		"7 IN_PROGRESS example/server:7 by user/alice at 1764000000", "8 ROLLBACK_SUCCESSFUL example/server:8 by user/alice at 1763999999",
		"7 SUCCESSFUL example/server:7 by user/alice at 1763999998",
	}; !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	// Each revision is looked up once.
	if asked := aws.sent("DescribeTaskDefinition"); len(asked) != 2 {
		t.Errorf("asked for %v", asked)
	}
}

// TestDeploymentsAreLimited asks for no revision that it does not return.
func TestDeploymentsAreLimited(t *testing.T) {
	aws := revisions(t)
	deployments(aws, []string{"IN_PROGRESS", "SUCCESSFUL", "SUCCESSFUL"}, 7, 8, 5)
	found, err := aws.region("", saturday).Deployments(t.Context(), 1)
	if err != nil || len(found) != 1 || found[0].Number != 7 {
		t.Errorf("%+v, %v", found, err)
	}
	if asked := aws.sent("DescribeTaskDefinition"); len(asked) != 1 {
		t.Errorf("asked for %v", asked)
	}
}

func TestUnneeded(t *testing.T) {
	aws := revisions(t)
	deployments(aws, []string{"SUCCESSFUL", "SUCCESSFUL"}, 7, 4)
	var all []string
	for number := range 9 {
		all = append(all, fmt.Sprintf("%q", revisionARN(number+1)))
	}
	aws.responses["ListTaskDefinitions"] = body(`{"taskDefinitionArns": [` + strings.Join(all, ",") + `]}`)
	aws.responses["ListTasks"] = body(`{"taskArns": ["arn:task"]}`)
	aws.responses["DescribeTasks"] = body(fmt.Sprintf(`{"tasks": [{"lastStatus": "RUNNING", "taskDefinitionArn": %q}]}`, revisionARN(2)))
	unneeded, kept, err := aws.region("", saturday).Unneeded(t.Context(), 2)
	var numbers []int
	for _, each := range unneeded {
		numbers = append(numbers, each.Number)
	}
	// 9 and 8 are the newest, 7 runs, 4 ran before, and a task still runs 2.
	if err != nil || kept != 5 || !slices.Equal(numbers, []int{6, 5, 3, 1}) {
		t.Errorf("%v, %d kept, %v", numbers, kept, err)
	}
}
