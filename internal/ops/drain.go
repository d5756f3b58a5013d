package ops

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cloudwatchtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	route53types "github.com/aws/aws-sdk-go-v2/service/route53/types"

	"github.com/cdtait/mcpfleet/internal/text"
)

const (
	// recordTTL is how long resolvers keep an alias record of a load balancer.
	//
	// Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-values-latency-alias.html
	recordTTL = time.Minute
	// connectionsDelay is how late CloudWatch has the connections of a minute. A minute without connections has no value,
	// just as one that is still to come.
	connectionsDelay = 2 * time.Minute
	// quietTime is how long there must be no connection. It is a multiple of a minute, for which CloudWatch has one value.
	quietTime = 2 * time.Minute
)

// CanDrain returns an error if a region has no domain, or if draining it with the others would leave its domain without a
// region that serves.
func (f *Fleet) CanDrain(ctx context.Context, region *Region, drained []*Region) error {
	if region.CustomDomain() == "" {
		return failure{Problem{NoDomain, "there is no domain to drain the region from, because dns.enabled is off",
			advice("clients connect to the region's own address; lead them to another one")}}
	}
	records, err := region.domainRecords(ctx)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(records, func(record route53types.ResourceRecordSet) bool { return slices.ContainsFunc(drained, named(record)) }) {
		return nil // they are drained already
	}
	serves, unreadable := f.servesWithout(ctx, drained, records)
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return ctx.Err()
	case serves:
		return nil
	case unreadable != nil:
		return failure{Problem{NoOtherRegion, "no other region of " + region.CustomDomain() + " is known to have a healthy target: " + Reason(unreadable), ProblemOf(unreadable).Fix}}
	}
	return failure{Problem{NoOtherRegion, "no other region of " + region.CustomDomain() + " has a healthy target, so clients would reach none",
		advice("wait until another region serves; to stop the fleet, use mcpfleet weekend down")}}
}

// named returns a function that tells whether a latency record is that of a region.
func named(record route53types.ResourceRecordSet) func(*Region) bool {
	return func(region *Region) bool { return region.Name == value(record.SetIdentifier) }
}

