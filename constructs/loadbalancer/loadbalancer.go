// Package loadbalancer creates the Application Load Balancer of a region, its HTTP listener
// and the target group of the tasks.
package loadbalancer

import (
	"fmt"
	"strconv"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/lb"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/lblistener"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/lbtargetgroup"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/internal/checkov"
	"github.com/cdtait/mcpfleet/internal/hcl"
	"github.com/cdtait/mcpfleet/internal/pointer"
	"github.com/cdtait/mcpfleet/naming"
)

const (
	address = "aws_lb.main"
	// Listener is an address for depends_on of the service: ECS rejects a target group without a load
	// balancer.
	Listener = "aws_lb_listener.main"
)

// Config configures the load balancer.
type Config struct {
	Name string
	// Count is an HCL expression for the count of the load balancer: 1 or 0.
	Count string
	// Internal gives the load balancer private addresses only.
	Internal        bool
	VPCID           string
	SubnetIDs       []string
	SecurityGroupID string
	// InternetGateway is the address of the internet gateway. AWS rejects an internet-facing load balancer
	// in a VPC without one.
	InternetGateway string
	Port            int
	// IdleTimeout is in seconds.
	IdleTimeout int
	// DropInvalidHeaderFields drops headers whose names contain anything but letters, digits and hyphens.
	DropInvalidHeaderFields bool
	IPv6                    bool
	TargetGroup             TargetGroup
}

// TargetGroup configures the target group.
type TargetGroup struct {
	Name string
	// Port is the port that the tasks listen on.
	Port int
	// DeregistrationDelay is in seconds.
	DeregistrationDelay int
	HealthCheck         HealthCheck
	Stickiness          Stickiness
}

// HealthCheck configures how a task is judged healthy. Times are in seconds.
type HealthCheck struct {
	Path               string
	Matcher            string
	Interval           int
	Timeout            int
	HealthyThreshold   int
	UnhealthyThreshold int
}

// Stickiness configures sticky sessions. Duration is in seconds.
type Stickiness struct {
	Enabled  bool
	Duration int
}

// LoadBalancer holds references to the created resources. All but TargetGroupARN are null while the load
// balancer does not exist.
type LoadBalancer struct {
	ARN            string
	DNSName        string
	ZoneID         string
	URL            string
	TargetGroupARN string
}

// Accepted lists the checkov checks that fail on purpose.
var Accepted = []checkov.Accepted{
	{Check: "CKV_AWS_91", Address: "aws_lb.main", Reason: "Access logs need a bucket in every region, and storage is billed."},
	{Check: "CKV_AWS_131", Address: "aws_lb.main", Reason: "Only off if load_balancer.drop_invalid_header_fields is false: some clients send headers that it would drop."},
	{Check: "CKV_AWS_150", Address: "aws_lb.main", Reason: "Weekend mode may destroy the load balancer every week, which deletion protection would prevent. It holds no data."},
	{Check: "CKV2_AWS_28", Address: "aws_lb.main", Reason: "A web ACL is billed per month and per request, in every region."},
	{Check: "CKV2_AWS_20", Address: "aws_lb.main", Reason: "There is no HTTPS listener to redirect to: a certificate needs a domain, which is optional."},
	{Check: "CKV_AWS_2", Address: "aws_lb_listener.main", Reason: "There is no HTTPS: a certificate needs a domain, which is optional."},
	{Check: "CKV_AWS_103", Address: "aws_lb_listener.main", Reason: "There is no HTTPS, so there is no TLS version to set."},
	{Check: "CKV_AWS_378", Address: "aws_lb_target_group.main", Reason: "The server speaks plain HTTP, and the load balancer reaches it within the VPC."},
}

