package ops

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cdtait/mcpfleet/config"
)

func exactly(count int) config.TaskRange { return config.TaskRange{Min: count, Max: count} }

func TestScaleSetsTheBoundsBeforeTheCount(t *testing.T) {
	aws := newFakeAWS(t, map[string]response{"DescribeScalableTargets": body(`{"ScalableTargets": [{"MinCapacity": 2, "MaxCapacity": 2}]}`)})
	warning, err := aws.region(weekendMode, saturday).Scale(t.Context(), exactly(3))
	if err != nil || warning != "" {
		t.Fatalf("%v, %q", err, warning)
	}
	if got := aws.operations(); !slices.Equal(got, []string{"DescribeScalableTargets", "RegisterScalableTarget", "UpdateService"}) {
		t.Errorf("requested %v", got)
	}
	var bounds struct{ MinCapacity, MaxCapacity int }
	var update struct {
		Cluster, Service string
		DesiredCount     int
	}
	if err := json.Unmarshal([]byte(aws.sent("RegisterScalableTarget")[0]), &bounds); err != nil || bounds.MinCapacity != 3 || bounds.MaxCapacity != 3 {
		t.Errorf("bounds %+v: %v", bounds, err)
	}
	if err := json.Unmarshal([]byte(aws.sent("UpdateService")[0]), &update); err != nil || update.DesiredCount != 3 || update.Cluster != clusterName || update.Service != prefix+"-service" {
		t.Errorf("update %+v: %v", update, err)
	}
}

// TestScaleToARangeLeavesTheCountToAutoscaling wakes a region to the range of autoscaling.
func TestScaleToARangeLeavesTheCountToAutoscaling(t *testing.T) {
	for current, want := range map[int]string{0: `"desiredCount":2`, 4: "", 12: `"desiredCount":8`} {
		aws := newFakeAWS(t, serviceFields(t, object{"desiredCount": current}))
		aws.responses["DescribeScalableTargets"] = body(`{"ScalableTargets": [{"MinCapacity": 0, "MaxCapacity": 0}]}`)
		if _, err := aws.region(autoscaled, saturday).Scale(t.Context(), config.TaskRange{Min: 2, Max: 8}); err != nil {
			t.Fatal(err)
		}
		if sent := aws.sent("RegisterScalableTarget"); len(sent) != 1 || !strings.Contains(sent[0], `"MaxCapacity":8`) || !strings.Contains(sent[0], `"MinCapacity":2`) {
			t.Errorf("from %d: the bounds are set by %v", current, sent)
		}
		if sent := strings.Join(aws.sent("UpdateService"), " "); (want == "") != (sent == "") || !strings.Contains(sent, want) {
			t.Errorf("from %d: the count is set by %q", current, sent)
		}
	}
}

func TestScaleWithoutAScalableTargetSetsTheCountAlone(t *testing.T) {
	aws := newFakeAWS(t, nil)
	if _, err := aws.region("", saturday).Scale(t.Context(), exactly(3)); err != nil {
		t.Fatal(err)
	}
	if got := aws.operations(); !slices.Equal(got, []string{"DescribeScalableTargets", "UpdateService"}) {
		t.Errorf("requested %v", got)
	}
}

// TestPrivateTasksAreNotStartedWithoutAWayOut scales a private region that sleeps without its NAT gateway.
func TestPrivateTasksAreNotStartedWithoutAWayOut(t *testing.T) {
	asleep := map[string]response{"DescribeScalableTargets": body(`{"ScalableTargets": [{"MinCapacity": 0, "MaxCapacity": 0}]}`)}
	private := destroyMode + "\n  network: {mode: private}"
	aws := newFakeAWS(t, asleep)
	if _, err := aws.region(private, tuesday).Scale(t.Context(), exactly(2)); ProblemOf(err).Code != NoRoute || ProblemOf(err).Fix.Verb != VerbWeekendUp || len(aws.sent("UpdateService")) != 0 {
		t.Errorf("got %v, requested %v", err, aws.operations())
	}
	for _, each := range []struct {
		settings string
		tasks    config.TaskRange
		now      time.Time
	}{{private, exactly(0), tuesday}, {private, exactly(2), saturday}, {destroyMode, exactly(2), tuesday}, {weekendMode + "\n  network: {mode: private}", exactly(2), tuesday}} {
		if _, err := newFakeAWS(t, asleep).region(each.settings, each.now).Scale(t.Context(), each.tasks); err != nil {
			t.Errorf("%s to %s: %v", each.settings, each.tasks, err)
		}
	}
}

// TestTheEmergencyStopNeedsECSOnly fails Application Auto Scaling at either of its requests.
func TestTheEmergencyStopNeedsECSOnly(t *testing.T) {
	denied := refuse(http.StatusBadRequest, "AccessDeniedException", "not authorized")
	for name, responses := range map[string]map[string]response{
		"the look": {"DescribeScalableTargets": denied},
		"the bounds": {
			"DescribeScalableTargets": body(`{"ScalableTargets": [{"MinCapacity": 2, "MaxCapacity": 2}]}`), "RegisterScalableTarget": denied,
		},
	} {
		t.Run(name, func(t *testing.T) {
			aws := newFakeAWS(t, responses)
			warning, err := aws.region(weekendMode, saturday).Scale(t.Context(), exactly(0))
			if err != nil || !strings.Contains(warning, "not authorized") || len(aws.sent("UpdateService")) != 1 {
				t.Errorf("%v, %q, requested %v", err, warning, aws.operations())
			}
			// Any other count would be pulled back by the bounds, so it is not set.
			aws = newFakeAWS(t, responses)
			if _, err := aws.region(weekendMode, saturday).Scale(t.Context(), exactly(3)); ProblemOf(err).Code != NotAllowed || len(aws.sent("UpdateService")) != 0 {
				t.Errorf("%v, requested %v", err, aws.operations())
			}
		})
	}
}

func TestScaleOfARegionThatIsNotDeployed(t *testing.T) {
	for _, code := range []string{"ClusterNotFoundException", "ServiceNotFoundException", "ServiceNotActiveException"} {
		aws := newFakeAWS(t, map[string]response{"UpdateService": refuse(http.StatusBadRequest, code, "")})
		if _, err := aws.region("", saturday).Scale(t.Context(), exactly(1)); ProblemOf(err).Code != NotDeployed {
			t.Errorf("%s: %v", code, err)
		}
	}
}

func TestRedeployForcesADeployment(t *testing.T) {
	aws := newFakeAWS(t, nil)
	if err := aws.region("", saturday).Redeploy(t.Context()); err != nil {
		t.Fatal(err)
	}
	if sent := aws.sent("UpdateService"); len(sent) != 1 || !strings.Contains(sent[0], `"forceNewDeployment":true`) || strings.Contains(sent[0], "desiredCount") {
		t.Errorf("sent %v", sent)
	}
}