// servesWithout reports whether the latency records lead to a healthy region other than the drained ones, and if not, why
// a region could not be read. That of a region which is not in the fleet file counts as healthy. It does not wait for
// regions that do not respond if another is healthy.
func (f *Fleet) servesWithout(ctx context.Context, drained []*Region, records []route53types.ResourceRecordSet) (serves bool, unreadable error) {
	var others []*Region
	for _, record := range records {
		at := slices.IndexFunc(f.Regions, named(record))
		switch {
		case slices.ContainsFunc(drained, named(record)):
		case at < 0:
			return true, nil
		default:
			others = append(others, f.Regions[at])
		}
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type answer struct {
		healthy bool
		err     error
	}
	answers := make(chan answer, len(others))
	for _, region := range others {
		go func() {
			healthy, err := region.health(ctx)
			answers <- answer{healthy, err}
		}()
	}
	for range others {
		answered := <-answers
		if answered.healthy {
			return true, nil
		}
		if answered.err != nil {
			unreadable = answered.err
		}
	}
	return false, unreadable
}

// IsHealthy reports whether the load balancer has a healthy target. Route 53 leads clients only to regions that have one.
func (r *Region) IsHealthy(ctx context.Context) bool {
	is, err := r.health(ctx)
	return err == nil && is
}

// health is IsHealthy, or why it is not known.
func (r *Region) health(ctx context.Context) (bool, error) {
	service, err := r.service(ctx)
	if isNotDeployed(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	targets, err := r.targets(ctx, service)
	return healthy(targets) > 0, err
}

// DrainChange is the removal of a region from its domain.
type DrainChange struct {
	// ID identifies the change in Route 53; "" if the region was drained before.
	ID string
	// balancer identifies the load balancer in CloudWatch; "" if there is none.
	balancer string
}

// HasLoadBalancer reports whether there is a load balancer, which may have connections.
func (c DrainChange) HasLoadBalancer() bool { return c.balancer != "" }

// Drain removes the region's latency records, so that Route 53 leads clients to the other regions. The next apply creates
// them again.
func (r *Region) Drain(ctx context.Context) (DrainChange, error) {
	balancer, err := r.loadBalancer(ctx)
	if err != nil {
		return DrainChange{}, err
	}
	change := DrainChange{}
	if balancer != nil {
		_, change.balancer, _ = strings.Cut(value(balancer.LoadBalancerArn), "loadbalancer/")
	}
	zone, err := r.hostedZone(ctx)
	if err != nil {
		return change, err
	}
	records, err := r.latencyRecords(ctx, zone)
	if err != nil || len(records) == 0 {
		return change, err
	}
	change.ID, err = r.changeRecords(ctx, zone, route53types.ChangeActionDelete, records)
	return change, err
}

// WaitDrained waits until no resolver knows the region any more and its load balancer has no connection.
func (r *Region) WaitDrained(ctx context.Context, change DrainChange, patience time.Duration, report Progress) error {
	d := &draining{region: r, change: change, report: report}
	return r.poll(ctx, patience, d.poll, d.late)
}

// draining is the state of WaitDrained between polls.
type draining struct {
	region *Region
	change DrainChange
	report Progress

	// forgotten is when the last resolver has forgotten the region; zero while Route 53 has not removed it everywhere.
	forgotten time.Time
	// connections are those of the latest minute that is known; checked reports whether there is one.
	connections int
	checked     bool
	// said is the last progress report.
	said string
}

func (d *draining) poll(ctx context.Context) (done bool, err error) {
	now := d.region.Now()
	if d.forgotten.IsZero() {
		if err := d.awaitRoute53(ctx, now); err != nil {
			return false, err
		}
	}
	end := now.Add(-connectionsDelay).Truncate(time.Minute)
	switch {
	case d.forgotten.IsZero():
		d.say("waiting for Route 53")
		return false, nil
	case now.Before(d.forgotten):
		d.say("resolvers keep the address until " + d.forgotten.UTC().Format("15:04:05 MST"))
		return false, nil
	case end.Add(-quietTime).Before(d.forgotten):
		d.say("CloudWatch counts the connections until " + d.quietAt().UTC().Format("15:04 MST"))
		return false, nil
	}
	count, err := d.region.connections(ctx, d.change.balancer, end)
	if err != nil {
		return false, err
	}
	d.connections, d.checked = count, true
	if count > 0 {
		d.say(fmt.Sprintf("%s until %s", text.Count(count, "connection"), end.UTC().Format("15:04 MST")))
	}
	return count == 0, nil
}

// quietAt is when CloudWatch first knows whether the region was without connections for quietTime.
func (d *draining) quietAt() time.Time {
	return d.forgotten.Add(time.Minute - 1).Truncate(time.Minute).Add(quietTime + connectionsDelay)
}

func (d *draining) awaitRoute53(ctx context.Context, now time.Time) error {
	inSync := true
	if d.change.ID != "" {
		var err error
		if inSync, err = d.region.isInSync(ctx, d.change.ID); err != nil {
			return err
		}
	}
	if inSync {
		d.forgotten = now.Add(recordTTL)
	}
	return nil
}

func (d *draining) say(line string) {
	if line != d.said {
		d.report(line)
		d.said = line
	}
}

func (d *draining) late() Problem {
	message := "it is not known yet whether there are connections"
	if d.checked {
		message = fmt.Sprintf("there are still %s", text.Count(d.connections, "connection"))
	}
	return Problem{ConnectionsOpen, message, d.region.fix(VerbMetrics, "--since", "30m").withAdvice("the region stays drained; run the command again to wait on")}
}

// connections returns the most connections that a load balancer had in a minute of the quietTime before a time: those of
// clients, and its own to the tasks.
//
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
func (r *Region) connections(ctx context.Context, balancer string, end time.Time) (most int, err error) {
	output, err := r.cloudwatch.GetMetricData(ctx, &cloudwatch.GetMetricDataInput{
		StartTime: new(end.Add(-quietTime)), EndTime: &end,
		MetricDataQueries: []cloudwatchtypes.MetricDataQuery{{Id: new("connections"), MetricStat: &cloudwatchtypes.MetricStat{
			Metric: &cloudwatchtypes.Metric{
				Namespace: new("AWS/ApplicationELB"), MetricName: new("ActiveConnectionCount"),
				Dimensions: []cloudwatchtypes.Dimension{{Name: new("LoadBalancer"), Value: &balancer}},
			},
			Stat: new("Sum"), Period: new(int32(60)),
		}}},
	})
	if err != nil {
		return 0, err
	}
	for _, result := range output.MetricDataResults {
		for _, count := range result.Values {
			most = max(most, int(count))
		}
	}
	return most, nil
}

// UndrainResult is what Undrain has found and done.
type UndrainResult int

// Results of Undrain.
const (
	// Undrained means that the region's records are back.
	Undrained UndrainResult = iota
	// NotDrained means that the region had its records.
	NotDrained
	// AsleepWithoutRecord means that the region sleeps without a load balancer, and has no records until an apply wakes it.
	AsleepWithoutRecord
	// WithoutDomain means that the fleet file has no domain for the region.
	WithoutDomain
)

// Undrain creates the region's latency records as Terraform would.
func (r *Region) Undrain(ctx context.Context) (UndrainResult, error) {
	if r.CustomDomain() == "" {
		return WithoutDomain, nil
	}
	zone, err := r.hostedZone(ctx)
	if err != nil {
		return 0, err
	}
	records, err := r.latencyRecords(ctx, zone)
	if err != nil {
		return 0, err
	}
	lacks := func(kind route53types.RRType) bool {
		return !slices.ContainsFunc(records, func(record route53types.ResourceRecordSet) bool { return record.Type == kind })
	}
	if !slices.ContainsFunc(r.latencyTypes(), lacks) {
		return NotDrained, nil
	}
	balancer, err := r.loadBalancer(ctx)
	if err != nil {
		return 0, err
	}
	expected, _ := r.expectedNow(ctx)
	switch {
	case expected.Answer && len(records) > 0: // it has no AAAA record
		return NotDrained, nil
	case expected.Answer: // only Terraform knows where the record leads
		return 0, failure{Problem{DomainWrong, r.CustomDomain() + " has no record for this region, whose load balancer sleeps", r.deploy()}}
	case !expected.LoadBalancer:
		return AsleepWithoutRecord, nil
	case balancer == nil:
		return 0, failure{Problem{LoadBalancerMissing, "there is no load balancer that the record could lead to", r.deploy()}}
	}
	records = nil
	for _, kind := range r.latencyTypes() {
		records = append(records, route53types.ResourceRecordSet{
			Name: new(r.CustomDomain()), Type: kind, SetIdentifier: &r.Name, Region: route53types.ResourceRecordSetRegion(r.Name),
			AliasTarget: &route53types.AliasTarget{DNSName: balancer.DNSName, HostedZoneId: balancer.CanonicalHostedZoneId, EvaluateTargetHealth: true},
		})
	}
	_, err = r.changeRecords(ctx, zone, route53types.ChangeActionUpsert, records)
	return Undrained, err
}

// Drained returns the names of the regions that the latency records of their domain leave out. It sends two requests for
// each domain, not for each region, because Route 53 allows an account five per second.
//
// Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html#limits-api-requests
func (f *Fleet) Drained(ctx context.Context) (names []string, err error) {
	recorded := map[string][]string{}
	for _, region := range f.Regions {
		domain := region.CustomDomain()
		if domain == "" {
			continue
		}
		if _, known := recorded[domain]; !known {
			records, err := region.domainRecords(ctx)
			if err != nil {
				return nil, err
			}
			recorded[domain] = []string{}
			for _, record := range records {
				recorded[domain] = append(recorded[domain], value(record.SetIdentifier))
			}
		}
		if !slices.Contains(recorded[domain], region.Name) {
			names = append(names, region.Name)
		}
	}
	return names, nil
}

// MarkDrained adds the drift of a region that is among the names. While a region sleeps without its load balancer, it is
// not to have records.
func (s *Status) MarkDrained(names []string) {
	if s.ExpectsRecord && slices.Contains(names, s.Region) {
		problem := withoutRecord(s.Domain, s.Region)
		problem.Code = Drift
		s.Drift = append(s.Drift, problem)
	}
}

// withoutRecord is the problem of a region without latency records.
func withoutRecord(domain, region string) Problem {
	return Problem{DomainWrong, domain + " has no record for this region", Fix{
		Verb: VerbUndrain, Arguments: []string{region}, Advice: "it was drained, or never deployed; the next apply also adds it",
	}}
}
