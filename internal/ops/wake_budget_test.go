package ops

import (
	"net/http"
	"testing"
	"time"
)

func TestTheBudgetCountsTheMonth(t *testing.T) {
	for name, each := range map[string]struct {
		record string
		now    time.Time
		want   string
	}{
		"a new parameter":       {`{}`, tuesday, "0 of 20 h"},
		"asleep":                {`{"month": "2026-11", "used": 45000}`, tuesday, "12.5 of 20 h"},
		"all of it":             {`{"month": "2026-11", "used": 72000}`, tuesday, "20 of 20 h"},
		"awake for two hours":   {`{"month": "2026-11", "used": 3600, "since": 1795478400, "ends": 1795507200}`, time.Unix(1795478400+7200, 0), "3 of 20 h"},
		"awake until it ended":  {`{"month": "2026-11", "used": 3600, "since": 1795478400.5, "ends": 1795482000.5}`, time.Unix(1795478400+7200, 0), "2 of 20 h"},
		"since the month began": {`{"month": "2026-10", "used": 45000}`, tuesday, "0 of 20 h"},
	} {
		t.Run(name, func(t *testing.T) {
			aws := wokenRegion(t, wakeMode, 0, 2)
			aws["GetParameter"] = body(mustJSON(t, object{"Parameter": object{"Value": each.record}}))
			status := newFakeAWS(t, aws).region(wakeMode, each.now).Status(t.Context())
			if status.WakeBudget == nil || status.WakeBudget.String() != each.want {
				t.Errorf("got %+v, %v", status.WakeBudget, status.Problems)
			}
		})
	}
}

func TestABudgetThatCannotBeReadIsAProblem(t *testing.T) {
	for name, each := range map[string]struct {
		answer response
		part   string
		code   Code
	}{
		"no permission":   {refuse(http.StatusBadRequest, "AccessDeniedException", "no"), "GetParameter: not allowed", NotAllowed},
		"another content": {body(`{"Parameter": {"Value": "soon"}}`), "parameter " + prefix + "-wake-budget does not have the JSON object", Failed},
		"no parameter":    {refuse(http.StatusBadRequest, "ParameterNotFound", ""), "", ""}, // which doctor reports
	} {
		t.Run(name, func(t *testing.T) {
			aws := wokenRegion(t, wakeMode, 0, 2)
			aws["GetParameter"] = each.answer
			status := newFakeAWS(t, aws).region(wakeMode, tuesday).Status(t.Context())
			wantProblems(t, status.Problems, each.part, each.code)
			if status.WakeBudget != nil {
				t.Errorf("got %v", status.WakeBudget)
			}
		})
	}
}

// TestOtherRegionsHaveNoBudget asks no parameter of a region that only answers.
func TestOtherRegionsHaveNoBudget(t *testing.T) {
	const answers = "  weekend: {enabled: true, answer: true}"
	aws := newFakeAWS(t, wokenRegion(t, answers, 2, 2))
	if status := aws.region(answers, saturday).Status(t.Context()); status.WakeBudget != nil || len(aws.sent("GetParameter")) > 0 {
		t.Errorf("got %+v", status)
	}
}
