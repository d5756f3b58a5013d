package ops

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
)

// Problem is one thing that is wrong with a region, or that keeps it from being seen.
type Problem struct {
	// Code names the kind of problem for scripts; help/json.md lists them.
	Code Code
	// Message says in one line what is wrong.
	Message string
	// Fix is what sets it right.
	Fix Fix
}

// Code is a kind of problem.
type Code string

// Codes. A script may rely on them, so they stay what they are.
const (
	NotDeployed        Code = "not_deployed"
	NoCredentials      Code = "no_credentials"
	NotAllowed         Code = "not_allowed"
	CredentialsExpired Code = "credentials_expired"
	CredentialsInvalid Code = "credentials_invalid"
	Throttled          Code = "throttled"
	TimedOut           Code = "timed_out"
	Unreachable        Code = "unreachable"
	AWSError           Code = "aws_error"
	Interrupted        Code = "interrupted"

	ServiceDraining    Code = "service_draining"
	RolledBack         Code = "rolled_back"
	DeploymentFailed   Code = "deployment_failed"
	NoTaskWanted       Code = "no_task_wanted"
	NoTaskStarts       Code = "no_task_starts"
	Starting           Code = "starting"
	TasksMissing       Code = "tasks_missing"
	NoHealthyTarget    Code = "no_healthy_target"
	TaskStopped        Code = "task_stopped"
	ServiceEvent       Code = "service_event"
	TargetUnhealthy    Code = "target_unhealthy"
	SetByOthers        Code = "set_by_others"
	NotSteady          Code = "not_steady"
	SecretPlaceholder  Code = "secret_placeholder"
	SecretKeyMissing   Code = "secret_key_missing"
	SecretWithoutValue Code = "secret_without_value"
	SecretDeleted      Code = "secret_scheduled_for_deletion"
	SecretNotChanged   Code = "secret_not_changed"
	LoadBalancerGone   Code = "load_balancer_missing"
	LoadBalancerFailed Code = "load_balancer_failed"
	Leftover           Code = "leftover"
	NotAttached        Code = "service_not_attached"
	ListenerWrong      Code = "listener_misconfigured"
	SecurityGroups     Code = "security_group_blocking"
	FewAddresses       Code = "few_addresses"
	NoRoute            Code = "no_route"
	DomainWrong        Code = "domain_misconfigured"
	LogGroupGone       Code = "log_group_missing"
	ScalingSuspended   Code = "scheduled_scaling_suspended"
	Drift              Code = "drift"
	PriceNotFound      Code = "price_not_found"
	Failed             Code = "failed"
)

// unseen are of what keeps a region, or a part of it, from being seen.
var unseen = []Code{
	NotDeployed, NoCredentials, NotAllowed, CredentialsExpired, CredentialsInvalid, Throttled, TimedOut, Unreachable, AWSError, Interrupted, Failed,
}

// Unseen says whether a problem of the kind is that something could not be seen.
func (c Code) Unseen() bool { return slices.Contains(unseen, c) }

// Words are the code for a reader of a table.
func (c Code) Words() string { return strings.ReplaceAll(string(c), "_", " ") }

// Fix is what sets a problem right. It is data: only internal/cli, which knows the name of the fleet
// file, makes a command line of it.
type Fix struct {
	// Verb is what to run; there may be none, but then there is advice.
	Verb   Verb
	Region string
	// Arguments are the verb's own.
	Arguments []string
	// Advice is what to do where no command does it, or beside the command.
	Advice string
}

// Verb is a kind of command.
type Verb string

// Verbs. Those that are words of mcpfleet's take its flags.
const (
	VerbScale        Verb = "scale"
	VerbSecretSet    Verb = "secret set"
	VerbSecretStatus Verb = "secret status"
	VerbLogs         Verb = "logs"
	VerbDoctor       Verb = "doctor"
	VerbStatus       Verb = "status"
	VerbWeekendUp    Verb = "weekend up"
	VerbWeekendCron  Verb = "weekend cron"
	VerbCostRefresh  Verb = "cost refresh"
	// VerbDeploy takes the names of stacks.
	VerbDeploy Verb = "deploy"
	// VerbTerraform takes the name of a stack, and Terraform's own arguments.
	VerbTerraform Verb = "terraform"
	// VerbAWS takes a command line of the AWS CLI's.
	VerbAWS Verb = "aws"
)

// deploy is the fix of what an apply makes.
func (r *Region) deploy() Fix {
	return Fix{Verb: VerbDeploy, Region: r.Name, Arguments: []string{r.Names.Stack()}}
}

// fix is a command of mcpfleet's for the region.
func (r *Region) fix(verb Verb, arguments ...string) Fix {
	return Fix{Verb: verb, Region: r.Name, Arguments: arguments}
}

func advice(text string) Fix { return Fix{Advice: text} }

// withAdvice adds what to do beside the command.
func (f Fix) withAdvice(text string) Fix {
	f.Advice = text
	return f
}

// failure is an error that already knows what kind of problem it is.
type failure struct{ Problem }

func (f failure) Error() string { return f.Message }

// ProblemOf says what an error means to an operator.
func ProblemOf(err error) Problem {
	if known, ok := errors.AsType[failure](err); ok {
		return known.Problem
	}
	code := codeOf(err)
	return Problem{code, Reason(err), advice(remedies[code])}
}

// remedies are what helps against what kept a region from being seen, or changed.
var remedies = map[Code]string{ //nolint:gosec // nothing of it is a credential
	NotAllowed:         "allow the credentials in use this action, or use others",
	CredentialsExpired: "sign in again, such as with aws sso login",
	CredentialsInvalid: "enable the region for the account, or use other credentials",
	Throttled:          "wait a minute and try again",
	TimedOut:           "try again, or wait longer with --timeout",
	Unreachable:        "check this machine's network and proxy, then try again",
	AWSError:           "try again in a few minutes; https://health.aws.amazon.com/health/status says whether AWS has trouble",
}

func codeOf(err error) Code {
	var api smithy.APIError
	var response *awshttp.ResponseError
	var network net.Error
	switch {
	case errors.Is(err, context.Canceled):
		return Interrupted
	case errors.As(err, &api):
		return apiCode(err, api.ErrorCode())
	case errors.As(err, &response) && response.HTTPStatusCode() > 0:
		return AWSError
	case errors.Is(err, context.DeadlineExceeded):
		return TimedOut
	case errors.As(err, &network):
		return Unreachable
	}
	return Failed
}

// problems are those of several errors, each once.
func problems(errs []error) (found []Problem) {
	seen := map[string]bool{}
	for _, err := range errs {
		if err == nil {
			continue
		}
		problem := ProblemOf(err)
		if !seen[problem.Message] {
			seen[problem.Message] = true
			found = append(found, problem)
		}
	}
	return found
}
