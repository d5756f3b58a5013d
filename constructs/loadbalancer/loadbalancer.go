// Package loadbalancer creates the Application Load Balancer of a region, its listeners and the target group of
// the tasks.
package loadbalancer

import (
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/lb"

	"github.com/cdtait/mcpfleet/internal/checkov"
	"github.com/cdtait/mcpfleet/internal/hcl"
	"github.com/cdtait/mcpfleet/internal/pointer"
)

const address = "aws_lb.main"

// DNSName stands for the load balancer's DNS name in Config.URL.
const DNSName = "${balancer.dns_name}"

// Config configures the load balancer.
type Config struct {
	Name string
	// Count is an HCL expression for the count of the load balancer: 1 or 0.
	Count string
	// Internal gives the load balancer private addresses only.
	Internal bool
	// DeletionProtection makes AWS refuse to delete the load balancer.
	DeletionProtection bool
	// Protection is nil for a load balancer that has never been protected.
	Protection      *Protection
	VPCID           string
	SubnetIDs       []string
	SecurityGroupID string
	// InternetGateway is the address of the internet gateway, empty if it is not the stack's. AWS rejects an
	// internet-facing load balancer in a VPC without one.
	InternetGateway string
	// Port is the port of the HTTP listener.
	Port int
	// HTTPS is nil without HTTPS.
	HTTPS *HTTPS
	// Paths are the path patterns to forward, grouped into listener rules. Without any, all paths are
	// forwarded.
	Paths [][]string
	// FirstRule is the priority of a rule of another construct before those of Paths, 0 without one.
	FirstRule int
	// URL is the URL by which clients reach the load balancer. It may contain DNSName.
	URL string
	// IdleTimeout is in seconds.
	IdleTimeout int
	// DropInvalidHeaderFields drops headers whose names contain anything but letters, digits and hyphens.
	DropInvalidHeaderFields bool
	IPv6                    bool
	// AccessLogs is nil to leave the access logs as they are in AWS.
	AccessLogs  *AccessLogs
	TargetGroup TargetGroup
}

// AccessLogs configures where the load balancer records requests.
type AccessLogs struct {
	// Bucket is "" to record none.
	Bucket string
	// DependsOn are the addresses of what lets the load balancer write to the bucket.
	DependsOn []string
}

// HTTPS configures the HTTPS listener.
type HTTPS struct {
	Port           int
	CertificateARN string
	// Policy is the name of the security policy: the TLS versions and ciphers that clients may use.
	Policy string
}

// LoadBalancer holds references to the created resources. All ARNs but TargetGroupARN, and the names, are null
// while the load balancer does not exist.
type LoadBalancer struct {
	ARN            string
	DNSName        string
	ZoneID         string
	URL            string
	TargetGroupARN string
	// ListenerARN is the ARN of the listener that forwards.
	ListenerARN string
	// Suffix and TargetGroupSuffix are the last parts of the ARNs, which name the two in CloudWatch.
	Suffix, TargetGroupSuffix string
	// Ready are addresses for depends_on of the service: ECS rejects a target group without a load balancer,
	// and the rules must be in place before a request can reach a task.
	Ready []string
}

// Accepted lists the checkov checks that fail on purpose.
var Accepted = []checkov.Accepted{
	{Check: "CKV_AWS_91", Address: "aws_lb.main", Reason: "Only without logs.access: access logs need a bucket in every region, and storage is billed."},
	{Check: "CKV_AWS_131", Address: "aws_lb.main", Reason: "Only off if load_balancer.drop_invalid_header_fields is false: some clients send headers that it would drop."},
	{Check: "CKV_AWS_150", Address: "aws_lb.main", Reason: "Only without load_balancer.deletion_protection, or with weekend.destroy_albs, which destroys the load balancer. It holds no data."},
	{Check: "CKV2_AWS_28", Address: "aws_lb.main", Reason: "Only without waf.enabled: a web ACL is billed per month and per request, in every region."},
	{Check: "CKV2_AWS_20", Address: "aws_lb.main", Reason: "Only without HTTPS, which needs a domain or a certificate."},
	{Check: "CKV_AWS_2", Address: "aws_lb_listener.main", Reason: "Only without HTTPS, which needs a domain or a certificate."},
	{Check: "CKV_AWS_103", Address: "aws_lb_listener.main", Reason: "Only without HTTPS, so there is no TLS version to set."},
	{Check: "CKV_AWS_378", Address: "aws_lb_target_group.main", Reason: "The server speaks plain HTTP, and the load balancer reaches it within the VPC."},
}

// New creates the load balancer, the listeners and the target group.
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
	var dependsOn []string
	if cfg.InternetGateway != "" {
		dependsOn = append(dependsOn, cfg.InternetGateway)
	}
	if logs := cfg.AccessLogs; logs != nil {
		// Without a block, the provider would leave the access logs on.
		balancer.PutAccessLogs(&lb.LbAccessLogs{Bucket: &logs.Bucket, Enabled: logs.Bucket != ""})
		dependsOn = append(dependsOn, logs.DependsOn...)
	}
	if len(dependsOn) > 0 {
		balancer.AddOverride(new("depends_on"), dependsOn)
	}
	if cfg.DeletionProtection {
		balancer.SetEnableDeletionProtection(true)
	}
	if cfg.Protection != nil {
		guard(scope, cfg)
	}
	newTargetGroup(scope, cfg.VPCID, cfg.TargetGroup)
	groupARN := hcl.Attribute(targetGroup, "arn")
	forwarding, ready := newListeners(scope, cfg, groupARN)
	return &LoadBalancer{
		ARN:               hcl.OneOrNull(address, "arn"),
		DNSName:           hcl.OneOrNull(address, "dns_name"),
		ZoneID:            hcl.OneOrNull(address, "zone_id"),
		URL:               hcl.Expression(fmt.Sprintf("one([for balancer in %s : %q])", address, cfg.URL)),
		TargetGroupARN:    groupARN,
		ListenerARN:       hcl.OneOrNull(forwarding, "arn"),
		Suffix:            hcl.OneOrNull(address, "arn_suffix"),
		TargetGroupSuffix: hcl.Attribute(targetGroup, "arn_suffix"),
		Ready:             ready,
	}
}
