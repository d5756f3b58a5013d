package ops

import (
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/route53"
	route53types "github.com/aws/aws-sdk-go-v2/service/route53/types"
)

// hostedZone returns the ID of the public hosted zone.
func (r *Region) hostedZone(ctx context.Context) (string, error) {
	output, err := r.route53.ListHostedZonesByName(ctx, &route53.ListHostedZonesByNameInput{DNSName: &r.DNS.Zone})
	if err != nil {
		return "", err
	}
	at := slices.IndexFunc(output.HostedZones, func(zone route53types.HostedZone) bool {
		return value(zone.Name) == r.DNS.Zone+"." && (zone.Config == nil || !zone.Config.PrivateZone)
	})
	if at < 0 {
		return "", failure{Problem{DomainWrong, "public hosted zone " + r.DNS.Zone + " does not exist", advice("aws route53 create-hosted-zone --caller-reference mcpfleet --name " + r.DNS.Zone)}}
	}
	return value(output.HostedZones[at].Id), nil
}

// records returns the record sets of a name and a type in the hosted zone.
func (e *examination) records(ctx context.Context, name string, kind route53types.RRType) ([]route53types.ResourceRecordSet, error) {
	zone, err := e.zone()
	if err != nil {
		return nil, err
	}
	output, err := e.route53.ListResourceRecordSets(ctx, &route53.ListResourceRecordSetsInput{HostedZoneId: &zone, StartRecordName: &name, StartRecordType: kind})
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(output.ResourceRecordSets, func(record route53types.ResourceRecordSet) bool {
		return !sameHost(value(record.Name), name) || record.Type != kind
	}), nil
}

// checkDomain checks that the hosted zone exists and has the records for this region: its part of the fleet's
// latency records, and the region's own record.
func checkDomain(ctx context.Context, e *examination) (found []Problem, err error) {
	for domain, identifier := range map[string]string{e.CustomDomain(): e.Name, e.RegionalDomain(): ""} {
		if domain == "" {
			continue
		}
		records, err := e.records(ctx, domain, route53types.RRTypeA)
		if err != nil {
			return found, err
		}
		at := slices.IndexFunc(records, func(record route53types.ResourceRecordSet) bool { return value(record.SetIdentifier) == identifier })
		switch {
		case at < 0:
			found = append(found, Problem{DomainWrong, domain + " has no record for this region", e.deploy()})
		case e.pointsElsewhere(records[at]):
			found = append(found, Problem{DomainWrong, domain + " points to another load balancer", e.deploy()})
		}
	}
	slices.SortFunc(found, func(a, b Problem) int { return strings.Compare(a.Message, b.Message) })
	return found, nil
}

func (e *examination) pointsElsewhere(record route53types.ResourceRecordSet) bool {
	return e.observed.balancer != nil && record.AliasTarget != nil && !sameHost(value(record.AliasTarget.DNSName), value(e.observed.balancer.DNSName))
}

// sameHost reports whether two DNS names are equal. Route 53 appends a dot, and its console prepends
// "dualstack.".
func sameHost(a, b string) bool {
	trim := func(host string) string {
		return strings.TrimPrefix(strings.TrimSuffix(strings.ToLower(host), "."), "dualstack.")
	}
	return trim(a) == trim(b)
}
