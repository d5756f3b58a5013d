package ops

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/version"
	"github.com/cdtait/mcpfleet/naming"
)

// mcpPath is where an MCP server listens by the habit of its SDKs.
const mcpPath = "/mcp"

// Smoke is one real exchange with a server, as a client of the fleet has it.
type Smoke struct {
	// Target is a region, or the name that the whole fleet answers under.
	Target string `json:"target"`
	URL    string `json:"url,omitempty"`
	// Skipped is why nothing was asked.
	Skipped string       `json:"skipped,omitempty"`
	Health  *SmokeHealth `json:"health,omitempty"`
	MCP     *SmokeMCP    `json:"mcp,omitempty"`
	Problem string       `json:"problem,omitempty"`
}

// SmokeHealth is the answer to the health check's path.
type SmokeHealth struct {
	Path         string `json:"path"`
	Status       int    `json:"status"`
	Milliseconds int64  `json:"ms"`
}

// SmokeMCP is an MCP session that listed the server's tools.
type SmokeMCP struct {
	Server       string   `json:"server"`
	Version      string   `json:"version"`
	Protocol     string   `json:"protocol"`
	Tools        []string `json:"tools"`
	Milliseconds int64    `json:"ms"`
}

// Smoke asks the region's load balancer. A region that sleeps is skipped.
func (r *Region) Smoke(ctx context.Context, timeout time.Duration) Smoke {
	result := Smoke{Target: r.Name}
	if timing := TimingAt(r.Region, r.Now()); timing.State == Asleep {
		result.Skipped = timing.Text
		return result
	}
	if !r.LoadBalancer.Enabled {
		result.Skipped = "no load balancer"
		return result
	}
	balancer, err := r.loadBalancer(ctx)
	switch {
	case err != nil:
		result.Problem = Reason(err)
		return result
	case balancer == nil:
		result.Problem = "there is no load balancer; mcpfleet doctor --region " + r.Name
		return result
	}
	return probe(ctx, result, naming.URL(value(balancer.DNSName), r.LoadBalancer.Port), r.LoadBalancer.HealthCheck, timeout)
}

// SmokeDomain asks under the name of the fleet, which Route 53 answers with the nearest region. It is
// skipped where all regions of the name sleep.
func SmokeDomain(ctx context.Context, domain string, regions []*Region, timeout time.Duration) Smoke {
	result := Smoke{Target: domain}
	for _, region := range regions {
		if TimingAt(region.Region, region.Now()).State != Asleep {
			return probe(ctx, result, naming.URL(domain, region.LoadBalancer.Port), region.LoadBalancer.HealthCheck, timeout)
		}
	}
	result.Skipped = "every region is asleep"
	return result
}

func probe(ctx context.Context, result Smoke, base string, check config.HealthCheck, timeout time.Duration) Smoke {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	result.URL = base
	var err error
	if result.Health, err = probeHealth(ctx, base, check); err != nil {
		result.Problem = err.Error()
		return result
	}
	if result.MCP, err = probeMCP(ctx, base); err != nil {
		result.Problem = fmt.Sprintf("%s answers, but %s", check.Path, err)
	}
	return result
}

func probeHealth(ctx context.Context, base string, check config.HealthCheck) (*SmokeHealth, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, base+check.Path, http.NoBody)
	if err != nil {
		return nil, err
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	began := time.Now()
	answer, err := client.Do(request)
	if err != nil {
		return nil, errors.New("does not answer: " + Reason(err))
	}
	defer func() { _ = answer.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, 1<<20))
	health := &SmokeHealth{Path: check.Path, Status: answer.StatusCode, Milliseconds: time.Since(began).Milliseconds()}
	if !matches(check.Matcher, answer.StatusCode) {
		return health, fmt.Errorf("%s answers HTTP %d, not %s", check.Path, answer.StatusCode, check.Matcher)
	}
	return health, nil
}

// matches reads a matcher of a target group: "200", "200-299", "200,202".
func matches(matcher string, status int) bool {
	for part := range strings.SplitSeq(matcher, ",") {
		low, high, isRange := strings.Cut(part, "-")
		if !isRange {
			high = low
		}
		from, fromErr := strconv.Atoi(low)
		to, toErr := strconv.Atoi(high)
		if fromErr == nil && toErr == nil && from <= status && status <= to {
			return true
		}
	}
	return false
}

// refusals are what a status code of /mcp means.
var refusals = map[int]string{
	http.StatusMisdirectedRequest: "%s refuses the host %s (HTTP 421): its protection against DNS rebinding does not know the public name; allow the host in the server's settings",
	http.StatusUnauthorized:       "%s wants authorization for %s (HTTP 401)",
	http.StatusForbidden:          "%s forbids %s (HTTP 403); its list of allowed hosts or origins may lack the public name",
	http.StatusNotFound:           "there is nothing at %s of %s (HTTP 404)",
}

func probeMCP(ctx context.Context, base string) (*SmokeMCP, error) {
	refused := &refusalRecorder{}
	client := mcp.NewClient(&mcp.Implementation{Name: "mcpfleet", Version: version.String()}, nil)
	began := time.Now()
	session, err := client.Connect(ctx, &mcp.StreamableClientTransport{Endpoint: base + mcpPath, HTTPClient: &http.Client{Transport: refused}, MaxRetries: -1}, nil)
	if err != nil {
		return nil, refused.explain(base, err)
	}
	defer func() { _ = session.Close() }()
	found := &SmokeMCP{Tools: []string{}}
	for tool, err := range session.Tools(ctx, nil) {
		if err != nil {
			return nil, refused.explain(base, err)
		}
		found.Tools = append(found.Tools, tool.Name)
	}
	found.Milliseconds = time.Since(began).Milliseconds()
	if about := session.InitializeResult(); about != nil {
		found.Protocol = about.ProtocolVersion
		if about.ServerInfo != nil {
			found.Server, found.Version = about.ServerInfo.Name, about.ServerInfo.Version
		}
	}
	return found, nil
}

// refusalRecorder keeps the last status with which the server refused a message: the SDK's errors do
// not carry it.
type refusalRecorder struct {
	sync.Mutex
	status int
}

func (r *refusalRecorder) RoundTrip(request *http.Request) (*http.Response, error) {
	answer, err := http.DefaultTransport.RoundTrip(request)
	if err == nil && request.Method == http.MethodPost && answer.StatusCode >= 300 {
		r.Lock()
		r.status = answer.StatusCode
		r.Unlock()
	}
	return answer, err
}

func (r *refusalRecorder) explain(base string, err error) error {
	r.Lock()
	defer r.Unlock()
	host := base
	if parsed, err := url.Parse(base); err == nil {
		host = parsed.Host
	}
	if text, known := refusals[r.status]; known {
		return fmt.Errorf(text, mcpPath, host)
	}
	if r.status != 0 {
		return fmt.Errorf("%s answers HTTP %d", mcpPath, r.status)
	}
	return fmt.Errorf("%s is no MCP server: %s", mcpPath, oneLine(err.Error()))
}
