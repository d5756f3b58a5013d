package ops

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/cdtait/mcpfleet/config"
)

// probeHealth asks for the health check's path as the load balancer does, but for the name: the load
// balancer sends the address of the task as Host, and no token.
//
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
func probeHealth(ctx context.Context, target probed, check config.HealthCheck) (*SmokeHealth, *Problem) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, target.base+check.Path, http.NoBody)
	if err != nil {
		return nil, &Problem{HealthWrong, err.Error(), advice("correct load_balancer.health_check.path")}
	}
	began := time.Now()
	answer, err := (&http.Client{CheckRedirect: stay}).Do(request)
	switch {
	case ctx.Err() != nil:
		return nil, target.unanswered(ctx, check.Path)
	case err != nil:
		return nil, unreached(err)
	}
	defer func() { _ = answer.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, 1<<20))
	if ctx.Err() != nil {
		return nil, target.unanswered(ctx, check.Path)
	}
	health := &SmokeHealth{Path: check.Path, Status: answer.StatusCode, Milliseconds: time.Since(began).Milliseconds()}
	if check.Accepts(answer.StatusCode) {
		return health, nil
	}
	if problem := ofBalancer(answer.StatusCode, answer.Header); problem != nil {
		return health, problem
	}
	if answer.StatusCode == http.StatusMisdirectedRequest || answer.StatusCode == http.StatusForbidden {
		return health, &Problem{HostRefused,
			fmt.Sprintf("%s answers HTTP %d to the public name", check.Path, answer.StatusCode),
			advice("the load balancer's own check sends the address of the task as Host, not this name, so the targets may be healthy all the same: status counts them")}
	}
	return health, &Problem{HealthWrong,
		fmt.Sprintf("%s answers HTTP %d, not %s", check.Path, answer.StatusCode, check.Matcher),
		advice("correct load_balancer.health_check.path or matcher")}
}

// stay keeps a client where it is, so that a redirect is seen, and a token goes nowhere else.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
