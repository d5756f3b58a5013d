package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/smithy-go/encoding/cbor"
)

// call is one request to AWS.
type call struct {
	region, service, operation, body string
	w                                http.ResponseWriter
	// forward sends the request to moto and returns the response body.
	forward func() []byte
}

// cborOperation precedes the operation in the path of a request in the CBOR protocol, which CloudWatch speaks.
const cborOperation = "/operation/"

// answerCBOR writes a response in the CBOR protocol.
// https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html
func (c call) answerCBOR(status int, body cbor.Map) bool {
	c.w.Header().Set("Smithy-Protocol", "rpc-v2-cbor")
	c.w.WriteHeader(status)
	_, err := c.w.Write(cbor.Encode(body))
	return err == nil
}

// fail writes an AWS error response.
func (c call) fail(status int, code, message string) bool {
	if c.service == "monitoring" {
		return c.answerCBOR(status, cbor.Map{"__type": cbor.String(code), "message": cbor.String(message)})
	}
	c.w.Header().Set("X-Amzn-Errortype", code)
	c.w.WriteHeader(status)
	if slices.Contains([]string{"elasticloadbalancing", "ec2", "route53"}, c.service) {
		_, _ = fmt.Fprintf(c.w, "<ErrorResponse><Error><Code>%s</Code><Message>%s</Message></Error></ErrorResponse>", code, message)
		return true
	}
	_, _ = fmt.Fprintf(c.w, `{"__type":%q,"message":%q}`, code, message)
	return true
}

// intercept puts a proxy between the commands and moto. It forwards the requests for which handle returns
// false.
func intercept(t testing.TB, moto string, handle func(call) bool) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		c := call{w: w, body: string(body)}
		// Authorization: AWS4-HMAC-SHA256 Credential=testing/20261128/eu-west-1/ecs/aws4_request, …
		if scope := strings.Split(r.Header.Get("Authorization"), "/"); len(scope) > 3 {
			c.region, c.service = scope[2], scope[3]
		}
		c.operation = r.Header.Get("X-Amz-Target")
		c.operation = c.operation[strings.LastIndex(c.operation, ".")+1:]
		if form, err := url.ParseQuery(string(body)); err == nil && c.operation == "" {
			c.operation = form.Get("Action")
		}
		if strings.Contains(r.URL.Path, cborOperation) {
			c.operation = path.Base(r.URL.Path)
		}
		send := func() (int, http.Header, []byte) {
			request, err := http.NewRequestWithContext(r.Context(), r.Method, moto+r.URL.RequestURI(), bytes.NewReader(body))
			if err != nil {
				return http.StatusInternalServerError, nil, nil
			}
			request.Header = r.Header.Clone()
			got, err := http.DefaultClient.Do(request)
			if err != nil {
				return http.StatusInternalServerError, nil, nil
			}
			defer func() { _ = got.Body.Close() }()
			text, _ := io.ReadAll(got.Body)
			return got.StatusCode, got.Header, text
		}
		c.forward = func() []byte { _, _, text := send(); return text }
		if handle(c) {
			return
		}
		status, header, text := send()
		for name, values := range header {
			if name != "Content-Length" && name != "Transfer-Encoding" {
				w.Header()[name] = values
			}
		}
		w.WriteHeader(status)
		_, _ = w.Write(text)
	}))
	t.Cleanup(server.Close)
	useEndpoint(t, server.URL)
}

