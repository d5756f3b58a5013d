//go:build e2e

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	lb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	lbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// killApply starts an apply and kills Terraform once AWS has done each of the operations, and Terraform has
// received no response to any.
func (s *stack) killApply(t *testing.T, operations []string, variables ...string) {
	t.Helper()
	s.killApplyAt(t, func() {}, operations, variables...)
}

// killSettledApply is killApply once everything else that Terraform can do is done. Terraform writes a local state in place, and
// loses all of it if it is killed then.
func (s *stack) killSettledApply(t *testing.T, operations []string, variables ...string) {
	t.Helper()
	s.killApplyAt(t, func() { s.workspace.aws.Settle(time.Second) }, operations, variables...)
}

func (s *stack) killApplyAt(t *testing.T, settle func(), operations []string, variables ...string) {
	t.Helper()
	w := s.workspace
	hold := w.aws.HoldAll(operations...)
	defer w.aws.Release()
	arguments := []string{"apply", "-auto-approve", "-input=false", "-no-color", "-parallelism=30"}
	for _, variable := range variables {
		arguments = append(arguments, "-var", variable)
	}
	command := exec.Command(suite.terraform, arguments...)
	command.Dir = filepath.Dir(w.file(s.name))
	command.Stdout, command.Stderr = t.Output(), t.Output()
	for key, value := range w.environment(nil) {
		command.Env = append(command.Env, key+"="+value)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- command.Wait() }()
	select {
	case err := <-done:
		t.Fatalf("the apply ended before %v: %v", operations, err)
	case <-hold.Reached:
	}
	settle()
	if err := command.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-done
}

// firstApply are the operations that create a region, in groups that depend on the groups before.
var firstApply = [][]string{
	{"ec2.CreateVpc", "logs.CreateLogGroup", "iam.CreateRole", "secretsmanager.CreateSecret", "ecs.CreateCluster"},
	{"ec2.CreateSubnet", "ec2.AttachInternetGateway", "ec2.CreateRouteTable", "ec2.CreateSecurityGroup", "elasticloadbalancing.CreateTargetGroup", "servicediscovery.CreatePrivateDnsNamespace", "secretsmanager.PutSecretValue", "iam.PutRolePolicy", "ecs.RegisterTaskDefinition"},
	{"ec2.CreateFlowLogs", "ec2.CreateRoute", "ec2.AssociateRouteTable", "ec2.AuthorizeSecurityGroupIngress", "ec2.AuthorizeSecurityGroupEgress", "elasticloadbalancing.CreateLoadBalancer", "servicediscovery.CreateService"},
	{"elasticloadbalancing.CreateListener", "route53.ChangeResourceRecordSets"},
	{"ecs.CreateService"},
	{"application-autoscaling.PutScheduledAction"},
}

// TestRecoverFromKilledFirstApply kills a first apply several times. Each apply imports what the previous one
// created, and nothing is created twice.
func TestRecoverFromKilledFirstApply(t *testing.T) {
	t.Parallel()
	needsAWS(t, "recovery from a killed first apply")
	w := weekendFleet(t, weekend(openNow(), true)+"\n"+plainHTTP+"  network: {flow_logs: true}\n")
	s := w.initialize(t, "dev-eu-west-2")
	for _, operations := range firstApply {
		s.killApply(t, operations)
		// The lock of a local state ends with its process, but the lock info file remains.
		if _, err := os.Stat(filepath.Join(w.folder, ".terraform."+s.name+".tfstate.lock.info")); err != nil {
			t.Error("the killed apply left no lock info: ", err)
		}
	}
	s.apply(t)
	s.checkNoChanges(t)
	if got, want := s.addresses(t), sorted(allAddresses(t, w.file(s.name))); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	s.destroy(t)
	if left := w.tagged(t, "eu-west-2"); len(left) > 0 {
		t.Errorf("after the destroy AWS still has %v", left)
	}
}

// TestAmbiguousLoadBalancer creates two load balancers with the stack's tags.
func TestAmbiguousLoadBalancer(t *testing.T) {
	t.Parallel()
	needsAWS(t, "error for two load balancers with the stack's tags")
	w := newWorkspace(t, "../examples/single-region.yaml")
	s := w.initialize(t, "dev-eu-central-1")
	names := w.region(t, "eu-central-1").Names
	tags := []lbtypes.Tag{{Key: new("Name"), Value: new(names.LoadBalancer())}}
	for key, value := range names.Tags() {
		tags = append(tags, lbtypes.Tag{Key: &key, Value: &value})
	}
	for _, name := range []string{"one", "other"} {
		_, err := lb.NewFromConfig(w.config(t, "eu-central-1")).CreateLoadBalancer(t.Context(), &lb.CreateLoadBalancerInput{
			Name: new(name + w.suffix()), Subnets: w.defaultSubnets(t, "eu-central-1"), Tags: tags,
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err := s.tryPlan(t, awake)
	if err == nil || !strings.Contains(err.Error(), "Several load balancers carry the tags of "+names.LoadBalancer()) {
		t.Errorf("plan: got %v", err)
	}
}

// tagged returns the ARNs of resources with the fleet's tags in a region.
func (w *workspace) tagged(t *testing.T, region string) (arns []string) {
	t.Helper()
	var filters []map[string]any
	for key, value := range w.region(t, region).Names.Tags() {
		filters = append(filters, map[string]any{"Key": key, "Values": []string{value}})
	}
	var output struct {
		ResourceTagMappingList []struct{ ResourceARN string }
	}
	w.aws.Call(region, "tagging", "ResourceGroupsTaggingAPI_20170126.GetResources", map[string]any{"TagFilters": filters}, &output)
	for _, each := range output.ResourceTagMappingList {
		// Task definitions stay registered, and deleted clusters and services are listed for a while.
		if !strings.Contains(each.ResourceARN, ":ecs:") {
			arns = append(arns, each.ResourceARN)
		}
	}
	return arns
}

func sorted(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return list
}
