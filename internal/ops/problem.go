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

// Problem is something wrong with a region, or a reason why its state cannot be read.
type Problem struct {
	// Code identifies the kind of problem for scripts; help/json.md lists the codes.
	Code Code
	// Message describes the problem in one line.
	Message string
	// Fix is how to resolve it.
	Fix Fix
}

// Code identifies a kind of problem.
type Code string

// Problem codes. Scripts rely on them, so they must not change.
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
	NoAddress          Code = "no_address"

	ServiceDraining     Code = "service_draining"
	RolledBack          Code = "rolled_back"
	DeploymentFailed    Code = "deployment_failed"
	DesiredCountZero    Code = "no_task_wanted"
	NoTaskStarts        Code = "no_task_starts"
	Starting            Code = "starting"
	TasksMissing        Code = "tasks_missing"
	NoHealthyTarget     Code = "no_healthy_target"
	TaskStopped         Code = "task_stopped"
	SpotInterrupted     Code = "spot_interrupted"
	SidecarFailed       Code = "sidecar_failed"
	ServiceEvent        Code = "service_event"
	TargetUnhealthy     Code = "target_unhealthy"
	DesiredCountChanged Code = "set_by_others"
	NotSteady           Code = "not_steady"
	SecretPlaceholder   Code = "secret_placeholder"
	SecretKeyMissing    Code = "secret_key_missing"
	SecretWithoutValue  Code = "secret_without_value"
	SecretDeleted       Code = "secret_scheduled_for_deletion"
	SecretNotChanged    Code = "secret_not_changed"
	NotChanged          Code = "not_changed"
	RevisionMissing     Code = "revision_missing"
	RevisionReplaced    Code = "revision_replaced"
	LoadBalancerMissing Code = "load_balancer_missing"
	LoadBalancerFailed  Code = "load_balancer_failed"
	Leftover            Code = "leftover"
	NotAttached         Code = "service_not_attached"
	ListenerWrong       Code = "listener_misconfigured"
	SecurityGroups      Code = "security_group_blocking"
	FewAddresses        Code = "few_addresses"
	NoRoute             Code = "no_route"
	NATGatewayMissing   Code = "nat_gateway_missing"
	EndpointMissing     Code = "endpoint_missing"
	VPCWrong            Code = "vpc_misconfigured"
	DomainWrong         Code = "domain_misconfigured"
	NoDomain            Code = "no_domain"
	NoOtherRegion       Code = "no_other_region"
	ConnectionsOpen     Code = "connections_open"
	PathsWrong          Code = "paths_misconfigured"
	StandbyMissing      Code = "standby_missing"
	StandbyWrong        Code = "standby_misconfigured"
	WebACLMissing       Code = "web_acl_missing"
	LogGroupMissing     Code = "log_group_missing"
	AlarmMissing        Code = "alarm_missing"
	AlarmActive         Code = "alarm_active"
	AlarmFiring         Code = "alarm_firing"
	AlarmTriggered      Code = "alarm_triggered"
	FlowLogFailed       Code = "flow_log_failed"
	ScalingSuspended    Code = "scheduled_scaling_suspended"
	SchedulerMissing    Code = "scheduler_missing"
	ScheduleDisabled    Code = "schedule_disabled"
	ApplyFailed         Code = "scheduled_apply_failed"
	ApplyMissed         Code = "scheduled_apply_missed"
	Drift               Code = "drift"
	PriceNotFound       Code = "price_not_found"
	Failed              Code = "failed"

	CertificateMissing   Code = "certificate_missing"
	CertificatePending   Code = "certificate_pending"
	CertificateFailed    Code = "certificate_failed"
	CertificateExpired   Code = "certificate_expired"
	CertificateExpiring  Code = "certificate_expiring"
	CertificateWrongName Code = "certificate_wrong_name"
	ValidationRecord     Code = "validation_record_misconfigured"
)

