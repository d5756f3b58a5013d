package cli

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/applicationautoscaling"
	scalingtypes "github.com/aws/aws-sdk-go-v2/service/applicationautoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/golden"
	"github.com/cdtait/mcpfleet/internal/ops/opstest"
)

// wokenFleet is a fleet with a region that a request wakes, and one that none does.
func wokenFleet(t *testing.T, project string) string {
	t.Helper()
	text := fleetText(project, "{enabled: true, timezone: Europe/London}", `  eu-west-1: {network: {cidr: 172.31.0.0/16}}
  eu-west-2: {network: {cidr: 172.30.0.0/16}, weekend: {wake_on_request: true}, access: {paths: [/mcp]}}
`)
	return fleetFile(t, text)
}

// wake does to a region what its function does when a request comes at the time of tuesday.
func wake(t *testing.T, url string, region config.Region) {
	t.Helper()
	cfg, err := opstest.Config(t.Context(), url, region.Name)
	if err != nil {
		t.Fatal(err)
	}
	scaling := applicationautoscaling.NewFromConfig(cfg)
	resource := "service/" + region.Names.Cluster() + "/" + region.Names.Service()
	_, err = scaling.PutScheduledAction(t.Context(), &applicationautoscaling.PutScheduledActionInput{
		ServiceNamespace: scalingtypes.ServiceNamespaceEcs, ScalableDimension: scalingtypes.ScalableDimensionECSServiceDesiredCount, ResourceId: &resource,
		ScheduledActionName: new(region.Names.WakeEnd()), Schedule: new("at(2026-11-24T18:00:00)"),
		ScalableTargetAction: &scalingtypes.ScalableTargetAction{MaxCapacity: new(int32(0))},
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = ssm.NewFromConfig(cfg).PutParameter(t.Context(), &ssm.PutParameterInput{
		Name: new(region.Names.WakeBudget()), Overwrite: new(true), Value: new(`{"month": "2026-11", "used": 45000, "since": 1795485600, "ends": 1795543200}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = scaling.RegisterScalableTarget(t.Context(), &applicationautoscaling.RegisterScalableTargetInput{
		ServiceNamespace: scalingtypes.ServiceNamespaceEcs, ScalableDimension: scalingtypes.ScalableDimensionECSServiceDesiredCount, ResourceId: &resource,
		MaxCapacity: new(int32(2)),
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = ecs.NewFromConfig(cfg).UpdateService(t.Context(), &ecs.UpdateServiceInput{
		Cluster: new(region.Names.Cluster()), Service: new(region.Names.Service()), DesiredCount: new(int32(2)),
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestARequestWakesARegionThatWasPutToSleep follows a region from weekend down over a request to weekend up.
func TestARequestWakesARegionThatWasPutToSleep(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := wokenFleet(t, "woken-a")
	seed(t, url, file)
	fleet, _, err := config.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	got := run(t, tuesday, file, "weekend", "down", "--yes")
	want(t, got, 0, "eu-west-1  set to 0 tasks, stopped; the schedule sets 2 on Sat 06:00 GMT in 4 d 4 h",
		"eu-west-2  set to 0 tasks, stopped; a request may wake it again; to prevent that, run MCPFLEET_CONFIG="+file+" npx cdktf deploy dev-eu-west-2 --var 'weekend_state=down'; the schedule sets 2 on")
	want(t, run(t, tuesday, file, "doctor", "--region", "eu-west-2"), 1, "awake by request: 0 of 20 h this month",
		"standby: the listener rule of function woken-a-dev-eu-west-2-standby matches no request, although no task runs",
		"fix: aws lambda invoke --function-name woken-a-dev-eu-west-2-standby /dev/stdout --region eu-west-2 (the function does the same by itself every hour")

	wake(t, url, fleet.Regions[1])
	want(t, run(t, tuesday, file, "drift", "--region", "eu-west-2"), 0)
	got = run(t, tuesday, file, "weekend", "status")
	want(t, got, 0)
	golden.Compare(t, "testdata/weekend-status-woken.txt", []byte(got.out))
	checkResult(t, "weekend status", run(t, tuesday, file, "weekend", "status", "--json"))
	want(t, run(t, tuesday, file, "weekend", "status", "--json"), 0, `"by_request": true`, `"used_hours": 12.5`, `"hours": 20`)
	checkResult(t, "doctor", run(t, tuesday, file, "doctor", "--json"))
	// The secret is the placeholder of the first apply, which matters while the region is awake.
	diagnosis := run(t, tuesday, file, "doctor", "--region", "eu-west-2")
	want(t, diagnosis, 1, "eu-west-2: awake by request, at most until Tue 18:00 GMT", "awake by request: 12.5 of 20 h this month", "secret")
	if strings.Contains(diagnosis.out, "standby:") || strings.Contains(diagnosis.out, "service:") {
		t.Errorf("got\n%v", diagnosis)
	}

	want(t, run(t, tuesday, file, "weekend", "up", "--region", "eu-west-2"), 0, "eu-west-2  set to 2 tasks")
	cfg, err := opstest.Config(t.Context(), url, "eu-west-2")
	if err != nil {
		t.Fatal(err)
	}
	left, err := applicationautoscaling.NewFromConfig(cfg).DescribeScheduledActions(t.Context(), &applicationautoscaling.DescribeScheduledActionsInput{
		ServiceNamespace: scalingtypes.ServiceNamespaceEcs, ScheduledActionNames: []string{fleet.Regions[1].Names.WakeEnd()},
	})
	if err != nil || len(left.ScheduledActions) > 0 {
		t.Errorf("weekend up left %+v: %v", left, err)
	}
	// It deletes an action that does not exist, too.
	want(t, run(t, tuesday, file, "weekend", "up", "--region", "eu-west-2"), 0)
}

// TestWeekendDownInTheWindowSaysNothingOfRequests because in the window the function starts no tasks.
func TestWeekendDownInTheWindowSaysNothingOfRequests(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := wokenFleet(t, "woken-b")
	seed(t, url, file)
	got := run(t, saturday, file, "weekend", "down", "--yes", "--region", "eu-west-2")
	want(t, got, 0, "eu-west-2  set to 0 tasks, stopped; the schedule sets 2")
	if strings.Contains(got.out, "request") {
		t.Errorf("got\n%v", got)
	}
}
