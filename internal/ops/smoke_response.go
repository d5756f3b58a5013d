package ops

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"regexp"
)

// errorResponse is a server's HTTP response that is not a success.
type errorResponse struct {
	status int
	header http.Header
}

// Challenge is how a server asks for a token.
type Challenge struct {
	// Scheme is the authentication scheme, such as Bearer.
	Scheme string `json:"scheme"`
	// Metadata is the URL of the protected resource metadata (RFC 9728), "" if the server sends none.
	Metadata string `json:"resource_metadata,omitempty"`
}

var (
	scheme           = regexp.MustCompile(`^\s*([A-Za-z0-9!#$%&'*+.^_|~-]+)`)
	resourceMetadata = regexp.MustCompile(`(?i)(?:^|[\s,])resource_metadata\s*=\s*(?:"([^"]*)"|([^\s,"]+))`)
)

// challenge parses WWW-Authenticate. It returns nil if there is none.
//
// Sources: RFC 9110, 11.6.1, and RFC 9728, 5.1
func (r errorResponse) challenge() *Challenge {
	var found *Challenge
	for _, header := range r.header.Values("WWW-Authenticate") {
		name := scheme.FindStringSubmatch(header)
		if name == nil {
			continue
		}
		if found == nil {
			found = &Challenge{Scheme: name[1]}
		}
		if match := resourceMetadata.FindStringSubmatch(header); match != nil && found.Metadata == "" {
			found.Scheme, found.Metadata = name[1], match[1]+match[2]
		}
	}
	return found
}

// statusProblems are the problems for the HTTP statuses of the MCP path. The message takes the path and the
// host.
var statusProblems = map[int]Problem{
	http.StatusMisdirectedRequest: {HostRefused,
		"%[1]s rejects the host %[2]s (HTTP 421): its DNS rebinding protection does not allow the public host name",
		Fix{Advice: "allow the host in the server's settings"}},
	http.StatusForbidden: {Forbidden,
		"%[1]s rejects requests for %[2]s (HTTP 403)",
		Fix{Advice: "add the public host name to the server's allowed hosts and origins; if a token was sent, check its scopes"}},
	http.StatusUnauthorized: {TokenWanted,
		"%[1]s on %[2]s requires a token (HTTP 401) but does not say which kind: it sent no WWW-Authenticate header",
		Fix{Advice: "pass one to mcpfleet smoke in MCPFLEET_TOKEN or with --token-stdin; configure the server to send WWW-Authenticate, or clients cannot find out how to get one"}},
	http.StatusNotFound: {PathUnknown,
		"%[1]s does not exist on %[2]s (HTTP 404)",
		Fix{Advice: "set mcp.path to the path of the server's MCP endpoint"}},
}

// explain returns the problem that an error response of the MCP path indicates.
func (r errorResponse) explain(target smokeTarget) *Problem {
	if problem := target.loadBalancerProblem(r.status, r.header); problem != nil {
		return problem
	}
	if r.status >= 300 && r.status < 400 {
		return r.explainRedirect(target)
	}
	if r.status == http.StatusUnauthorized && target.options.Token != "" {
		return &Problem{TokenRefused, target.path + " rejects the token (HTTP 401)", advice("use one that is valid for this server")}
	}
	if known, ok := statusProblems[r.status]; ok {
		known.Message = fmt.Sprintf(known.Message, target.path, target.host())
		return &known
	}
	return &Problem{ServerError, fmt.Sprintf("%s returned HTTP %d", target.path, r.status), Fix{Verb: VerbLogs, Arguments: []string{"--since", "1h"}}}
}

func (r errorResponse) explainRedirect(target smokeTarget) *Problem {
	location := r.header.Get("Location")
	text := fmt.Sprintf("%s redirects to %s (HTTP %d); many clients do not follow redirects or drop the request body", target.path, orNone(target.printable(location)), r.status)
	problem := &Problem{Redirected, text, advice("configure the server to serve " + target.path + " without a redirect")}
	base, baseErr := url.Parse(target.base + target.path)
	if baseErr != nil {
		return problem
	}
	if to, err := base.Parse(location); err == nil && location != "" && to.Host == base.Host && to.Path != base.Path {
		problem.Fix = advice("set mcp.path to " + target.printable(to.EscapedPath()) + ", and give clients that path")
	}
	return problem
}

func orNone(location string) string {
	if location == "" {
		return "no location"
	}
	return location
}

func (t smokeTarget) host() string { return t.transport.origin.Host }

// loadBalancerProblems are the problems for the statuses that the load balancer itself responds with.
//
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
var loadBalancerProblems = map[int]Problem{
	http.StatusBadGateway:         {NoHealthyTarget, "the load balancer returned HTTP 502: the tasks refuse connections on container.port, or close them", Fix{Verb: VerbDoctor}},
	http.StatusServiceUnavailable: {NoHealthyTarget, "the load balancer returned HTTP 503: it has no registered target", Fix{Verb: VerbDoctor}},
	http.StatusGatewayTimeout:     {NoHealthyTarget, "the load balancer returned HTTP 504: no task responded in time", Fix{Verb: VerbDoctor}},
}

// loadBalancerProblem returns the problem if the load balancer itself generated the response, nil if a task
// did, or if neither AWS WAF nor a rule of the fleet explains it.
func (t smokeTarget) loadBalancerProblem(status int, header http.Header) *Problem {
	if header.Get("Server") != "awselb/2.0" {
		return nil
	}
	known, ok := loadBalancerProblems[status]
	switch {
	case status == http.StatusForbidden && t.webACL != "":
		return &Problem{BlockedByWAF, "AWS WAF blocked the request (HTTP 403)",
			advice("the sampled requests of the web ACL " + t.webACL + " in the AWS WAF console name the rule; a rule of a managed group can also match a harmless request")}
	case status == http.StatusNotFound && t.hasPaths:
		return &Problem{PathsWrong, "the load balancer returned HTTP 404: no listener rule forwards the path, although access.paths has it", Fix{Verb: VerbDoctor}}
	case ok:
		return &known
	}
	return nil
}

// unreachable returns the problem of a request that failed without a response.
func (t smokeTarget) unreachable(err error) *Problem {
	if lookup, ok := errors.AsType[*net.DNSError](err); ok {
		return &Problem{NameUnresolved, fmt.Sprintf("%s does not resolve: %s", lookup.Name, lookup.Err), Fix{Verb: VerbDoctor}}
	}
	if problem := tlsProblem(err, t.now); problem != nil {
		return problem
	}
	return &Problem{Unreachable, "no response: " + Reason(err), Fix{Verb: VerbDoctor}}
}

// failed returns the problem of a request without a response.
func (t smokeTarget) failed(ctx context.Context, what string, err error) *Problem {
	if ctx.Err() != nil {
		return t.interruptedOrTimedOut(ctx, what)
	}
	return t.unreachable(err)
}

// interruptedOrTimedOut returns the problem of a request whose context has ended.
func (t smokeTarget) interruptedOrTimedOut(ctx context.Context, what string) *Problem {
	if errors.Is(ctx.Err(), context.Canceled) {
		stopped := ProblemOf(ctx.Err())
		return &stopped
	}
	return t.timedOut(what)
}
