package opstest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	acmtypes "github.com/aws/aws-sdk-go-v2/service/acm/types"
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
	"github.com/aws/aws-sdk-go-v2/service/wafv2"
	waftypes "github.com/aws/aws-sdk-go-v2/service/wafv2/types"

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
	s.standby()
	s.service()
	s.schedule()
	s.policies()
	s.records()
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
	if len(s.region.Container.SecretKeys()) == 0 {
		return
	}
	client := secretsmanager.NewFromConfig(s.cfg)
	values := map[string]string{"OTHER": "kept"}
	for _, key := range s.region.Container.SecretKeys() {
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
	port := number(s.region.Container.IngressPort())
	group := call(s, "target group", func() (*elb.CreateTargetGroupOutput, error) {
		return client.CreateTargetGroup(s.ctx, &elb.CreateTargetGroupInput{
			Name: new(s.region.TargetGroupName()), Port: &port, Protocol: elbtypes.ProtocolEnumHttp, VpcId: &s.vpc, TargetType: elbtypes.TargetTypeEnumIp,
		})
	})
	if s.err != nil {
		return
	}
	s.seeded.TargetGroupARN, s.seeded.LoadBalancerDNS = *group.TargetGroups[0].TargetGroupArn, *balancer.LoadBalancers[0].DNSName
	s.listeners(client, balancer.LoadBalancers[0].LoadBalancerArn)
	s.webACL(*balancer.LoadBalancers[0].LoadBalancerArn)
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

// listeners creates the listeners, and the rules of the one that forwards.
func (s *seeder) listeners(client *elb.Client, balancer *string) {
	forward := []elbtypes.Action{{Type: elbtypes.ActionTypeEnumForward, TargetGroupArn: &s.seeded.TargetGroupARN}}
	plain := &elb.CreateListenerInput{LoadBalancerArn: balancer, Port: new(number(s.region.LoadBalancer.Port)), Protocol: elbtypes.ProtocolEnumHttp, DefaultActions: forward}
	forwarding := plain
	if s.region.HTTPS() {
		forwarding = &elb.CreateListenerInput{
			LoadBalancerArn: balancer, Port: new(number(config.HTTPSPort)), Protocol: elbtypes.ProtocolEnumHttps, DefaultActions: forward,
			SslPolicy: &s.region.LoadBalancer.HTTPS.Policy, Certificates: []elbtypes.Certificate{{CertificateArn: new(s.certificate())}},
		}
		plain.DefaultActions = []elbtypes.Action{{Type: elbtypes.ActionTypeEnumRedirect, RedirectConfig: &elbtypes.RedirectActionConfig{
			Protocol: new("HTTPS"), Port: new(strconv.Itoa(config.HTTPSPort)), StatusCode: elbtypes.RedirectActionStatusCodeEnumHttp301,
		}}}
		call(s, "redirect", func() (*elb.CreateListenerOutput, error) { return client.CreateListener(s.ctx, plain) })
	}
	listener := call(s, "listener", func() (*elb.CreateListenerOutput, error) { return client.CreateListener(s.ctx, forwarding) })
	if s.err != nil {
		return
	}
	s.seeded.ListenerARN = *listener.Listeners[0].ListenerArn
	rule := func(priority int, paths []string, action elbtypes.Action) {
		call(s, "rule", func() (*elb.CreateRuleOutput, error) {
			return client.CreateRule(s.ctx, &elb.CreateRuleInput{
				ListenerArn: &s.seeded.ListenerARN, Priority: new(number(priority)), Actions: []elbtypes.Action{action},
				Conditions: []elbtypes.RuleCondition{{Field: new("path-pattern"), PathPatternConfig: &elbtypes.PathPatternConditionConfig{Values: paths}}},
			})
		})
	}
	for i, paths := range s.region.Access.PathRules() {
		rule(s.firstRule()+i, paths, forward[0])
	}
	if len(s.region.Access.Paths) > 0 {
		rule(50000, []string{"*"}, elbtypes.Action{Type: elbtypes.ActionTypeEnumFixedResponse, FixedResponseConfig: &elbtypes.FixedResponseActionConfig{StatusCode: new("404")}})
	}
}

// certificate returns the ARN of the certificate. Unless the fleet file has one, it requests the certificate and
// writes its validation records.
func (s *seeder) certificate() (arn string) {
	if arn := s.region.LoadBalancer.HTTPS.CertificateARN; arn != "" {
		return arn
	}
	client := acm.NewFromConfig(s.cfg)
	domains := s.region.CertificateDomains()
	requested := call(s, "certificate", func() (*acm.RequestCertificateOutput, error) {
		return client.RequestCertificate(s.ctx, &acm.RequestCertificateInput{
			DomainName: &domains[0], SubjectAlternativeNames: domains, ValidationMethod: acmtypes.ValidationMethodDns,
			Tags: []acmtypes.Tag{{Key: new("Name"), Value: new(s.region.Names.Certificate())}},
		})
	})
	described := call(s, "description of the certificate", func() (*acm.DescribeCertificateOutput, error) {
		return client.DescribeCertificate(s.ctx, &acm.DescribeCertificateInput{CertificateArn: requested.CertificateArn})
	})
	if s.err != nil {
		return ""
	}
	for _, option := range described.Certificate.DomainValidationOptions {
		s.changeRecord(&route53types.ResourceRecordSet{
			Name: option.ResourceRecord.Name, Type: route53types.RRTypeCname, TTL: new(int64(300)), SetIdentifier: &s.region.Name, Weight: new(int64(1)),
			ResourceRecords: []route53types.ResourceRecord{{Value: option.ResourceRecord.Value}},
		})
	}
	return aws.ToString(requested.CertificateArn)
}

func (s *seeder) webACL(balancer string) {
	if !s.region.WAF.Enabled {
		return
	}
	client := wafv2.NewFromConfig(s.cfg)
	created := call(s, "web ACL", func() (*wafv2.CreateWebACLOutput, error) {
		return client.CreateWebACL(s.ctx, &wafv2.CreateWebACLInput{
			Name: new(s.region.Names.WebACL()), Scope: waftypes.ScopeRegional, DefaultAction: &waftypes.DefaultAction{Allow: &waftypes.AllowAction{}},
			VisibilityConfig: &waftypes.VisibilityConfig{MetricName: new(s.region.Names.WebACL())},
		})
	})
	if s.err != nil {
		return
	}
	call(s, "association", func() (*wafv2.AssociateWebACLOutput, error) {
		return client.AssociateWebACL(s.ctx, &wafv2.AssociateWebACLInput{ResourceArn: &balancer, WebACLArn: created.Summary.ARN})
	})
}

func (s *seeder) service() {
	client := ecs.NewFromConfig(s.cfg)
	call(s, "cluster", func() (*ecs.CreateClusterOutput, error) {
		return client.CreateCluster(s.ctx, &ecs.CreateClusterInput{ClusterName: new(s.region.Names.Cluster())})
	})
	task := call(s, "task definition", func() (*ecs.RegisterTaskDefinitionOutput, error) {
		return client.RegisterTaskDefinition(s.ctx, &ecs.RegisterTaskDefinitionInput{
			Family: new(s.region.Names.TaskDefinition()), NetworkMode: ecstypes.NetworkModeAwsvpc, RequiresCompatibilities: []ecstypes.Compatibility{ecstypes.CompatibilityFargate},
			Cpu: new(strconv.Itoa(s.region.Container.CPU)), Memory: new(strconv.Itoa(s.region.Container.Memory)), ContainerDefinitions: s.containers(),
		})
	})
	if s.err != nil {
		return
	}
	input := &ecs.CreateServiceInput{
		ServiceName: new(s.region.Names.Service()), Cluster: new(s.region.Names.Cluster()), TaskDefinition: task.TaskDefinition.TaskDefinitionArn,
		DesiredCount: new(number(s.region.Service.TaskRange().Min)), LaunchType: ecstypes.LaunchTypeFargate,
		NetworkConfiguration: &ecstypes.NetworkConfiguration{AwsvpcConfiguration: &ecstypes.AwsVpcConfiguration{Subnets: s.subnets, SecurityGroups: []string{s.seeded.TaskGroupID}}},
	}
	if s.seeded.TargetGroupARN != "" {
		input.LoadBalancers = []ecstypes.LoadBalancer{{TargetGroupArn: &s.seeded.TargetGroupARN, ContainerName: new(s.region.IngressContainer()), ContainerPort: new(number(s.region.Container.IngressPort()))}}
	}
	call(s, "service", func() (*ecs.CreateServiceOutput, error) { return client.CreateService(s.ctx, input) })
}

// containers are the definitions of the server's container and of the sidecars.
func (s *seeder) containers() []ecstypes.ContainerDefinition {
	server := s.container(s.region.Container.ContainerDefinition, s.region.Container.Port)
	server.Name, server.Essential = new(s.region.Names.Container()), new(true)
	all := []ecstypes.ContainerDefinition{server}
	for _, sidecar := range s.region.Container.Sidecars {
		container := s.container(sidecar.ContainerDefinition, sidecar.Port)
		container.Name, container.Essential, container.Cpu = &sidecar.Name, &sidecar.Essential, number(sidecar.CPU)
		if sidecar.Memory > 0 {
			container.Memory = new(number(sidecar.Memory))
		}
		all = append(all, container)
	}
	return all
}

func (s *seeder) container(from config.ContainerDefinition, port int) ecstypes.ContainerDefinition {
	container := ecstypes.ContainerDefinition{Image: &from.Image, ReadonlyRootFilesystem: &from.ReadOnly}
	if port > 0 {
		container.PortMappings = []ecstypes.PortMapping{{ContainerPort: new(number(port)), HostPort: new(number(port)), Protocol: ecstypes.TransportProtocolTcp}}
	}
	for name, text := range from.Environment {
		container.Environment = append(container.Environment, ecstypes.KeyValuePair{Name: &name, Value: &text})
	}
	for name, key := range from.Secrets {
		container.Secrets = append(container.Secrets, ecstypes.Secret{Name: &name, ValueFrom: new(s.seeded.SecretARN + ":" + key + "::")})
	}
	if size := from.TmpSize; size > 0 {
		container.LinuxParameters = &ecstypes.LinuxParameters{Tmpfs: []ecstypes.Tmpfs{{ContainerPath: new("/tmp"), Size: number(size)}}}
	}
	for name, condition := range from.DependsOn {
		container.DependsOn = append(container.DependsOn, ecstypes.ContainerDependency{
			ContainerName: new(s.region.ContainerName(name)), Condition: ecstypes.ContainerCondition(strings.ToUpper(condition)),
		})
	}
	return container
}

func (s *seeder) schedule() {
	if !s.region.Scaled() {
		return
	}
	client := applicationautoscaling.NewFromConfig(s.cfg)
	resource := "service/" + s.region.Names.Cluster() + "/" + s.region.Names.Service()
	tasks := s.region.Service.TaskRange()
	least, most := number(tasks.Min), number(tasks.Max)
	call(s, "scalable target", func() (*applicationautoscaling.RegisterScalableTargetOutput, error) {
		return client.RegisterScalableTarget(s.ctx, &applicationautoscaling.RegisterScalableTargetInput{
			ServiceNamespace: scalingtypes.ServiceNamespaceEcs, ScalableDimension: scalingtypes.ScalableDimensionECSServiceDesiredCount,
			ResourceId: &resource, MinCapacity: &least, MaxCapacity: &most,
		})
	})
	for _, action := range s.region.ScheduledActions() {
		setsMin, setsMax := int32(0), int32(0)
		if action.Up {
			setsMin, setsMax = least, most
		}
		call(s, "scheduled action", func() (*applicationautoscaling.PutScheduledActionOutput, error) {
			return client.PutScheduledAction(s.ctx, &applicationautoscaling.PutScheduledActionInput{
				ServiceNamespace: scalingtypes.ServiceNamespaceEcs, ScalableDimension: scalingtypes.ScalableDimensionECSServiceDesiredCount, ResourceId: &resource,
				ScheduledActionName: new(s.region.Names.ScheduledAction(action.Name)), Schedule: &action.Expression, Timezone: &s.region.Weekend.Timezone,
				ScalableTargetAction: &scalingtypes.ScalableTargetAction{MinCapacity: &setsMin, MaxCapacity: &setsMax},
			})
		})
	}
}

// policies creates the scaling policies.
func (s *seeder) policies() {
	client, scaling := applicationautoscaling.NewFromConfig(s.cfg), s.region.Service.Autoscaling
	for _, target := range scaling.PresentTargets(true) {
		call(s, "scaling policy", func() (*applicationautoscaling.PutScalingPolicyOutput, error) {
			return client.PutScalingPolicy(s.ctx, &applicationautoscaling.PutScalingPolicyInput{
				ServiceNamespace: scalingtypes.ServiceNamespaceEcs, ScalableDimension: scalingtypes.ScalableDimensionECSServiceDesiredCount,
				ResourceId: new("service/" + s.region.Names.Cluster() + "/" + s.region.Names.Service()),
				PolicyName: new(s.region.Names.ScalingPolicy(target.Name)), PolicyType: scalingtypes.PolicyTypeTargetTrackingScaling,
				TargetTrackingScalingPolicyConfiguration: &scalingtypes.TargetTrackingScalingPolicyConfiguration{
					TargetValue: new(float64(target.Value)), ScaleOutCooldown: new(number(scaling.ScaleOutCooldown)), ScaleInCooldown: new(number(scaling.ScaleInCooldown)),
					PredefinedMetricSpecification: &scalingtypes.PredefinedMetricSpecification{PredefinedMetricType: scalingtypes.MetricType(target.Metric)},
				},
			})
		})
	}
}

// records creates the region's DNS records.
func (s *seeder) records() {
	alias := &route53types.AliasTarget{DNSName: &s.seeded.LoadBalancerDNS, HostedZoneId: new("Z32O12XQLNTSW2"), EvaluateTargetHealth: true}
	if domain := s.region.CustomDomain(); domain != "" {
		s.changeRecord(&route53types.ResourceRecordSet{
			Name: &domain, Type: route53types.RRTypeA, SetIdentifier: &s.region.Name, Region: route53types.ResourceRecordSetRegion(s.region.Name), AliasTarget: alias,
		})
	}
	if domain := s.region.RegionalDomain(); domain != "" {
		s.changeRecord(&route53types.ResourceRecordSet{Name: &domain, Type: route53types.RRTypeA, AliasTarget: alias})
	}
}

// changeRecord writes a record, after the hosted zone if that does not exist yet.
func (s *seeder) changeRecord(record *route53types.ResourceRecordSet) {
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
		return client.ChangeResourceRecordSets(s.ctx, &route53.ChangeResourceRecordSetsInput{HostedZoneId: id, ChangeBatch: &route53types.ChangeBatch{
			Changes: []route53types.Change{{Action: route53types.ChangeActionUpsert, ResourceRecordSet: record}},
		}})
	})
}
