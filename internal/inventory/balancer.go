package inventory

import (
	"context"
	"slices"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// balancerAttributes are the provider's names of the attributes of a load balancer.
//
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html
var balancerAttributes = map[string]string{
	"deletion_protection.enabled":                              "enable_deletion_protection",
	"idle_timeout.timeout_seconds":                             "idle_timeout",
	"client_keep_alive.seconds":                                "client_keep_alive",
	"routing.http.desync_mitigation_mode":                      "desync_mitigation_mode",
	"routing.http.drop_invalid_header_fields.enabled":          "drop_invalid_header_fields",
	"routing.http.preserve_host_header.enabled":                "preserve_host_header",
	"routing.http.x_amzn_tls_version_and_cipher_suite.enabled": "enable_tls_version_and_cipher_suite_headers",
	"routing.http.xff_client_port.enabled":                     "enable_xff_client_port",
	"routing.http.xff_header_processing.mode":                  "xff_header_processing_mode",
	"routing.http2.enabled":                                    "enable_http2",
	"waf.fail_open.enabled":                                    "enable_waf_fail_open",
	"zonal_shift.config.enabled":                               "enable_zonal_shift",
}

// groupAttributes are the provider's names of the attributes of a target group.
//
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html
var groupAttributes = map[string]string{
	"deregistration_delay.timeout_seconds": "deregistration_delay",
	"slow_start.duration_seconds":          "slow_start",
	"load_balancing.algorithm.type":        "load_balancing_algorithm_type",
}

// typed returns an attribute's text as the provider's type.
func typed(text *string) any {
	value := aws.ToString(text)
	if number, err := strconv.Atoi(value); err == nil {
		return number
	}
	if value == "true" || value == "false" {
		return value == "true"
	}
	return value
}

// readBalancer reads the load balancers of the service's target groups, with their listeners.
func (s *survey) readBalancer(ctx context.Context) error {
	client := elb.NewFromConfig(s.cfg)
	var arns, balancers []string
	for _, each := range s.service.LoadBalancers {
		arns = append(arns, aws.ToString(each.TargetGroupArn))
	}
	if len(arns) == 0 {
		return nil
	}
	output, err := client.DescribeTargetGroups(ctx, &elb.DescribeTargetGroupsInput{TargetGroupArns: arns})
	if err != nil {
		return err
	}
	for _, group := range output.TargetGroups {
		if err := s.readTargetGroup(ctx, client, group); err != nil {
			return err
		}
		for _, arn := range group.LoadBalancerArns {
			if !slices.Contains(balancers, arn) {
				balancers = append(balancers, arn)
			}
		}
	}
	for _, arn := range balancers {
		if err := s.readOneBalancer(ctx, client, arn); err != nil {
			return err
		}
		if err := s.readListeners(ctx, client, arn); err != nil {
			return err
		}
	}
	return nil
}

func (s *survey) readTargetGroup(ctx context.Context, client *elb.Client, group types.TargetGroup) error {
	attributes := values{
		"arn": group.TargetGroupArn, "name": group.TargetGroupName, "port": group.Port, "protocol": group.Protocol, "protocol_version": group.ProtocolVersion,
		"target_type": group.TargetType, "ip_address_type": group.IpAddressType,
	}
	check := values{
		"enabled": group.HealthCheckEnabled, "protocol": group.HealthCheckProtocol, "port": group.HealthCheckPort, "path": group.HealthCheckPath,
		"interval": group.HealthCheckIntervalSeconds, "timeout": group.HealthCheckTimeoutSeconds,
		"healthy_threshold": group.HealthyThresholdCount, "unhealthy_threshold": group.UnhealthyThresholdCount,
	}
	if group.Matcher != nil {
		check["matcher"] = group.Matcher.HttpCode
	}
	attributes["health_check"] = []values{check}
	output, err := client.DescribeTargetGroupAttributes(ctx, &elb.DescribeTargetGroupAttributesInput{TargetGroupArn: group.TargetGroupArn})
	if err != nil {
		return err
	}
	sticky := values{}
	for _, each := range output.Attributes {
		switch *each.Key {
		case "stickiness.enabled":
			sticky["enabled"] = typed(each.Value)
		case "stickiness.type":
			sticky["type"] = typed(each.Value)
		case "stickiness.lb_cookie.duration_seconds":
			sticky["cookie_duration"] = typed(each.Value)
		default:
			if name := groupAttributes[*each.Key]; name != "" {
				attributes[name] = typed(each.Value)
			}
		}
	}
	attributes["stickiness"] = []values{sticky}
	s.add("aws_lb_target_group", *group.TargetGroupName, attributes)
	return nil
}

func (s *survey) readOneBalancer(ctx context.Context, client *elb.Client, arn string) error {
	output, err := client.DescribeLoadBalancers(ctx, &elb.DescribeLoadBalancersInput{LoadBalancerArns: []string{arn}})
	if err != nil {
		return err
	}
	balancer := output.LoadBalancers[0]
	s.groups = append(s.groups, balancer.SecurityGroups...)
	s.balancerDNS = aws.ToString(balancer.DNSName)
	attributes := values{
		"arn": arn, "name": balancer.LoadBalancerName, "internal": balancer.Scheme == types.LoadBalancerSchemeEnumInternal, "security_groups": balancer.SecurityGroups,
		"load_balancer_type": balancer.Type, "ip_address_type": balancer.IpAddressType,
	}
	known, err := client.DescribeLoadBalancerAttributes(ctx, &elb.DescribeLoadBalancerAttributesInput{LoadBalancerArn: &arn})
	if err != nil {
		return err
	}
	for _, each := range known.Attributes {
		switch *each.Key {
		case "access_logs.s3.enabled":
			attributes["access_logs"] = []values{{"enabled": typed(each.Value)}}
		case "connection_logs.s3.enabled":
			attributes["connection_logs"] = []values{{"enabled": typed(each.Value)}}
		default:
			if name := balancerAttributes[*each.Key]; name != "" {
				attributes[name] = typed(each.Value)
			}
		}
	}
	reserved, err := client.DescribeCapacityReservation(ctx, &elb.DescribeCapacityReservationInput{LoadBalancerArn: &arn})
	if err != nil {
		return err
	}
	if minimum := reserved.MinimumLoadBalancerCapacity; minimum != nil && aws.ToInt32(minimum.CapacityUnits) > 0 {
		attributes["minimum_load_balancer_capacity"] = []values{{"capacity_units": minimum.CapacityUnits}}
	}
	s.add("aws_lb", *balancer.LoadBalancerName, attributes)
	return nil
}

func (s *survey) readListeners(ctx context.Context, client *elb.Client, balancer string) error {
	for pages := elb.NewDescribeListenersPaginator(client, &elb.DescribeListenersInput{LoadBalancerArn: &balancer}); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, listener := range page.Listeners {
			var actions []values
			for _, each := range listener.DefaultActions {
				actions = append(actions, values{"type": each.Type, "target_group_arn": each.TargetGroupArn})
			}
			attributes := values{"arn": listener.ListenerArn, "port": listener.Port, "protocol": listener.Protocol, "default_action": actions}
			if mutual := listener.MutualAuthentication; mutual != nil && aws.ToString(mutual.Mode) != "off" {
				attributes["mutual_authentication"] = []values{{"mode": mutual.Mode}}
			}
			s.add("aws_lb_listener", lastPart(*listener.ListenerArn), attributes)
			if err := s.readRules(ctx, client, listener.ListenerArn); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *survey) readRules(ctx context.Context, client *elb.Client, listener *string) error {
	for pages := elb.NewDescribeRulesPaginator(client, &elb.DescribeRulesInput{ListenerArn: listener}); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, rule := range page.Rules {
			if !aws.ToBool(rule.IsDefault) {
				s.add("aws_lb_listener_rule", lastPart(*rule.RuleArn), values{"arn": rule.RuleArn})
			}
		}
	}
	return nil
}
