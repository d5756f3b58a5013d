package ops

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/smithy-go/encoding/cbor"

	"github.com/cdtait/mcpfleet/config"
)

// fakeAWS is an HTTP server that speaks AWS's protocols. It answers each operation from a table, so that a
// test can put a region into any state, including those that no emulator reaches.
type fakeAWS struct {
	t      *testing.T
	start  sync.Once
	server *httptest.Server

	mutex     sync.Mutex
	responses map[string]response
	requests  []request
}

// response is what the server sends for an operation. It may depend on how often the operation was requested
// before.
type response func(times int) (status int, body string)

// request is what the server received.
type request struct{ operation, body string }

// body responds with 200 and a text.
func body(text string) response { return func(int) (int, string) { return http.StatusOK, text } }

// refuse responds with an error, in the form of the protocol that the request came in.
func refuse(status int, code, message string) response {
	return func(int) (int, string) {
		return status, fmt.Sprintf(`{"__type": %q, "message": %q}`, code, message)
	}
}

// inTurn responds with one text after another, and then with the last.
func inTurn(texts ...string) response {
	return func(times int) (int, string) { return http.StatusOK, texts[min(times, len(texts)-1)] }
}

// The region in the tests, as AWS names its resources.
const (
	prefix         = "demo-dev-eu-west-1"
	clusterName    = prefix + "-cluster"
	targetGroupARN = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/tg/1"
	balancerARN    = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/alb/1"
	listenerARN    = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/alb/1"
	balancerDNS    = "alb-1.eu-west-1.elb.amazonaws.com"
	balancerGroup  = "sg-alb"
	taskGroup      = "sg-tasks"
	secretARN      = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:" + prefix + "-api-key-AbCdEf"
)

// fleet is the fleet file of the tests. Settings are further lines of its defaults.
func fleet(t *testing.T, settings string) config.Region {
	t.Helper()
	parsed, _, err := config.Parse("regions.yaml", []byte(`project: demo
environment: dev
defaults:
  container: {image: "example/server:1", port: 8001, cpu: 256, memory: 512, environment: {PORT: "8001"}, secrets: {API_KEY: KEY}}
`+settings+`
regions: {eu-west-1: {network: {cidr: 10.0.0.0/16}}}
`))
	if err != nil {
		t.Fatal(err)
	}
	return parsed.Regions[0]
}

// newFakeAWS starts a server that describes a healthy region, with some responses replaced.
func newFakeAWS(t *testing.T, replaced map[string]response) *fakeAWS {
	t.Helper()
	f := &fakeAWS{t: t, responses: healthyRegion(t)}
	maps.Copy(f.responses, replaced)
	return f
}

// open is a session.Opener whose clients talk to the server, and do not retry.
func (f *fakeAWS) open(_ context.Context, region string) (aws.Config, error) {
	f.start.Do(func() {
		f.server = httptest.NewServer(f)
		f.t.Cleanup(f.server.Close)
	})
	return aws.Config{
		Region: region, BaseEndpoint: &f.server.URL, RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider("testing", "testing", ""),
	}, nil
}

// region returns the region of a fleet file, connected to the server.
func (f *fakeAWS) region(settings string, now time.Time) *Region {
	f.t.Helper()
	return f.connect(fleet(f.t, settings), now)
}

// connect connects a region to the server.
func (f *fakeAWS) connect(region config.Region, now time.Time) *Region {
	f.t.Helper()
	fleet := &config.Fleet{Regions: []config.Region{region}}
	connected, err := Connect(f.t.Context(), f.open, fleet, func() time.Time { return now })
	if err != nil {
		f.t.Fatal(err)
	}
	connected.Regions[0].Interval = time.Millisecond
	return connected.Regions[0]
}

func (f *fakeAWS) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	text, _ := io.ReadAll(r.Body)
	operation := operationOf(r, string(text))
	f.mutex.Lock()
	times := len(slices.DeleteFunc(slices.Clone(f.requests), func(earlier request) bool { return earlier.operation != operation }))
	f.requests = append(f.requests, request{operation, string(text)})
	respond, known := f.responses[operation]
	f.mutex.Unlock()
	if !known {
		f.t.Errorf("no response to %s", operation)
		respond = refuse(http.StatusNotImplemented, "NotImplemented", operation)
	}
	status, answer := respond(times)
	if status != http.StatusOK {
		answer = errorBody(w, r, answer)
	}
	if strings.Contains(r.URL.Path, cborOperation) {
		answer = cborBody(f.t, w, answer)
	}
	w.WriteHeader(status)
	_, _ = w.Write([]byte(answer))
}

