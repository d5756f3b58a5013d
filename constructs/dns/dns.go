// Package dns makes the latency records of a region in a hosted zone that exists. Every region of
// the fleet adds records of the same name; Route 53 answers with the nearest healthy one.
package dns

import (
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/dataawsroute53zone"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/route53record"

	"github.com/cdtait/mcpfleet/internal/hcl"
	"github.com/cdtait/mcpfleet/naming"
)

// Config describes the records.
type Config struct {
	Zone string
	// Domain is the record's full name.
	Domain string
	Region string
	// Count is an HCL expression, 1 where the records are to exist and 0 where they are not.
	Count string
	// Target is the load balancer that the records point at.
	Target Target
	// Port is the load balancer's.
	Port int
	// IPv6 adds an AAAA record.
	IPv6 bool
}

// Target is what an alias record points at.
type Target struct {
	DNSName string
	ZoneID  string
}

// DNS is a record that may be there.
type DNS struct {
	ZoneID string
	// URL is null where the record is not there.
	URL string
}

// New makes the records.
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
		URL:    hcl.Expression(fmt.Sprintf(`one([for record in aws_route53_record.main : %q])`, naming.URL("${record.name}", cfg.Port))),
	}
}

func newRecord(scope constructs.Construct, address, kind, zoneID string, cfg Config) {
	record := route53record.NewRoute53Record(scope, new("record_"+kind), &route53record.Route53RecordConfig{
		ZoneId:        &zoneID,
		Name:          &cfg.Domain,
		Type:          &kind,
		SetIdentifier: &cfg.Region,
		// A record that a killed apply has made is written again. The set identifier keeps this from
		// touching the record of anybody else.
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
