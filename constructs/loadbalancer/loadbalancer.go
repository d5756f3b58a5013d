// Package loadbalancer makes the internet-facing Application Load Balancer of a region, its HTTP
// listener and the target group that the tasks register in.
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
	// Listener is what the service depends on: ECS refuses a target group without a load balancer.
	Listener = "aws_lb_listener.main"
)

// Config describes the load balancer.
type Config struct {
	Name string
	// Count is an HCL expression, 1 where the load balancer is to exist and 0 where it is not.
	Count           string
	VPCID           string
	SubnetIDs       []string
	SecurityGroupID string
	// InternetGateway is the address of the gateway: AWS refuses an internet-facing load balancer
	// in a VPC that has none yet.
	InternetGateway string
	Port            int
	// IdleTimeout is in seconds.
	IdleTimeout int
	// DropInvalidHeaderFields drops headers whose names are not of letters, digits and hyphens only.
	DropInvalidHeaderFields bool
	IPv6                    bool
	TargetGroup             TargetGroup
}

// TargetGroup describes the target group.
type TargetGroup struct {
	Name string
	// Port is the port that the tasks listen on.
	Port int
	// DeregistrationDelay is in seconds.
	DeregistrationDelay int
	HealthCheck         HealthCheck
	Stickiness          Stickiness
}

// HealthCheck describes how a healthy task is told; times are in seconds.
type HealthCheck struct {
	Path               string
	Matcher            string
	Interval           int
	Timeout            int
	HealthyThreshold   int
	UnhealthyThreshold int
}

// Stickiness describes the load balancer's cookie; its duration is in seconds.
type Stickiness struct {
	Enabled  bool
	Duration int
}

// LoadBalancer is a load balancer that may be there; what is its own is null where it is not.
type LoadBalancer struct {
	ARN            string
	DNSName        string
	ZoneID         string
	URL            string
	TargetGroupARN string
}

// Accepted are the checks of checkov's that fail on purpose.
var Accepted = []checkov.Accepted{
	{Check: "CKV_AWS_91", Address: "aws_lb.main", Reason: "Access logs need a bucket in every region, which is billed by what is in it."},
	{Check: "CKV_AWS_131", Address: "aws_lb.main", Reason: "Off only where load_balancer.drop_invalid_header_fields is false: some clients send names that it drops."},
	{Check: "CKV_AWS_150", Address: "aws_lb.main", Reason: "Weekend mode may destroy the load balancer every week, which deletion protection refuses. It holds no data."},
	{Check: "CKV2_AWS_28", Address: "aws_lb.main", Reason: "A web ACL is billed by the month and by the request, in every region."},
	{Check: "CKV2_AWS_20", Address: "aws_lb.main", Reason: "There is no HTTPS to redirect to: its certificate needs a domain, which a fleet need not have."},
	{Check: "CKV_AWS_2", Address: "aws_lb_listener.main", Reason: "There is no HTTPS: its certificate needs a domain, which a fleet need not have."},
	{Check: "CKV_AWS_103", Address: "aws_lb_listener.main", Reason: "There is no HTTPS, so no version of TLS."},
	{Check: "CKV_AWS_378", Address: "aws_lb_target_group.main", Reason: "The server speaks plain HTTP, and the load balancer reaches it within the VPC."},
}

// New makes the load balancer.
func New(scope constructs.Construct, id string, cfg Config) *LoadBalancer {
	scope = constructs.NewConstruct(scope, &id)
	addressType := "ipv4"
	if cfg.IPv6 {
		addressType = "dualstack"
	}
	balancer := lb.NewLb(scope, new("lb"), &lb.LbConfig{
		Name:                    &cfg.Name,
		Internal:                false,
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
		LoadBalancerArn: new(hcl.One(address, "arn")),
		Port:            new(float64(cfg.Port)),
		Protocol:        new("HTTP"),
		DefaultAction:   []*lblistener.LbListenerDefaultAction{{Type: new("forward"), TargetGroupArn: group.Arn()}},
		Tags:            pointer.NameTag(cfg.Name),
		// Taking the listener away then waits for the service to be detached from the target group.
		// Without this Terraform takes it away first, and leaves the service pointing at nothing.
		Lifecycle: &cdktf.TerraformResourceLifecycle{CreateBeforeDestroy: new(true)},
	})
	listener.OverrideLogicalId(new("main"))
	listener.AddOverride(new("count"), hcl.Expression(cfg.Count))
	return &LoadBalancer{
		ARN:            hcl.One(address, "arn"),
		DNSName:        hcl.One(address, "dns_name"),
		ZoneID:         hcl.One(address, "zone_id"),
		URL:            hcl.Expression(fmt.Sprintf("one([for balancer in %s : %q])", address, naming.URL("${balancer.dns_name}", cfg.Port))),
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
		// Written when it is off too: taking the block away would leave it as it was.
		Stickiness: &lbtargetgroup.LbTargetGroupStickiness{
			Enabled:        cfg.Stickiness.Enabled,
			Type:           new("lb_cookie"),
			CookieDuration: new(float64(cfg.Stickiness.Duration)),
		},
		Tags: pointer.NameTag(cfg.Name),
		// Another port replaces the group: listener and service move to its successor first.
		Lifecycle: &cdktf.TerraformResourceLifecycle{CreateBeforeDestroy: new(true)},
	})
	group.OverrideLogicalId(new("main"))
	return group
}