func TestFailingRegionDoesNotHideOthers(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("faults-a", "{}", threeRegions))
	seed(t, url, file)
	for name, each := range map[string]struct {
		fault  func(call) bool
		reason string
	}{
		"denied": {func(c call) bool {
			return c.fail(400, "AccessDeniedException", "User: arn:aws:iam::123456789012:user/a is not authorized")
		}, "DescribeServices: not allowed: User: arn:aws:iam::123456789012:user/a is not authorized"},
		"opted out": {func(c call) bool {
			return c.fail(400, "UnrecognizedClientException", "The security token included in the request is invalid.")
		}, "us-east-1: the region is not enabled for the account, or the credentials are not valid (UnrecognizedClientException); enable the region for the account, or use other credentials\n"},
		"throttled": {func(c call) bool { return c.fail(400, "ThrottlingException", "Rate exceeded") }, "us-east-1: throttled by AWS after 2 attempts; wait a minute and try again\n"},
		"failing":   {func(c call) bool { return c.fail(503, "ServiceUnavailable", "") }, "us-east-1: AWS returned HTTP 503 after 2 attempts; try again in a few minutes"},
		"unreachable": {func(c call) bool {
			connection, _, _ := c.w.(http.Hijacker).Hijack()
			return connection.Close() == nil
		}, "us-east-1: unreachable: EOF; check this machine's network"},
	} {
		t.Run(name, func(t *testing.T) {
			intercept(t, url, func(c call) bool { return c.region == "us-east-1" && each.fault(c) })
			got := run(t, saturday, file, "status")
			want(t, got, 1, each.reason, "eu-west-1  always on  2 ", "eu-west-2  always on  2 ")
		})
	}
}

func TestThrottlingIsRetried(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("faults-b", "{}", "  eu-west-1: {network: {cidr: 10.0.0.0/16}}\n"))
	seed(t, url, file)
	var throttled atomic.Int32
	intercept(t, url, func(c call) bool {
		return c.operation == "UpdateService" && throttled.Add(1) == 1 && c.fail(400, "ThrottlingException", "Rate exceeded")
	})
	want(t, run(t, saturday, file, "scale", "2"), 0, "set to 2 tasks, steady")
}

func TestFailedQueryIsNotDrift(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("faults-c", "{enabled: true}", "  eu-west-1: {network: {cidr: 10.0.0.0/16}}\n"))
	seed(t, url, file)
	intercept(t, url, func(c call) bool {
		hidden := c.service == "application-autoscaling" || c.service == "elasticloadbalancing"
		return hidden && c.fail(403, "AccessDenied", "no")
	})
	got := run(t, saturday, file, "status")
	want(t, got, 1, "DescribeLoadBalancers: not allowed: no")
	if strings.Contains(got.out, "drift:") {
		t.Error(got)
	}
}

func TestCtrlCStopsWaitingAndReportsCompletedSteps(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("faults-d", "{}", "  eu-west-1: {network: {cidr: 10.0.0.0/16}}\n"))
	seed(t, url, file)
	ctx, stop := context.WithCancel(t.Context())
	intercept(t, url, func(c call) bool {
		if c.operation != "DescribeServices" {
			return false
		}
		// One task never starts.
		_, _ = c.w.Write(bytes.Replace(c.forward(), []byte(`"runningCount": 3`), []byte(`"runningCount": 2`), 1))
		return true
	})
	errs := &watchedBuffer{words: []string{"2 of 3 tasks run", "\x00"}, first: stop}
	var out bytes.Buffer
	app := &App{In: strings.NewReader(""), Out: &out, Err: errs, Now: nowAt(saturday), Interval: 1, Open: opener(t)}
	if status := Run(ctx, app, []string{"--config", file, "scale", "3"}); status != 1 {
		t.Errorf("status %d", status)
	}
	if !strings.Contains(out.String(), "eu-west-1  set to 3 tasks; interrupted; the next apply sets 2") {
		t.Error(out.String())
	}
	if !strings.Contains(errs.text, "completed steps stay in effect") {
		t.Error(errs.text)
	}
}

// TestWaitEndsOnFailedDeployment simulates a first deployment, which ECS cannot roll back.
func TestWaitEndsOnFailedDeployment(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("faults-e", "{}", "  eu-west-1: {network: {cidr: 10.0.0.0/16}}\n"))
	seed(t, url, file)
	intercept(t, url, func(c call) bool {
		if c.operation != "DescribeServices" {
			return false
		}
		_, _ = c.w.Write(bytes.Replace(c.forward(), []byte(`"rolloutState": "COMPLETED"`), []byte(`"rolloutState": "FAILED"`), 1))
		return true
	})
	want(t, run(t, saturday, file, "scale", "2"), 1, "set to 2 tasks; the deployment failed: ECS deployment")
}
