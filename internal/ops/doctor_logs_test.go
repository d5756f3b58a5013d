package ops

import (
	"strings"
	"testing"
)

func attributes(pairs ...string) response {
	var members strings.Builder
	for i := 0; i < len(pairs); i += 2 {
		members.WriteString("<member><Key>" + pairs[i] + "</Key><Value>" + pairs[i+1] + "</Value></member>")
	}
	return body(elbResponse("DescribeLoadBalancerAttributes", "<Attributes>"+members.String()+"</Attributes>"))
}

func insights(t *testing.T, value string) response {
	t.Helper()
	return body(mustJSON(t, object{"clusters": []object{{"settings": []object{{"name": "containerInsights", "value": value}}}}}))
}

func TestDoctorComparesWhatIsRecorded(t *testing.T) {
	const (
		enabled = "access_logs.s3.enabled"
		bucket  = "access_logs.s3.bucket"
		access  = "access logs"
		measure = "container insights"
	)
	recorded := attributes(enabled, "true", bucket, prefix+"-access-logs-123456789012")
	for name, each := range map[string]struct {
		settings, check string
		operation       string
		response        response
		want            string
	}{
		"recorded":           {"access: true", access, "DescribeLoadBalancerAttributes", recorded, ""},
		"not recorded":       {"access: true", access, "DescribeLoadBalancerAttributes", attributes(enabled, "false"), "access logs are off, not on"},
		"in another bucket":  {"access: true", access, "DescribeLoadBalancerAttributes", attributes(enabled, "true", bucket, "other"), "access logs are written to the bucket other, not " + prefix + "-access-logs-…"},
		"still recorded":     {"access: false", access, "DescribeLoadBalancerAttributes", recorded, "access logs are on, not off"},
		"no longer recorded": {"access: false", access, "DescribeLoadBalancerAttributes", attributes(enabled, "false"), ""},
		"commands allowed":   {"exec: false", "service", "DescribeServices", body(service(t, object{"enableExecuteCommand": true})), "ECS Exec is on, not off"},
		"measured":           {"insights: true", measure, "DescribeClusters", insights(t, "enabled"), ""},
		"not measured":       {"insights: true", measure, "DescribeClusters", insights(t, "disabled"), "Container Insights is disabled, not enabled"},
		"still measured":     {"insights: false", measure, "DescribeClusters", insights(t, "enhanced"), "Container Insights is enhanced, not disabled"},
	} {
		t.Run(name, func(t *testing.T) {
			aws := newFakeAWS(t, map[string]response{each.operation: each.response})
			problems := found(t, aws.region("  logs: {"+each.settings+"}", saturday).Doctor(t.Context()), each.check)
			got := ""
			for _, problem := range problems {
				if problem.Code != Drift || problem.Fix.Verb != VerbDeploy {
					t.Errorf("got %+v", problem)
				}
				got += problem.Message
			}
			if got != each.want {
				t.Errorf("got %q, want %q", got, each.want)
			}
		})
	}
}
