// Package discovery creates a private AWS Cloud Map namespace and service. Tasks register in the service, so
// other workloads in the VPC can find them without the load balancer.
package discovery

import (
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/servicediscoveryprivatednsnamespace"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/servicediscoveryservice"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/internal/hcl"
	"github.com/cdtait/mcpfleet/internal/pointer"
)

const (
	namespaceAddress = "aws_service_discovery_private_dns_namespace.main"
	serviceAddress   = "aws_service_discovery_service.main"
)

// Config configures the namespace and the service.
type Config struct {
	Namespace string
	Service   string
	VPCID     string
	// TTL is in seconds.
	TTL int
	// DependsOn are the addresses of resources to create before the namespace.
	DependsOn []string
}

// Discovery holds references to the created resources.
type Discovery struct {
	ServiceARN string
	// DNSName resolves to the addresses of the tasks.
	DNSName string
}

// destroyAfterDependents makes Terraform update the ECS service before it destroys the Cloud Map service, so
// no new task registers meanwhile, and the Cloud Map service before the namespace.
var destroyAfterDependents = &cdktf.TerraformResourceLifecycle{CreateBeforeDestroy: new(true)}

// New creates the namespace and the service.
func New(scope constructs.Construct, id string, cfg Config) *Discovery {
	scope = constructs.NewConstruct(scope, &id)
	namespace := servicediscoveryprivatednsnamespace.NewServiceDiscoveryPrivateDnsNamespace(scope, new("namespace"), &servicediscoveryprivatednsnamespace.ServiceDiscoveryPrivateDnsNamespaceConfig{
		Name:        &cfg.Namespace,
		Description: new("Tasks of " + cfg.Service),
		Vpc:         &cfg.VPCID,
		Tags:        pointer.NameTag(cfg.Namespace),
		Lifecycle:   destroyAfterDependents,
	})
	namespace.OverrideLogicalId(new("main"))
	if len(cfg.DependsOn) > 0 {
		namespace.AddOverride(new("depends_on"), cfg.DependsOn)
	}
	service := servicediscoveryservice.NewServiceDiscoveryService(scope, new("service"), &servicediscoveryservice.ServiceDiscoveryServiceConfig{
		Name: &cfg.Service,
		DnsConfig: &servicediscoveryservice.ServiceDiscoveryServiceDnsConfig{
			NamespaceId:   new(hcl.Attribute(namespaceAddress, "id")),
			RoutingPolicy: new("MULTIVALUE"),
			DnsRecords: []*servicediscoveryservice.ServiceDiscoveryServiceDnsConfigDnsRecords{{
				Type: new("A"),
				Ttl:  new(float64(cfg.TTL)),
			}},
		},
		// ECS reports task health. AWS always uses a threshold of 1:
		// https://docs.aws.amazon.com/cloud-map/latest/api/API_HealthCheckCustomConfig.html
		HealthCheckCustomConfig: &servicediscoveryservice.ServiceDiscoveryServiceHealthCheckCustomConfig{
			FailureThreshold: new(1.0),
		},
		// Stopping tasks are still registered, and AWS does not delete a service that has instances.
		ForceDestroy: true,
		Tags:         pointer.NameTag(cfg.Service),
		Lifecycle:    destroyAfterDependents,
	})
	service.OverrideLogicalId(new("main"))
	return &Discovery{
		ServiceARN: hcl.Attribute(serviceAddress, "arn"),
		DNSName:    hcl.Attribute(serviceAddress, "name") + "." + hcl.Attribute(namespaceAddress, "name"),
	}
}
