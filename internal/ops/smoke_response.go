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

// refusal is a server's answer to a message, where it is no success.
type refusal struct {
	status int
	header http.Header
}

// Challenge is how a server asks for a token.
type Challenge struct {
	// Scheme is how the token is to be sent, such as Bearer.
	Scheme string `json:"scheme"`
	// Metadata is where a client learns who gives tokens (RFC 9728), "" where the server does not say.
	Metadata string `json:"resource_metadata,omitempty"`
}

var (
	scheme           = regexp.MustCompile(`^\s*([A-Za-z0-9!#$%&'*+.^_|~-]+)`)
	resourceMetadata = regexp.MustCompile(`(?i)(?:^|[\s,])resource_metadata\s*=\s*(?:"([^"]*)"|([^\s,"]+))`)
)

// challenge reads WWW-Authenticate, nil where there is none.
//
// Sources: RFC 9110, 11.6.1, and RFC 9728, 5.1
func (r refusal) challenge() *Challenge {
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

// refusals are what a status of the MCP path means, with the path and the host to fill in.
var refusals = map[int]Problem{
	http.StatusMisdirectedRequest: {HostRefused,
		"%[1]s refuses the host %[2]s (HTTP 421): its protection against DNS rebinding does not know the public name",
		Fix{Advice: "allow the host in the server's settings"}},
	http.StatusForbidden: {Forbidden,
		"%[1]s forbids %[2]s (HTTP 403)",
		Fix{Advice: "allow the public name in the server's list of hosts and origins; a token may lack a scope"}},
	http.StatusUnauthorized: {TokenWanted,
		"%[1]s of %[2]s wants a token (HTTP 401) and does not say of which kind, as there is no WWW-Authenticate",
		Fix{Advice: "give mcpfleet smoke one in MCPFLEET_TOKEN or with --token-stdin; let the server send WWW-Authenticate, without which clients cannot ask for one"}},
	http.StatusNotFound: {PathUnknown,
		"there is nothing at %[1]s of %[2]s (HTTP 404)",
		Fix{Advice: "write the path where the server answers MCP as mcp.path"}},
}

// explain says what a refusal of the MCP path means.
func (r refusal) explain(target probed) *Problem {
	if problem := ofBalancer(r.status, r.header); problem != nil {
		return problem
	}
	if r.status >= 300 && r.status < 400 {
		return r.explainRedirect(target)
	}
	if r.status == http.StatusUnauthorized && target.options.Token != "" {
		return &Problem{TokenRefused, target.path + " refuses the token (HTTP 401)", advice("get one that is valid for this server")}
	}
	if known, ok := refusals[r.status]; ok {
		known.Message = fmt.Sprintf(known.Message, target.path, target.host())
		return &known
	}
	return &Problem{ServerError, fmt.Sprintf("%s answers HTTP %d", target.path, r.status), Fix{Verb: VerbLogs, Arguments: []string{"--since", "1h"}}}
}

func (r refusal) explainRedirect(target probed) *Problem {
	location := r.header.Get("Location")
	text := fmt.Sprintf("%s redirects to %s (HTTP %d); many clients do not follow, or lose the message on the way", target.path, orNowhere(target.printable(location)), r.status)
	problem := &Problem{Redirected, text, advice("let the server answer at " + target.path + " itself")}
	base, baseErr := url.Parse(target.base + target.path)
	if baseErr != nil {
		return problem
	}
	if to, err := base.Parse(location); err == nil && location != "" && to.Host == base.Host && to.Path != base.Path {
		problem.Fix = advice("write mcp.path: " + target.printable(to.EscapedPath()) + ", and give clients that path")
	}
	return problem
}

func orNowhere(location string) string {
	if location == "" {
		return "nowhere"
	}
	return location
}

func (p probed) host() string {
	parsed, err := url.Parse(p.base)
	if err != nil {
		return p.base
	}
	return parsed.Host
}

// ofBalancer is what the load balancer answers by itself, when no task does; nil where a task has.
//
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
func ofBalancer(status int, header http.Header) *Problem {
	meaning, known := map[int]string{
		http.StatusBadGateway:         "the tasks refuse connections on container.port, or close them",
		http.StatusServiceUnavailable: "it has no task to ask",
		http.StatusGatewayTimeout:     "no task has answered it in time",
	}[status]
	if !known || header.Get("Server") != "awselb/2.0" {
		return nil
	}
	return &Problem{NoHealthyTarget, fmt.Sprintf("the load balancer answers HTTP %d: %s", status, meaning), Fix{Verb: VerbDoctor}}
}

// unreached is the problem of a request that got no answer.
func unreached(err error) *Problem {
	if lookup, ok := errors.AsType[*net.DNSError](err); ok {
		return &Problem{NameUnresolved, fmt.Sprintf("%s does not resolve: %s", lookup.Name, lookup.Err), Fix{Verb: VerbDoctor}}
	}
	return &Problem{Unreachable, "does not answer: " + Reason(err), Fix{Verb: VerbDoctor}}
}

// unanswered is the problem of a target whose time is up, or of a command that was stopped.
func (p probed) unanswered(ctx context.Context, what string) *Problem {
	if errors.Is(ctx.Err(), context.Canceled) {
		stopped := ProblemOf(ctx.Err())
		return &stopped
	}
	return p.late(what)
}
