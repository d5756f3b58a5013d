// Package route53test is a model of how Route 53 answers queries for latency records, for tests of what a fleet's name
// leads to:
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-how-route-53-chooses-records.html
//
// It knows no other routing policies than latency and, for a group of one record, simple.
package route53test

import "slices"

// Record is a record of a hosted zone. Records of one name and type are a group, from which Route 53 chooses one.
type Record struct {
	Name, Type string
	// SetIdentifier distinguishes the records of a group.
	SetIdentifier string
	// Region is the region to which the latency is measured.
	Region string
	// Target is what an alias refers to, such as the DNS name of a load balancer.
	Target string
	// EvaluateTargetHealth is whether an unhealthy target makes the record unhealthy.
	EvaluateTargetHealth bool
	// HealthCheckID is the health check of the record; "" if it has none.
	HealthCheckID string
}

// Health reports the health of what records depend on.
type Health struct {
	// Target is asked for the targets of records that evaluate it. A load balancer is healthy if each target group has
	// a healthy target; one without any target is unhealthy:
	// https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html
	Target func(target string) bool
	// Check is asked for health checks by ID.
	Check func(id string) bool
}

// healthy reports whether a record is healthy. Without anything to check, it always is. A record with a health check
// that also evaluates its target needs both.
func (h Health) healthy(record Record) bool {
	if record.EvaluateTargetHealth && !h.Target(record.Target) {
		return false
	}
	return record.HealthCheckID == "" || h.Check(record.HealthCheckID)
}

// Resolve returns the record with which Route 53 answers a query from a place, given as the regions by latency, lowest
// first: the healthy one with the lowest latency. If no record is healthy, all are considered healthy. It returns false
// if the zone has no such record.
func Resolve(records []Record, name, kind string, latency []string, health Health) (Record, bool) {
	var group, healthy []Record
	for _, record := range records {
		if record.Name != name || record.Type != kind {
			continue
		}
		group = append(group, record)
		if health.healthy(record) {
			healthy = append(healthy, record)
		}
	}
	if len(healthy) == 0 {
		healthy = group
	}
	if len(healthy) == 0 {
		return Record{}, false
	}
	return slices.MinFunc(healthy, func(a, b Record) int { return rank(a, latency) - rank(b, latency) }), true
}

// rank returns the place of a record in the order of latency, the last if its region is unknown.
func rank(record Record, latency []string) int {
	if i := slices.Index(latency, record.Region); i >= 0 {
		return i
	}
	return len(latency)
}

// Calculated reports whether a calculated health check is healthy: if at least threshold of its children are. With a
// threshold of 0 it always is, and with one that exceeds the number of children never:
// https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html
func Calculated(threshold int, children ...bool) bool {
	healthy := 0
	for _, child := range children {
		if child {
			healthy++
		}
	}
	return healthy >= threshold
}
