// Package dns creates the alias records of a region in an existing hosted zone. All regions of a fleet share the
// name of the latency records, and Route 53 returns the healthy region with the lowest latency. A region can also
// have records with a name of its own.
package dns

import (
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/dataawsroute53zone"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/route53record"

	"github.com/cdtait/mcpfleet/internal/hcl"
)

// Name stands for the name of the latency records in Config.URL.
const Name = "${record.name}"

// LatencyRecord is the address of the region's latency record.
const LatencyRecord = "aws_route53_record.main"

// Config configures the records.
type Config struct {
	// ZoneID is the hosted zone.
	ZoneID string
	// Domain is the full name of the latency records.
	Domain string
	// RegionalDomain is the full name of the region's own records, empty without any.
	RegionalDomain string
	Region         string
	// Awake is an HCL expression: whether the load balancer exists.
	Awake string
	// Target is the load balancer that the records point at.
	Target Target
	// Asleep is what the records point at while there is no load balancer. Without it, they do not exist meanwhile.
	Asleep *Asleep
	// URL is the URL of the latency records. It contains Name.
	URL string
	// IPv6 adds AAAA records.
	IPv6 bool
}

// Target is the target of an alias record.
type Target struct {
	DNSName string
	ZoneID  string
}

// Asleep is what answers while there is no load balancer. It has IPv4 addresses only.
type Asleep struct {
	// Targets are the targets of the records by domain.
	Targets map[string]Target
	// HealthCheckID is a health check that is never healthy while the region sleeps, so that regions that are awake are
	// preferred.
	HealthCheckID string
	// DependsOn are addresses without which it, or the load balancer, does not answer.
	DependsOn []string
}

// Records holds the URL of the latency records.
type Records struct {
	// URL is null while the latency record does not exist.
	URL string
}

// FindZone looks up a public hosted zone by its name, and returns a reference to its ID.
func FindZone(scope constructs.Construct, id, name string) string {
	scope = constructs.NewConstruct(scope, &id)
	zone := dataawsroute53zone.NewDataAwsRoute53Zone(scope, new("zone"), &dataawsroute53zone.DataAwsRoute53ZoneConfig{
		Name:        &name,
		PrivateZone: false,
	})
	zone.OverrideLogicalId(new("main"))
	return hcl.Attribute("data.aws_route53_zone.main", "zone_id")
}

// New creates the records.
func New(scope constructs.Construct, id string, cfg Config) *Records {
	scope = constructs.NewConstruct(scope, &id)
	newLatencyRecord(scope, "main", "A", cfg)
	if cfg.IPv6 {
		newLatencyRecord(scope, "ipv6", "AAAA", cfg)
	}
	if cfg.RegionalDomain != "" {
		newRecord(scope, "regional", "A", cfg.RegionalDomain, cfg)
		if cfg.IPv6 {
			newRecord(scope, "regional_ipv6", "AAAA", cfg.RegionalDomain, cfg)
		}
	}
	return &Records{URL: hcl.Expression(fmt.Sprintf(`one([for record in aws_route53_record.main : %q])`, cfg.URL))}
}

func newLatencyRecord(scope constructs.Construct, address, kind string, cfg Config) {
	record := newRecord(scope, address, kind, cfg.Domain, cfg)
	record.SetSetIdentifier(&cfg.Region)
	record.PutLatencyRoutingPolicy(&route53record.Route53RecordLatencyRoutingPolicy{Region: &cfg.Region})
	if cfg.answers(kind) {
		record.SetHealthCheckId(&cfg.Asleep.HealthCheckID)
	}
}

// answers reports whether records of a type also exist while the region sleeps.
func (c Config) answers(kind string) bool { return c.Asleep != nil && kind == "A" }

func newRecord(scope constructs.Construct, address, kind, name string, cfg Config) route53record.Route53Record {
	target := cfg.Target
	if cfg.answers(kind) {
		asleep := cfg.Asleep.Targets[name]
		target = Target{hcl.Either(cfg.Awake, target.DNSName, asleep.DNSName), hcl.Either(cfg.Awake, target.ZoneID, asleep.ZoneID)}
	}
	record := route53record.NewRoute53Record(scope, new("record_"+address), &route53record.Route53RecordConfig{
		ZoneId: &cfg.ZoneID,
		Name:   &name,
		Type:   &kind,
		// Overwrite a record left behind by a killed apply. The set identifier, or the name, keeps this from
		// touching the records of other stacks.
		AllowOverwrite: true,
		Alias: &route53record.Route53RecordAlias{
			Name:                 &target.DNSName,
			ZoneId:               &target.ZoneID,
			EvaluateTargetHealth: true,
		},
	})
	record.OverrideLogicalId(&address)
	if !cfg.answers(kind) {
		record.AddOverride(new("count"), hcl.Expression(cfg.Awake+" ? 1 : 0"))
		return record
	}
	// An index, as in a region that does not answer, so that either can become the other.
	record.AddOverride(new("count"), 1)
	record.AddOverride(new("depends_on"), cfg.Asleep.DependsOn)
	// The API is always there. The bindings only accept a boolean.
	record.AddOverride(new("alias.evaluate_target_health"), hcl.Expression(cfg.Awake))
	return record
}
