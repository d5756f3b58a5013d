package ops

import (
	"context"
	"sync"
)

// reportedDeployments is how many deployments a Report has at most.
const reportedDeployments = 5

// Report is a region's status with its alarms and latest deployments.
type Report struct {
	Status
	// Deployed is false if there is certainly no service. The region then has no alarms and deployments to show.
	Deployed bool
	Alarms   AlarmReport
	// Deployments are the latest deployments, newest first.
	Deployments []Deployment
	// DeploymentsUnknown means that one of the Problems is why the deployments could not be read.
	DeploymentsUnknown bool
}

// OK reports whether nothing is wrong and everything could be read.
func (r Report) OK() bool { return len(r.Problems) == 0 && len(r.Alarms.Problems) == 0 }

// Report returns the region's report.
func (r *Region) Report(ctx context.Context) Report {
	var o *observed
	var deployments []Deployment
	var alarms AlarmReport
	var group sync.WaitGroup
	group.Go(func() {
		o = r.observe(ctx)
		var err error
		deployments, err = r.describeDeployments(ctx, o.deployments[:min(len(o.deployments), reportedDeployments)])
		o.errs = append(o.errs, err)
	})
	group.Go(func() { alarms = r.AlarmStates(ctx) })
	group.Wait()
	now := r.Now()
	expected := r.expectedOf(o, now)
	report := Report{Status: r.statusOf(o, expected, now)}
	if isNotDeployed(o.deploymentsErr) {
		return report // that its alarms are missing follows from it
	}
	report.Deployed, report.Alarms = true, alarms
	report.Deployments, report.DeploymentsUnknown = deployments, o.deploymentsErr != nil
	return report
}
