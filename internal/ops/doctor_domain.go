package ops

import (
	"context"
	"slices"
	"strings"

	route53types "github.com/aws/aws-sdk-go-v2/service/route53/types"
)

// records returns the record sets of a name and a type in the hosted zone.
func (e *examination) records(ctx context.Context, name string, kind route53types.RRType) ([]route53types.ResourceRecordSet, error) {
	zone, err := e.zone()
	if err != nil {
		return nil, err
	}
	return e.recordSets(ctx, zone, name, kind)
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
		case at < 0 && identifier != "" && !e.expected.Answer:
			found = append(found, withoutRecord(domain, e.Name))
		case at < 0:
			found = append(found, Problem{DomainWrong, domain + " has no record for this region", e.deploy()})
		case e.expected.Answer && !leadsToAnswer(records[at]):
			found = append(found, Problem{DomainWrong, domain + " does not lead to the answer of the sleeping region", e.deploy()})
		case !e.expected.Answer && e.pointsElsewhere(records[at]):
			found = append(found, Problem{DomainWrong, domain + " points to another load balancer", e.deploy()})
		}
	}
	slices.SortFunc(found, func(a, b Problem) int { return strings.Compare(a.Message, b.Message) })
	return found, nil
}

func (e *examination) pointsElsewhere(record route53types.ResourceRecordSet) bool {
	return e.observed.balancer != nil && record.AliasTarget != nil && !sameHost(value(record.AliasTarget.DNSName), value(e.observed.balancer.DNSName))
}

// leadsToAnswer reports whether a record is an alias of a custom domain of API Gateway.
func leadsToAnswer(record route53types.ResourceRecordSet) bool {
	return record.AliasTarget != nil && strings.Contains(value(record.AliasTarget.DNSName), ".execute-api.")
}
