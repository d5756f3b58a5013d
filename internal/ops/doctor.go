package ops

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Finding is one reason why a region does not run, or will not, and what to do about it.
type Finding struct {
	Check   string `json:"check"`
	Problem string `json:"problem"`
	// Fix is a command, or what to do where no command does it.
	Fix string `json:"fix"`
}

// Diagnosis is what the doctor found in a region.
type Diagnosis struct {
	Region   string    `json:"region"`
	Schedule Timing    `json:"schedule"`
	Checked  []string  `json:"checked"`
	Findings []Finding `json:"findings"`
}

// patient is a region under examination.
type patient struct {
	*Region
	seen *observed
	// runs is whether tasks should run, served is whether a load balancer should be there.
	runs, served bool
}

// checkup is one line of the checklist. It answers with findings, or with the error that kept it
// from seeing.
type checkup struct {
	name  string
	check func(context.Context, *patient) ([]Finding, error)
	// when says whether there is anything to look at; nil is always.
	when func(*patient) bool
}

var checkups = []checkup{
	{"schedule", checkSchedule, nil},
	{"service", checkService, nil},
	{"tasks", checkTasks, (*patient).shouldRun},
	{"events", checkEvents, (*patient).shouldRun},
	{"targets", checkTargets, (*patient).shouldRun},
	{"secret", checkSecret, (*patient).hasSecret},
	{"load balancer", checkBalancer, (*patient).shouldBeServed},
	{"leftover", checkLeftover, (*patient).isServedInItsSleep},
	{"listener", checkListener, (*patient).isServed},
	{"security groups", checkSecurityGroups, (*patient).isServed},
	{"subnets", checkSubnets, nil},
	{"routes", checkRoutes, nil},
	{"domain", checkDomain, (*patient).hasDomain},
}

func (p *patient) shouldRun() bool      { return p.runs }
func (p *patient) hasSecret() bool      { return len(p.seen.secret) > 0 }
func (p *patient) shouldBeServed() bool { return p.served }
func (p *patient) isServed() bool       { return p.seen.balancer != nil }

// isServedInItsSleep is whether a load balancer exists that no task is behind, and none is to be.
func (p *patient) isServedInItsSleep() bool {
	return !p.served && p.seen.balancer != nil && len(p.seen.service.LoadBalancers) == 0
}
func (p *patient) hasDomain() bool { return p.served && p.CustomDomain() != "" }

// Doctor looks for the reasons why a region does not run.
func (r *Region) Doctor(ctx context.Context) Diagnosis {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	now := r.Now()
	diagnosis := Diagnosis{Region: r.Name, Schedule: TimingAt(r.Region, now), Checked: []string{}, Findings: []Finding{}}
	p := &patient{Region: r, seen: r.observe(ctx), served: ShouldHaveLoadBalancer(r.Region, now)}
	for _, reason := range reasons(p.seen.errs) {
		diagnosis.Findings = append(diagnosis.Findings, Finding{"AWS", reason, "give the credentials in use the right to look, or use others"})
	}
	if p.seen.service == nil {
		for i := range diagnosis.Findings {
			if strings.HasPrefix(diagnosis.Findings[i].Problem, "not deployed") {
				diagnosis.Findings[i] = Finding{"service", diagnosis.Findings[i].Problem, r.deploy()}
			}
		}
		return diagnosis
	}
	p.runs = ShouldRun(r.Region, now) > 0 || p.seen.service.DesiredCount > 0
	results := make([][]Finding, len(checkups))
	var group sync.WaitGroup
	for i, each := range checkups {
		if each.when != nil && !each.when(p) {
			continue
		}
		diagnosis.Checked = append(diagnosis.Checked, each.name)
		group.Go(func() {
			findings, err := each.check(ctx, p)
			if err != nil {
				findings = append(findings, Finding{Problem: Reason(err), Fix: "give the credentials in use the right to look, or use others"})
			}
			for j := range findings {
				findings[j].Check = each.name
			}
			results[i] = findings
		})
	}
	group.Wait()
	for _, finding := range slices.Concat(results...) {
		if !slices.Contains(diagnosis.Findings, finding) {
			diagnosis.Findings = append(diagnosis.Findings, finding)
		}
	}
	return diagnosis
}

// The commands that fix things.

func (r *Region) deploy() string { return "npx cdktf deploy " + r.Names.Stack() }

func (r *Region) command(arguments string) string {
	return "mcpfleet " + arguments + " --region " + r.Name
}

func checkSchedule(_ context.Context, p *patient) (findings []Finding, _ error) {
	if p.seen.scalable != nil && p.seen.scalable.SuspendedState != nil && value(p.seen.scalable.SuspendedState.ScheduledScalingSuspended) {
		findings = append(findings, Finding{Problem: "scheduled scaling is suspended, so nothing wakes the tasks or puts them to sleep",
			Fix: fmt.Sprintf("aws application-autoscaling register-scalable-target --region %s --service-namespace ecs --scalable-dimension ecs:service:DesiredCount --resource-id %s --suspended-state ScheduledScalingSuspended=false", p.Name, p.resourceID())})
	}
	for _, drift := range p.scheduleDrift(p.seen) {
		findings = append(findings, Finding{Problem: drift, Fix: p.deploy()})
	}
	return findings, nil
}

func checkService(_ context.Context, p *patient) (findings []Finding, _ error) {
	if should := ShouldRun(p.Region.Region, p.Now()); should > 0 && p.seen.service.DesiredCount == 0 {
		findings = append(findings, Finding{Problem: "no task is wanted, although the region should be awake", Fix: p.command(fmt.Sprintf("scale %d", should))})
	}
	if deployment := primary(p.seen.service); deployment != nil && deployment.RolloutState == "FAILED" {
		findings = append(findings, Finding{Problem: "the deployment failed: " + oneLine(value(deployment.RolloutStateReason)), Fix: p.command("logs --since 1h")})
	}
	return findings, nil
}

func checkSecret(_ context.Context, p *patient) ([]Finding, error) {
	return p.secretFindings(p.seen.secret), nil
}
