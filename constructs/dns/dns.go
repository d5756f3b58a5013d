// Package dns creates the latency records of a region in an existing hosted zone. All regions of a fleet
// share the record name, and Route 53 returns the healthy region with the lowest latency.
package dns

import (
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/dataawsroute53zone"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/route53record"

	"github.com/cdtait/mcpfleet/internal/hcl"
	"github.com/cdtait/mcpfleet/naming"
)

// Config configures the records.
type Config struct {
	Zone string
	// Domain is the record's full name.
	Domain string
	Region string
	// Count is an HCL expression for the count of the records: 1 or 0.
	Count string
	// Target is the load balancer that the records point at.
	Target Target
	// Port is the port of the load balancer.
	Port int
	// IPv6 adds an AAAA record.
	IPv6 bool
}

// Target is the target of an alias record.
type Target struct {
	DNSName string
	ZoneID  string
}

// DNS holds the hosted zone and the URL of the records.
type DNS struct {
	ZoneID string
	// URL is null while the records do not exist.
	URL string
}

// New creates the records.
func New(scope constructs.Construct, id string, cfg Config) *DNS {
	scope = constructs.NewConstruct(scope, &id)
	zone := dataawsroute53zone.NewDataAwsRoute53Zone(scope, new("zone"), &dataawsroute53zone.DataAwsRoute53ZoneConfig{
		Name:        &cfg.Zone,
		PrivateZone: false,
	})
	zone.OverrideLogicalId(new("main"))
	newRecord(scope, "main", "A", *zone.ZoneId(), cfg)
	if cfg.IPv6 {
		newRecord(scope, "ipv6", "AAAA", *zone.ZoneId(), cfg)
	}
	return &DNS{
		ZoneID: *zone.ZoneId(),
		URL:    hcl.Expression(fmt.Sprintf(`one([for record in aws_route53_record.main : %q])`, naming.HTTPURL("${record.name}", cfg.Port))),
	}
}

func newRecord(scope constructs.Construct, address, kind, zoneID string, cfg Config) {
	record := route53record.NewRoute53Record(scope, new("record_"+kind), &route53record.Route53RecordConfig{
		ZoneId:        &zoneID,
		Name:          &cfg.Domain,
		Type:          &kind,
		SetIdentifier: &cfg.Region,
		// Overwrite a record left behind by a killed apply. The set identifier keeps this from touching
		// other records.
		AllowOverwrite: true,
		LatencyRoutingPolicy: &route53record.Route53RecordLatencyRoutingPolicy{
			Region: &cfg.Region,
		},
		Alias: &route53record.Route53RecordAlias{
			Name:                 &cfg.Target.DNSName,
			ZoneId:               &cfg.Target.ZoneID,
			EvaluateTargetHealth: true,
		},
	})
	record.OverrideLogicalId(&address)
	record.AddOverride(new("count"), hcl.Expression(cfg.Count))
}
