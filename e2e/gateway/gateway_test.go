package gateway

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	lb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	lbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	route53types "github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/aws/smithy-go"

	"github.com/cdtait/mcpfleet/internal/ops/opstest"
	"github.com/cdtait/mcpfleet/internal/untested"
)

const region = "eu-west-1"

// moto is the server of all tests.
var moto struct {
	*opstest.Moto
	err error
}

func TestMain(m *testing.M) {
	moto.Moto, moto.err = opstest.StartMoto()
	status := m.Run()
	if moto.err == nil {
		moto.Stop()
	}
	os.Exit(status)
}

// account is the AWS of a test.
type account struct {
	*Gateway
	t     *testing.T
	lb    *lb.Client
	names string // prefix of names
}

var accounts atomic.Int32

func newAccount(t *testing.T) *account {
	t.Helper()
	t.Parallel()
	if errors.Is(moto.err, opstest.ErrNoMoto) {
		untested.Skip(t, "corrections of moto: "+moto.err.Error())
	}
	if moto.err != nil {
		t.Fatal(moto.err)
	}
	g, err := New(moto.URL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.Close)
	a := &account{Gateway: g, t: t, names: fmt.Sprintf("t%d", accounts.Add(1))}
	a.lb = lb.NewFromConfig(a.config())
	return a
}

func (a *account) config() aws.Config {
	a.t.Helper()
	cfg, err := opstest.Config(a.t.Context(), a.URL, region)
	if err != nil {
		a.t.Fatal(err)
	}
	return cfg
}

// must returns the output of a call that must succeed.
func must[T any](t *testing.T) func(output T, err error) T {
	return func(output T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return output
	}
}

