package opstest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/applicationautoscaling"
	scalingtypes "github.com/aws/aws-sdk-go-v2/service/applicationautoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	route53types "github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/naming"
)

// Config returns a configuration for the endpoint with static test credentials.
func Config(ctx context.Context, endpoint, region string) (aws.Config, error) {
	return awsconfig.LoadDefaultConfig(ctx,
		awsconfig.WithRegion(region),
		awsconfig.WithBaseEndpoint(endpoint),
		awsconfig.WithCredentialsProvider(credentials.NewStaticCredentialsProvider("testing", "testing", "")))
}

// Seeded holds the attributes of the seeded resources that tests use.
type Seeded struct {
	LoadBalancerDNS string
	TargetGroupARN  string
	SecretARN       string
	BalancerGroupID string
	TaskGroupID     string
	ListenerARN     string
	HostedZoneID    string
}

// Seed creates the resources that an apply of the region's stack creates, awake and with healthy targets.
func Seed(ctx context.Context, endpoint string, region config.Region) (*Seeded, error) {
	cfg, err := Config(ctx, endpoint, region.Name)
	if err != nil {
		return nil, err
	}
	s := &seeder{cfg: cfg, region: region, ctx: ctx, seeded: &Seeded{}}
	s.network = s.sharedNetwork(endpoint)
	s.seeded.BalancerGroupID, s.seeded.TaskGroupID = s.balancerGroup, s.taskGroup
	s.secret()
	s.logGroup()
	s.loadBalancer()
	s.service()
	s.schedule()
	s.record()
	return s.seeded, s.err
}

// seeder creates resources until the first error.
type seeder struct {
	ctx    context.Context
	cfg    aws.Config
	region config.Region
	seeded *Seeded
	network
	err error
}

// number converts a port or a count to the API's type.
func number(n int) int32 {
	return int32(n) //nolint:gosec // the fleet file has been validated
}

// call sends a request, unless an earlier one failed.
func call[T any](s *seeder, what string, request func() (*T, error)) *T {
	if s.err != nil {
		return new(T)
	}
	output, err := request()
	if err != nil {
		s.err = errors.Join(s.err, fmt.Errorf("%s: %w", what, err))
		return new(T)
	}
	return output
}

func (s *seeder) secret() {
	if len(s.region.Container.Secrets) == 0 {
		return
	}
	client := secretsmanager.NewFromConfig(s.cfg)
	values := map[string]string{"OTHER": "kept"}
	for _, key := range s.region.Container.Secrets {
		values[key] = naming.SecretPlaceholder
	}
	text, err := json.Marshal(values)
	s.err = errors.Join(s.err, err)
	secret := call(s, "secret", func() (*secretsmanager.CreateSecretOutput, error) {
		return client.CreateSecret(s.ctx, &secretsmanager.CreateSecretInput{Name: new(s.region.Names.Secret())})
	})
	s.seeded.SecretARN = aws.ToString(secret.ARN)
	call(s, "value of the secret", func() (*secretsmanager.PutSecretValueOutput, error) {
		return client.PutSecretValue(s.ctx, &secretsmanager.PutSecretValueInput{SecretId: secret.ARN, SecretString: new(string(text)), VersionStages: []string{"AWSCURRENT", "placeholder"}})
	})
}

func (s *seeder) logGroup() {
	client := cloudwatchlogs.NewFromConfig(s.cfg)
	call(s, "log group", func() (*cloudwatchlogs.CreateLogGroupOutput, error) {
		return client.CreateLogGroup(s.ctx, &cloudwatchlogs.CreateLogGroupInput{LogGroupName: new(s.region.Names.LogGroup())})
	})
}

