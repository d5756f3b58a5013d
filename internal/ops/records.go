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

// recordSets returns the record sets of a name and a type in a hosted zone. Route 53 orders them by name and type, and
// one response holds more than a name can have regions.
func (r *Region) recordSets(ctx context.Context, zone, name string, kind route53types.RRType) ([]route53types.ResourceRecordSet, error) {
	output, err := r.route53.ListResourceRecordSets(ctx, &route53.ListResourceRecordSetsInput{HostedZoneId: &zone, StartRecordName: &name, StartRecordType: kind})
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(output.ResourceRecordSets, func(record route53types.ResourceRecordSet) bool {
		return !sameHost(value(record.Name), name) || record.Type != kind
	}), nil
}

// domainRecords returns the A records of the region's domain, one for each region.
func (r *Region) domainRecords(ctx context.Context) ([]route53types.ResourceRecordSet, error) {
	zone, err := r.hostedZone(ctx)
	if err != nil {
		return nil, err
	}
	return r.recordSets(ctx, zone, r.CustomDomain(), route53types.RRTypeA)
}

// latencyTypes are the types of the latency records that the fleet file asks for.
func (r *Region) latencyTypes() []route53types.RRType {
	if r.DNS.IPv6 {
		return []route53types.RRType{route53types.RRTypeA, route53types.RRTypeAaaa}
	}
	return []route53types.RRType{route53types.RRTypeA}
}

// latencyRecords returns the region's own part of the fleet's latency records, also of a type that is now off.
func (r *Region) latencyRecords(ctx context.Context, zone string) (own []route53types.ResourceRecordSet, err error) {
	for _, kind := range []route53types.RRType{route53types.RRTypeA, route53types.RRTypeAaaa} {
		all, err := r.recordSets(ctx, zone, r.CustomDomain(), kind)
		if err != nil {
			return nil, err
		}
		own = append(own, slices.DeleteFunc(all, func(record route53types.ResourceRecordSet) bool { return value(record.SetIdentifier) != r.Name })...)
	}
	return own, nil
}

// changeRecords applies an action to record sets, all or none, and returns the ID of the change.
func (r *Region) changeRecords(ctx context.Context, zone string, action route53types.ChangeAction, records []route53types.ResourceRecordSet) (change string, err error) {
	var changes []route53types.Change
	for _, record := range records {
		changes = append(changes, route53types.Change{Action: action, ResourceRecordSet: &record})
	}
	output, err := r.route53.ChangeResourceRecordSets(ctx, &route53.ChangeResourceRecordSetsInput{
		HostedZoneId: &zone, ChangeBatch: &route53types.ChangeBatch{Changes: changes, Comment: new("mcpfleet " + r.Names.Stack())},
	})
	if err != nil {
		return "", err
	}
	return value(value(output.ChangeInfo).Id), nil
}

// isInSync reports whether all name servers of Route 53 have a change.
func (r *Region) isInSync(ctx context.Context, change string) (bool, error) {
	output, err := r.route53.GetChange(ctx, &route53.GetChangeInput{Id: &change})
	if err != nil {
		return false, err
	}
	return value(output.ChangeInfo).Status == route53types.ChangeStatusInsync, nil
}

// sameHost reports whether two DNS names are equal. Route 53 appends a dot, and its console prepends
// "dualstack.".
func sameHost(a, b string) bool {
	trim := func(host string) string {
		return strings.TrimPrefix(strings.TrimSuffix(strings.ToLower(host), "."), "dualstack.")
	}
	return trim(a) == trim(b)
}