// checkCode fails the test unless the error has a code of AWS.
func checkCode(t *testing.T, err error, want string) {
	t.Helper()
	var apiError smithy.APIError
	if !errors.As(err, &apiError) || apiError.ErrorCode() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// callJSON calls an operation of a JSON protocol and returns its output, which has __type if it failed.
func (a *account) callJSON(service, target string, input map[string]any) map[string]any {
	output := map[string]any{}
	a.Call(region, service, target, input, &output)
	return output
}

func (a *account) loadBalancer(name string) string {
	a.t.Helper()
	subnets := must[*ec2.DescribeSubnetsOutput](a.t)(ec2.NewFromConfig(a.config()).DescribeSubnets(a.t.Context(), &ec2.DescribeSubnetsInput{
		Filters: []ec2types.Filter{{Name: new("default-for-az"), Values: []string{"true"}}},
	})).Subnets
	output := must[*lb.CreateLoadBalancerOutput](a.t)(a.lb.CreateLoadBalancer(a.t.Context(), &lb.CreateLoadBalancerInput{
		Name: new(a.names + name), Subnets: []string{*subnets[0].SubnetId, *subnets[1].SubnetId},
	}))
	return *output.LoadBalancers[0].LoadBalancerArn
}

func (a *account) targetGroup(name string) string {
	a.t.Helper()
	vpcs := must[*ec2.DescribeVpcsOutput](a.t)(ec2.NewFromConfig(a.config()).DescribeVpcs(a.t.Context(), &ec2.DescribeVpcsInput{}))
	output := must[*lb.CreateTargetGroupOutput](a.t)(a.lb.CreateTargetGroup(a.t.Context(), &lb.CreateTargetGroupInput{
		Name: new(a.names + name), Port: new(int32(8001)), Protocol: lbtypes.ProtocolEnumHttp, VpcId: vpcs.Vpcs[0].VpcId, TargetType: lbtypes.TargetTypeEnumIp,
	}))
	return *output.TargetGroups[0].TargetGroupArn
}

// respond returns an action that responds with a status.
func respond(status string) []lbtypes.Action {
	return []lbtypes.Action{{Type: lbtypes.ActionTypeEnumFixedResponse, FixedResponseConfig: &lbtypes.FixedResponseActionConfig{StatusCode: &status, ContentType: new("text/plain")}}}
}

func (a *account) httpListener(loadBalancer string, port int32, actions []lbtypes.Action) (string, error) {
	output, err := a.lb.CreateListener(a.t.Context(), &lb.CreateListenerInput{LoadBalancerArn: &loadBalancer, Port: &port, Protocol: lbtypes.ProtocolEnumHttp, DefaultActions: actions})
	if err != nil {
		return "", err
	}
	return *output.Listeners[0].ListenerArn, nil
}

func TestListenerOnPortInUse(t *testing.T) {
	a := newAccount(t)
	balancer := a.loadBalancer("lb")
	first := must[string](t)(a.httpListener(balancer, 80, respond("404")))
	if again := must[string](t)(a.httpListener(balancer, 80, respond("404"))); again != first {
		t.Errorf("the same settings again: got %s, want %s", again, first)
	}
	_, err := a.httpListener(balancer, 80, respond("503"))
	checkCode(t, err, "DuplicateListener")
	must[string](t)(a.httpListener(balancer, 81, respond("404")))
	_, err = a.lb.ModifyListener(t.Context(), &lb.ModifyListenerInput{ListenerArn: &first, Port: new(int32(81))})
	checkCode(t, err, "ValidationError")
	must[*lb.ModifyListenerOutput](t)(a.lb.ModifyListener(t.Context(), &lb.ModifyListenerInput{ListenerArn: &first, Port: new(int32(80)), DefaultActions: respond("503")}))
	if left := a.listeners(region, balancer); len(left) != 2 {
		t.Errorf("got %d listeners, want 2", len(left))
	}
}

func TestRules(t *testing.T) {
	a := newAccount(t)
	listener := must[string](t)(a.httpListener(a.loadBalancer("lb"), 80, respond("404")))
	create := func(priority int32, paths ...string) error {
		_, err := a.lb.CreateRule(t.Context(), &lb.CreateRuleInput{
			ListenerArn: &listener, Priority: &priority, Actions: respond("200"),
			Conditions: []lbtypes.RuleCondition{{Field: new("path-pattern"), PathPatternConfig: &lbtypes.PathPatternConditionConfig{Values: paths}}},
		})
		return err
	}
	if err := create(1, "/1", "/2", "/3", "/4", "/5"); err != nil {
		t.Error(err)
	}
	checkCode(t, create(1, "/6"), "PriorityInUse")
	checkCode(t, create(2, "/1", "/2", "/3", "/4", "/5", "/6"), "ValidationError")
}

func (a *account) requestCertificate(domain string, more ...string) (arn string) {
	a.t.Helper()
	arn, _ = a.callJSON("acm", acm+"RequestCertificate", map[string]any{"DomainName": domain, "SubjectAlternativeNames": more, "ValidationMethod": "DNS"})["CertificateArn"].(string)
	if arn == "" {
		a.t.Fatal("no certificate")
	}
	return arn
}

func (a *account) describeCertificate(arn string) map[string]any {
	certificate, _ := a.callJSON("acm", acm+"DescribeCertificate", map[string]any{"CertificateArn": arn})["Certificate"].(map[string]any)
	return certificate
}

// validationRecords returns the records that a certificate waits for, by domain.
func (a *account) validationRecords(arn string) map[string]route53types.ResourceRecordSet {
	a.t.Helper()
	records := map[string]route53types.ResourceRecordSet{}
	for _, each := range a.describeCertificate(arn)["DomainValidationOptions"].([]any) {
		option := each.(map[string]any)
		record := option["ResourceRecord"].(map[string]any)
		records[option["DomainName"].(string)] = cname(record["Name"].(string), record["Value"].(string))
	}
	return records
}

func cname(name, value string) route53types.ResourceRecordSet {
	return route53types.ResourceRecordSet{
		Name: &name, Type: route53types.RRTypeCname, TTL: new(int64(60)), ResourceRecords: []route53types.ResourceRecord{{Value: &value}},
	}
}

// zone is a hosted zone of a test.
type zone struct {
	*account
	name, id string
}

func (a *account) zone() zone {
	a.t.Helper()
	name := a.names + ".example.com"
	output := must[*route53.CreateHostedZoneOutput](a.t)(route53.NewFromConfig(a.config()).CreateHostedZone(a.t.Context(), &route53.CreateHostedZoneInput{Name: &name, CallerReference: &name}))
	return zone{a, name, *output.HostedZone.Id}
}

func (z zone) change(action route53types.ChangeAction, record route53types.ResourceRecordSet) error {
	_, err := route53.NewFromConfig(z.config()).ChangeResourceRecordSets(z.t.Context(), &route53.ChangeResourceRecordSetsInput{
		HostedZoneId: &z.id, ChangeBatch: &route53types.ChangeBatch{Changes: []route53types.Change{{Action: action, ResourceRecordSet: &record}}},
	})
	return err
}

// records returns type and set identifier of the zone's own records.
func (z zone) records() (records []string) {
	z.t.Helper()
	output := must[*route53.ListResourceRecordSetsOutput](z.t)(route53.NewFromConfig(z.config()).ListResourceRecordSets(z.t.Context(), &route53.ListResourceRecordSetsInput{HostedZoneId: &z.id}))
	for _, each := range output.ResourceRecordSets {
		if each.SetIdentifier != nil {
			records = append(records, string(each.Type)+" "+*each.SetIdentifier)
		}
	}
	slices.Sort(records)
	return records
}

// weighted returns the record with a weight and a set identifier.
func weighted(record route53types.ResourceRecordSet, id string) route53types.ResourceRecordSet {
	record.Weight, record.SetIdentifier = new(int64(1)), &id
	return record
}

func TestCertificateIsIssuedOnceItsRecordsExist(t *testing.T) {
	a := newAccount(t)
	z := a.zone()
	arn := a.requestCertificate("mcp."+z.name, "other."+z.name)
	records := a.validationRecords(arn)
	if len(records) != 2 {
		t.Fatalf("got records for %v", records)
	}
	checkStatus := func(when, want string) {
		t.Helper()
		if got := a.describeCertificate(arn)["Status"]; got != want {
			t.Errorf("%s: got %v, want %s", when, got, want)
		}
	}
	checkStatus("without records", "PENDING_VALIDATION")
	for domain, record := range records {
		checkStatus("without all records", "PENDING_VALIDATION")
		if err := z.change(route53types.ChangeActionUpsert, weighted(record, "eu-west-1")); err != nil {
			t.Fatal(domain, err)
		}
	}
	checkStatus("with records", "ISSUED")
	for _, record := range records {
		if err := z.change(route53types.ChangeActionDelete, weighted(record, "eu-west-1")); err != nil {
			t.Fatal(err)
		}
	}
	checkStatus("after the records are gone", "ISSUED")
}

// TestValidationRecordDependsOnDomain compares certificates, because all certificates of an account for a
// domain share one record.
func TestValidationRecordDependsOnDomain(t *testing.T) {
	a := newAccount(t)
	records := a.validationRecords(a.requestCertificate("mcp.example.org", "*.mcp.example.org", "other.example.org"))
	again := a.validationRecords(a.requestCertificate("mcp.example.org"))
	first, wildcard, other := records["mcp.example.org"], records["*.mcp.example.org"], records["other.example.org"]
	for name, same := range map[string]route53types.ResourceRecordSet{"wildcard": wildcard, "second certificate": again["mcp.example.org"]} {
		if *same.Name != *first.Name || *same.ResourceRecords[0].Value != *first.ResourceRecords[0].Value {
			t.Errorf("%s: got %s, want %s", name, *same.Name, *first.Name)
		}
	}
	if *other.Name == *first.Name || *other.ResourceRecords[0].Value == *first.ResourceRecords[0].Value {
		t.Errorf("two domains have the record %s", *other.Name)
	}
}

func TestCertificateOfListener(t *testing.T) {
	a := newAccount(t)
	z := a.zone()
	balancer, arn := a.loadBalancer("lb"), a.requestCertificate(z.name)
	create := func() (*lb.CreateListenerOutput, error) {
		return a.lb.CreateListener(t.Context(), &lb.CreateListenerInput{
			LoadBalancerArn: &balancer, Port: new(int32(443)), Protocol: lbtypes.ProtocolEnumHttps, DefaultActions: respond("404"),
			SslPolicy: new("ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"), Certificates: []lbtypes.Certificate{{CertificateArn: &arn}},
		})
	}
	_, err := create()
	checkCode(t, err, "UnsupportedCertificate")
	for _, record := range a.validationRecords(arn) {
		if err := z.change(route53types.ChangeActionUpsert, record); err != nil {
			t.Fatal(err)
		}
	}
	listener := *must[*lb.CreateListenerOutput](t)(create()).Listeners[0].ListenerArn
	if got := a.describeCertificate(arn)["InUseBy"]; fmt.Sprint(got) != "["+balancer+"]" {
		t.Errorf("the certificate is used by %v", got)
	}
	if got := a.callJSON("acm", acm+"DeleteCertificate", map[string]any{"CertificateArn": arn})["__type"]; got != "ResourceInUseException" {
		t.Errorf("delete in use: got %v", got)
	}
	must[*lb.DeleteListenerOutput](t)(a.lb.DeleteListener(t.Context(), &lb.DeleteListenerInput{ListenerArn: &listener}))
	if got := a.callJSON("acm", acm+"DeleteCertificate", map[string]any{"CertificateArn": arn}); len(got) > 0 {
		t.Errorf("delete: got %v", got)
	}
}

func TestRecordSetsWithOneSetIdentifier(t *testing.T) {
	z := newAccount(t).zone()
	first, other := weighted(cname("_a."+z.name, "v."), "eu-west-1"), weighted(cname("_b."+z.name, "v."), "eu-west-1")
	second := weighted(cname("_a."+z.name, "v."), "us-east-1")
	for _, record := range []route53types.ResourceRecordSet{first, other, second} {
		if err := z.change(route53types.ChangeActionCreate, record); err != nil {
			t.Fatal(err)
		}
	}
	if got := strings.Join(z.records(), ", "); got != "CNAME eu-west-1, CNAME eu-west-1, CNAME us-east-1" {
		t.Errorf("got %s", got)
	}
	if err := z.change(route53types.ChangeActionDelete, first); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(z.records(), ", "); got != "CNAME eu-west-1, CNAME us-east-1" {
		t.Errorf("after a delete: got %s", got)
	}
}

func TestRecordSetIsCreatedAgain(t *testing.T) {
	z := newAccount(t).zone()
	record := cname("a."+z.name, "v.")
	for _, step := range []struct {
		action route53types.ChangeAction
		record route53types.ResourceRecordSet
	}{
		{route53types.ChangeActionCreate, record},
		{route53types.ChangeActionCreate, cname("b."+z.name, "v.")},
		{route53types.ChangeActionDelete, record},
		{route53types.ChangeActionCreate, record},
	} {
		if err := z.change(step.action, step.record); err != nil {
			t.Errorf("%s: %v", step.action, err)
		}
	}
}

func TestRejectedRecordChanges(t *testing.T) {
	z := newAccount(t).zone()
	simple, weightedSet := cname("simple."+z.name, "v."), weighted(cname("weighted."+z.name, "v."), "eu-west-1")
	latency := cname("weighted."+z.name, "v.")
	latency.Region, latency.SetIdentifier = "us-east-1", new("us-east-1")
	for _, record := range []route53types.ResourceRecordSet{simple, weightedSet} {
		if err := z.change(route53types.ChangeActionUpsert, record); err != nil {
			t.Fatal(err)
		}
	}
	for name, each := range map[string]struct {
		action route53types.ChangeAction
		record route53types.ResourceRecordSet
	}{
		"weighted beside simple":  {route53types.ChangeActionUpsert, weighted(simple, "eu-west-1")},
		"simple beside weighted":  {route53types.ChangeActionUpsert, cname("weighted."+z.name, "v.")},
		"latency beside weighted": {route53types.ChangeActionUpsert, latency},
		"existing":                {route53types.ChangeActionCreate, cname("simple."+z.name, "other.")},
		"existing weighted":       {route53types.ChangeActionCreate, weightedSet},
		"missing":                 {route53types.ChangeActionDelete, weighted(cname("weighted."+z.name, "v."), "us-east-1")},
	} {
		t.Run(name, func(t *testing.T) {
			checkCode(t, z.change(each.action, each.record), "InvalidChangeBatch")
		})
	}
}

// webACL returns the summary of a new web ACL, or the error.
func (a *account) webACL(name string) map[string]any {
	output := a.callJSON("wafv2", waf+"CreateWebACL", map[string]any{
		"Name": a.names + name, "Scope": "REGIONAL", "DefaultAction": map[string]any{"Allow": map[string]any{}}, "Tags": a.tags(name),
		"VisibilityConfig": map[string]any{"SampledRequestsEnabled": false, "CloudWatchMetricsEnabled": false, "MetricName": "m"},
	})
	if summary, is := output["Summary"].(map[string]any); is {
		return summary
	}
	return output
}

func (a *account) tags(name string) []tag { return []tag{{"Project", a.names}, {"Name", name}} }

func TestWebACL(t *testing.T) {
	a := newAccount(t)
	balancer := a.loadBalancer("lb")
	first, second := a.webACL("first"), a.webACL("second")
	associate := func(acl map[string]any, resource string) map[string]any {
		return a.callJSON("wafv2", waf+"AssociateWebACL", map[string]any{"WebACLArn": acl["ARN"], "ResourceArn": resource})
	}
	remove := func(acl map[string]any) any {
		return a.callJSON("wafv2", waf+"DeleteWebACL", map[string]any{"Name": acl["Name"], "Id": acl["Id"], "Scope": "REGIONAL", "LockToken": acl["LockToken"]})["__type"]
	}
	if got := a.webACL("first")["__type"]; got != "WAFDuplicateItemException" {
		t.Errorf("the same name: got %v", got)
	}
	if got := associate(first, balancer+"0")["__type"]; got != "WAFNonexistentItemException" {
		t.Errorf("associate with a missing load balancer: got %v", got)
	}
	associate(first, balancer)
	if got := remove(first); got != "WAFAssociatedItemException" {
		t.Errorf("delete while associated: got %v", got)
	}
	associate(second, balancer)
	if got := remove(first); got != nil {
		t.Errorf("delete after the association was replaced: got %v", got)
	}
	must[*lb.DeleteLoadBalancerOutput](t)(a.lb.DeleteLoadBalancer(t.Context(), &lb.DeleteLoadBalancerInput{LoadBalancerArn: &balancer}))
	if got := remove(second); got != nil {
		t.Errorf("delete after the load balancer is gone: got %v", got)
	}
}

func TestGetResources(t *testing.T) {
	a := newAccount(t)
	balancer := a.loadBalancer("lb")
	listener := must[*lb.CreateListenerOutput](t)(a.lb.CreateListener(t.Context(), &lb.CreateListenerInput{
		LoadBalancerArn: &balancer, Port: new(int32(80)), Protocol: lbtypes.ProtocolEnumHttp, DefaultActions: respond("404"), Tags: a.lbTags("listener"),
	})).Listeners[0].ListenerArn
	rule := must[*lb.CreateRuleOutput](t)(a.lb.CreateRule(t.Context(), &lb.CreateRuleInput{
		ListenerArn: listener, Priority: new(int32(1)), Actions: respond("200"), Tags: a.lbTags("rule"),
		Conditions: []lbtypes.RuleCondition{{Field: new("path-pattern"), PathPatternConfig: &lbtypes.PathPatternConditionConfig{Values: []string{"/mcp"}}}},
	})).Rules[0].RuleArn
	acl, flowLog := a.webACL("acl")["ARN"].(string), a.flowLog("flow log")
	for _, each := range []struct {
		types []string
		want  []string
	}{
		{nil, []string{*listener, *rule, acl, flowLog}},
		{[]string{"ec2:vpc-flow-log"}, []string{flowLog}},
		{[]string{"elasticloadbalancing"}, []string{*listener, *rule}},
		{[]string{"elasticloadbalancing:listener-rule", "wafv2"}, []string{*rule, acl}},
		{[]string{"ecs"}, nil},
	} {
		var output struct{ ResourceTagMappingList []tagged }
		a.Call(region, "tagging", "ResourceGroupsTaggingAPI_20170126.GetResources", map[string]any{
			"ResourceTypeFilters": each.types, "TagFilters": []map[string]any{{"Key": "Project", "Values": []string{a.names}}},
		}, &output)
		var got []string
		for _, resource := range output.ResourceTagMappingList {
			got = append(got, resource.ResourceARN)
		}
		slices.Sort(got)
		slices.Sort(each.want)
		if !slices.Equal(got, each.want) {
			t.Errorf("%v: got %v, want %v", each.types, got, each.want)
		}
	}
}

// flowLog creates a flow log of a new VPC, and returns its ARN.
func (a *account) flowLog(name string) string {
	client := ec2.NewFromConfig(a.config())
	vpc := must[*ec2.CreateVpcOutput](a.t)(client.CreateVpc(a.t.Context(), &ec2.CreateVpcInput{CidrBlock: new("10.0.0.0/16")})).Vpc.VpcId
	var tags []ec2types.Tag
	for _, each := range a.tags(name) {
		tags = append(tags, ec2types.Tag{Key: &each.Key, Value: &each.Value})
	}
	created := must[*ec2.CreateFlowLogsOutput](a.t)(client.CreateFlowLogs(a.t.Context(), &ec2.CreateFlowLogsInput{
		ResourceIds: []string{*vpc}, ResourceType: ec2types.FlowLogsResourceTypeVpc, TrafficType: ec2types.TrafficTypeAll,
		LogDestinationType: ec2types.LogDestinationTypeCloudWatchLogs, LogGroupName: new("/vpc/" + a.names), DeliverLogsPermissionArn: new("arn:aws:iam::" + motoAccount + ":role/flow-logs"),
		TagSpecifications: []ec2types.TagSpecification{{ResourceType: ec2types.ResourceTypeVpcFlowLog, Tags: tags}},
	}))
	return "arn:aws:ec2:" + region + ":" + motoAccount + ":vpc-flow-log/" + created.FlowLogIds[0]
}

func (a *account) lbTags(name string) (tags []lbtypes.Tag) {
	for _, each := range a.tags(name) {
		tags = append(tags, lbtypes.Tag{Key: &each.Key, Value: &each.Value})
	}
	return tags
}

func TestService(t *testing.T) {
	a := newAccount(t)
	client, group := awsecs.NewFromConfig(a.config()), a.targetGroup("tg")
	must[*awsecs.CreateClusterOutput](t)(client.CreateCluster(t.Context(), &awsecs.CreateClusterInput{ClusterName: &a.names}))
	task := must[*awsecs.RegisterTaskDefinitionOutput](t)(client.RegisterTaskDefinition(t.Context(), &awsecs.RegisterTaskDefinitionInput{
		Family: &a.names, ContainerDefinitions: []ecstypes.ContainerDefinition{{Name: new("c"), Image: new("i"), Memory: new(int32(512))}},
	}))
	create := func() error {
		_, err := client.CreateService(t.Context(), &awsecs.CreateServiceInput{
			ServiceName: &a.names, Cluster: &a.names, TaskDefinition: task.TaskDefinition.TaskDefinitionArn, DesiredCount: new(int32(1)),
			LoadBalancers: []ecstypes.LoadBalancer{{TargetGroupArn: &group, ContainerName: new("c"), ContainerPort: new(int32(8001))}},
		})
		return err
	}
	checkCode(t, create(), "InvalidParameterException")
	must[string](t)(a.httpListener(a.loadBalancer("lb"), 80, []lbtypes.Action{{Type: lbtypes.ActionTypeEnumForward, TargetGroupArn: &group}}))
	if err := create(); err != nil {
		t.Error(err)
	}
	for _, change := range []ecstypes.DeploymentConfiguration{
		{MinimumHealthyPercent: new(int32(50)), MaximumPercent: new(int32(150))},
		{Alarms: &ecstypes.DeploymentAlarms{AlarmNames: []string{"errors"}, Enable: true}},
	} {
		must[*awsecs.UpdateServiceOutput](t)(client.UpdateService(t.Context(), &awsecs.UpdateServiceInput{Service: &a.names, Cluster: &a.names, DeploymentConfiguration: &change}))
	}
	services := must[*awsecs.DescribeServicesOutput](t)(client.DescribeServices(t.Context(), &awsecs.DescribeServicesInput{Services: []string{a.names}, Cluster: &a.names}))
	if got := services.Services[0].DeploymentConfiguration; got == nil || got.MaximumPercent == nil || *got.MaximumPercent != 150 || got.Alarms == nil || !got.Alarms.Enable {
		t.Errorf("an update without percents changed the deployment configuration to %+v", got)
	}
}

func TestKeyOfLogGroup(t *testing.T) {
	a := newAccount(t)
	client, name := cloudwatchlogs.NewFromConfig(a.config()), "/ecs/"+a.names
	key := func() string {
		t.Helper()
		groups := must[*cloudwatchlogs.DescribeLogGroupsOutput](t)(client.DescribeLogGroups(t.Context(), &cloudwatchlogs.DescribeLogGroupsInput{LogGroupNamePrefix: &name}))
		return aws.ToString(groups.LogGroups[0].KmsKeyId)
	}
	must[*cloudwatchlogs.CreateLogGroupOutput](t)(client.CreateLogGroup(t.Context(), &cloudwatchlogs.CreateLogGroupInput{LogGroupName: &name, KmsKeyId: new("first")}))
	if got := key(); got != "first" {
		t.Errorf("created with %q", got)
	}
	must[*cloudwatchlogs.AssociateKmsKeyOutput](t)(client.AssociateKmsKey(t.Context(), &cloudwatchlogs.AssociateKmsKeyInput{LogGroupName: &name, KmsKeyId: new("second")}))
	if got := key(); got != "second" {
		t.Errorf("changed to %q", got)
	}
	must[*cloudwatchlogs.DisassociateKmsKeyOutput](t)(client.DisassociateKmsKey(t.Context(), &cloudwatchlogs.DisassociateKmsKeyInput{LogGroupName: &name}))
	if got := key(); got != "" {
		t.Errorf("after its removal: %q", got)
	}
}

func TestProtectedLoadBalancerIsNotDeleted(t *testing.T) {
	a := newAccount(t)
	balancer := a.loadBalancer("lb")
	for _, protected := range []string{"true", "false"} {
		must[*lb.ModifyLoadBalancerAttributesOutput](t)(a.lb.ModifyLoadBalancerAttributes(t.Context(), &lb.ModifyLoadBalancerAttributesInput{
			LoadBalancerArn: &balancer, Attributes: []lbtypes.LoadBalancerAttribute{{Key: new("deletion_protection.enabled"), Value: &protected}},
		}))
		_, err := a.lb.DeleteLoadBalancer(t.Context(), &lb.DeleteLoadBalancerInput{LoadBalancerArn: &balancer})
		if protected == "true" {
			checkCode(t, err, "OperationNotPermitted")
		} else if err != nil {
			t.Error(err)
		}
	}
}

func TestTagsOfScalableTarget(t *testing.T) {
	a := newAccount(t)
	const service = "application-autoscaling"
	a.callJSON(service, "AnyScaleFrontendService.RegisterScalableTarget", map[string]any{
		"ServiceNamespace": "ecs", "ScalableDimension": "ecs:service:DesiredCount", "ResourceId": "service/none/none",
		"MinCapacity": 1, "MaxCapacity": 2, "Tags": map[string]string{"Name": "old", "Project": "a"},
	})
	a.callJSON(service, "AnyScaleFrontendService.TagResource", map[string]any{"ResourceARN": "arn", "Tags": map[string]string{"Name": "new", "More": "b"}})
	a.callJSON(service, "AnyScaleFrontendService.UntagResource", map[string]any{"ResourceARN": "arn", "TagKeys": []string{"Project"}})
	got := a.callJSON(service, "AnyScaleFrontendService.ListTagsForResource", map[string]any{"ResourceARN": "arn"})["Tags"]
	if want := map[string]any{"Name": "new", "More": "b"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestCapacityProviders(t *testing.T) {
	a := newAccount(t)
	client := awsecs.NewFromConfig(a.config())
	must[*awsecs.CreateClusterOutput](t)(client.CreateCluster(t.Context(), &awsecs.CreateClusterInput{ClusterName: &a.names}))
	task := must[*awsecs.RegisterTaskDefinitionOutput](t)(client.RegisterTaskDefinition(t.Context(), &awsecs.RegisterTaskDefinitionInput{
		Family: &a.names, ContainerDefinitions: []ecstypes.ContainerDefinition{{Name: new("c"), Image: new("i"), Memory: new(int32(512))}},
	}))
	strategy := func(provider string) []ecstypes.CapacityProviderStrategyItem {
		return []ecstypes.CapacityProviderStrategyItem{{CapacityProvider: &provider, Weight: 1}}
	}
	associate := func(providers ...string) error {
		_, err := client.PutClusterCapacityProviders(t.Context(), &awsecs.PutClusterCapacityProvidersInput{
			Cluster: &a.names, CapacityProviders: append([]string{}, providers...), DefaultCapacityProviderStrategy: []ecstypes.CapacityProviderStrategyItem{},
		})
		return err
	}
	create := func() error {
		_, err := client.CreateService(t.Context(), &awsecs.CreateServiceInput{
			ServiceName: &a.names, Cluster: &a.names, TaskDefinition: task.TaskDefinition.TaskDefinitionArn, CapacityProviderStrategy: strategy("FARGATE_SPOT"),
		})
		return err
	}
	move := func(force bool) error {
		_, err := client.UpdateService(t.Context(), &awsecs.UpdateServiceInput{
			Service: &a.names, Cluster: &a.names, CapacityProviderStrategy: strategy("FARGATE"), ForceNewDeployment: force,
		})
		return err
	}
	checkCode(t, create(), "InvalidParameterException") // not associated yet
	for _, err := range []error{associate("FARGATE", "FARGATE_SPOT"), create()} {
		if err != nil {
			t.Fatal(err)
		}
	}
	service := must[*awsecs.DescribeServicesOutput](t)(client.DescribeServices(t.Context(), &awsecs.DescribeServicesInput{Cluster: &a.names, Services: []string{a.names}})).Services[0]
	if service.LaunchType != "" || len(service.CapacityProviderStrategy) != 1 || *service.CapacityProviderStrategy[0].CapacityProvider != "FARGATE_SPOT" {
		t.Errorf("launch type %q, strategy %+v", service.LaunchType, service.CapacityProviderStrategy)
	}
	checkCode(t, move(false), "InvalidParameterException")
	checkCode(t, associate("FARGATE"), "ResourceInUseException")
	for _, err := range []error{move(true), associate("FARGATE")} {
		if err != nil {
			t.Error(err)
		}
	}
}