// cborOperation precedes the operation in the path of a request in the CBOR protocol, which CloudWatch speaks.
const cborOperation = "/operation/"

// Paths of EventBridge Scheduler's schedules, and of Lambda's functions.
const (
	schedulesPath = "/schedules"
	functionsPath = "/2015-03-31/functions/"
)

// cborBody turns a JSON response of strings, numbers, objects and lists into one of the CBOR protocol. Strings that look
// like times become times.
// https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html
func cborBody(t *testing.T, w http.ResponseWriter, text string) string {
	t.Helper()
	var response any
	if err := json.Unmarshal([]byte(text), &response); err != nil {
		t.Error(err)
	}
	w.Header().Set("Smithy-Protocol", "rpc-v2-cbor")
	return string(cbor.Encode(cborValue(response)))
}

func cborValue(from any) cbor.Value {
	switch each := from.(type) {
	case object:
		result := cbor.Map{}
		for name, field := range each {
			result[name] = cborValue(field)
		}
		return result
	case []any:
		result := cbor.List{}
		for _, item := range each {
			result = append(result, cborValue(item))
		}
		return result
	case float64:
		return cbor.Float64(each)
	}
	text := fmt.Sprint(from)
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return &cbor.Tag{ID: 1, Value: cbor.Uint(at.Unix())}
	}
	return cbor.String(text)
}

// operationOf returns the operation of a request in any of AWS's protocols: JSON names it in a header, the
// query protocol in the form, CBOR in the path, and of the REST protocols only the paths of Route 53, of
// EventBridge Scheduler and of Lambda occur.
func operationOf(r *http.Request, text string) string {
	if target := r.Header.Get("X-Amz-Target"); target != "" {
		return target[strings.LastIndex(target, ".")+1:]
	}
	if form, err := url.ParseQuery(text); err == nil && form.Get("Action") != "" {
		return form.Get("Action")
	}
	switch {
	case strings.Contains(r.URL.Path, cborOperation):
		return path.Base(r.URL.Path)
	case strings.HasSuffix(r.URL.Path, "/hostedzonesbyname"):
		return "ListHostedZonesByName"
	case strings.HasSuffix(r.URL.Path, "/rrset") && r.Method == http.MethodPost:
		return "ChangeResourceRecordSets"
	case strings.HasSuffix(r.URL.Path, "/rrset"):
		return "ListResourceRecordSets"
	case strings.Contains(r.URL.Path, "/change/"):
		return "GetChange"
	case r.URL.Path == schedulesPath:
		return "ListSchedules"
	case strings.HasPrefix(r.URL.Path, functionsPath):
		return "GetFunctionConfiguration"
	}
	return r.Method + " " + r.URL.Path
}

// errorBody turns an error into the form of the request's protocol.
func errorBody(w http.ResponseWriter, r *http.Request, text string) string {
	var failure struct {
		Type    string `json:"__type"`
		Message string `json:"message"`
	}
	_ = json.Unmarshal([]byte(text), &failure)
	if strings.Contains(r.URL.Path, cborOperation) {
		return text
	}
	if r.Header.Get("X-Amz-Target") != "" || r.URL.Path == schedulesPath || strings.HasPrefix(r.URL.Path, functionsPath) {
		w.Header().Set("X-Amzn-Errortype", failure.Type)
		return text
	}
	detail := fmt.Sprintf("<Error><Code>%s</Code><Message>%s</Message></Error>", failure.Type, failure.Message)
	if strings.Contains(r.Header.Get("Authorization"), "/ec2/") {
		return "<Response><Errors>" + detail + "</Errors></Response>"
	}
	return "<ErrorResponse>" + detail + "</ErrorResponse>"
}

// sent returns the bodies of an operation's requests.
func (f *fakeAWS) sent(operation string) (bodies []string) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	for _, each := range f.requests {
		if each.operation == operation {
			bodies = append(bodies, each.body)
		}
	}
	return bodies
}

// operations returns what was requested, in order.
func (f *fakeAWS) operations() (names []string) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	for _, each := range f.requests {
		names = append(names, each.operation)
	}
	return names
}

// object is a JSON object.
type object = map[string]any

