package ops

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	logtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"github.com/cdtait/mcpfleet/config"
)

// Finding is one reason why a region does not run, or will not, and what to do about it.
type Finding struct {
	// Check is the item of the checklist that found it.
	Check string
	Problem
}

// Diagnosis is what the doctor found in a region. It has every problem that status has.
type Diagnosis struct {
	Region   string    `json:"-"`
	Schedule Timing    `json:"schedule"`
	Checked  []string  `json:"checked"`
	Findings []Finding `json:"-"`
}

// examination is a region under examination.
type examination struct {
	*Region
	seen     *observed
	expected config.Expected
}

// check is one line of the checklist. It answers with problems, or with the error that kept it from
// seeing.
type check struct {
	name  string
	check func(context.Context, *examination) ([]Problem, error)
	// when says whether there is anything to look at; nil is always.
	when func(*examination) bool
}

var checks = []check{
	{"schedule", checkSchedule, nil},
	{"service", checkService, nil},
	{"tasks", checkTasks, (*examination).runs},
	{"events", checkEvents, (*examination).runs},
	{"targets", checkTargets, (*examination).runs},
	{"load balancer", checkBalancer, (*examination).isServed},
	{"leftover", checkLeftover, (*examination).isServedInItsSleep},
	{"listener", checkListener, (*examination).isServed},
	{"security groups", checkSecurityGroups, (*examination).isServed},
	{"subnets", checkSubnets, nil},
	{"routes", checkRoutes, nil},
	{"logs", checkLogGroup, nil},
	{"domain", checkDomain, (*examination).hasDomain},
}

func (p *examination) runs() bool     { return p.expected.Tasks > 0 || p.seen.service.DesiredCount > 0 }
func (p *examination) isServed() bool { return p.seen.balancer != nil }

// isServedInItsSleep is whether a load balancer exists that no task is behind, and none is to be.
func (p *examination) isServedInItsSleep() bool {
	return p.LoadBalancer.Enabled && !p.expected.LoadBalancer && p.seen.balancer != nil && len(p.seen.service.LoadBalancers) == 0
}

func (p *examination) hasDomain() bool {
	return p.expected.LoadBalancer && !p.expected.Lead && p.CustomDomain() != ""
}

// Doctor looks for the reasons why a region does not run. It begins with what status says.
func (r *Region) Doctor(ctx context.Context) Diagnosis {
	now := r.Now()
	seen := r.observe(ctx)
	p := &examination{Region: r, seen: seen, expected: r.ExpectedAt(now, r.override(seen))}
	status := r.statusOf(seen, p.expected, now)
	diagnosis := Diagnosis{Region: r.Name, Schedule: status.Schedule, Checked: []string{}, Findings: []Finding{}}
	for _, problem := range status.Problems {
		diagnosis.add("status", problem)
	}
	if seen.service == nil {
		return diagnosis
	}
	results := make([][]Problem, len(checks))
	var group sync.WaitGroup
	for i, each := range checks {
		if each.when != nil && !each.when(p) {
			continue
		}
		diagnosis.Checked = append(diagnosis.Checked, each.name)
		group.Go(func() {
			found, err := each.check(ctx, p)
			if err != nil {
				found = append(found, ProblemOf(err))
			}
			results[i] = found
		})
	}
	group.Wait()
	for i, each := range checks {
		for _, problem := range results[i] {
			diagnosis.add(each.name, problem)
		}
	}
	return diagnosis
}

// add adds a problem that nobody has found yet. The doctor does not send anybody to the doctor.
func (d *Diagnosis) add(check string, problem Problem) {
	if problem.Fix.Verb == VerbDoctor {
		problem.Fix = Fix{Verb: VerbLogs, Region: d.Region, Arguments: []string{"--since", "1h"}}
	}
	if !slices.ContainsFunc(d.Findings, func(known Finding) bool { return known.Message == problem.Message }) {
		d.Findings = append(d.Findings, Finding{check, problem})
	}
}

func checkSchedule(_ context.Context, p *examination) (found []Problem, _ error) {
	if p.seen.scalable != nil && p.seen.scalable.SuspendedState != nil && value(p.seen.scalable.SuspendedState.ScheduledScalingSuspended) {
		found = append(found, Problem{ScalingSuspended, "scheduled scaling is suspended, so nothing wakes the tasks or puts them to sleep",
			Fix{Verb: VerbAWS, Region: p.Name, Arguments: []string{
				"application-autoscaling", "register-scalable-target", "--service-namespace", "ecs", "--scalable-dimension", "ecs:service:DesiredCount",
				"--resource-id", p.resourceID(), "--suspended-state", "ScheduledScalingSuspended=false",
			}}})
	}
	return found, nil
}

// checkService names all that differs from the fleet file, as status counts it.
func checkService(_ context.Context, p *examination) ([]Problem, error) {
	return p.drift(p.seen, p.expected), nil
}

func checkLogGroup(ctx context.Context, p *examination) ([]Problem, error) {
	name := p.Names.LogGroup()
	answer, err := p.logs.DescribeLogGroups(ctx, &cloudwatchlogs.DescribeLogGroupsInput{LogGroupNamePrefix: &name})
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(answer.LogGroups, func(group logtypes.LogGroup) bool { return value(group.LogGroupName) == name }) {
		return nil, nil
	}
	return []Problem{{LogGroupGone, fmt.Sprintf("there is no log group %s, so no new task can start", name), p.deploy()}}, nil
}

// joined are several texts in one, without those that are empty.
func joined(texts ...string) string {
	return strings.Join(slices.DeleteFunc(texts, func(text string) bool { return text == "" }), ": ")
}
