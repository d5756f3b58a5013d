package ops

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	logtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/cdtait/mcpfleet/config"
)

// Finding is one reason why a region does not run, or soon will not, and how to fix it.
type Finding struct {
	// Check is the name of the check that found the problem.
	Check string
	Problem
}

// Diagnosis is the result of Doctor for one region. It includes every problem that Status reports.
type Diagnosis struct {
	Region   string    `json:"-"`
	Schedule Timing    `json:"schedule"`
	Checked  []string  `json:"checked"`
	Findings []Finding `json:"-"`
	// WakeBudget is absent if no request wakes the region, or if it could not be read.
	WakeBudget *WakeBudget `json:"wake_budget,omitempty"`
	// Applies are the scheduled applies of the region, if the fleet has a scheduler.
	Applies *Applies `json:"scheduled_applies,omitempty"`
}

// examination is the input of the checks: a region, its observed state and its expected state.
type examination struct {
	*Region
	observed *observed
	expected config.Expected
	// listeners returns the load balancer's listeners, none without a load balancer, rules the rules of the listener that
	// clients use, and zone the ID of the hosted zone. Several checks use them.
	listeners func() ([]elbtypes.Listener, error)
	rules     func() ([]elbtypes.Rule, error)
	zone      func() (string, error)
	// applies is what checkApplies has found.
	applies *Applies
}

// check is one item of the checklist. It returns the problems it found, or the error that prevented the
// check.
type check struct {
	name  string
	check func(context.Context, *examination) ([]Problem, error)
	// when reports whether the check applies. If nil, it always does.
	when func(*examination) bool
}

var checks = []check{
	{"schedule", checkSchedule, nil},
	{"service", checkService, nil},
	{"tasks", checkTasks, (*examination).hasTasks},
	{"sidecars", checkSidecars, (*examination).hasOptionalSidecars},
	{"events", checkEvents, (*examination).hasTasks},
	{"targets", checkTargets, (*examination).hasTasks},
	{"alarms", checkAlarms, (*examination).hasAlarms},
	{"alarms", checkOwnAlarms, (*examination).hasOwnAlarms},
	{"load balancer", checkBalancer, (*examination).hasLoadBalancer},
	{"leftover", checkLeftover, (*examination).hasLeftoverLoadBalancer},
	{"listener", checkListener, (*examination).hasLoadBalancer},
	{"paths", checkPaths, (*examination).hasPaths},
	{"standby", checkStandby, (*examination).hasStandby},
	{"web acl", checkWebACL, (*examination).hasWebACL},
	{"certificate", checkCertificate, (*examination).hasCertificate},
	{"security groups", checkSecurityGroups, (*examination).hasLoadBalancer},
	{"vpc", checkExistingVPC, (*examination).hasExistingVPC},
	{"subnets", checkSubnets, nil},
	{"routes", checkRoutes, (*examination).hasRoutes},
	{"routes", checkExistingRoutes, (*examination).hasExistingVPC},
	{"nat gateways", checkNATGateways, (*examination).hasNATGateways},
	{"endpoints", checkEndpoints, (*examination).hasEndpoints},
	{"logs", checkLogGroup, nil},
	{"flow log", checkFlowLog, (*examination).hasFlowLog},
	{"access logs", checkAccessLogs, (*examination).namesAccessLogs},
	{"container insights", checkInsights, (*examination).namesInsights},
	{"domain", checkDomain, (*examination).hasDomain},
	{"scheduled applies", checkApplies, (*examination).hasScheduler},
}

func (e *examination) hasTasks() bool {
	return e.expected.Tasks.Max > 0 || e.observed.service.DesiredCount > 0
}
func (e *examination) hasLoadBalancer() bool { return e.observed.balancer != nil }

func (e *examination) hasFlowLog() bool     { return e.Network.FlowLogs.Enabled }
func (e *examination) hasExistingVPC() bool { return e.HasExistingVPC() }

func (e *examination) hasPaths() bool       { return e.hasLoadBalancer() && len(e.Access.Paths) > 0 }
func (e *examination) hasWebACL() bool      { return e.hasLoadBalancer() && e.WAF.Enabled }
func (e *examination) hasCertificate() bool { return e.HTTPS() }

// hasRoutes reports whether routes lead out of the tasks' subnets. Those to NAT gateways are gone while the region is
// asleep in destroy mode, and may be in the lead.
func (e *examination) hasRoutes() bool {
	return !e.HasExistingVPC() && (e.Network.PublicTasks() || (e.expected.Egress && !e.expected.Lead))
}

// hasLeftoverLoadBalancer reports whether a load balancer exists although none is expected and the service is
// not attached to one.
func (e *examination) hasLeftoverLoadBalancer() bool {
	return e.LoadBalancer.Enabled && !e.expected.LoadBalancer && e.observed.balancer != nil && len(e.observed.service.LoadBalancers) == 0
}

