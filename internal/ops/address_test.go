package ops

import (
	"net/http"
	"testing"
	"time"
)

func TestURLAddress(t *testing.T) {
	const domain = "  dns: {enabled: true, zone: example.com, name: mcp"
	missing := map[string]response{"DescribeLoadBalancers": refuse(http.StatusBadRequest, "LoadBalancerNotFound", "")}
	for name, each := range map[string]struct {
		settings string
		at       time.Time
		aws      map[string]response
		url      string
		code     Code
		message  string
		requests int
	}{
		"load balancer":                {url: "http://" + balancerDNS, requests: 1},
		"domain":                       {settings: domain + "}", url: "https://mcp.example.com"},
		"regional domain":              {settings: domain + ", regional: true}", url: "https://eu-west-1.mcp.example.com"},
		"domain without HTTPS":         {settings: domain + "}\n  load_balancer: {https: false}", url: "http://" + balancerDNS, requests: 1},
		"no load balancer in the file": {settings: "  load_balancer: {enabled: false}", code: NoAddress, message: "the fleet file has no load balancer for the region"},
		"asleep":                       {settings: destroyMode, at: tuesday, aws: missing, code: NoAddress, message: "no load balancer: asleep, wakes Sat 06:00 UTC in 4 d 4 h", requests: 3},
		"awake":                        {settings: destroyMode, aws: missing, code: NotDeployed, message: "not deployed: no load balancer demo-dev-eu-west-1-alb", requests: 1},
		"denied":                       {aws: map[string]response{"DescribeLoadBalancers": refuse(http.StatusForbidden, "AccessDenied", "no")}, code: NotAllowed, message: "DescribeLoadBalancers: not allowed: no", requests: 1},
	} {
		t.Run(name, func(t *testing.T) {
			if each.at.IsZero() {
				each.at = saturday
			}
			aws := newFakeAWS(t, each.aws)
			got := aws.region(each.settings, each.at).URLAddress(t.Context())
			problem := Problem{}
			if len(got.Problems) > 0 {
				problem = got.Problems[0]
			}
			if got.URL != each.url || problem.Code != each.code || problem.Message != each.message {
				t.Errorf("got %+v", got)
			}
			if sent := aws.operations(); len(sent) != each.requests {
				t.Errorf("sent %v", sent)
			}
		})
	}
}
