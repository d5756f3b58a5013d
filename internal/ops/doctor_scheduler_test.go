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

// scheduledRegion returns the region of a fleet with a scheduler, connected to the server. Its applies are due on Saturday
// at 05:45, on Saturday and Sunday at 06:00, and on Sunday at 22:00. Another region has a window of its own.
func scheduledRegion(t *testing.T, f *fakeAWS) *Region {
	t.Helper()
	parsed, _, err := config.Parse("regions.yaml", []byte(`project: demo
environment: dev
state: {backend: s3, bucket: acme-terraform-state, region: eu-west-2}
bootstrap: {scheduler: aws}
defaults:
  container: {image: "example/server:1", port: 8001, cpu: 256, memory: 512, environment: {PORT: "8001"}, secrets: {API_KEY: KEY}}
  weekend: {enabled: true, destroy_albs: true}
regions:
  eu-west-1: {network: {cidr: 10.0.0.0/16}}
  us-east-1: {network: {cidr: 10.1.0.0/16}, weekend: {timezone: America/New_York}}
`))
	if err != nil {
		t.Fatal(err)
	}
	parsed.Regions = parsed.Regions[:1]
	connected, err := Connect(t.Context(), f.open, parsed, func() time.Time { return saturday })
	if err != nil {
		t.Fatal(err)
	}
	return connected.Regions[0]
}

// schedules is a ListSchedules response in which all schedules were created a month before saturday, except those whose
// states are given.
func schedules(t *testing.T, states map[string]string) response {
	t.Helper()
	var all []object
	for _, name := range []string{"utc-0545", "utc-0600", "utc-2200", "america-new-york-0545"} {
		state, given := states[name]
		if !given {
			state = "ENABLED"
		}
		if state != "" {
			all = append(all, object{"Name": name, "State": state, "CreationDate": ago(30 * 24 * time.Hour)})
		}
	}
	return body(mustJSON(t, object{"Schedules": all}))
}

// build is a BatchGetBuilds response with one build.
func build(t *testing.T, status string, started time.Duration, phases ...object) response {
	t.Helper()
	return body(mustJSON(t, object{"builds": []object{{"id": "demo-dev-weekend:1", "buildStatus": status, "startTime": ago(started), "phases": phases}}}))
}

// newScheduledFake starts a server whose schedules are enabled and whose last build, at 06:00, has succeeded.
func newScheduledFake(t *testing.T, replaced map[string]response) *fakeAWS {
	t.Helper()
	responses := map[string]response{
		"ListSchedules":        schedules(t, nil),
		"ListBuildsForProject": body(`{"ids": ["demo-dev-weekend:1"]}`),
		"BatchGetBuilds":       build(t, "SUCCEEDED", 6*time.Hour),
	}
	for operation, each := range replaced {
		responses[operation] = each
	}
	return newFakeAWS(t, responses)
}

func TestDoctorChecksScheduledApplies(t *testing.T) {
	for name, each := range map[string]struct {
		replaced map[string]response
		want     []Code
		text     string
	}{
		"all as it should be": {nil, nil, ""},
		"a build runs":        {map[string]response{"BatchGetBuilds": build(t, "IN_PROGRESS", 6*time.Hour)}, nil, ""},
		"never bootstrapped": {map[string]response{"ListSchedules": refuse(http.StatusNotFound, "ResourceNotFoundException", "no group")},
			[]Code{SchedulerMissing}, "there is no schedule group demo-dev-weekend in eu-west-2"},
		"no project": {map[string]response{"ListBuildsForProject": refuse(http.StatusBadRequest, "ResourceNotFoundException", "no project")},
			[]Code{SchedulerMissing}, "there is no build project demo-dev-weekend in eu-west-2"},
		"a new time": {map[string]response{"ListSchedules": schedules(t, map[string]string{"utc-2200": ""})},
			[]Code{SchedulerMissing}, "schedule utc-2200 of group demo-dev-weekend in eu-west-2 does not exist, so nothing applies the region to destroy load balancer Sun 22:00 UTC in 1 d 10 h"},
		"disabled": {map[string]response{"ListSchedules": schedules(t, map[string]string{"utc-0600": "DISABLED"})},
			[]Code{ScheduleDisabled}, "schedule utc-0600 of group demo-dev-weekend in eu-west-2 is disabled, so nothing applies the region to start tasks Sun 06:00 UTC in 18 h"},
		"a schedule of another region": {map[string]response{"ListSchedules": schedules(t, map[string]string{"america-new-york-0545": "DISABLED"})}, nil, ""},
		"a failed build": {map[string]response{"BatchGetBuilds": build(t, "FAILED", 6*time.Hour, object{"phaseType": "INSTALL", "phaseStatus": "SUCCEEDED"},
			object{"phaseType": "BUILD", "phaseStatus": "FAILED", "contexts": []object{{"message": "exit status 1"}}})},
			[]Code{ApplyFailed}, "the last scheduled apply ended with FAILED, on Sat 28 Nov 06:00 UTC (6 h ago): BUILD: exit status 1"},
		"a build that timed out": {map[string]response{"BatchGetBuilds": build(t, "TIMED_OUT", 6*time.Hour)}, []Code{ApplyFailed}, "TIMED_OUT, on Sat 28 Nov"},
		"no build since the last time": {map[string]response{"BatchGetBuilds": build(t, "SUCCEEDED", 5*24*time.Hour)},
			[]Code{ApplyMissed}, "an apply was due on Sat 28 Nov 06:00 UTC (6 h ago), but no build of demo-dev-weekend has started since"},
		"no build ever": {map[string]response{"ListBuildsForProject": body(`{"ids": []}`)}, []Code{ApplyMissed}, "an apply was due on Sat 28 Nov 06:00 UTC"},
		"new schedules": {map[string]response{"ListBuildsForProject": body(`{"ids": []}`), "ListSchedules": body(strings.ReplaceAll(
			bodyOf(t, schedules(t, nil)), fmt.Sprint(ago(30*24*time.Hour)), fmt.Sprint(ago(time.Hour))))}, nil, ""},
		"no permission": {map[string]response{"ListSchedules": refuse(http.StatusForbidden, "AccessDeniedException", "no")}, []Code{NotAllowed}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			e := &examination{Region: scheduledRegion(t, newScheduledFake(t, each.replaced))}
			problems, err := checkApplies(t.Context(), e)
			if err != nil {
				problems = append(problems, ProblemOf(err))
			}
			wantProblems(t, problems, each.text, each.want...)
		})
	}
}

