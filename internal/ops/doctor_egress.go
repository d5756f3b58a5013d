package ops

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/cdtait/mcpfleet/internal/text"
)

// networkAdvice says, by network mode, what to check if tasks cannot reach AWS or the image's registry.
var networkAdvice = map[string]string{
	"public":        "check the subnets' route to an internet gateway and the tasks' public IP addresses",
	"private":       "check that the NAT gateway is available, and the private subnets' route to it",
	"endpoints":     "check that the VPC endpoints are available, and that their security group lets the tasks in",
	existingNetwork: "check that the subnets of network.existing lead to the internet: in mode public through an internet gateway, in mode private through a NAT gateway or the like",
}

// pullAdvice says, by network mode, what to check if an image cannot be pulled.
//
// Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html
var pullAdvice = map[string]string{
	"public":    "check that container.image exists and can be pulled, then deploy",
	"private":   "check that container.image exists and can be pulled, then deploy",
	"endpoints": "check that container.image exists in ECR, then deploy; the first pull through a pull-through cache needs the internet, so pull the image once from elsewhere",
}

// hasNATGateways and hasEndpoints are false in the lead, in which an apply may have made them, or not yet.
func (e *examination) hasNATGateways() bool { return len(e.NATZones()) > 0 && !e.expected.Lead }
func (e *examination) hasEndpoints() bool {
	return len(e.InterfaceEndpoints()) > 0 && !e.expected.Lead
}

// detached reports whether an apply has put the region to sleep: until then, load balancer, NAT gateways and
// endpoints stay.
func (e *examination) detached() bool {
	return !e.expected.Egress && len(e.observed.service.LoadBalancers) == 0 && e.observed.service.DesiredCount == 0
}

func checkNATGateways(ctx context.Context, e *examination) (found []Problem, err error) {
	gateways, err := e.natGateways(ctx)
	if err != nil {
		return nil, err
	}
	if !e.expected.Egress {
		return e.checkLeftoverNAT(ctx, gateways)
	}
	for _, zone := range e.NATZones() {
		at := slices.IndexFunc(gateways, func(gateway ec2types.NatGateway) bool {
			return nameTag(gateway.Tags) == e.Names.NATGateway(zone) && gateway.State != ec2types.NatGatewayStateFailed
		})
		if at < 0 {
			found = append(found, Problem{NATGatewayMissing, e.missingNATGateway(zone, gateways), e.deploy()})
		}
	}
	return found, nil
}

// checkLeftoverNAT reports NAT gateways and addresses of a region that an apply has put to sleep.
func (e *examination) checkLeftoverNAT(ctx context.Context, gateways []ec2types.NatGateway) (found []Problem, err error) {
	if !e.detached() {
		return nil, nil
	}
	for _, gateway := range gateways {
		if gateway.State != ec2types.NatGatewayStateFailed {
			found = append(found, e.leftover("NAT gateway", value(gateway.NatGatewayId), "aws_nat_gateway.main_"+e.zoneOfNAT(gateway.Tags)+"[0]")...)
		}
	}
	output, err := e.ec2.DescribeAddresses(ctx, &ec2.DescribeAddressesInput{Filters: filter("tag:Name", e.natNames()...)})
	if err != nil {
		return found, err
	}
	for _, address := range output.Addresses {
		found = append(found, e.leftover("Elastic IP address", value(address.AllocationId), "aws_eip.nat_"+e.zoneOfNAT(address.Tags)+"[0]")...)
	}
	return found, nil
}

// zoneOfNAT returns the letter of the zone of a NAT gateway or of its address.
func (e *examination) zoneOfNAT(tags []ec2types.Tag) string {
	return strings.TrimPrefix(nameTag(tags), e.Names.NATGateway(""))
}

// missingNATGateway says that a zone has no NAT gateway, and why the last attempt failed.
func (e *examination) missingNATGateway(zone string, gateways []ec2types.NatGateway) string {
	for _, gateway := range gateways {
		if nameTag(gateway.Tags) == e.Names.NATGateway(zone) {
			return text.JoinNonEmpty(": ", "NAT gateway "+e.Names.NATGateway(zone)+" failed", value(gateway.FailureCode), oneLine(value(gateway.FailureMessage)))
		}
	}
	return "NAT gateway " + e.Names.NATGateway(zone) + " is missing, so tasks cannot reach the internet"
}

func checkEndpoints(ctx context.Context, e *examination) (found []Problem, err error) {
	endpoints, err := e.vpcEndpoints(ctx)
	if err != nil {
		return nil, err
	}
	for _, service := range e.endpointServices() {
		at := slices.IndexFunc(endpoints, func(endpoint ec2types.VpcEndpoint) bool { return nameTag(endpoint.Tags) == e.Names.Endpoint(service) })
		switch {
		case !e.expected.Egress && service != "s3":
			if at >= 0 && e.detached() {
				found = append(found, e.leftover("VPC endpoint", value(endpoints[at].VpcEndpointId), "aws_vpc_endpoint."+strings.ReplaceAll(service, ".", "_")+"[0]")...)
			}
		case at < 0:
			found = append(found, Problem{EndpointMissing, fmt.Sprintf("the VPC endpoint of %s is missing, so tasks cannot reach the service", service), e.deploy()})
		case !isAvailable(endpoints[at]):
			message := text.JoinNonEmpty(": ", fmt.Sprintf("the VPC endpoint of %s is %s", service, endpoints[at].State), lastError(endpoints[at]))
			found = append(found, Problem{EndpointMissing, message, e.deploy()})
		}
	}
	return found, nil
}

// isAvailable reports whether an endpoint works. The SDK and the API differ in the case of states.
func isAvailable(endpoint ec2types.VpcEndpoint) bool {
	return strings.EqualFold(string(endpoint.State), string(ec2types.StateAvailable))
}

func lastError(endpoint ec2types.VpcEndpoint) string {
	if endpoint.LastError == nil {
		return ""
	}
	return oneLine(value(endpoint.LastError.Message))
}

// leftover reports something that is billed by the hour while the region is asleep. An apply that was killed while it
// woke the region leaves it behind without a state.
func (r *Region) leftover(kind, id, address string) []Problem {
	imports := Fix{Verb: VerbTerraform, Region: r.Name, Arguments: []string{r.Names.Stack(), "import", "-var", "weekend_state=up", address, id}}
	return []Problem{
		{Leftover, kind + " " + id + " exists and is billed, although the region is asleep", r.deploy()},
		{Leftover, "if " + id + " still exists after that, it is in no Terraform state: import it", imports.withAdvice("then deploy again")},
	}
}
