package ops

import (
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	acmtypes "github.com/aws/aws-sdk-go-v2/service/acm/types"
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
	Skipped string `json:"skipped,omitempty"`
	// Health is absent if access.paths does not have the health check path.
	Health *SmokeHealth `json:"health,omitempty"`
	MCP    *SmokeMCP    `json:"mcp,omitempty"`
	// Challenge is how the server asks for a token if none was given. This counts as success: the challenge
	// tells clients where to get a token.
	Challenge *Challenge `json:"asks_for_token,omitempty"`
	// Certificate is the server's certificate. It is absent without HTTPS, or if the certificate was not accepted.
	Certificate *SmokeCertificate `json:"certificate,omitempty"`
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

// SmokeCertificate is a server's certificate.
type SmokeCertificate struct {
	// Names are the domain names that it is for.
	Names []string `json:"names"`
	// Issuer is the distinguished name of the authority that issued it.
	Issuer string `json:"issuer"`
	// Expires is when it becomes invalid.
	Expires time.Time `json:"expires"`
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
	BlockedByWAF   Code = "blocked_by_waf"
	PathUnknown    Code = "mcp_path_not_found"
	Redirected     Code = "redirected"
	TokenWanted    Code = "token_required"
	TokenRefused   Code = "token_refused"
	ServerError    Code = "server_error"
	MCPError       Code = "mcp_error"
	NotMCP         Code = "not_mcp"
)

// serversFaults are the problems that the server itself causes.
var serversFaults = []Code{HealthWrong, HostRefused, PathUnknown, ServerError, MCPError, NotMCP}

// IsServersFault reports whether a problem of a smoke test is one of the server, and not of the way to it. No response is
// one, unless the load balancer does not accept connections from everywhere.
func (r *Region) IsServersFault(problem Problem) bool {
	return slices.Contains(serversFaults, problem.Code) || (problem.Code == TimedOut && r.accessNote() == "")
}

// SmokeOptions configure a smoke test.
type SmokeOptions struct {
	// Timeout limits the whole test of a target.
	Timeout time.Duration
	// Token is a bearer token. It is sent to the server's MCP path only.
	Token string
}

// Smoke tests the region through its load balancer, over HTTPS under the name that clients use. It skips a region
// that is asleep.
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
	r.probeBalancer(ctx, &result, value(balancer.DNSName), options)
	r.markStarting(&result, balancer)
	return result
}

// SmokeDomain tests a domain name of the fleet, which Route 53 resolves to the nearest of its regions. It is
// skipped if all of them are asleep.
func SmokeDomain(ctx context.Context, domain string, regions []*Region, options SmokeOptions) Smoke {
	ctx, cancel := context.WithTimeout(ctx, options.Timeout)
	defer cancel()
	result := Smoke{Domain: domain}
	for _, region := range regions {
		if _, result.Skipped = region.expectedToRespond(ctx); result.Skipped != "" {
			continue
		}
		region.probe(ctx, &result, smokeRoute{host: domain}, options)
		if balancer, err := region.loadBalancer(ctx); err == nil && balancer != nil {
			region.markStarting(&result, balancer)
		}
		return result
	}
	if len(regions) > 1 {
		result.Skipped = "every region is asleep"
	}
	return result
}

// expectedToRespond returns the region's expected state, and why the region need not respond, if so.
func (r *Region) expectedToRespond(ctx context.Context) (expected config.Expected, skipped string) {
	if !r.LoadBalancer.Enabled {
		return expected, "no load balancer"
	}
	expected, o := r.expectedNow(ctx)
	switch {
	case !expected.Awake:
		return expected, r.timing(o, r.Now()).Text
	case expected.Tasks.Max == 0:
		return expected, "desired_count is 0"
	}
	return expected, ""
}

// expectedNow returns the region's expected state, and what it was told from. It queries AWS only if the region is
// asleep by its schedule, because an override may hold it awake, or a request may have woken it.
func (r *Region) expectedNow(ctx context.Context) (config.Expected, *observed) {
	o, now := &observed{scheduleUnknown: true}, r.Now()
	expected := r.ExpectedAt(now, config.OverrideAuto)
	if expected.Awake {
		return expected, o
	}
	o = r.observeSchedule(ctx)
	return r.expectedOf(o, now), o
}

// observeSchedule observes what an override is told from, and nothing else.
func (r *Region) observeSchedule(ctx context.Context) *observed {
	o := &observed{}
	var targetErr, actionsErr error
	o.scalable, targetErr = r.scalableTarget(ctx)
	o.actions, actionsErr = r.scheduledActions(ctx)
	o.scheduleUnknown = targetErr != nil || actionsErr != nil
	return o
}

