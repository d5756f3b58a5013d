package ops

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

const drainFleet = "  load_balancer: {https: false}\n  dns: {enabled: true, zone: example.com, name: mcp, ipv6: true}"

// latency is a latency record as Terraform creates it.
func latency(kind, region, host string) string {
	return recordSet(customDomain+".", kind, region, "<Region>"+region+"</Region><AliasTarget><HostedZoneId>ZLB</HostedZoneId><DNSName>"+host+
		".</DNSName><EvaluateTargetHealth>true</EvaluateTargetHealth></AliasTarget>")
}

var (
	ownA    = latency("A", "eu-west-1", balancerDNS)
	ownAAAA = latency("AAAA", "eu-west-1", balancerDNS)
	otherA  = latency("A", "us-east-1", "other.elb.amazonaws.com")
)

func changeInfo(status string) string {
	return "<ChangeInfo><Id>/change/C1</Id><Status>" + status + "</Status><SubmittedAt>2026-11-28T12:00:00Z</SubmittedAt></ChangeInfo>"
}

// drainable are the responses for a region with a domain, with some replaced.
func drainable(replaced map[string]response) map[string]response {
	aws := map[string]response{
		"DescribeLoadBalancers":    body(strings.Replace(balancer("active", ""), "<State>", "<CanonicalHostedZoneId>ZLB</CanonicalHostedZoneId><State>", 1)),
		"ListHostedZonesByName":    zones("example.com.", false),
		"ListResourceRecordSets":   records(ownA, otherA, ownAAAA),
		"ChangeResourceRecordSets": body("<ChangeResourceRecordSetsResponse>" + changeInfo("PENDING") + "</ChangeResourceRecordSetsResponse>"),
		"GetChange":                body("<GetChangeResponse>" + changeInfo("INSYNC") + "</GetChangeResponse>"),
		"GetMetricData":            body(`{"MetricDataResults": []}`),
	}
	for operation, response := range replaced {
		aws[operation] = response
	}
	return aws
}

func TestDrainRemovesTheRegionsRecords(t *testing.T) {
	aws := newFakeAWS(t, drainable(nil))
	change, err := aws.region(drainFleet, saturday).Drain(t.Context())
	if err != nil || change.ID != "/change/C1" || change.balancer != "app/alb/1" {
		t.Fatalf("got %+v, %v", change, err)
	}
	sent := aws.sent("ChangeResourceRecordSets")
	if len(sent) != 1 || strings.Count(sent[0], "<Action>DELETE</Action>") != 2 || strings.Contains(sent[0], "us-east-1") {
		t.Errorf("sent %q", sent)
	}
	for _, part := range []string{"<Type>A</Type>", "<Type>AAAA</Type>", "<SetIdentifier>eu-west-1</SetIdentifier>", "<DNSName>" + balancerDNS + ".</DNSName>"} {
		if !strings.Contains(sent[0], part) {
			t.Errorf("%s is not in %s", part, sent[0])
		}
	}
}

func TestDrainOfADrainedRegionChangesNothing(t *testing.T) {
	aws := newFakeAWS(t, drainable(map[string]response{"ListResourceRecordSets": records(otherA)}))
	change, err := aws.region(drainFleet, saturday).Drain(t.Context())
	if err != nil || change.ID != "" || !change.HasLoadBalancer() || len(aws.sent("ChangeResourceRecordSets")) > 0 {
		t.Errorf("got %+v, %v, %q", change, err, aws.operations())
	}
}

func TestCanDrain(t *testing.T) {
	for name, each := range map[string]struct {
		settings string
		aws      map[string]response
		code     Code
	}{
		"another region serves":               {drainFleet, nil, ""},
		"a region of another fleet serves":    {drainFleet, map[string]response{"ListResourceRecordSets": records(ownA, latency("A", "sa-east-1", "x"))}, ""},
		"it is the last one":                  {drainFleet, map[string]response{"ListResourceRecordSets": records(ownA)}, NoOtherRegion},
		"the other one is not healthy":        {drainFleet, map[string]response{"DescribeTargetHealth": body(targets([3]string{"unhealthy", "", ""}))}, NoOtherRegion},
		"the other one cannot be read":        {drainFleet, map[string]response{"DescribeServices": refuse(http.StatusBadRequest, "AccessDeniedException", "no")}, NoOtherRegion},
		"it is drained already":               {drainFleet, map[string]response{"ListResourceRecordSets": records(otherA), "DescribeTargetHealth": body(targets())}, ""},
		"there is no domain":                  {"", nil, NoDomain},
		"the zone does not exist":             {drainFleet, map[string]response{"ListHostedZonesByName": zones("example.org.", false)}, DomainWrong},
		"the records are not allowed to read": {drainFleet, map[string]response{"ListResourceRecordSets": refuse(http.StatusForbidden, "AccessDenied", "no")}, NotAllowed},
	} {
		t.Run(name, func(t *testing.T) {
			aws := newFakeAWS(t, drainable(each.aws))
			own := aws.region(each.settings, saturday)
			other := *own
			other.Name = "us-east-1"
			err := (&Fleet{Regions: []*Region{own, &other}}).CanDrain(t.Context(), own, []*Region{own})
			if each.code == "" && err != nil || each.code != "" && (err == nil || ProblemOf(err).Code != each.code) {
				t.Errorf("got %v", err)
			}
			if len(aws.sent("ChangeResourceRecordSets")) > 0 {
				t.Error("changed a record")
			}
		})
	}
}