func (s *seeder) loadBalancer() {
	if !s.region.LoadBalancer.Enabled {
		return
	}
	client := elb.NewFromConfig(s.cfg)
	balancer := call(s, "load balancer", func() (*elb.CreateLoadBalancerOutput, error) {
		return client.CreateLoadBalancer(s.ctx, &elb.CreateLoadBalancerInput{Name: new(s.region.LoadBalancerName()), Subnets: s.subnets, SecurityGroups: []string{s.seeded.BalancerGroupID}})
	})
	port := number(s.region.Container.Port)
	group := call(s, "target group", func() (*elb.CreateTargetGroupOutput, error) {
		return client.CreateTargetGroup(s.ctx, &elb.CreateTargetGroupInput{
			Name: new(s.region.TargetGroupName()), Port: &port, Protocol: elbtypes.ProtocolEnumHttp, VpcId: &s.vpc, TargetType: elbtypes.TargetTypeEnumIp,
		})
	})
	if s.err != nil {
		return
	}
	s.seeded.TargetGroupARN, s.seeded.LoadBalancerDNS = *group.TargetGroups[0].TargetGroupArn, *balancer.LoadBalancers[0].DNSName
	listener := call(s, "listener", func() (*elb.CreateListenerOutput, error) {
		return client.CreateListener(s.ctx, &elb.CreateListenerInput{
			LoadBalancerArn: balancer.LoadBalancers[0].LoadBalancerArn, Port: new(number(s.region.LoadBalancer.Port)), Protocol: elbtypes.ProtocolEnumHttp,
			DefaultActions: []elbtypes.Action{{Type: elbtypes.ActionTypeEnumForward, TargetGroupArn: &s.seeded.TargetGroupARN}},
		})
	})
	if s.err == nil {
		s.seeded.ListenerARN = *listener.Listeners[0].ListenerArn
	}
	var targets []elbtypes.TargetDescription
	address := s.region.Network.CIDR.Addr()
	for range s.region.Service.DesiredCount {
		address = address.Next()
		targets = append(targets, elbtypes.TargetDescription{Id: new(address.String()), Port: &port})
	}
	if len(targets) > 0 {
		call(s, "targets", func() (*elb.RegisterTargetsOutput, error) {
			return client.RegisterTargets(s.ctx, &elb.RegisterTargetsInput{TargetGroupArn: &s.seeded.TargetGroupARN, Targets: targets})
		})
	}
}

func (s *seeder) service() {
	client := ecs.NewFromConfig(s.cfg)
	call(s, "cluster", func() (*ecs.CreateClusterOutput, error) {
		return client.CreateCluster(s.ctx, &ecs.CreateClusterInput{ClusterName: new(s.region.Names.Cluster())})
	})
	port := number(s.region.Container.Port)
	container := ecstypes.ContainerDefinition{
		Name: new(s.region.Names.Container()), Image: &s.region.Container.Image, Essential: new(true),
		PortMappings: []ecstypes.PortMapping{{ContainerPort: &port, HostPort: &port, Protocol: ecstypes.TransportProtocolTcp}},
	}
	for name, text := range s.region.Container.Environment {
		container.Environment = append(container.Environment, ecstypes.KeyValuePair{Name: &name, Value: &text})
	}
	for name, key := range s.region.Container.Secrets {
		container.Secrets = append(container.Secrets, ecstypes.Secret{Name: &name, ValueFrom: new(s.seeded.SecretARN + ":" + key + "::")})
	}
	task := call(s, "task definition", func() (*ecs.RegisterTaskDefinitionOutput, error) {
		return client.RegisterTaskDefinition(s.ctx, &ecs.RegisterTaskDefinitionInput{
			Family: new(s.region.Names.TaskDefinition()), NetworkMode: ecstypes.NetworkModeAwsvpc, RequiresCompatibilities: []ecstypes.Compatibility{ecstypes.CompatibilityFargate},
			Cpu: new(strconv.Itoa(s.region.Container.CPU)), Memory: new(strconv.Itoa(s.region.Container.Memory)), ContainerDefinitions: []ecstypes.ContainerDefinition{container},
		})
	})
	if s.err != nil {
		return
	}
	input := &ecs.CreateServiceInput{
		ServiceName: new(s.region.Names.Service()), Cluster: new(s.region.Names.Cluster()), TaskDefinition: task.TaskDefinition.TaskDefinitionArn,
		DesiredCount: new(number(s.region.Service.DesiredCount)), LaunchType: ecstypes.LaunchTypeFargate,
		NetworkConfiguration: &ecstypes.NetworkConfiguration{AwsvpcConfiguration: &ecstypes.AwsVpcConfiguration{Subnets: s.subnets, SecurityGroups: []string{s.seeded.TaskGroupID}}},
	}
	if s.seeded.TargetGroupARN != "" {
		input.LoadBalancers = []ecstypes.LoadBalancer{{TargetGroupArn: &s.seeded.TargetGroupARN, ContainerName: new(s.region.Names.Container()), ContainerPort: &port}}
	}
	call(s, "service", func() (*ecs.CreateServiceOutput, error) { return client.CreateService(s.ctx, input) })
}

