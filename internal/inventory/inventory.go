// Package inventory reads from AWS what a region of a fleet consists of, beginning with its cluster and following what that
// refers to. It returns it in the form of a Terraform state, so that internal/adopt maps both alike. It changes nothing;
// only internal/cli may import it.
package inventory

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/cdtait/mcpfleet/internal/adopt"
	"github.com/cdtait/mcpfleet/internal/session"
	"github.com/cdtait/mcpfleet/naming"
)

// values are the attributes of a resource, as the Terraform provider names them.
type values map[string]any

// survey reads one region.
type survey struct {
	cfg   aws.Config
	names naming.Names
	state *adopt.State

	service *ecstypes.Service
	task    *ecstypes.TaskDefinition
	// vpc is the ID of the tasks' VPC.
	vpc string
	// groups are the IDs of the security groups of the tasks and of the load balancer.
	groups []string
	// balancerDNS is the DNS name of the load balancer.
	balancerDNS string
}

// Region reads what a region consists of. Of names only the region must be known: the cluster's tags have the rest, if there
// is one cluster that is named after them.
func Region(ctx context.Context, open session.Opener, names naming.Names) (*adopt.State, error) {
	cfg, err := open(ctx, names.Region)
	if err != nil {
		return nil, err
	}
	s := &survey{cfg: cfg, names: names, state: &adopt.State{Version: 4}}
	// Each step reads what those before it refer to.
	for _, step := range []func(context.Context) error{
		s.readCluster, s.readServices, s.readScaling, s.readTask, s.readBalancer, s.readNetwork, s.readRoutes, s.readGroups,
		s.readDiscovery, s.readSecret, s.readRoles, s.readLogs, s.readRecords,
	} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	s.state.Names = s.names
	return s.state, nil
}

// add adds a resource. Its address ends in what identifies it in AWS.
func (s *survey) add(kind, id string, of values) {
	s.state.Resources = append(s.state.Resources, resource("managed", kind, id, of))
}

func resource(mode, kind, id string, of values) adopt.Resource {
	text, err := json.Marshal(of)
	if err != nil {
		panic(err) // texts, numbers and lists of them always encode
	}
	instance := adopt.Instance{}
	if err := json.Unmarshal(text, &instance.Attributes); err != nil {
		panic(err) // it is an object
	}
	return adopt.Resource{Mode: mode, Type: kind, Name: id, Instances: []adopt.Instance{instance}}
}

// tagged returns tags by key.
func tagged[T any](tags []T, pair func(T) (key, value *string)) map[string]string {
	byKey := map[string]string{}
	for _, each := range tags {
		key, value := pair(each)
		byKey[aws.ToString(key)] = aws.ToString(value)
	}
	return byKey
}

func ecsTag(tag ecstypes.Tag) (key, value *string) { return tag.Key, tag.Value }

func (s *survey) readCluster(ctx context.Context) error {
	client := ecs.NewFromConfig(s.cfg)
	clusters := []string{s.names.Cluster()}
	if s.names.Project == "" || s.names.Environment == "" {
		clusters = nil
		for pages := ecs.NewListClustersPaginator(client, &ecs.ListClustersInput{}); pages.HasMorePages(); {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return err
			}
			clusters = append(clusters, page.ClusterArns...)
		}
	}
	var found []ecstypes.Cluster
	for each := range slices.Chunk(clusters, 100) {
		output, err := client.DescribeClusters(ctx, &ecs.DescribeClustersInput{Clusters: each, Include: []ecstypes.ClusterField{ecstypes.ClusterFieldTags}})
		if err != nil {
			return err
		}
		found = append(found, output.Clusters...)
	}
	var candidates []string
	given := s.names
	for _, cluster := range found {
		tags := tagged(cluster.Tags, ecsTag)
		names := naming.Names{Project: cmp.Or(given.Project, tags["Project"]), Environment: cmp.Or(given.Environment, tags["Environment"]), Region: given.Region}
		if aws.ToString(cluster.Status) != "ACTIVE" || names.Project == "" || names.Environment == "" || names.Cluster() != *cluster.ClusterName {
			continue
		}
		candidates = append(candidates, *cluster.ClusterName)
		if len(candidates) == 1 {
			s.names = names
			s.add("aws_ecs_cluster", *cluster.ClusterName, values{"arn": cluster.ClusterArn, "name": cluster.ClusterName, "tags": tags})
		}
	}
	switch {
	case len(candidates) == 1:
		return nil
	case len(candidates) > 1:
		return fmt.Errorf("there are several clusters, %s; pass --project and --environment", strings.Join(candidates, ", "))
	case s.names.Project != "" && s.names.Environment != "":
		return fmt.Errorf("there is no cluster %s", s.names.Cluster())
	}
	return fmt.Errorf("no cluster is named <project>-<environment>-%s-cluster after its tags Project and Environment; pass --project and --environment", s.names.Region)
}

