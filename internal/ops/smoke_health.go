package ops

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/cdtait/mcpfleet/config"
)

// probeHealth requests the health check path as the load balancer does, except for the Host header: the load
// balancer sends the task's address. It sends no token.
//
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
func probeHealth(ctx context.Context, target smokeTarget, check config.HealthCheck) (*SmokeHealth, *Problem) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, target.base+check.Path, http.NoBody)
	if err != nil {
		return nil, &Problem{HealthWrong, err.Error(), advice("fix load_balancer.health_check.path")}
	}
	began := time.Now()
	response, err := (&http.Client{Transport: target.transport, CheckRedirect: noRedirect}).Do(request)
	if err != nil {
		return nil, target.failed(ctx, check.Path, err)
	}
	defer func() { _ = response.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, 1<<20))
	if ctx.Err() != nil {
		return nil, target.interruptedOrTimedOut(ctx, check.Path)
	}
	health := &SmokeHealth{Path: check.Path, Status: response.StatusCode, Milliseconds: time.Since(began).Milliseconds()}
	if check.Accepts(response.StatusCode) {
		return health, nil
	}
	if problem := target.loadBalancerProblem(response.StatusCode, response.Header); problem != nil {
		return health, problem
	}
	if response.StatusCode == http.StatusMisdirectedRequest || response.StatusCode == http.StatusForbidden {
		return health, &Problem{HostRefused,
			fmt.Sprintf("%s returned HTTP %d for the public host name", check.Path, response.StatusCode),
			advice("the load balancer's health check sends the task's IP address as Host, not this name, so the targets may still be healthy: check with mcpfleet status")}
	}
	return health, &Problem{HealthWrong,
		fmt.Sprintf("%s returned HTTP %d, expected %s", check.Path, response.StatusCode, check.Matcher),
		advice("fix load_balancer.health_check.path or matcher")}
}

// noRedirect keeps a client from following redirects, so that they are reported and the token is not sent
// elsewhere.
func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