// New creates the load balancer, the listener and the target group.
func New(scope constructs.Construct, id string, cfg Config) *LoadBalancer {
	scope = constructs.NewConstruct(scope, &id)
	addressType := "ipv4"
	if cfg.IPv6 {
		addressType = "dualstack"
	}
	balancer := lb.NewLb(scope, new("lb"), &lb.LbConfig{
		Name:                    &cfg.Name,
		Internal:                cfg.Internal,
		LoadBalancerType:        new("application"),
		IpAddressType:           &addressType,
		Subnets:                 pointer.Strings(cfg.SubnetIDs...),
		SecurityGroups:          pointer.Strings(cfg.SecurityGroupID),
		IdleTimeout:             new(float64(cfg.IdleTimeout)),
		DropInvalidHeaderFields: cfg.DropInvalidHeaderFields,
		Tags:                    pointer.NameTag(cfg.Name),
	})
	balancer.OverrideLogicalId(new("main"))
	balancer.AddOverride(new("count"), hcl.Expression(cfg.Count))
	balancer.AddOverride(new("depends_on"), []string{cfg.InternetGateway})
	group := newTargetGroup(scope, cfg.VPCID, cfg.TargetGroup)
	listener := lblistener.NewLbListener(scope, new("listener"), &lblistener.LbListenerConfig{
		LoadBalancerArn: new(hcl.OneOrNull(address, "arn")),
		Port:            new(float64(cfg.Port)),
		Protocol:        new("HTTP"),
		DefaultAction:   []*lblistener.LbListenerDefaultAction{{Type: new("forward"), TargetGroupArn: group.Arn()}},
		Tags:            pointer.NameTag(cfg.Name),
		// Detach the service from the target group before the listener is destroyed. By default Terraform
		// destroys the listener first, which leaves the service with a target group that has no load
		// balancer.
		Lifecycle: &cdktf.TerraformResourceLifecycle{CreateBeforeDestroy: new(true)},
	})
	listener.OverrideLogicalId(new("main"))
	listener.AddOverride(new("count"), hcl.Expression(cfg.Count))
	return &LoadBalancer{
		ARN:            hcl.OneOrNull(address, "arn"),
		DNSName:        hcl.OneOrNull(address, "dns_name"),
		ZoneID:         hcl.OneOrNull(address, "zone_id"),
		URL:            hcl.Expression(fmt.Sprintf("one([for balancer in %s : %q])", address, naming.HTTPURL("${balancer.dns_name}", cfg.Port))),
		TargetGroupARN: *group.Arn(),
	}
}

func newTargetGroup(scope constructs.Construct, vpcID string, cfg TargetGroup) lbtargetgroup.LbTargetGroup {
	check := cfg.HealthCheck
	group := lbtargetgroup.NewLbTargetGroup(scope, new("target_group"), &lbtargetgroup.LbTargetGroupConfig{
		Name:                &cfg.Name,
		TargetType:          new("ip"),
		Protocol:            new("HTTP"),
		Port:                new(float64(cfg.Port)),
		VpcId:               &vpcID,
		DeregistrationDelay: new(strconv.Itoa(cfg.DeregistrationDelay)),
		HealthCheck: &lbtargetgroup.LbTargetGroupHealthCheck{
			Enabled:            true,
			Protocol:           new("HTTP"),
			Port:               new("traffic-port"),
			Path:               &check.Path,
			Matcher:            &check.Matcher,
			Interval:           new(float64(check.Interval)),
			Timeout:            new(float64(check.Timeout)),
			HealthyThreshold:   new(float64(check.HealthyThreshold)),
			UnhealthyThreshold: new(float64(check.UnhealthyThreshold)),
		},
		// Also set when disabled: removing the block would leave stickiness unchanged.
		Stickiness: &lbtargetgroup.LbTargetGroupStickiness{
			Enabled:        cfg.Stickiness.Enabled,
			Type:           new("lb_cookie"),
			CookieDuration: new(float64(cfg.Stickiness.Duration)),
		},
		Tags: pointer.NameTag(cfg.Name),
		// A port change replaces the target group. Listener and service must move to the new one first.
		Lifecycle: &cdktf.TerraformResourceLifecycle{CreateBeforeDestroy: new(true)},
	})
	group.OverrideLogicalId(new("main"))
	return group
}
