package ops

import (
	"net/http"
	"testing"
	"time"

	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/google/go-cmp/cmp"
)

func TestChallenge(t *testing.T) {
	const metadata = "https://example.com/.well-known/oauth-protected-resource/mcp"
	for name, each := range map[string]struct {
		headers []string
		want    *Challenge
	}{
		"none":              {nil, nil},
		"empty":             {[]string{""}, nil},
		"a scheme alone":    {[]string{"Bearer"}, &Challenge{Scheme: "Bearer"}},
		"quoted":            {[]string{`Bearer resource_metadata="` + metadata + `"`}, &Challenge{"Bearer", metadata}},
		"not quoted":        {[]string{"Bearer resource_metadata=" + metadata + ", scope=a"}, &Challenge{"Bearer", metadata}},
		"after others":      {[]string{`Bearer realm="a, b", error="invalid_token",resource_metadata = "` + metadata + `"`}, &Challenge{"Bearer", metadata}},
		"mixed case":        {[]string{`bearer Resource_Metadata="` + metadata + `"`}, &Challenge{"bearer", metadata}},
		"a second header":   {[]string{`Basic realm="x"`, `Bearer resource_metadata="` + metadata + `"`}, &Challenge{"Bearer", metadata}},
		"another parameter": {[]string{`Bearer x_resource_metadata="no"`}, &Challenge{Scheme: "Bearer"}},
	} {
		got := errorResponse{401, http.Header{"Www-Authenticate": each.headers}}.challenge()
		if difference := cmp.Diff(each.want, got); difference != "" {
			t.Errorf("%s (- want, + got)\n%s", name, difference)
		}
	}
}

func TestMarkStartingOnlyForANewLoadBalancer(t *testing.T) {
	now := time.Date(2026, 11, 24, 2, 0, 0, 0, time.UTC)
	region := &Region{Now: func() time.Time { return now }}
	const provisioning, active = elbtypes.LoadBalancerStateEnumProvisioning, elbtypes.LoadBalancerStateEnumActive
	for name, each := range map[string]struct {
		state elbtypes.LoadBalancerStateEnum
		age   time.Duration
		code  Code
		want  Code
	}{
		"new, name unresolved":           {active, time.Minute, NameUnresolved, Starting},
		"created slightly in the future": {active, -10 * time.Second, NameUnresolved, Starting},
		"old, name unresolved":           {active, 11 * time.Minute, NameUnresolved, NameUnresolved},
		"new, wrong health status":       {active, time.Minute, HealthWrong, HealthWrong},
		"new, connection refused":        {active, time.Minute, Unreachable, Unreachable},
		"provisioning, name unresolved":  {provisioning, time.Hour, NameUnresolved, Starting},
		"provisioning, timed out":        {provisioning, time.Minute, TimedOut, Starting},
		"provisioning, server error":     {provisioning, time.Minute, ServerError, ServerError},
	} {
		result := Smoke{Problems: []Problem{{Code: each.code, Message: "m"}}}
		region.markStarting(&result, &elbtypes.LoadBalancer{CreatedTime: new(now.Add(-each.age)), State: &elbtypes.LoadBalancerState{Code: each.state}})
		if got := result.Problems[0].Code; got != each.want || result.Starting() != (each.want == Starting) {
			t.Errorf("%s: got %s, want %s", name, got, each.want)
		}
	}
}