// connectionsOf is a GetMetricData response with the connections of each minute.
func connectionsOf(counts ...int) string {
	var values, times []string
	for i, count := range counts {
		values = append(values, fmt.Sprint(count))
		times = append(times, fmt.Sprintf(`"2026-11-28T12:0%d:00Z"`, i))
	}
	return `{"MetricDataResults": [{"Id": "connections", "StatusCode": "Complete", "Timestamps": [` + strings.Join(times, ", ") + `], "Values": [` + strings.Join(values, ", ") + `]}]}`
}

// waitDrained waits with a clock that goes on by 30 seconds with each poll, and returns what was reported.
func waitDrained(t *testing.T, aws map[string]response, change DrainChange, patience time.Duration) (f *fakeAWS, said []string, end error) {
	t.Helper()
	f = newFakeAWS(t, drainable(aws))
	region := f.region(drainFleet, saturday)
	polls := 0
	region.Now = func() time.Time {
		polls++
		return saturday.Add(time.Duration(polls) * 30 * time.Second)
	}
	change.balancer = "app/alb/1"
	end = region.WaitDrained(t.Context(), change, patience, func(text string) { said = append(said, text) })
	return f, said, end
}

func TestAWaitEndsWhenTheRegionIsQuiet(t *testing.T) {
	aws, said, err := waitDrained(t, map[string]response{
		"GetChange":     inTurn("<GetChangeResponse>"+changeInfo("PENDING")+"</GetChangeResponse>", "<GetChangeResponse>"+changeInfo("INSYNC")+"</GetChangeResponse>"),
		"GetMetricData": inTurn(connectionsOf(7, 3), connectionsOf(3, 1), connectionsOf(1, 0), `{"MetricDataResults": []}`),
	}, DrainChange{ID: "/change/C1"}, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"waiting for Route 53",
		"resolvers keep the address until 12:02:00 UTC",
		"CloudWatch counts the connections until 12:06 UTC",
		"7 connections until 12:04 UTC",
		"3 connections until 12:04 UTC",
		"1 connection until 12:05 UTC",
	}
	if !slices.Equal(said, want) {
		t.Errorf("reported %q", said)
	}
	if sent := aws.sent("GetMetricData"); len(sent) != 4 || !strings.Contains(sent[0], "ActiveConnectionCount") || !strings.Contains(sent[0], "app/alb/1") {
		t.Errorf("sent %q", sent)
	}
}

func TestAWaitForADrainedRegionDoesNotAskRoute53(t *testing.T) {
	aws, said, err := waitDrained(t, nil, DrainChange{}, time.Minute)
	if err != nil || len(aws.sent("GetChange")) > 0 || said[0] != "resolvers keep the address until 12:01:30 UTC" {
		t.Errorf("got %v, %q", err, said)
	}
}

func TestAWaitForConnectionsEnds(t *testing.T) {
	_, _, err := waitDrained(t, map[string]response{"GetMetricData": body(connectionsOf(2, 1))}, DrainChange{}, 300*time.Millisecond)
	if problem := ProblemOf(err); problem.Code != ConnectionsOpen || problem.Message != "there are still 2 connections" {
		t.Errorf("got %+v", problem)
	}
	_, _, err = waitDrained(t, map[string]response{"GetChange": body("<GetChangeResponse>" + changeInfo("PENDING") + "</GetChangeResponse>")}, DrainChange{ID: "/change/C1"}, 300*time.Millisecond)
	if problem := ProblemOf(err); problem.Code != ConnectionsOpen || problem.Message != "it is not known yet whether there are connections" {
		t.Errorf("got %+v", problem)
	}
	_, _, err = waitDrained(t, map[string]response{"GetMetricData": refuse(http.StatusForbidden, "AccessDenied", "no")}, DrainChange{}, time.Minute)
	if problem := ProblemOf(err); problem.Code != NotAllowed {
		t.Errorf("got %+v", problem)
	}
}