// unseen are the codes of failures to read a region, in whole or in part.
var unseen = []Code{
	NotDeployed, NoCredentials, NotAllowed, CredentialsExpired, CredentialsInvalid, Throttled, TimedOut, Unreachable, AWSError, Interrupted, Failed,
}

// Unobserved reports whether the code means that something could not be read.
func (c Code) Unobserved() bool { return slices.Contains(unseen, c) }

// Text returns the code as text for tables.
func (c Code) Text() string { return strings.ReplaceAll(string(c), "_", " ") }

// Fix is how to resolve a problem. It is plain data: only internal/cli, which knows the fleet file's name,
// turns it into a command line.
type Fix struct {
	// Verb is the command to run. If empty, Advice is set.
	Verb   Verb
	Region string
	// Arguments follow the verb.
	Arguments []string
	// Advice is what to do in addition to the command, or instead of one.
	Advice string
}

// Verb identifies a command.
type Verb string

// Verbs. Those that are mcpfleet commands accept its flags.
const (
	VerbScale        Verb = "scale"
	VerbCapacity     Verb = "capacity"
	VerbSecretSet    Verb = "secret set"
	VerbSecretStatus Verb = "secret status"
	VerbLogs         Verb = "logs"
	VerbDoctor       Verb = "doctor"
	VerbStatus       Verb = "status"
	VerbWeekendUp    Verb = "weekend up"
	VerbWeekendCron  Verb = "weekend cron"
	VerbDeployImage  Verb = "deploy"
	VerbRollback     Verb = "rollback"
	VerbRestart      Verb = "restart"
	VerbHistory      Verb = "history"
	VerbPrune        Verb = "prune"
	VerbDrain        Verb = "drain"
	VerbUndrain      Verb = "undrain"
	VerbMetrics      Verb = "metrics"
	VerbCostRefresh  Verb = "cost refresh"
	// VerbDeploy takes stack names, and flags of cdktf deploy.
	VerbDeploy Verb = "cdktf deploy"
	// VerbTerraform takes a stack name followed by Terraform arguments.
	VerbTerraform Verb = "terraform"
	// VerbAWS takes the arguments of the AWS CLI.
	VerbAWS Verb = "aws"
)

// deploy returns the fix for what an apply creates or updates.
func (r *Region) deploy() Fix {
	return Fix{Verb: VerbDeploy, Region: r.Name, Arguments: []string{r.Names.Stack()}}
}

// fix returns an mcpfleet command for the region.
func (r *Region) fix(verb Verb, arguments ...string) Fix {
	return Fix{Verb: verb, Region: r.Name, Arguments: arguments}
}

func advice(text string) Fix { return Fix{Advice: text} }

// withAdvice returns the fix with advice in addition to the command.
func (f Fix) withAdvice(text string) Fix {
	f.Advice = text
	return f
}

// failure is an error that carries its Problem.
type failure struct{ Problem }

func (f failure) Error() string { return f.Message }

// Failure returns a problem as an error, of which ProblemOf returns the problem again.
func Failure(problem Problem) error { return failure{problem} }

// ProblemOf returns the problem that an error describes.
func ProblemOf(err error) Problem {
	if known, ok := errors.AsType[failure](err); ok {
		return known.Problem
	}
	code := codeOf(err)
	return Problem{code, Reason(err), advice(remedies[code])}
}

// remedies are the advice for failed requests.
var remedies = map[Code]string{ //nolint:gosec // these are not credentials
	NotAllowed:         "grant the credentials permission for this action, or use other credentials",
	CredentialsExpired: "sign in again, for example with aws sso login",
	CredentialsInvalid: "enable the region for the account, or use other credentials",
	Throttled:          "wait a minute and try again",
	TimedOut:           "try again, or raise --timeout",
	Unreachable:        "check this machine's network and proxy, then try again",
	AWSError:           "try again in a few minutes; see https://health.aws.amazon.com/health/status for AWS outages",
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

// problems converts errors to problems, without duplicates.
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