func mustJSON(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// service is the DescribeServices response of a steady service, with some fields replaced.
func service(t *testing.T, fields object) string {
	t.Helper()
	described := object{
		"serviceName": prefix + "-service", "status": "ACTIVE", "desiredCount": 2, "runningCount": 2, "pendingCount": 0,
		"taskDefinition": "arn:aws:ecs:eu-west-1:123456789012:task-definition/" + prefix + "-task:7",
		"deployments":    []object{{"id": "ecs-svc/7", "status": "PRIMARY", "rolloutState": "COMPLETED", "createdAt": ago(24 * time.Hour), "updatedAt": ago(24 * time.Hour)}},
		"loadBalancers":  []object{{"targetGroupArn": targetGroupARN, "containerName": "demo", "containerPort": 8001}},
		"networkConfiguration": object{"awsvpcConfiguration": object{
			"subnets": []string{"subnet-a", "subnet-b", "subnet-c"}, "securityGroups": []string{taskGroup},
		}},
	}
	maps.Copy(described, fields)
	return mustJSON(t, object{"services": []object{described}})
}

// ago is an instant before saturday as AWS's JSON protocol writes it.
func ago(d time.Duration) int64 { return saturday.Add(-d).Unix() }

// task is the DescribeTaskDefinition response, with some fields of the definition and of its container replaced.
func task(t *testing.T, definition, container object, sidecars ...object) string {
	t.Helper()
	inner := object{
		"name": "demo", "image": "example/server:1", "portMappings": []object{{"containerPort": 8001}},
		"environment": []object{{"name": "PORT", "value": "8001"}}, "secrets": []object{{"name": "API_KEY", "valueFrom": secretARN + ":KEY::"}},
		"readonlyRootFilesystem": true, "linuxParameters": object{"tmpfs": []object{tmp(64)}},
	}
	maps.Copy(inner, container)
	outer := object{"cpu": "256", "memory": "512", "revision": 7, "containerDefinitions": append([]object{inner}, sidecars...)}
	maps.Copy(outer, definition)
	return mustJSON(t, object{"taskDefinition": outer})
}

// tmp is a mount of /tmp with a size in MiB.
func tmp(size int) object { return object{"containerPath": "/tmp", "size": size} }

// targets is the DescribeTargetHealth response: one target for each triple of state, reason and description.
func targets(health ...[3]string) string {
	var members strings.Builder
	for _, each := range health {
		fmt.Fprintf(&members, `<member><TargetHealth><State>%s</State><Reason>%s</Reason><Description>%s</Description></TargetHealth></member>`, each[0], each[1], each[2])
	}
	return elbResponse("DescribeTargetHealth", "<TargetHealthDescriptions>"+members.String()+"</TargetHealthDescriptions>")
}

var healthyTarget = [3]string{"healthy", "", ""}

func elbResponse(operation, result string) string {
	return fmt.Sprintf("<%[1]sResponse><%[1]sResult>%[2]s</%[1]sResult></%[1]sResponse>", operation, result)
}

func balancer(state, reason string) string {
	return elbResponse("DescribeLoadBalancers", fmt.Sprintf(`<LoadBalancers><member><LoadBalancerArn>%s</LoadBalancerArn><LoadBalancerName>%s-alb</LoadBalancerName>
		<DNSName>%s</DNSName><State><Code>%s</Code><Reason>%s</Reason></State><SecurityGroups><member>%s</member></SecurityGroups>
		<AvailabilityZones><member><ZoneName>eu-west-1a</ZoneName></member><member><ZoneName>eu-west-1b</ZoneName></member><member><ZoneName>eu-west-1c</ZoneName></member></AvailabilityZones>
		</member></LoadBalancers>`, balancerARN, prefix, balancerDNS, state, reason, balancerGroup))
}

// withoutBalancer is the response for a load balancer that does not exist.
var withoutBalancer = refuse(http.StatusBadRequest, "LoadBalancerNotFound", "One or more load balancers not found")

// listener is a DescribeListeners response with one listener, which forwards.
func listener(port int, protocol, group string) string {
	return listeners(forwardListener(port, protocol, group, ""))
}

func listeners(all ...string) string {
	return elbResponse("DescribeListeners", "<Listeners>"+strings.Join(all, "")+"</Listeners>")
}

func forwardListener(port int, protocol, group, rest string) string {
	return fmt.Sprintf(`<member><Port>%d</Port><Protocol>%s</Protocol><ListenerArn>%s/%[1]d</ListenerArn>
		<DefaultActions><member><Type>forward</Type><TargetGroupArn>%[4]s</TargetGroupArn></member></DefaultActions>%[5]s</member>`, port, protocol, listenerARN, group, rest)
}

// rule is a security group's rule for TCP: a CIDR block or another group on the other side.
func rule(port int, cidr, group string) string {
	return fmt.Sprintf(`<item><ipProtocol>tcp</ipProtocol><fromPort>%d</fromPort><toPort>%[1]d</toPort>
		<ipRanges><item><cidrIp>%s</cidrIp></item></ipRanges><groups><item><groupId>%s</groupId></item></groups></item>`, port, cidr, group)
}

func securityGroups(balancerIn, balancerOut, tasksIn string) string {
	return fmt.Sprintf(`<DescribeSecurityGroupsResponse><securityGroupInfo>
		<item><groupId>%s</groupId><ipPermissions>%s</ipPermissions><ipPermissionsEgress>%s</ipPermissionsEgress></item>
		<item><groupId>%s</groupId><ipPermissions>%s</ipPermissions></item>
		</securityGroupInfo></DescribeSecurityGroupsResponse>`, balancerGroup, balancerIn, balancerOut, taskGroup, tasksIn)
}

func subnets(addresses int) string {
	var items strings.Builder
	for _, zone := range []string{"a", "b", "c"} {
		fmt.Fprintf(&items, `<item><subnetId>subnet-%[1]s</subnetId><availabilityZone>eu-west-1%[1]s</availabilityZone><availableIpAddressCount>%[2]d</availableIpAddressCount></item>`, zone, addresses)
	}
	return "<DescribeSubnetsResponse><subnetSet>" + items.String() + "</subnetSet></DescribeSubnetsResponse>"
}

// routes is a route table for some of the subnets, with a default route.
func routes(gateway, state string, subnets ...string) string {
	var associations strings.Builder
	for _, each := range subnets {
		fmt.Fprintf(&associations, "<item><subnetId>%s</subnetId></item>", each)
	}
	return fmt.Sprintf(`<DescribeRouteTablesResponse><routeTableSet><item>
		<routeSet><item><destinationCidrBlock>0.0.0.0/0</destinationCidrBlock><gatewayId>%s</gatewayId><state>%s</state></item></routeSet>
		<associationSet>%s</associationSet></item></routeTableSet></DescribeRouteTablesResponse>`, gateway, state, associations.String())
}

// secret is the DescribeSecret response of a secret that an operator has set, or one in another state.
func secret(t *testing.T, fields object) string {
	t.Helper()
	described := object{"ARN": secretARN, "VersionIdsToStages": object{"one": []string{"AWSPREVIOUS", "placeholder"}, "two": []string{"AWSCURRENT"}}, "LastChangedDate": ago(time.Hour)}
	maps.Copy(described, fields)
	return mustJSON(t, described)
}

// healthyRegion is how AWS describes an always-on region in which all is as the fleet file says.
func healthyRegion(t *testing.T) map[string]response {
	t.Helper()
	return map[string]response{
		"DescribeServices":         body(service(t, nil)),
		"ListServiceDeployments":   body(`{"serviceDeployments": []}`),
		"DescribeTaskDefinition":   body(task(t, nil, nil)),
		"ListTasks":                body(`{"taskArns": []}`),
		"UpdateService":            body(`{}`),
		"DescribeLoadBalancers":    body(balancer("active", "")),
		"DescribeTargetHealth":     body(targets(healthyTarget, healthyTarget)),
		"DescribeListeners":        body(listener(80, "HTTP", targetGroupARN)),
		"DescribeScalableTargets":  body(`{"ScalableTargets": []}`),
		"DescribeScheduledActions": body(`{"ScheduledActions": []}`),
		"RegisterScalableTarget":   body(`{}`),
		"DescribeSecret":           body(secret(t, nil)),
		"DescribeLogGroups":        body(`{"logGroups": [{"logGroupName": "/ecs/` + prefix + `-task"}]}`),
		"DescribeSecurityGroups":   body(securityGroups(rule(80, "0.0.0.0/0", ""), rule(8001, "", taskGroup), rule(8001, "", balancerGroup))),
		"DescribeSubnets":          body(subnets(4000)),
		"DescribeRouteTables":      body(routes("igw-1", "active", "subnet-a", "subnet-b", "subnet-c")),
	}
}

// codes returns the codes of problems.
func codes(problems []Problem) (codes []Code) {
	for _, each := range problems {
		codes = append(codes, each.Code)
	}
	return codes
}

// messages returns the messages of problems.
func messages(problems []Problem) (messages []string) {
	for _, each := range problems {
		messages = append(messages, each.Message)
	}
	return messages
}