func TestUndrain(t *testing.T) {
	noBalancer := map[string]response{"DescribeLoadBalancers": withoutBalancer, "ListResourceRecordSets": records(otherA)}
	const asleep = "\n  weekend: {enabled: true, destroy_albs: true, days: [sun]}"
	const answering = "  dns: {enabled: true, zone: example.com, name: mcp, ipv6: true}\n  weekend: {enabled: true, destroy_albs: true, answer: true, days: [sun]}"
	for name, each := range map[string]struct {
		settings string
		aws      map[string]response
		result   UndrainResult
		code     Code
	}{
		"a drained region":        {drainFleet, map[string]response{"ListResourceRecordSets": records(otherA)}, Undrained, ""},
		"one without its AAAA":    {drainFleet, map[string]response{"ListResourceRecordSets": records(ownA, otherA)}, Undrained, ""},
		"one that is not drained": {drainFleet, nil, NotDrained, ""},
		"one that sleeps":         {drainFleet + asleep, noBalancer, AsleepWithoutRecord, ""},
		"one that sleeps and answers": {answering, map[string]response{
			"DescribeLoadBalancers": withoutBalancer, "ListResourceRecordSets": records(latency("A", "eu-west-1", "d-1.execute-api.eu-west-1.amazonaws.com")),
		}, NotDrained, ""},
		"one that sleeps and was drained of its answer": {answering, noBalancer, 0, DomainWrong},
		"one without its balancer":                      {drainFleet, noBalancer, 0, LoadBalancerMissing},
		"one without a domain":                          {"", nil, WithoutDomain, ""},
	} {
		t.Run(name, func(t *testing.T) {
			aws := newFakeAWS(t, drainable(each.aws))
			result, err := aws.region(each.settings, saturday).Undrain(t.Context())
			if result != each.result || each.code == "" && err != nil || each.code != "" && (err == nil || ProblemOf(err).Code != each.code) {
				t.Fatalf("got %v, %v", result, err)
			}
			sent := strings.Join(aws.sent("ChangeResourceRecordSets"), "")
			if (sent != "") != (result == Undrained && each.code == "") {
				t.Fatalf("sent %s", sent)
			}
			for _, kind := range []string{"A", "AAAA"} {
				record := "<ResourceRecordSet><AliasTarget><DNSName>" + balancerDNS + "</DNSName><EvaluateTargetHealth>true</EvaluateTargetHealth><HostedZoneId>ZLB</HostedZoneId></AliasTarget><Name>" +
					customDomain + "</Name><Region>eu-west-1</Region><SetIdentifier>eu-west-1</SetIdentifier><Type>" + kind + "</Type></ResourceRecordSet>"
				if sent != "" && !strings.Contains(sent, "<Action>UPSERT</Action>"+record) {
					t.Errorf("%s is not in %s", record, sent)
				}
			}
		})
	}
}

// TestDrainedAsksOnceForAllRegions of a domain.
func TestDrainedAsksOnceForAllRegions(t *testing.T) {
	aws := newFakeAWS(t, drainable(map[string]response{"ListResourceRecordSets": records(otherA)}))
	fleet := &Fleet{}
	for _, name := range []string{"eu-west-1", "us-east-1", "us-west-2"} {
		region := *aws.region(drainFleet, saturday)
		region.Name = name
		fleet.Regions = append(fleet.Regions, &region)
	}
	names, err := fleet.Drained(t.Context())
	if err != nil || !slices.Equal(names, []string{"eu-west-1", "us-west-2"}) || len(aws.operations()) != 2 {
		t.Errorf("got %q, %v after %q", names, err, aws.operations())
	}
}

func TestADrainedRegionIsDrift(t *testing.T) {
	asleep := func(mode string) string {
		return drainFleet + "\n  weekend: {enabled: true, days: [sun], destroy_albs: " + mode + "}"
	}
	for name, each := range map[string]struct {
		settings string
		names    []string
		want     bool
	}{
		"a drained region": {drainFleet, []string{"eu-west-1"}, true},
		"another one":      {drainFleet, []string{"us-east-1"}, false},
		"one that sleeps":  {asleep("false"), []string{"eu-west-1"}, true},
		"one that sleeps without a load balancer":  {asleep("true"), []string{"eu-west-1"}, false},
		"the fleet has no domain to be drained of": {"", nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			region := newFakeAWS(t, drainable(nil)).region(each.settings, saturday)
			status := region.Status(context.Background())
			before := len(status.Drift)
			status.MarkDrained(each.names)
			added := status.Drift[before:]
			if len(added) > 0 != each.want || each.want && (added[0].Code != Drift || added[0].Message != "mcp.example.com has no record for this region") {
				t.Errorf("got %+v", added)
			}
		})
	}
}
