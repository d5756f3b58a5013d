package stacks

import (
	"slices"

	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/constructs/certificate"
	"github.com/cdtait/mcpfleet/constructs/dns"
	"github.com/cdtait/mcpfleet/constructs/loadbalancer"
	"github.com/cdtait/mcpfleet/constructs/network"
	"github.com/cdtait/mcpfleet/constructs/security"
	"github.com/cdtait/mcpfleet/constructs/standby"
	"github.com/cdtait/mcpfleet/constructs/waf"
)

// addEntrance adds what requests pass on their way to the tasks: domain name, certificate, web ACL and load
// balancer.
func (r *resources) addEntrance(stack cdktf.TerraformStack, region config.Region) {
	if region.CustomDomain() != "" {
		r.zoneID = dns.FindZone(stack, "zone", region.DNS.Zone)
	}
	r.certificateARN = region.LoadBalancer.HTTPS.CertificateARN
	if domains := region.CertificateDomains(); len(domains) > 0 {
		r.certificateARN = certificate.New(stack, "certificate", certificate.Config{
			Name: region.Names.Certificate(), Region: region.Name, Domains: domains, ZoneID: r.zoneID,
		}).ARN
	}
	cfg := loadBalancerConfig(region, *r)
	cfg.AccessLogs = addAccessLogs(stack, region)
	if region.HTTPS() {
		cfg.HTTPS = &loadbalancer.HTTPS{Port: config.HTTPSPort, CertificateARN: r.certificateARN, Policy: region.LoadBalancer.HTTPS.Policy}
	}
	if region.LoadBalancer.DeletionProtection {
		cfg.Protection = &loadbalancer.Protection{
			Names: []string{region.Names.LoadBalancer(), region.Names.InternalLoadBalancer()}, Tags: region.Names.Tags(),
		}
	}
	r.loadBalancer = loadbalancer.New(stack, "load_balancer", cfg)
	if region.WAF.Enabled {
		waf.New(stack, "waf", waf.Config{
			Name: region.Names.WebACL(), RateLimit: region.WAF.RateLimit, Count: loadBalancerCount, LoadBalancerARN: r.loadBalancer.ARN,
		})
	}
	if region.Answers() {
		r.addAnswer(stack, region)
	}
	if region.CustomDomain() != "" {
		r.dns = dns.New(stack, "dns", dnsConfig(region, *r))
	}
}

func securityConfig(region config.Region, r resources) security.Config {
	cfg := security.Config{
		VPCID:         r.network.VPCID,
		TasksName:     region.Names.TaskSecurityGroup(),
		ContainerPort: region.Container.IngressPort(),
		Clients:       region.Discovery.Clients,
		IPv6:          region.IPv6(),
	}
	if region.LoadBalancer.Enabled {
		cfg.LoadBalancer = &security.LoadBalancer{
			Name:      region.Names.LoadBalancerSecurityGroup(),
			Listeners: []security.Listener{{Protocol: "HTTP", Port: region.LoadBalancer.Port}},
			Clients:   region.Access.CIDRs,
		}
		if region.HTTPS() {
			cfg.LoadBalancer.Listeners = append(cfg.LoadBalancer.Listeners, security.Listener{Protocol: "HTTPS", Port: config.HTTPSPort})
		}
	}
	return cfg
}

func loadBalancerConfig(region config.Region, r resources) loadbalancer.Config {
	lb := region.LoadBalancer
	cfg := loadbalancer.Config{
		Name:                    region.LoadBalancerName(),
		Count:                   loadBalancerCount,
		Internal:                lb.Internal,
		DeletionProtection:      region.IsLoadBalancerProtected(),
		VPCID:                   r.network.VPCID,
		SubnetIDs:               r.network.PublicSubnetIDs,
		SecurityGroupID:         r.security.LoadBalancerID,
		InternetGateway:         internetGateway(region),
		Port:                    lb.Port,
		Paths:                   region.Access.PathRules(),
		URL:                     region.Address(loadbalancer.DNSName),
		IdleTimeout:             lb.IdleTimeout,
		DropInvalidHeaderFields: lb.DropInvalidHeaderFields,
		IPv6:                    region.IPv6(),
		TargetGroup: loadbalancer.TargetGroup{
			Name:                region.TargetGroupName(),
			Port:                region.Container.IngressPort(),
			DeregistrationDelay: lb.DeregistrationDelay,
			HealthCheck:         loadbalancer.HealthCheck(lb.HealthCheck),
			Stickiness:          loadbalancer.Stickiness(lb.Stickiness),
		},
	}
	if region.HasStandby() {
		cfg.FirstRule = standby.Priority
	}
	return cfg
}

// internetGateway returns the address of the internet gateway, "" in an existing VPC.
func internetGateway(region config.Region) string {
	if region.HasExistingVPC() {
		return ""
	}
	return network.InternetGateway
}

func dnsConfig(region config.Region, r resources) dns.Config {
	cfg := dns.Config{
		ZoneID:         r.zoneID,
		Domain:         region.CustomDomain(),
		RegionalDomain: region.RegionalDomain(),
		Region:         region.Name,
		Awake:          loadBalancerPresent,
		Target:         dns.Target{DNSName: r.loadBalancer.DNSName, ZoneID: r.loadBalancer.ZoneID},
		URL:            region.URL(dns.Name),
		IPv6:           region.DNS.IPv6,
	}
	if r.answer != nil {
		cfg.Asleep = &dns.Asleep{Targets: map[string]dns.Target{}, HealthCheckID: r.answer.HealthCheckID, DependsOn: slices.Concat(r.answer.Ready, r.loadBalancer.Ready)}
		for domain, target := range r.answer.Targets {
			cfg.Asleep.Targets[domain] = dns.Target(target)
		}
	}
	return cfg
}
