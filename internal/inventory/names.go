package inventory

import (
	"cmp"
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/servicediscovery"
	"github.com/aws/aws-sdk-go-v2/service/servicediscovery/types"
)

// readDiscovery reads the Cloud Map services that the tasks are registered with, and their namespaces.
func (s *survey) readDiscovery(ctx context.Context) error {
	client := servicediscovery.NewFromConfig(s.cfg)
	for _, registry := range s.service.ServiceRegistries {
		id := lastPart(aws.ToString(registry.RegistryArn))
		output, err := client.GetService(ctx, &servicediscovery.GetServiceInput{Id: &id})
		if err != nil {
			return err
		}
		service := output.Service
		attributes := values{"id": id, "arn": service.Arn, "name": service.Name}
		namespace := aws.ToString(service.NamespaceId)
		if service.DnsConfig != nil {
			namespace = cmp.Or(namespace, aws.ToString(service.DnsConfig.NamespaceId)) //nolint:staticcheck // emulators have it only there
			var records []values
			for _, each := range service.DnsConfig.DnsRecords {
				records = append(records, values{"ttl": each.TTL, "type": each.Type})
			}
			attributes["dns_config"] = []values{{"routing_policy": service.DnsConfig.RoutingPolicy, "dns_records": records}}
		}
		if service.HealthCheckConfig != nil {
			attributes["health_check_config"] = []values{{"type": service.HealthCheckConfig.Type}}
		}
		if service.HealthCheckCustomConfig != nil {
			attributes["health_check_custom_config"] = []values{{"failure_threshold": 1}}
		}
		s.add("aws_service_discovery_service", id, attributes)
		if err := s.readNamespace(ctx, client, namespace); err != nil {
			return err
		}
	}
	return nil
}

func (s *survey) readNamespace(ctx context.Context, client *servicediscovery.Client, id string) error {
	output, err := client.GetNamespace(ctx, &servicediscovery.GetNamespaceInput{Id: &id})
	if err != nil {
		return err
	}
	kind := map[types.NamespaceType]string{
		types.NamespaceTypeDnsPrivate: "aws_service_discovery_private_dns_namespace", types.NamespaceTypeDnsPublic: "aws_service_discovery_public_dns_namespace",
		types.NamespaceTypeHttp: "aws_service_discovery_http_namespace",
	}[output.Namespace.Type]
	s.add(kind, id, values{"id": id, "name": output.Namespace.Name, "vpc": s.vpc})
	return nil
}

// readRecords reads the records that are aliases of the load balancer, in all hosted zones of the account.
func (s *survey) readRecords(ctx context.Context) error {
	if s.balancerDNS == "" {
		return nil
	}
	client := route53.NewFromConfig(s.cfg)
	for zones := route53.NewListHostedZonesPaginator(client, &route53.ListHostedZonesInput{}); zones.HasMorePages(); {
		page, err := zones.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, zone := range page.HostedZones {
			if zone.Config != nil && zone.Config.PrivateZone {
				continue
			}
			if err := s.readZone(ctx, client, lastPart(*zone.Id), *zone.Name); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *survey) readZone(ctx context.Context, client *route53.Client, id, name string) error {
	found := false
	for pages := route53.NewListResourceRecordSetsPaginator(client, &route53.ListResourceRecordSetsInput{HostedZoneId: &id}); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, record := range page.ResourceRecordSets {
			if record.AliasTarget == nil || !s.isBalancer(*record.AliasTarget.DNSName) {
				continue
			}
			found = true
			attributes := values{
				"zone_id": id, "name": record.Name, "type": record.Type, "set_identifier": record.SetIdentifier, "health_check_id": record.HealthCheckId,
				"alias": []values{{"name": record.AliasTarget.DNSName}},
			}
			if record.Region != "" {
				attributes["latency_routing_policy"] = []values{{"region": record.Region}}
			}
			s.add("aws_route53_record", strings.TrimSuffix(*record.Name, ".")+"/"+string(record.Type), attributes)
		}
	}
	if found {
		s.state.Resources = append(s.state.Resources, resource("data", "aws_route53_zone", id, values{"zone_id": id, "name": name}))
	}
	return nil
}

// isBalancer reports whether an alias leads to the load balancer. The console writes such names with a prefix.
func (s *survey) isBalancer(alias string) bool {
	name := strings.TrimSuffix(strings.TrimPrefix(strings.ToLower(alias), "dualstack."), ".")
	return name == strings.ToLower(s.balancerDNS)
}
