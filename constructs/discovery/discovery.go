// Package discovery makes the AWS Cloud Map namespace of a region and the service in it that the
// tasks register in, so that other workloads of the VPC find them without the load balancer.
package discovery

import (
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/servicediscoveryprivatednsnamespace"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/servicediscoveryservice"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/internal/pointer"
)

// Config describes the namespace and its service.
type Config struct {
	Namespace string
	Service   string
	VPCID     string
	// TTL is in seconds.
	TTL int
}

// Discovery is a namespace that is there.
type Discovery struct {
	ServiceARN string
	// DNSName is the name that the tasks answer under.
	DNSName string
}

// afterItsUsers has Terraform take a thing away only after whatever refers to it no longer does: first
// the ECS service, so that no new task registers, then the Cloud Map service, then the namespace.
var afterItsUsers = &cdktf.TerraformResourceLifecycle{CreateBeforeDestroy: new(true)}

// New makes the namespace and its service.
func New(scope constructs.Construct, id string, cfg Config) *Discovery {
	scope = constructs.NewConstruct(scope, &id)
	namespace := servicediscoveryprivatednsnamespace.NewServiceDiscoveryPrivateDnsNamespace(scope, new("namespace"), &servicediscoveryprivatednsnamespace.ServiceDiscoveryPrivateDnsNamespaceConfig{
		Name:        &cfg.Namespace,
		Description: new("Tasks of " + cfg.Service),
		Vpc:         &cfg.VPCID,
		Tags:        pointer.NameTag(cfg.Namespace),
		Lifecycle:   afterItsUsers,
	})
	namespace.OverrideLogicalId(new("main"))
	service := servicediscoveryservice.NewServiceDiscoveryService(scope, new("service"), &servicediscoveryservice.ServiceDiscoveryServiceConfig{
		Name: &cfg.Service,
		DnsConfig: &servicediscoveryservice.ServiceDiscoveryServiceDnsConfig{
			NamespaceId:   namespace.Id(),
			RoutingPolicy: new("MULTIVALUE"),
			DnsRecords: []*servicediscoveryservice.ServiceDiscoveryServiceDnsConfigDnsRecords{{
				Type: new("A"),
				Ttl:  new(float64(cfg.TTL)),
			}},
		},
		// ECS says which task is healthy. The threshold can be nothing but 1:
		// https://docs.aws.amazon.com/cloud-map/latest/api/API_HealthCheckCustomConfig.html
		HealthCheckCustomConfig: &servicediscoveryservice.ServiceDiscoveryServiceHealthCheckCustomConfig{
			FailureThreshold: new(1.0),
		},
		// Tasks that are still stopping are registered: AWS would refuse to delete the service.
		ForceDestroy: true,
		Tags:         pointer.NameTag(cfg.Service),
		Lifecycle:    afterItsUsers,
	})
	service.OverrideLogicalId(new("main"))
	return &Discovery{
		ServiceARN: *service.Arn(),
		DNSName:    *service.Name() + "." + *namespace.Name(),
	}
}