func (s *seeder) schedule() {
	if !s.region.Weekend.Enabled {
		return
	}
	client := applicationautoscaling.NewFromConfig(s.cfg)
	resource := "service/" + s.region.Names.Cluster() + "/" + s.region.Names.Service()
	count := number(s.region.Service.DesiredCount)
	call(s, "scalable target", func() (*applicationautoscaling.RegisterScalableTargetOutput, error) {
		return client.RegisterScalableTarget(s.ctx, &applicationautoscaling.RegisterScalableTargetInput{
			ServiceNamespace: scalingtypes.ServiceNamespaceEcs, ScalableDimension: scalingtypes.ScalableDimensionECSServiceDesiredCount,
			ResourceId: &resource, MinCapacity: &count, MaxCapacity: &count,
		})
	})
	for _, action := range s.region.ScheduledActions() {
		capacity := int32(0)
		if action.Up {
			capacity = count
		}
		call(s, "scheduled action", func() (*applicationautoscaling.PutScheduledActionOutput, error) {
			return client.PutScheduledAction(s.ctx, &applicationautoscaling.PutScheduledActionInput{
				ServiceNamespace: scalingtypes.ServiceNamespaceEcs, ScalableDimension: scalingtypes.ScalableDimensionECSServiceDesiredCount, ResourceId: &resource,
				ScheduledActionName: new(s.region.Names.ScheduledAction(action.Name)), Schedule: &action.Expression, Timezone: &s.region.Weekend.Timezone,
				ScalableTargetAction: &scalingtypes.ScalableTargetAction{MinCapacity: &capacity, MaxCapacity: &capacity},
			})
		})
	}
}

// record creates the DNS record, and the hosted zone if it does not exist yet.
func (s *seeder) record() {
	if s.region.CustomDomain() == "" {
		return
	}
	client := route53.NewFromConfig(s.cfg)
	zones := call(s, "hosted zones", func() (*route53.ListHostedZonesByNameOutput, error) {
		return client.ListHostedZonesByName(s.ctx, &route53.ListHostedZonesByNameInput{DNSName: new(s.region.DNS.Zone)})
	})
	at := slices.IndexFunc(zones.HostedZones, func(zone route53types.HostedZone) bool { return aws.ToString(zone.Name) == s.region.DNS.Zone+"." })
	var id *string
	if at >= 0 {
		id = zones.HostedZones[at].Id
	}
	if at < 0 {
		zone := call(s, "hosted zone", func() (*route53.CreateHostedZoneOutput, error) {
			return client.CreateHostedZone(s.ctx, &route53.CreateHostedZoneInput{Name: new(s.region.DNS.Zone), CallerReference: new(s.region.Names.Prefix())})
		})
		if s.err != nil {
			return
		}
		id = zone.HostedZone.Id
	}
	s.seeded.HostedZoneID = aws.ToString(id)
	call(s, "record", func() (*route53.ChangeResourceRecordSetsOutput, error) {
		return client.ChangeResourceRecordSets(s.ctx, &route53.ChangeResourceRecordSetsInput{HostedZoneId: id, ChangeBatch: &route53types.ChangeBatch{Changes: []route53types.Change{{
			Action: route53types.ChangeActionUpsert,
			ResourceRecordSet: &route53types.ResourceRecordSet{
				Name: new(s.region.CustomDomain()), Type: route53types.RRTypeA, SetIdentifier: &s.region.Name, Region: route53types.ResourceRecordSetRegion(s.region.Name),
				AliasTarget: &route53types.AliasTarget{DNSName: &s.seeded.LoadBalancerDNS, HostedZoneId: new("Z32O12XQLNTSW2"), EvaluateTargetHealth: true},
			},
		}}}})
	})
}
