package ops

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// deployed is a ListServiceDeployments response with a deployment of each revision, the last one an hour ago.
func deployed(t *testing.T, revisions ...int) response {
	t.Helper()
	var deployments []object
	for i, revision := range revisions {
		started := time.Duration(len(revisions)-i) * time.Hour
		deployments = append(deployments, object{
			"createdAt": ago(started), "startedAt": ago(started), "finishedAt": ago(started - 5*time.Minute),
			"status": "SUCCESSFUL", "targetServiceRevisionArn": fmt.Sprintf("arn:%d", revision),
		})
	}
	return body(mustJSON(t, object{"serviceDeployments": deployments}))
}

func serviceRevisions(t *testing.T, numbers ...int) response {
	t.Helper()
	var all []object
	for _, number := range numbers {
		all = append(all, object{
			"serviceRevisionArn": fmt.Sprintf("arn:%d", number), "taskDefinition": fmt.Sprintf("arn:aws:ecs:eu-west-1:1:task-definition/x:%d", number),
			"containerImages": []object{{"containerName": "proxy", "image": "proxy:1"}, {"containerName": "demo", "image": fmt.Sprintf("server:%d", number)}},
		})
	}
	return body(mustJSON(t, object{"serviceRevisions": all}))
}

func TestReportHasTheLatestDeployments(t *testing.T) {
	aws := newFakeAWS(t, map[string]response{"ListServiceDeployments": deployed(t, 1, 2, 3, 4, 4, 5, 6), "DescribeServiceRevisions": serviceRevisions(t, 3, 4, 5)})
	report := aws.region("", saturday).Report(t.Context())
	if !report.OK() || !report.Deployed || report.DeploymentsUnknown {
		t.Errorf("got %+v", report)
	}
	var got []string
	for _, each := range report.Deployments {
		got = append(got, fmt.Sprintf("%s %s %s %s %d", each.Started.UTC().Format("15:04"), each.Finished.UTC().Format("15:04"), each.State(), each.Image, each.Number))
	}
	// ECS no longer knows revision 6.
	want := []string{"11:00 11:05 successful  0", "10:00 10:05 successful server:5 5", "09:00 09:05 successful server:4 4", "08:00 08:05 successful server:4 4", "07:00 07:05 successful server:3 3"}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
	if asked := aws.sent("DescribeServiceRevisions"); len(asked) != 1 || strings.Count(asked[0], "arn:") != 4 {
		t.Errorf("asked for %q", asked)
	}
}

// TestReportSaysWhatCouldNotBeRead denies one request at a time.
func TestReportSaysWhatCouldNotBeRead(t *testing.T) {
	for operation, each := range map[string]struct {
		unknown     bool
		deployments int
		alarms      int
	}{
		"DescribeServices":         {unknown: true, alarms: 5},
		"ListServiceDeployments":   {unknown: true, alarms: 5},
		"DescribeServiceRevisions": {deployments: 1, alarms: 5},
		"DescribeAlarms":           {deployments: 1},
	} {
		t.Run(operation, func(t *testing.T) {
			responses := map[string]response{"ListServiceDeployments": deployed(t, 7), "DescribeServiceRevisions": serviceRevisions(t, 7), "DescribeAlarms": described(t, allOK)}
			responses[operation] = refuse(http.StatusBadRequest, "AccessDeniedException", "no")
			report := newFakeAWS(t, responses).region(alarmed, saturday).Report(t.Context())
			wantProblems(t, slices.Concat(report.Problems, report.Alarms.Problems), operation+": not allowed: no", NotAllowed)
			if report.OK() || !report.Deployed || report.DeploymentsUnknown != each.unknown || len(report.Deployments) != each.deployments || len(report.Alarms.Alarms) != each.alarms {
				t.Errorf("got %+v", report)
			}
		})
	}
}

// TestReportOfARegionThatIsNotDeployed has no alarms either, and one problem for all of that.
func TestReportOfARegionThatIsNotDeployed(t *testing.T) {
	gone := refuse(http.StatusBadRequest, "ClusterNotFoundException", "Cluster not found.")
	report := newFakeAWS(t, map[string]response{"DescribeServices": gone, "DescribeLoadBalancers": withoutBalancer, "DescribeAlarms": described(t, nil)}).region(alarmed, saturday).Report(t.Context())
	wantProblems(t, slices.Concat(report.Problems, report.Alarms.Problems), "not deployed", NotDeployed)
	if report.OK() || report.Deployed || report.DeploymentsUnknown {
		t.Errorf("got %+v", report)
	}
}

// TestReportOfDrift verifies that drift alone is OK.
func TestReportOfDrift(t *testing.T) {
	report := newFakeAWS(t, map[string]response{"DescribeTaskDefinition": body(task(t, object{"cpu": "512"}, nil))}).region("", saturday).Report(t.Context())
	wantProblems(t, report.Drift, "cpu is 512, not 256", Drift)
	if !report.OK() || report.Drift[0].Fix.Verb != VerbDeploy {
		t.Errorf("got %+v", report)
	}
}
