package inventory

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/applicationautoscaling"
	scalingtypes "github.com/aws/aws-sdk-go-v2/service/applicationautoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/servicediscovery"
	discoverytypes "github.com/aws/aws-sdk-go-v2/service/servicediscovery/types"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/golden"
	"github.com/cdtait/mcpfleet/internal/ops/opstest"
	"github.com/cdtait/mcpfleet/internal/untested"
)

// ids matches what AWS makes up.
var ids = regexp.MustCompile(`\b(vpc|subnet|sg|sgr|igw|rtb|srv|ns)-[0-9a-z]{8,}|\b[0-9a-f]{16}\b|\b[0-9A-Z]{20,}\b|api-key-[0-9A-Za-z]{6}\b`)

// TestRegion reads a region that was made without Terraform.
func TestRegion(t *testing.T) {
	moto, err := opstest.StartMoto()
	if errors.Is(err, opstest.ErrNoMoto) {
		untested.Skip(t, "what a region runs: "+err.Error())
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(moto.Stop)
	fleet, _, err := config.Parse("regions.yaml", []byte(`project: inventory
environment: dev
defaults:
  container: {image: "example/server:1", port: 8001, cpu: 256, memory: 512, secrets: {API_KEY: KEY}}
  load_balancer: {https: false}
  dns: {enabled: true, zone: example.com, name: mcp}
regions: {eu-west-1: {network: {cidr: 10.0.0.0/16}}}
`))
	if err != nil {
		t.Fatal(err)
	}
	region := fleet.Regions[0]
	seeded, err := opstest.Seed(t.Context(), moto.URL, region)
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := opstest.Config(t.Context(), moto.URL, region.Name)
	if err != nil {
		t.Fatal(err)
	}
	complete(t, cfg, region, seeded)
	state, err := Region(t.Context(), func(context.Context, string) (aws.Config, error) { return cfg, nil }, region.Names)
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(state.Resources); err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{}
	golden.Compare(t, "testdata/region.json", ids.ReplaceAllFunc(text.Bytes(), func(id []byte) []byte {
		if seen[string(id)] == "" {
			seen[string(id)] = fmt.Sprint("id-", len(seen)+1)
		}
		return []byte(seen[string(id)])
	}))
}

// complete adds what opstest.Seed leaves out: roles, logs, Cloud Map, a second service, and a scalable target.
func complete(t *testing.T, cfg aws.Config, region config.Region, seeded *opstest.Seeded) {
	t.Helper()
	names := region.Names
	roles, discovery, containers := iam.NewFromConfig(cfg), servicediscovery.NewFromConfig(cfg), ecs.NewFromConfig(cfg)
	arns := map[string]*string{}
	for _, name := range []string{names.ExecutionRole(), names.TaskRole()} {
		output, err := roles.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: new("{}")})
		check(t, err)
		arns[name] = output.Role.Arn
	}
	_, err := roles.AttachRolePolicy(t.Context(), &iam.AttachRolePolicyInput{RoleName: new(names.ExecutionRole()), PolicyArn: new("arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy")})
	check(t, err)
	_, err = roles.PutRolePolicy(t.Context(), &iam.PutRolePolicyInput{RoleName: new(names.TaskRole()), PolicyName: new("s3"), PolicyDocument: new(`{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}`)})
	check(t, err)
	groups, err := ec2.NewFromConfig(cfg).DescribeSecurityGroups(t.Context(), &ec2.DescribeSecurityGroupsInput{GroupIds: []string{seeded.TaskGroupID}})
	check(t, err)
	_, err = discovery.CreatePrivateDnsNamespace(t.Context(), &servicediscovery.CreatePrivateDnsNamespaceInput{Name: new(names.Namespace()), Vpc: groups.SecurityGroups[0].VpcId})
	check(t, err)
	namespaces, err := discovery.ListNamespaces(t.Context(), &servicediscovery.ListNamespacesInput{})
	check(t, err)
	registry, err := discovery.CreateService(t.Context(), &servicediscovery.CreateServiceInput{
		Name: new(names.DiscoveryService()), HealthCheckCustomConfig: &discoverytypes.HealthCheckCustomConfig{},
		DnsConfig: &discoverytypes.DnsConfig{
			NamespaceId:   namespaces.Namespaces[0].Id, //nolint:staticcheck // moto has it only there
			RoutingPolicy: discoverytypes.RoutingPolicyMultivalue,
			DnsRecords:    []discoverytypes.DnsRecord{{TTL: new(int64(60)), Type: discoverytypes.RecordTypeA}},
		},
	})
	check(t, err)
	task, err := containers.RegisterTaskDefinition(t.Context(), &ecs.RegisterTaskDefinitionInput{
		Family: new(names.TaskDefinition()), NetworkMode: ecstypes.NetworkModeAwsvpc, RequiresCompatibilities: []ecstypes.Compatibility{ecstypes.CompatibilityFargate},
		Cpu: new("256"), Memory: new("512"), ExecutionRoleArn: arns[names.ExecutionRole()], TaskRoleArn: arns[names.TaskRole()],
		ContainerDefinitions: []ecstypes.ContainerDefinition{{
			Name: new(names.Container()), Image: new("example/server:1"), DockerLabels: map[string]string{"Team": "data"},
			PortMappings:     []ecstypes.PortMapping{{ContainerPort: new(int32(8001))}},
			LogConfiguration: &ecstypes.LogConfiguration{LogDriver: ecstypes.LogDriverAwslogs, Options: map[string]string{"awslogs-group": names.LogGroup()}},
		}},
	})
	check(t, err)
	_, err = containers.CreateService(t.Context(), &ecs.CreateServiceInput{Cluster: new(names.Cluster()), ServiceName: new("a-second"), TaskDefinition: task.TaskDefinition.TaskDefinitionArn})
	check(t, err)
	// moto does not update registries, so the service is created again.
	service := names.Service()
	described, err := containers.DescribeServices(t.Context(), &ecs.DescribeServicesInput{Cluster: new(names.Cluster()), Services: []string{service}})
	check(t, err)
	_, err = containers.DeleteService(t.Context(), &ecs.DeleteServiceInput{Cluster: new(names.Cluster()), Service: &service, Force: new(true)})
	check(t, err)
	_, err = containers.CreateService(t.Context(), &ecs.CreateServiceInput{
		Cluster: new(names.Cluster()), ServiceName: &service, TaskDefinition: task.TaskDefinition.TaskDefinitionArn, LaunchType: ecstypes.LaunchTypeFargate, DesiredCount: new(int32(2)),
		NetworkConfiguration: described.Services[0].NetworkConfiguration, LoadBalancers: described.Services[0].LoadBalancers,
		ServiceRegistries: []ecstypes.ServiceRegistry{{RegistryArn: registry.Service.Arn}}, DeploymentConfiguration: &ecstypes.DeploymentConfiguration{MinimumHealthyPercent: new(int32(100)), MaximumPercent: new(int32(200))},
	})
	check(t, err)
	_, err = applicationautoscaling.NewFromConfig(cfg).RegisterScalableTarget(t.Context(), &applicationautoscaling.RegisterScalableTargetInput{
		ServiceNamespace: scalingtypes.ServiceNamespaceEcs, ScalableDimension: scalingtypes.ScalableDimensionECSServiceDesiredCount,
		ResourceId: new("service/" + names.Cluster() + "/" + service), MinCapacity: new(int32(2)), MaxCapacity: new(int32(4)),
	})
	check(t, err)
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