// bodyOf returns the body of a response.
func bodyOf(t *testing.T, respond response) string {
	t.Helper()
	_, text := respond(0)
	return text
}

func TestDoctorReportsTheLastAndTheNextApply(t *testing.T) {
	f := newScheduledFake(t, map[string]response{"ListSchedules": schedules(t, map[string]string{"utc-0545": "DISABLED", "utc-0600": "DISABLED"})})
	diagnosis := scheduledRegion(t, f).Doctor(t.Context())
	if !slices.Contains(diagnosis.Checked, "scheduled applies") || diagnosis.Applies == nil || diagnosis.Applies.Last == nil || diagnosis.Applies.Next == nil {
		t.Fatalf("got %+v", diagnosis)
	}
	last, next := diagnosis.Applies.Last, diagnosis.Applies.Next
	if last.Status != "SUCCEEDED" || !last.Started.Equal(saturday.Add(-6*time.Hour)) || last.ID != "demo-dev-weekend:1" {
		t.Errorf("the last is %+v", last)
	}
	// Those of Sunday morning are disabled.
	if want := time.Date(2026, time.November, 29, 22, 0, 0, 0, time.UTC); !next.Equal(want) || diagnosis.Applies.Schedule != "utc-2200" {
		t.Errorf("the next is at %s by %s", next, diagnosis.Applies.Schedule)
	}
}

// TestDoctorReportsTheLastApplyOfTheRegion holds that the builds of other regions say nothing about this one.
func TestDoctorReportsTheLastApplyOfTheRegion(t *testing.T) {
	of := func(id, status, stacks string, started time.Duration) object {
		return object{"id": id, "buildStatus": status, "startTime": ago(started), "environment": object{
			"environmentVariables": []object{{"name": config.StacksVariable, "value": stacks}},
		}}
	}
	f := newScheduledFake(t, map[string]response{
		"ListBuildsForProject": body(`{"ids": ["b:3", "b:2", "b:1"]}`),
		"BatchGetBuilds": body(mustJSON(t, object{"builds": []object{
			of("b:1", "FAILED", "dev-eu-west-1 dev-us-east-1", 6*time.Hour), of("b:2", "SUCCEEDED", "dev-us-east-1", 5*time.Hour), of("b:3", "SUCCEEDED", "dev-eu-west-11", 4*time.Hour),
		}})),
	})
	diagnosis := scheduledRegion(t, f).Doctor(t.Context())
	if last := diagnosis.Applies.Last; last == nil || last.ID != "b:1" || last.Status != "FAILED" {
		t.Errorf("the last is %+v", last)
	}
	if !slices.ContainsFunc(diagnosis.Findings, func(each Finding) bool { return each.Code == ApplyFailed }) {
		t.Errorf("findings %+v", diagnosis.Findings)
	}
}

func TestDoctorOfAFleetWithoutScheduler(t *testing.T) {
	f := newFakeAWS(t, nil)
	diagnosis := f.region("  weekend: {enabled: true, destroy_albs: true}", saturday).Doctor(t.Context())
	if slices.Contains(diagnosis.Checked, "scheduled applies") || diagnosis.Applies != nil {
		t.Errorf("got %+v", diagnosis)
	}
}
