package ops

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// standbyRule is the listener rule that leads to the function.
func standbyRule(pattern string) string {
	return pathRule("arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/"+prefix+"-standby/1", pattern)
}

// sleepingWithStandby is a region that sleeps on a Tuesday, and answers.
func sleepingWithStandby(t *testing.T, replaced map[string]response) map[string]response {
	t.Helper()
	aws := wokenRegion(t, wakeMode, 0, 0)
	maps.Copy(aws, serviceFields(t, object{"desiredCount": 0, "runningCount": 0}))
	aws["DescribeTargetHealth"] = body(targets())
	aws["GetFunctionConfiguration"] = body(`{"State": "Active"}`)
	aws["DescribeRules"] = body(rules(standbyRule("*"), pathRule(targetGroupARN, "/mcp"), rejectRule))
	maps.Copy(aws, replaced)
	return aws
}

func TestDoctorChecksWhatAnswersForASleepingRegion(t *testing.T) {
	missing := refuse(http.StatusNotFound, "ResourceNotFoundException", "Function not found")
	forwarded := func(all ...string) response {
		return body(rules(append(all, pathRule(targetGroupARN, "/mcp"), rejectRule)...))
	}
	for name, each := range map[string]struct {
		aws  map[string]response
		code Code
		part string
		verb Verb
	}{
		"all well":         {nil, "", "", ""},
		"no function":      {map[string]response{"GetFunctionConfiguration": missing}, StandbyMissing, "function " + prefix + "-standby does not exist", VerbDeploy},
		"a failed one":     {map[string]response{"GetFunctionConfiguration": body(`{"State": "Failed", "StateReason": "the key is disabled"}`)}, StandbyWrong, "is failed, so it does not answer while the region sleeps: the key is disabled", VerbAWS},
		"no rule":          {map[string]response{"DescribeRules": forwarded()}, StandbyMissing, "no listener rule leads to function", VerbDeploy},
		"a rule for none":  {map[string]response{"DescribeRules": forwarded(standbyRule("asleep"))}, StandbyWrong, "matches no request, although no task runs", VerbAWS},
		"no parameter":     {map[string]response{"GetParameter": refuse(http.StatusBadRequest, "ParameterNotFound", "")}, StandbyMissing, "parameter " + prefix + "-wake-budget does not exist", VerbDeploy},
		"no permission":    {map[string]response{"GetFunctionConfiguration": refuse(http.StatusForbidden, "AccessDeniedException", "no")}, NotAllowed, "GetFunctionConfiguration", ""},
		"no reject rule":   {map[string]response{"DescribeRules": body(rules(standbyRule("*"), pathRule(targetGroupARN, "/mcp")))}, PathsWrong, "no listener rule rejects other paths", VerbDeploy},
		"no load balancer": {map[string]response{"DescribeLoadBalancers": withoutBalancer}, Drift, "the load balancer is missing", VerbDeploy},
	} {
		t.Run(name, func(t *testing.T) {
			diagnosis := newFakeAWS(t, sleepingWithStandby(t, each.aws)).region(wakeMode, tuesday).Doctor(t.Context())
			check := map[Code]string{PathsWrong: "paths", Drift: "service"}[each.code]
			if check == "" {
				check = "standby"
			}
			problems := found(t, diagnosis, check)
			wantProblems(t, problems, each.part, each.code)
			if len(problems) == 1 && problems[0].Fix.Verb != each.verb {
				t.Errorf("fix %+v", problems[0].Fix)
			}
			if !slices.Contains(diagnosis.Checked, "standby") {
				t.Errorf("checked %q", diagnosis.Checked)
			}
		})
	}
}

// TestDoctorChecksTheRuleOfARegionThatServes has two tasks, and a rule that takes their requests.
func TestDoctorChecksTheRuleOfARegionThatServes(t *testing.T) {
	started := []object{{"id": "1", "createdAt": saturday.Add(-time.Minute).Unix(), "message": "(service x) has started 2 tasks: (task a)."}}
	for name, each := range map[string]struct {
		pattern string
		service object
		targets string
		code    Code
		part    string
	}{
		"asleep":               {"asleep", nil, targets(healthyTarget, healthyTarget), "", ""},
		"every path":           {"*", nil, targets(healthyTarget, healthyTarget), StandbyWrong, "a listener rule sends every request to function " + prefix + "-standby, although 2 tasks can take them"},
		"for a moment":         {"*", object{"events": started}, targets(healthyTarget, healthyTarget), Starting, "still starting after 1 min"},
		"for tasks that begin": {"*", object{"events": started}, targets([3]string{"initial", "", ""}), Starting, "no target is healthy"},
	} {
		t.Run(name, func(t *testing.T) {
			aws := sleepingWithStandby(t, wokenRegion(t, wakeMode, 2, 2))
			maps.Copy(aws, serviceFields(t, each.service))
			aws["DescribeTargetHealth"] = body(each.targets)
			aws["DescribeRules"] = body(rules(standbyRule(each.pattern), pathRule(targetGroupARN, "/mcp"), rejectRule))
			var problems []Problem
			for _, finding := range newFakeAWS(t, aws).region(wakeMode, saturday).Doctor(t.Context()).Findings {
				problems = append(problems, finding.Problem)
			}
			wantProblems(t, problems[:min(len(problems), 1)], each.part, each.code)
		})
	}
}

// TestTheFunctionIsCalledByItsName holds the command that makes the function set its rule.
func TestTheFunctionIsCalledByItsName(t *testing.T) {
	aws := sleepingWithStandby(t, map[string]response{"DescribeRules": body(rules(standbyRule("asleep"), pathRule(targetGroupARN, "/mcp"), rejectRule))})
	problems := found(t, newFakeAWS(t, aws).region(wakeMode, tuesday).Doctor(t.Context()), "standby")
	if len(problems) != 1 || strings.Join(problems[0].Fix.Arguments, " ") != "lambda invoke --function-name "+prefix+"-standby /dev/stdout" {
		t.Errorf("got %+v", problems)
	}
}
