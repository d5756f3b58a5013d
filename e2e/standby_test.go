//go:build e2e

package e2e

import (
	"encoding/json"
	"net/http"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	lb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
)

// TestWakeOnRequest is the load balancer and what calls the function: it runs the deployed function as its rule says.
func TestWakeOnRequest(t *testing.T) {
	t.Parallel()
	w := newFleet(t, `project: fmp-mcp
environment: dev
defaults:
  container:
    image: ghcr.io/cdtait/fmp-mcp-server:latest
    secrets: {FMP_API_KEY: API_KEY}
  load_balancer: {https: false}
  access: {paths: [/mcp, /health]}
  weekend: {enabled: true, answer: true, wake_on_request: true, `+closedNow()+`}
regions:
  eu-west-1: {network: {cidr: 172.31.0.0/16}}
`)
	s := w.initialize(t, "dev-eu-west-1")
	if w.aws != nil {
		s.killSettledApply(t, []string{"logs.CreateLogGroup", "iam.CreateRole", "elasticloadbalancing.CreateTargetGroup", "ssm.PutParameter"}, awake)
		s.killSettledApply(t, []string{"elasticloadbalancing.CreateRule"}, awake)
		s.killSettledApply(t, []string{"lambda.CreateFunction"}, awake)
		s.killSettledApply(t, []string{"lambda.AddPermission", "events.PutTargets"}, awake)
		s.killSettledApply(t, []string{"elasticloadbalancing.RegisterTargets"}, awake)
	}
	s.apply(t, awake)
	s.checkNoChanges(t, awake)
	s.checkWaking(t)

	// Without the function, the load balancer is what it was before it.
	w.edit(t, "answer: true, wake_on_request: true, ", "")
	s.apply(t, awake)
	s.checkNoChanges(t, awake)
	if left := s.addresses(t); slices.ContainsFunc(left, func(address string) bool {
		return strings.Contains(address, "standby") || strings.HasPrefix(address, "aws_lambda_") || strings.HasPrefix(address, "aws_ssm_")
	}) {
		t.Errorf("left without the function: %v", left)
	}
	s.destroy(t)
	if w.aws != nil {
		if left := w.tagged(t, "eu-west-1"); len(left) > 0 {
			t.Errorf("after the destroy AWS still has %v", left)
		}
	}
}

// checkWaking puts the region to sleep, lets a request wake it, and puts it back to sleep.
func (s *stack) checkWaking(t *testing.T) {
	t.Helper()
	if suite.python == "" {
		needsAWS(t, "the function of wake_on_request against an AWS API")
	}
	s.checkRule(t, "asleep")
	s.apply(t, asleep)
	s.call(t, ecsEvent, nil)
	s.checkRule(t, "*")
	s.checkNoChanges(t, asleep)
	if _, retry := s.ask(t); retry != "86400" {
		t.Errorf("put to sleep by an operator: Retry-After is %s", retry)
	}
	s.checkDesiredCount(t, 0)

	s.apply(t)
	s.checkNoChanges(t)
	opening := time.Now().UTC().AddDate(0, 0, 3).Format("Mon, 02 Jan 2006") + " 06:00:00 GMT"
	if text, retry := s.send(t, http.MethodGet, "/.env", "", ""); retry != opening || text != "This server is asleep until "+opening+"." {
		t.Errorf("a scan: %s, Retry-After %s", text, retry)
	}
	s.checkDesiredCount(t, 0)
	if text, retry := s.ask(t); retry != "60" || !strings.Contains(text, "This server is waking up.") {
		t.Errorf("a message: %s, Retry-After %s", text, retry)
	}
	s.checkDesiredCount(t, 2)
	s.workspace.checkCallOrder(t, "application-autoscaling.PutScheduledAction", "application-autoscaling.RegisterScalableTarget", "ssm.PutParameter", "ecs.UpdateService")
	s.call(t, ecsEvent, nil)
	s.checkRule(t, "asleep")

	idle := map[string]any{"alarmData": map[string]any{}}
	s.call(t, idle, nil) // which cannot know of the request yet
	s.checkDesiredCount(t, 2)
	s.wokeEarlier(t, time.Hour)
	s.call(t, idle, nil)
	s.checkDesiredCount(t, 0)
	s.checkRule(t, "*")
	s.checkNoChanges(t)
	s.apply(t, awake)
	s.call(t, ecsEvent, nil)
	s.checkRule(t, "asleep")
}