func (e *examination) hasDomain() bool {
	return e.CustomDomain() != "" && (e.expected.LoadBalancer && !e.expected.Lead || e.expected.Answer)
}

// Doctor finds the reasons why a region does not run, starting with the problems that Status reports.
func (r *Region) Doctor(ctx context.Context) Diagnosis {
	now := r.Now()
	seen := r.observe(ctx)
	e := &examination{
		Region: r, observed: seen, expected: r.expectedOf(seen, now),
		listeners: sync.OnceValues(func() ([]elbtypes.Listener, error) { return r.listeners(ctx, seen.balancer) }),
		zone:      sync.OnceValues(func() (string, error) { return r.hostedZone(ctx) }),
	}
	e.rules = sync.OnceValues(func() ([]elbtypes.Rule, error) { return e.listenerRules(ctx) })
	status := r.statusOf(seen, e.expected, now)
	diagnosis := Diagnosis{Region: r.Name, Schedule: status.Schedule, WakeBudget: status.WakeBudget, Checked: []string{}, Findings: []Finding{}}
	for _, problem := range status.Problems {
		diagnosis.add("status", problem)
	}
	if seen.service == nil {
		return diagnosis
	}
	results := make([][]Problem, len(checks))
	var group sync.WaitGroup
	for i, each := range checks {
		if each.when != nil && !each.when(e) {
			continue
		}
		diagnosis.Checked = append(diagnosis.Checked, each.name)
		group.Go(func() {
			found, err := each.check(ctx, e)
			if err != nil {
				found = append(found, ProblemOf(err))
			}
			results[i] = found
		})
	}
	group.Wait()
	diagnosis.Applies = e.applies
	for i, each := range checks {
		for _, problem := range results[i] {
			diagnosis.add(each.name, problem)
		}
	}
	return diagnosis
}

// add adds a problem unless it is already known. A fix must not refer back to doctor, so logs replaces it.
func (d *Diagnosis) add(check string, problem Problem) {
	if problem.Fix.Verb == VerbDoctor {
		problem.Fix = Fix{Verb: VerbLogs, Region: d.Region, Arguments: []string{"--since", "1h"}}
	}
	if !slices.ContainsFunc(d.Findings, func(known Finding) bool { return known.Message == problem.Message }) {
		d.Findings = append(d.Findings, Finding{check, problem})
	}
}

func checkSchedule(_ context.Context, e *examination) (found []Problem, _ error) {
	if e.observed.scalable == nil || e.observed.scalable.SuspendedState == nil {
		return nil, nil
	}
	state := e.observed.scalable.SuspendedState
	for _, each := range []struct {
		suspended *bool
		field     string
		effect    string
	}{
		{state.ScheduledScalingSuspended, "ScheduledScalingSuspended", "scheduled scaling is suspended, so the schedule neither starts nor stops tasks"},
		{state.DynamicScalingOutSuspended, "DynamicScalingOutSuspended", "autoscaling is suspended, so it adds no tasks"},
		{state.DynamicScalingInSuspended, "DynamicScalingInSuspended", "autoscaling is suspended, so it removes no tasks"},
	} {
		if value(each.suspended) {
			found = append(found, Problem{ScalingSuspended, each.effect, Fix{Verb: VerbAWS, Region: e.Name, Arguments: []string{
				"application-autoscaling", "register-scalable-target", "--service-namespace", "ecs", "--scalable-dimension", "ecs:service:DesiredCount",
				"--resource-id", e.resourceID(), "--suspended-state", each.field + "=false",
			}}})
		}
	}
	return found, nil
}

// checkService reports every difference from the fleet file. Status only counts them.
func checkService(_ context.Context, e *examination) ([]Problem, error) {
	return e.drift(e.observed, e.expected), nil
}

func checkLogGroup(ctx context.Context, e *examination) ([]Problem, error) {
	name := e.Names.LogGroup()
	output, err := e.logs.DescribeLogGroups(ctx, &cloudwatchlogs.DescribeLogGroupsInput{LogGroupNamePrefix: &name})
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(output.LogGroups, func(group logtypes.LogGroup) bool { return value(group.LogGroupName) == name })
	if i < 0 {
		return []Problem{{LogGroupMissing, fmt.Sprintf("log group %s does not exist, so no new task can start", name), e.deploy()}}, nil
	}
	if is, should := value(output.LogGroups[i].KmsKeyId), e.Settings.Logs.KMSKey; is != should {
		return []Problem{{Drift, fmt.Sprintf("the logs are encrypted with %s, not %s", cmp.Or(is, logsOwnKey), cmp.Or(should, logsOwnKey)), e.deploy()}}, nil
	}
	return nil, nil
}

// logsOwnKey describes the key of a log group that has none.
const logsOwnKey = "a key of CloudWatch Logs"