// smokeRoute is how a test reaches a server.
type smokeRoute struct {
	// host is the host name that clients use.
	host string
	// connect is the host name to connect to instead, "" for the same.
	connect string
}

// probeBalancer tests one load balancer, although the name that clients use may lead to others. A certificate
// without a domain in the fleet file is tested under its own first name.
func (r *Region) probeBalancer(ctx context.Context, result *Smoke, balancer string, options SmokeOptions) {
	switch {
	case !r.HTTPS():
		r.probe(ctx, result, smokeRoute{host: balancer}, options)
		return
	case r.CustomDomain() != "":
		r.probe(ctx, result, smokeRoute{r.CustomDomain(), balancer}, options)
		return
	}
	result.URL = r.URL(balancer) + r.MCP.Path
	certificate, err := r.certificateAt(ctx, balancer)
	if err != nil {
		r.report(result, smokeTarget{options: options, now: r.Now()}.failed(ctx, "port 443", err))
		return
	}
	host := r.hostFor(certificate)
	if host == "" {
		r.report(result, &Problem{CertificateWrongName, "the certificate is for no domain name", advice("set load_balancer.https.certificate_arn to a certificate for the name that clients use")})
		return
	}
	result.Notes = append(result.Notes, fmt.Sprintf("the region has no domain, so it was tested as %s, which its certificate is for", host))
	r.probe(ctx, result, smokeRoute{host, balancer}, options)
}

// probe tests the health check path and MCP concurrently, so that one that hangs does not hide the other.
func (r *Region) probe(ctx context.Context, result *Smoke, route smokeRoute, options SmokeOptions) {
	base := r.URL(route.host)
	result.URL = base + r.MCP.Path
	origin, err := url.Parse(base)
	if err != nil {
		r.report(result, &Problem{NotMCP, err.Error(), Fix{}})
		return
	}
	target := smokeTarget{
		base: base, path: r.MCP.Path, options: options, now: r.Now(), hasPaths: len(r.Access.Paths) > 0,
		transport: r.transportTo(origin, cmp.Or(route.connect, origin.Host)),
	}
	defer target.transport.close()
	if r.WAF.Enabled {
		target.webACL = r.Names.WebACL()
	}
	var group sync.WaitGroup
	var health, mcpProblem *Problem
	if path, _, _ := strings.Cut(r.LoadBalancer.HealthCheck.Path, "?"); r.Access.Forwards(path) {
		group.Go(func() { result.Health, health = probeHealth(ctx, target, r.LoadBalancer.HealthCheck) })
	} else {
		result.Notes = append(result.Notes, path+" was not requested, because it is not among access.paths")
	}
	group.Go(func() { result.MCP, result.Challenge, mcpProblem = probeMCP(ctx, target) })
	group.Wait()
	if health != nil && health.Code == HostRefused {
		result.Notes = append(result.Notes, health.Message+"; "+health.Fix.Advice)
		health = nil
	}
	r.noteCertificate(result, target.transport.certificate.Load())
	r.report(result, health, mcpProblem)
	r.explainPending(ctx, result)
}

// report adds the problems of a test that are not nil, and not the same.
func (r *Region) report(result *Smoke, problems ...*Problem) {
	for _, problem := range problems {
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

// noteCertificate adds the certificate to a result, and notes that it expires soon.
func (r *Region) noteCertificate(result *Smoke, certificate *x509.Certificate) {
	if certificate == nil {
		return
	}
	result.Certificate = &SmokeCertificate{append([]string{}, certificate.DNSNames...), certificate.Issuer.String(), certificate.NotAfter}
	if left := certificate.NotAfter.Sub(r.Now()); left < expiryNotice {
		result.Notes = append(result.Notes, fmt.Sprintf("the certificate expires in %s, on %s; mcpfleet doctor says whether it will be renewed", span.Format(left), instant(certificate.NotAfter)))
	}
}

// explainPending replaces the problem of a port that is closed because the certificate has not been issued yet:
// only then does an apply open it.
func (r *Region) explainPending(ctx context.Context, result *Smoke) {
	if len(result.Problems) == 0 || result.Problems[0].Code != Unreachable || len(r.CertificateDomains()) == 0 {
		return
	}
	certificate, err := r.certificate(ctx, "")
	if err == nil && certificate != nil && certificate.Status == acmtypes.CertificateStatusPendingValidation {
		result.Problems[0].Code = CertificatePending
		result.Problems[0].Message += "; the certificate is waiting for its validation"
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
	transport  *originTransport
	now        time.Time
	// webACL is the name of the web ACL, "" if there is none.
	webACL string
	// hasPaths reports whether the load balancer only forwards some paths.
	hasPaths bool
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