var ecsEvent = map[string]any{"source": "aws.ecs", "detail-type": "ECS Service Action"}

// checkRule fails the test unless the rule of the function matches a pattern of paths.
func (s *stack) checkRule(t *testing.T, want string) {
	t.Helper()
	output, err := lb.NewFromConfig(s.workspace.config(t, "eu-west-1")).DescribeRules(t.Context(), &lb.DescribeRulesInput{RuleArns: []string{s.environment(t)["RULE"]}})
	if err != nil {
		t.Fatal(err)
	}
	if got := output.Rules[0].Conditions[0].PathPatternConfig.Values; !slices.Equal(got, []string{want}) {
		t.Errorf("the rule matches %v, want %s", got, want)
	}
}

// ask sends a message of the protocol to the function, and returns the body of the answer and when to try again.
func (s *stack) ask(t *testing.T) (body, retryAfter string) {
	t.Helper()
	return s.send(t, http.MethodPost, "/mcp", "application/json", `{"jsonrpc": "2.0", "id": 1, "method": "initialize"}`)
}

// send sends the function a request as load balancers do.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
func (s *stack) send(t *testing.T, method, path, contentType, content string) (body, retryAfter string) {
	t.Helper()
	request := map[string]any{
		"requestContext": map[string]any{"elb": map[string]any{}}, "httpMethod": method, "path": path,
		"headers": map[string]string{"content-type": contentType}, "body": content,
	}
	var response struct {
		StatusCode int
		Headers    map[string]string
		Body       string
	}
	s.call(t, request, &response)
	if response.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("the function answers %d", response.StatusCode)
	}
	return response.Body, response.Headers["Retry-After"]
}

// wokeEarlier makes the record of the budget say that the request came earlier.
func (s *stack) wokeEarlier(t *testing.T, by time.Duration) {
	t.Helper()
	client := ssm.NewFromConfig(s.workspace.config(t, "eu-west-1"))
	name := s.workspace.region(t, "eu-west-1").Names.WakeBudget()
	output, err := client.GetParameter(t.Context(), &ssm.GetParameterInput{Name: &name})
	if err != nil {
		t.Fatal(err)
	}
	record := map[string]any{}
	if err := json.Unmarshal([]byte(*output.Parameter.Value), &record); err != nil {
		t.Fatal(err)
	}
	record["since"] = record["since"].(float64) - by.Seconds()
	text, err := json.Marshal(record)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.PutParameter(t.Context(), &ssm.PutParameterInput{Name: &name, Value: new(string(text)), Overwrite: new(true)}); err != nil {
		t.Fatal(err)
	}
}

// run is a program that does what Lambda does with the deployment package.
const run = `
import contextlib, json, sys
sys.path.insert(0, "standby.zip")
with contextlib.redirect_stdout(sys.stderr):
    import standby
    result = standby.handle(json.load(sys.stdin), None)
json.dump(result, sys.stdout)
`

// call runs the deployed function, in the environment that it has in AWS.
func (s *stack) call(t *testing.T, event, response any) {
	t.Helper()
	input, err := json.Marshal(event)
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(suite.python, "-c", run)
	command.Dir = filepath.Dir(s.workspace.file(s.name))
	command.Stdin, command.Stderr = strings.NewReader(string(input)), t.Output()
	command.Env = []string{
		"AWS_ENDPOINT_URL=" + s.workspace.aws.URL, "AWS_REGION=eu-west-1", "AWS_DEFAULT_REGION=eu-west-1",
		"AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test", "PYTHONDONTWRITEBYTECODE=1",
	}
	for name, value := range s.environment(t) {
		command.Env = append(command.Env, name+"="+value)
	}
	output, err := command.Output()
	if err != nil {
		t.Fatalf("the function: %v", err)
	}
	if response == nil {
		return
	}
	if err := json.Unmarshal(output, response); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
}

// environment returns the environment variables of the function in AWS.
func (s *stack) environment(t *testing.T) map[string]string {
	t.Helper()
	var function struct {
		Configuration struct {
			Environment struct{ Variables map[string]string }
		}
	}
	path := "/2015-03-31/functions/" + s.workspace.region(t, "eu-west-1").Names.Standby()
	if err := s.workspace.aws.Get("eu-west-1", "lambda", path, &function); err != nil {
		t.Fatal(err)
	}
	return function.Configuration.Environment.Variables
}
