package ops

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
)

// onOrOff describes whether something is on.
var onOrOff = map[bool]string{true: "on", false: "off"}

// checkAccessLogs compares the access logs of the load balancer with the fleet file. The account, in which the name of
// the bucket ends, is not in the fleet file.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html
func checkAccessLogs(ctx context.Context, e *examination) ([]Problem, error) {
	output, err := e.elb.DescribeLoadBalancerAttributes(ctx, &elb.DescribeLoadBalancerAttributesInput{LoadBalancerArn: e.observed.balancer.LoadBalancerArn})
	if err != nil {
		return nil, err
	}
	attributes := map[string]string{}
	for _, each := range output.Attributes {
		attributes[value(each.Key)] = value(each.Value)
	}
	is, should := attributes["access_logs.s3.enabled"] == "true", e.Settings.Logs.AccessEnabled()
	bucket, prefix := attributes["access_logs.s3.bucket"], e.Names.AccessLogs("")
	switch {
	case is != should:
		return []Problem{{Drift, fmt.Sprintf("access logs are %s, not %s", onOrOff[is], onOrOff[should]), e.deploy()}}, nil
	case should && !strings.HasPrefix(bucket, prefix):
		return []Problem{{Drift, fmt.Sprintf("access logs are written to the bucket %s, not %s…", bucket, prefix), e.deploy()}}, nil
	}
	return nil, nil
}

// checkInsights compares whether Container Insights is on with the fleet file. There is also a variant with more metrics,
// which a deploy replaces.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ClusterSetting.html
func checkInsights(ctx context.Context, e *examination) ([]Problem, error) {
	output, err := e.ecs.DescribeClusters(ctx, &ecs.DescribeClustersInput{
		Clusters: []string{e.Names.Cluster()}, Include: []ecstypes.ClusterField{ecstypes.ClusterFieldSettings},
	})
	if err != nil {
		return nil, err
	}
	is, should := "disabled", map[bool]string{true: "enabled", false: "disabled"}[e.Settings.Logs.InsightsEnabled()]
	for _, cluster := range output.Clusters {
		for _, setting := range cluster.Settings {
			if setting.Name == ecstypes.ClusterSettingNameContainerInsights {
				is = value(setting.Value)
			}
		}
	}
	if is == should {
		return nil, nil
	}
	return []Problem{{Drift, fmt.Sprintf("Container Insights is %s, not %s", is, should), e.deploy()}}, nil
}

// namesAccessLogs and namesInsights report whether the fleet file says that they are on, or off. Otherwise a deploy leaves
// them as they are in AWS.
func (e *examination) namesAccessLogs() bool {
	return e.hasLoadBalancer() && e.Settings.Logs.Access.Enabled != nil
}
func (e *examination) namesInsights() bool { return e.Settings.Logs.Insights != nil }