func (s *survey) readServices(ctx context.Context) error {
	client, cluster := ecs.NewFromConfig(s.cfg), s.names.Cluster()
	var others []string
	for pages := ecs.NewListServicesPaginator(client, &ecs.ListServicesInput{Cluster: &cluster}); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		if len(page.ServiceArns) == 0 {
			break
		}
		output, err := client.DescribeServices(ctx, &ecs.DescribeServicesInput{Cluster: &cluster, Services: page.ServiceArns})
		if err != nil {
			return err
		}
		for _, each := range output.Services {
			if *each.ServiceName == s.names.Service() {
				s.service = &each
				continue
			}
			others = append(others, *each.ServiceName)
		}
	}
	if s.service == nil {
		return fmt.Errorf("the cluster %s has no service %s", cluster, s.names.Service())
	}
	s.add("aws_ecs_service", *s.service.ServiceName, s.serviceValues())
	for _, name := range others { // which adopt rejects, because a region has only the first
		s.add("aws_ecs_service", name, values{"name": name})
	}
	return nil
}

func (s *survey) serviceValues() values {
	service := s.service
	attributes := values{
		"name": service.ServiceName, "desired_count": service.DesiredCount, "health_check_grace_period_seconds": service.HealthCheckGracePeriodSeconds,
		"availability_zone_rebalancing": service.AvailabilityZoneRebalancing, "launch_type": service.LaunchType, "scheduling_strategy": service.SchedulingStrategy,
		"platform_version": service.PlatformVersion, "enable_execute_command": service.EnableExecuteCommand,
		"placement_constraints": service.PlacementConstraints, "ordered_placement_strategy": service.PlacementStrategy, "capacity_provider_strategy": service.CapacityProviderStrategy,
	}
	if deployment := service.DeploymentConfiguration; deployment != nil {
		attributes["deployment_minimum_healthy_percent"], attributes["deployment_maximum_percent"] = deployment.MinimumHealthyPercent, deployment.MaximumPercent
		if deployment.Alarms != nil {
			attributes["alarms"] = []values{{"enable": deployment.Alarms.Enable}}
		}
	}
	if service.DeploymentController != nil {
		attributes["deployment_controller"] = []values{{"type": service.DeploymentController.Type}}
	}
	if network := service.NetworkConfiguration; network != nil && network.AwsvpcConfiguration != nil {
		awsvpc := network.AwsvpcConfiguration
		s.groups = awsvpc.SecurityGroups
		attributes["network_configuration"] = []values{{"subnets": awsvpc.Subnets, "security_groups": awsvpc.SecurityGroups, "assign_public_ip": awsvpc.AssignPublicIp == ecstypes.AssignPublicIpEnabled}}
	}
	var balancers, registries []values
	for _, each := range service.LoadBalancers {
		balancers = append(balancers, values{"target_group_arn": each.TargetGroupArn, "container_port": each.ContainerPort})
	}
	for _, each := range service.ServiceRegistries {
		registries = append(registries, values{"registry_arn": each.RegistryArn})
	}
	attributes["load_balancer"], attributes["service_registries"] = balancers, registries
	for _, each := range service.Deployments {
		if each.ServiceConnectConfiguration != nil && each.ServiceConnectConfiguration.Enabled {
			attributes["service_connect_configuration"] = []values{{"enabled": true}}
		}
		if len(each.VolumeConfigurations) > 0 {
			attributes["volume_configuration"] = each.VolumeConfigurations
		}
		if len(each.VpcLatticeConfigurations) > 0 {
			attributes["vpc_lattice_configurations"] = each.VpcLatticeConfigurations
		}
	}
	return attributes
}
