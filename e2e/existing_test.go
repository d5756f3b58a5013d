//go:build e2e

package e2e

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/google/go-cmp/cmp"

	"github.com/cdtait/mcpfleet/config"
)

// exampleVPC is the existing VPC of the examples, and exampleSubnets are its subnets with their zones. The last one is
// not in an example.
const (
	exampleVPC = "vpc-0123456789abcdef0"
	sameZone   = "subnet-0123456789abcdef2"
)

var exampleSubnets = []struct{ id, zone string }{{"subnet-0123456789abcdef0", "a"}, {"subnet-0123456789abcdef1", "b"}, {sameZone, "a"}}

// createVPC creates a VPC in place of the one of the examples, and returns its IDs by those in the examples.
func (w *workspace) createVPC(t *testing.T, region string) map[string]string {
	t.Helper()
	client := ec2.NewFromConfig(w.config(t, region))
	vpc, err := client.CreateVpc(t.Context(), &ec2.CreateVpcInput{CidrBlock: new("10.90.0.0/16")})
	if err != nil {
		t.Fatal(err)
	}
	id := vpc.Vpc.VpcId
	if _, err := client.ModifyVpcAttribute(t.Context(), &ec2.ModifyVpcAttributeInput{VpcId: id, EnableDnsHostnames: &ec2types.AttributeBooleanValue{Value: aws.Bool(true)}}); err != nil {
		t.Fatal(err)
	}
	ids := map[string]string{exampleVPC: *id}
	for i, example := range exampleSubnets {
		subnet, err := client.CreateSubnet(t.Context(), &ec2.CreateSubnetInput{
			VpcId: id, CidrBlock: new(fmt.Sprintf("10.90.%d.0/24", i)), AvailabilityZone: new(region + example.zone),
		})
		if err != nil {
			t.Fatal(err)
		}
		ids[example.id] = *subnet.Subnet.SubnetId
	}
	gateway, err := client.CreateInternetGateway(t.Context(), &ec2.CreateInternetGatewayInput{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.AttachInternetGateway(t.Context(), &ec2.AttachInternetGatewayInput{VpcId: id, InternetGatewayId: gateway.InternetGateway.InternetGatewayId}); err != nil {
		t.Fatal(err)
	}
	return ids
}

// createOwnVPC creates a VPC as the stack would have of its own, and returns a function that deletes it.
func (w *workspace) createOwnVPC(t *testing.T, region config.Region) (remove func()) {
	t.Helper()
	client := ec2.NewFromConfig(w.config(t, region.Name))
	tags := []ec2types.Tag{{Key: new("Name"), Value: new(region.Names.VPC())}}
	for key, value := range region.Names.Tags() {
		tags = append(tags, ec2types.Tag{Key: &key, Value: &value})
	}
	vpc, err := client.CreateVpc(t.Context(), &ec2.CreateVpcInput{
		CidrBlock: new("10.91.0.0/16"), TagSpecifications: []ec2types.TagSpecification{{ResourceType: ec2types.ResourceTypeVpc, Tags: tags}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return func() {
		if _, err := client.DeleteVpc(t.Context(), &ec2.DeleteVpcInput{VpcId: vpc.Vpc.VpcId}); err != nil {
			t.Error(err)
		}
	}
}

// describeVPC returns all that AWS tells about the workspace's existing VPC, "" with the stand-in.
func (w *workspace) describeVPC(t *testing.T, region string) string {
	t.Helper()
	if w.aws == nil {
		return ""
	}
	client, id := ec2.NewFromConfig(w.config(t, region)), w.vpc[exampleVPC]
	inVPC := []ec2types.Filter{{Name: new("vpc-id"), Values: []string{id}}}
	vpcs, err1 := client.DescribeVpcs(t.Context(), &ec2.DescribeVpcsInput{Filters: inVPC})
	subnets, err2 := client.DescribeSubnets(t.Context(), &ec2.DescribeSubnetsInput{Filters: inVPC})
	tables, err3 := client.DescribeRouteTables(t.Context(), &ec2.DescribeRouteTablesInput{Filters: inVPC})
	groups, err4 := client.DescribeSecurityGroups(t.Context(), &ec2.DescribeSecurityGroupsInput{Filters: inVPC})
	gateways, err5 := client.DescribeInternetGateways(t.Context(), &ec2.DescribeInternetGatewaysInput{Filters: []ec2types.Filter{{Name: new("attachment.vpc-id"), Values: []string{id}}}})
	for _, err := range []error{err1, err2, err3, err4, err5} {
		if err != nil {
			t.Fatal(err)
		}
	}
	text, err := json.MarshalIndent([]any{vpcs.Vpcs, subnets.Subnets, tables.RouteTables, groups.SecurityGroups, gateways.InternetGateways}, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// checkPlanFails checks the error of a plan with a string of the fleet file replaced.
func (s *stack) checkPlanFails(t *testing.T, old, new, want string) {
	t.Helper()
	s.workspace.edit(t, old, new)
	if _, err := s.tryPlan(t); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%s: want %q in %v", new, want, err)
	}
	s.workspace.edit(t, new, old)
}

// addVolume adds a volume to a deployed region in an existing VPC, after an apply that was killed: a mount target in each
// zone of the tasks, whatever the order of their subnets.
func (w *workspace) addVolume(t *testing.T, s *stack) {
	t.Helper()
	w.edit(t, "    secrets: {FMP_API_KEY: API_KEY}\n", "    secrets: {FMP_API_KEY: API_KEY}\n  volumes: {data: {path: /data}}\n")
	targets := func(zones ...string) (addresses []string) {
		for _, zone := range zones {
			addresses = append(addresses, fmt.Sprintf("aws_efs_mount_target.main[%q]", "eu-west-1"+zone))
		}
		return addresses
	}
	want := targets("a", "b")
	if suite.real {
		s.killApply(t, []string{"elasticfilesystem.CreateMountTarget"})
	} else {
		want = targets(exampleSubnets[0].id, exampleSubnets[1].id) // every subnet is in a zone of its own
	}
	for address, action := range s.apply(t) {
		if action != "create" && action != "update" && address != "aws_ecs_task_definition.main" {
			t.Errorf("a first volume: %s %s", action, address)
		}
	}
	s.checkNoChanges(t)
	got := slices.DeleteFunc(s.addresses(t), func(address string) bool { return !strings.HasPrefix(address, "aws_efs_mount_target.") })
	if difference := cmp.Diff(want, got); difference != "" {
		t.Errorf("mount targets (- want, + got)\n%s", difference)
	}
	if suite.real {
		subnets := w.vpc[exampleSubnets[0].id] + ", " + w.vpc[exampleSubnets[1].id]
		w.edit(t, "public_subnets: ["+subnets+"]", "public_subnets: ["+subnets+"]\n        task_subnets: ["+w.vpc[sameZone]+", "+subnets+"]")
		for address, action := range s.plan(t) {
			if strings.HasPrefix(address, "aws_efs_") {
				t.Errorf("another subnet of a zone: %s %s", action, address)
			}
		}
		w.edit(t, "\n        task_subnets: ["+w.vpc[sameZone]+", "+subnets+"]", "")
	}
}

// TestExistingVPC deploys into a VPC, after an apply that was killed, and leaves the VPC as it was.
func TestExistingVPC(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, "../examples/existing-vpc.yaml")
	s := w.initialize(t, "prod-eu-west-1")
	before := w.describeVPC(t, "eu-west-1")
	if suite.real {
		s.killApply(t, []string{"ec2.CreateSecurityGroup", "ecs.CreateCluster"})
		s.killApply(t, []string{"servicediscovery.CreatePrivateDnsNamespace"})
	}
	s.apply(t)
	s.checkNoChanges(t)
	s.checkAddresses(t, expectedAddresses(t, w.file(s.name)))
	checkOutputs(t, s)

	w.addVolume(t, s)
	region := w.region(t, "eu-west-1")
	existing := region.Network.Existing
	s.checkPlanFails(t, existing.VPCID, "vpc-0123456789abcdef9", "List subnets of that VPC.")
	if suite.real {
		remove := w.createOwnVPC(t, region)
		if _, err := s.tryPlan(t); err == nil || !strings.Contains(err.Error(), "cannot move to "+existing.VPCID+" in place. Destroy the stack, then deploy it again.") {
			t.Errorf("a plan in a region with a VPC of the stack: %v", err)
		}
		remove()
		// With the stand-in, every subnet is in a zone of its own.
		s.checkPlanFails(t, existing.PublicSubnets[1], w.vpc[sameZone], "A load balancer takes one subnet in each of its zones, but those in network.existing.public_subnets are in eu-west-1a, eu-west-1a.")
	}
	s.destroy(t)
	if difference := cmp.Diff(before, w.describeVPC(t, "eu-west-1")); difference != "" {
		t.Errorf("the VPC (- before, + after)\n%s", difference)
	}
}
