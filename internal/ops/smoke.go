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
	"github.com/cdtait/mcpfleet/naming"
)

// Smoke is one real exchange with a server, as a client of the fleet has it.
type Smoke struct {
	// Region is what was asked, unless it is Domain: the name that the whole fleet answers under.
	Region string `json:"-"`
	Domain string `json:"domain,omitempty"`
	// URL is what a client has to write.
	URL string `json:"url,omitempty"`
	// Skipped is why nothing was asked.
	Skipped string       `json:"skipped,omitempty"`
	Health  *SmokeHealth `json:"health,omitempty"`
	MCP     *SmokeMCP    `json:"mcp,omitempty"`
	// Challenge is how the server asks for a token, where none was given. That is well: a client
	// learns from it where to get one.
	Challenge *Challenge `json:"asks_for_token,omitempty"`
	// Notes are what looks wrong and is not.
	Notes    []string  `json:"notes,omitempty"`
	Problems []Problem `json:"-"`
}

// Target is what was asked.
func (s Smoke) Target() string { return s.Region + s.Domain }

// Starting is whether all that is wrong is that the region has not had the time.
func (s Smoke) Starting() bool { return len(s.Problems) > 0 && s.Problems[0].Code == Starting }

// SmokeHealth is the answer to the health check's path.
type SmokeHealth struct {
	Path         string `json:"path"`
	Status       int    `json:"status"`
	Milliseconds int64  `json:"ms"`
}

// SmokeMCP is an MCP session that listed the server's tools.
type SmokeMCP struct {
	Server    string `json:"server"`
	Version   string `json:"version"`
	Protocol  string `json:"protocol"`
	Transport string `json:"transport"`
	// Tools are all of them, by name.
	Tools        []string `json:"tools"`
	Milliseconds int64    `json:"ms"`
}

// Codes of what only smoke sees.
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

// SmokeOptions are how a target is asked.
type SmokeOptions struct {
	// Timeout is how long a target may take, whatever it does.
	Timeout time.Duration
	// Token is sent to the server's MCP path as a bearer token, and to nobody else.
	Token string
}

// Smoke asks the region's load balancer. A region that sleeps is skipped.
func (r *Region) Smoke(ctx context.Context, options SmokeOptions) Smoke {
	ctx, cancel := context.WithTimeout(ctx, options.Timeout)
	defer cancel()
	result := Smoke{Region: r.Name}
	expected, why := r.expectedToAnswer(ctx)
	if why != "" {
		result.Skipped = why
		return result
	}
	balancer, err := r.loadBalancer(ctx)
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		result.Problems = []Problem{{TimedOut, "AWS gives no answer within " + options.Timeout.String(), advice(remedies[TimedOut])}}
		return result
	case err != nil:
		result.Problems = []Problem{ProblemOf(err)}
		return result
	case balancer == nil && expected.Lead:
		result.Skipped = TimingAt(r.Region, r.Now()).Text
		return result
	case balancer == nil:
		result.Problems = []Problem{{LoadBalancerGone, "there is no load balancer, although the region should be awake", r.deploy()}}
		return result
	}
	r.probe(ctx, &result, naming.URL(value(balancer.DNSName), r.LoadBalancer.Port), options)
	r.excuse(&result, balancer)
	return result
}

// SmokeDomain asks under the name of the fleet, which Route 53 answers with the nearest region. It is
// skipped where all regions of the name sleep.
func SmokeDomain(ctx context.Context, domain string, regions []*Region, options SmokeOptions) Smoke {
	ctx, cancel := context.WithTimeout(ctx, options.Timeout)
	defer cancel()
	result := Smoke{Domain: domain}
	for _, region := range regions {
		if _, why := region.expectedToAnswer(ctx); why != "" {
			continue
		}
		region.probe(ctx, &result, naming.URL(domain, region.LoadBalancer.Port), options)
		if balancer, err := region.loadBalancer(ctx); err == nil && balancer != nil {
			region.excuse(&result, balancer)
		}
		return result
	}
	result.Skipped = "every region is asleep"
	return result
}

// expectedToAnswer is what belongs in the region now, and why it need not answer, if so. AWS is asked
// only where the schedule alone says that the region sleeps: an apply may hold it awake.
func (r *Region) expectedToAnswer(ctx context.Context) (expected config.Expected, why string) {
	if !r.LoadBalancer.Enabled {
		return expected, "no load balancer"
	}
	o, now := &observed{scheduleUnseen: true}, r.Now()
	if expected = r.ExpectedAt(now, config.Auto); !expected.Awake {
		var targetErr, actionsErr error
		o.scalable, targetErr = r.scalableTarget(ctx)
		o.actions, actionsErr = r.scheduledActions(ctx)
		o.scheduleUnseen = targetErr != nil || actionsErr != nil
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

// probe asks for the health check's path and for the tools at once, so that one which hangs does not
// hide the other.
func (r *Region) probe(ctx context.Context, result *Smoke, base string, options SmokeOptions) {
	result.URL = base + r.MCP.Path
	target := probed{base: base, path: r.MCP.Path, options: options}
	var group sync.WaitGroup
	var health, talk *Problem
	group.Go(func() { result.Health, health = probeHealth(ctx, target, r.LoadBalancer.HealthCheck) })
	group.Go(func() { result.MCP, result.Challenge, talk = probeMCP(ctx, target) })
	group.Wait()
	if health != nil && health.Code == HostRefused {
		result.Notes = append(result.Notes, health.Message+"; "+health.Fix.Advice)
		health = nil
	}
	for _, problem := range []*Problem{health, talk} {
		if problem == nil || (len(result.Problems) > 0 && result.Problems[0].Message == problem.Message) {
			continue
		}
		if problem.Fix.Verb != "" {
			problem.Fix.Region = r.Name
		}
		result.Problems = append(result.Problems, *problem)
	}
}

// probed is a server as its clients see it.
type probed struct {
	base, path string
	options    SmokeOptions
}

// late is the problem of what did not answer.
func (p probed) late(what string) *Problem {
	return &Problem{TimedOut, fmt.Sprintf("%s gives no answer within %s", what, p.options.Timeout), Fix{Verb: VerbDoctor, Advice: "or wait longer with --timeout"}}
}

// balancerSettles is how long the name and the addresses of a new load balancer may take to be known
// everywhere; AWS says that it takes minutes.
const balancerSettles = 10 * time.Minute

// excuse says of a region that cannot be reached yet that it starts: its load balancer is too young
// to be known.
func (r *Region) excuse(result *Smoke, balancer *elbtypes.LoadBalancer) {
	if len(result.Problems) == 0 {
		return
	}
	age, words := r.Now().Sub(value(balancer.CreatedTime)), ""
	provisioning := balancer.State != nil && balancer.State.Code == elbtypes.LoadBalancerStateEnumProvisioning
	switch code := result.Problems[0].Code; {
	case provisioning && (code == NameUnresolved || code == Unreachable || code == TimedOut):
		words = "the load balancer is being provisioned"
	case code == NameUnresolved && -time.Minute < age && age < balancerSettles:
		words = "the load balancer was made " + span.Words(max(age, time.Second)) + " ago"
	default:
		return
	}
	result.Problems = []Problem{{Starting, words + "; " + result.Problems[0].Message, Fix{Advice: "wait a few minutes, then try again; it is not broken yet"}}}
}

// printable is a server's text in one line, and without the token, which a server might say again.
func (p probed) printable(text string) string {
	if p.options.Token != "" {
		text = strings.ReplaceAll(text, p.options.Token, "(the token)")
	}
	return oneLine(text)
}
