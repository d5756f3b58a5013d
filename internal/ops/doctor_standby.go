package ops

import (
	"context"
	"fmt"
	"slices"
	"strings"

	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/cdtait/mcpfleet/internal/text"
)

func (e *examination) hasStandby() bool { return e.HasStandby() }

// checkStandby checks what answers for the region while its tasks are asleep: a function, what it counts in, and the
// listener rule that leads to it.
func checkStandby(ctx context.Context, e *examination) (found []Problem, err error) {
	name := e.Names.Standby()
	function, err := e.lambda.GetFunctionConfiguration(ctx, &lambda.GetFunctionConfigurationInput{FunctionName: &name})
	switch {
	case hasCode(err, "ResourceNotFoundException"):
		return []Problem{{StandbyMissing, "function " + name + " does not exist, so nothing answers while the region sleeps", e.deploy()}}, nil
	case err != nil:
		return nil, err
	case function.State != "" && function.State != lambdatypes.StateActive:
		// https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html
		message := fmt.Sprintf("function %s is %s, so it does not answer while the region sleeps", name, strings.ToLower(string(function.State)))
		found = append(found, Problem{StandbyWrong, text.JoinNonEmpty(": ", message, oneLine(value(function.StateReason))),
			e.callStandby("this makes an inactive function active; if that does not help, delete the function, then deploy")})
	}
	if e.WakesOnRequest() && e.observed.budget == nil && e.observed.budgetErr == nil {
		found = append(found, Problem{StandbyMissing, "parameter " + e.Names.WakeBudget() + " does not exist, so no request wakes the region", e.deploy()})
	}
	rules, err := e.rules()
	if err != nil || rules == nil {
		return found, err // checkListener reports that there is no listener
	}
	return append(found, e.standbyRuleProblems(rules)...), nil
}

// standbyRuleProblems checks the rule that leads to the function. The function changes it when tasks start and stop, and
// looks every hour, in case it has missed that. Between the two is a moment that is no problem: the first minutes of tasks,
// and the last ones.
func (e *examination) standbyRuleProblems(rules []elbtypes.Rule) []Problem {
	at := slices.IndexFunc(rules, e.isStandby)
	if at < 0 {
		return []Problem{{StandbyMissing, "no listener rule leads to function " + e.Names.Standby() + ", so nothing answers while the region sleeps", e.deploy()}}
	}
	service, count := e.observed.service, healthy(e.observed.targets)
	matches := slices.Contains(pathPatterns(rules[at]), everyPath)
	logs := "; if the rule stays as it is, the logs in " + e.Names.StandbyLogGroup() + " have the reason"
	switch {
	case matches && service.DesiredCount > 0 && count > 0:
		message := fmt.Sprintf("a listener rule sends every request to function %s, although %s can take them", e.Names.Standby(), text.Count(count, "task"))
		return []Problem{e.startingOr(e.observed, e.Now(), Problem{StandbyWrong, message, e.callStandby("any request does the same" + logs)})}
	case !matches && service.DesiredCount == 0 && service.RunningCount == 0:
		return []Problem{{StandbyWrong, "the listener rule of function " + e.Names.Standby() + " matches no request, although no task runs",
			e.callStandby("the function does the same by itself every hour" + logs)}}
	}
	return nil
}

// isStandby reports whether a rule leads to the function. The ARN of a target group has its name:
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html
func (e *examination) isStandby(rule elbtypes.Rule) bool {
	group := ":targetgroup/" + e.Names.StandbyTargetGroup() + "/"
	return slices.ContainsFunc(rule.Actions, func(action elbtypes.Action) bool { return strings.Contains(value(action.TargetGroupArn), group) })
}

// callStandby returns the command that makes the function look at the tasks, and set its rule.
func (e *examination) callStandby(advice string) Fix {
	return Fix{Verb: VerbAWS, Region: e.Name, Arguments: []string{"lambda", "invoke", "--function-name", e.Names.Standby(), "/dev/stdout"}, Advice: advice}
}
