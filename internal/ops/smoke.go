package ops

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/span"
)

// Smoke is the result of a smoke test: one real exchange with a server, as an MCP client would have it.
type Smoke struct {
	// Region is the tested region. It is empty if Domain, the name of the whole fleet, was tested.
	Region string `json:"-"`
	Domain string `json:"domain,omitempty"`
	// URL is the MCP endpoint that clients use.
	URL string `json:"url,omitempty"`
	// Skipped is why the target was not tested.
	Skipped string       `json:"skipped,omitempty"`
	Health  *SmokeHealth `json:"health,omitempty"`
	MCP     *SmokeMCP    `json:"mcp,omitempty"`
	// Challenge is how the server asks for a token if none was given. This counts as success: the challenge
	// tells clients where to get a token.
	Challenge *Challenge `json:"asks_for_token,omitempty"`
	// Notes describe what looks wrong but is not.
	Notes    []string  `json:"notes,omitempty"`
	Problems []Problem `json:"-"`
}

// Target returns the name of what was tested.
func (s Smoke) Target() string { return s.Region + s.Domain }

// Starting reports whether the only problem is that the region is still starting.
func (s Smoke) Starting() bool { return len(s.Problems) > 0 && s.Problems[0].Code == Starting }

// SmokeHealth is the response to a request for the health check path.
type SmokeHealth struct {
	Path         string `json:"path"`
	Status       int    `json:"status"`
	Milliseconds int64  `json:"ms"`
}

// SmokeMCP describes an MCP session that listed the server's tools.
type SmokeMCP struct {
	Server    string `json:"server"`
	Version   string `json:"version"`
	Protocol  string `json:"protocol"`
	Transport string `json:"transport"`
	// Tools are the names of all tools.
	Tools        []string `json:"tools"`
	Milliseconds int64    `json:"ms"`
}

// Problem codes that only smoke uses.
const (
	NameUnresolved Code = "name_not_resolved"
	HealthWrong    Code = "health_check_failed"
	HostRefused    Code = "host_refused"
	Forbidden      Code = "forbidden"
	PathUnknown    Code = "mcp_path_not_found"
	Redirected     Code = "redirected"
	TokenWanted    Code = "token_required"
	TokenRefused   Code = "token_refused"
	ServerError    Code = "server_error"
	MCPError       Code = "mcp_error"
	NotMCP         Code = "not_mcp"
)

// SmokeOptions configure a smoke test.
type SmokeOptions struct {
	// Timeout limits the whole test of a target.
	Timeout time.Duration
	// Token is a bearer token. It is sent to the server's MCP path only.
	Token string
}

// Smoke tests the region through its load balancer. It skips a region that is asleep.
func (r *Region) Smoke(ctx context.Context, options SmokeOptions) Smoke {
	ctx, cancel := context.WithTimeout(ctx, options.Timeout)
	defer cancel()
	result := Smoke{Region: r.Name}
	expected, skipped := r.expectedToRespond(ctx)
	if skipped != "" {
		result.Skipped = skipped
		return result
	}
	balancer, err := r.loadBalancer(ctx)
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		result.Problems = []Problem{{TimedOut, "no response from AWS within " + options.Timeout.String(), advice(remedies[TimedOut])}}
		return result
	case err != nil:
		result.Problems = []Problem{ProblemOf(err)}
		return result
	case balancer == nil && expected.Lead:
		result.Skipped = TimingAt(r.Region, r.Now()).Text
		return result
	case balancer == nil:
		result.Problems = []Problem{{LoadBalancerMissing, "the load balancer is missing, although the region should be awake", r.deploy()}}
		return result
	}
	r.probe(ctx, &result, r.URL(value(balancer.DNSName)), options)
	r.markStarting(&result, balancer)
	return result
}

// SmokeDomain tests the fleet's domain name, which Route 53 resolves to the nearest region. It is skipped if
// all regions of the name are asleep.
func SmokeDomain(ctx context.Context, domain string, regions []*Region, options SmokeOptions) Smoke {
	ctx, cancel := context.WithTimeout(ctx, options.Timeout)
	defer cancel()
	result := Smoke{Domain: domain}
	for _, region := range regions {
		if _, skipped := region.expectedToRespond(ctx); skipped != "" {
			continue
		}
		region.probe(ctx, &result, region.URL(domain), options)
		if balancer, err := region.loadBalancer(ctx); err == nil && balancer != nil {
			region.markStarting(&result, balancer)
		}
		return result
	}
	result.Skipped = "every region is asleep"
	return result
}

// expectedToRespond returns the region's expected state, and why the region need not respond, if so. It
// queries AWS only if the region is asleep by its schedule, because an override may hold it awake.
func (r *Region) expectedToRespond(ctx context.Context) (expected config.Expected, skipped string) {
	if !r.LoadBalancer.Enabled {
		return expected, "no load balancer"
	}
	o, now := &observed{scheduleUnknown: true}, r.Now()
	if expected = r.ExpectedAt(now, config.OverrideAuto); !expected.Awake {
		var targetErr, actionsErr error
		o.scalable, targetErr = r.scalableTarget(ctx)
		o.actions, actionsErr = r.scheduledActions(ctx)
		o.scheduleUnknown = targetErr != nil || actionsErr != nil
		expected = r.ExpectedAt(now, r.override(o))
	}
	switch {
	case !expected.Awake:
		return expected, r.timing(o, now).Text
	case expected.Tasks == 0:
		return expected, "desired_count is 0"
	}
	return expected, ""
}

// probe tests the health check path and MCP concurrently, so that one that hangs does not hide the other.
func (r *Region) probe(ctx context.Context, result *Smoke, base string, options SmokeOptions) {
	result.URL = base + r.MCP.Path
	target := smokeTarget{base: base, path: r.MCP.Path, options: options}
	var group sync.WaitGroup
	var health, mcpProblem *Problem
	group.Go(func() { result.Health, health = probeHealth(ctx, target, r.LoadBalancer.HealthCheck) })
	group.Go(func() { result.MCP, result.Challenge, mcpProblem = probeMCP(ctx, target) })
	group.Wait()
	if health != nil && health.Code == HostRefused {
		result.Notes = append(result.Notes, health.Message+"; "+health.Fix.Advice)
		health = nil
	}
	for _, problem := range []*Problem{health, mcpProblem} {
		if problem == nil || (len(result.Problems) > 0 && result.Problems[0].Message == problem.Message) {
			continue
		}
		if problem.Fix.Verb != "" {
			problem.Fix.Region = r.Name
		}
		if problem.Code == TimedOut || problem.Code == Unreachable {
			problem.Message += r.accessNote()
		}
		result.Problems = append(result.Problems, *problem)
	}
}

// accessNote states who cannot reach the load balancer, which may explain why this machine cannot.
func (r *Region) accessNote() (note string) {
	if r.LoadBalancer.Internal {
		note += "; the load balancer is internal, so it can only be reached from the VPC or a connected network"
	}
	if clients := r.Access.Clients(); clients != "" {
		note += "; the load balancer only accepts connections from " + clients + " (access.cidrs)"
	}
	return note
}

// smokeTarget is a server as its clients see it.
type smokeTarget struct {
	base, path string
	options    SmokeOptions
}

// timedOut returns the problem of a request without a response.
func (t smokeTarget) timedOut(what string) *Problem {
	return &Problem{TimedOut, fmt.Sprintf("%s did not respond within %s", what, t.options.Timeout), Fix{Verb: VerbDoctor, Advice: "or raise --timeout"}}
}

// balancerStartup is how long the name and the addresses of a new load balancer may take to propagate; AWS
// says minutes.
const balancerStartup = 10 * time.Minute

// markStarting replaces the problems of an unreachable region by Starting if its load balancer is new.
func (r *Region) markStarting(result *Smoke, balancer *elbtypes.LoadBalancer) {
	if len(result.Problems) == 0 {
		return
	}
	age, cause := r.Now().Sub(value(balancer.CreatedTime)), ""
	provisioning := balancer.State != nil && balancer.State.Code == elbtypes.LoadBalancerStateEnumProvisioning
	switch code := result.Problems[0].Code; {
	case provisioning && (code == NameUnresolved || code == Unreachable || code == TimedOut):
		cause = "the load balancer is being provisioned"
	case code == NameUnresolved && -time.Minute < age && age < balancerStartup:
		cause = "the load balancer was created " + span.Format(max(age, time.Second)) + " ago"
	default:
		return
	}
	result.Problems = []Problem{{Starting, cause + "; " + result.Problems[0].Message, Fix{Advice: "wait a few minutes, then try again; a new load balancer takes time to become reachable"}}}
}

// printable returns a server's text on one line, without the token, which a server might echo.
func (t smokeTarget) printable(text string) string {
	if t.options.Token != "" {
		text = strings.ReplaceAll(text, t.options.Token, "(the token)")
	}
	return oneLine(text)
}
