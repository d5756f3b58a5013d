// Package answer creates what answers for a region while its load balancer does not exist: an API that returns 503 to every
// request, with the time at which to try again. It has no backend, and costs nothing unless somebody asks.
//
// The API only serves the custom domains of the region, to which its records lead meanwhile. API Gateway has no mapping from
// a request's body to a mock response, so the error that an MCP client gets has no ID of a request.
//
// Sources: https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-mock-integration.html and
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-regional-api-custom-domain-create.html
package answer

import (
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/apigatewaybasepathmapping"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/apigatewaydeployment"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/apigatewaydomainname"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/apigatewaymethodsettings"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/apigatewayrestapi"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/apigatewaystage"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/route53healthcheck"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/internal/checkov"
	"github.com/cdtait/mcpfleet/internal/hcl"
	"github.com/cdtait/mcpfleet/internal/pointer"
)

// The throttling limits of the API, in requests per second. API Gateway does not bill what it throttles, so they bound what
// a flood of requests can cost.
const (
	rateLimit  = 20
	burstLimit = 40
)

// name is the name of the stage, and that of the API's resources in their addresses.
const name = "answer"

// Addresses of the resources.
const (
	api         = "aws_api_gateway_rest_api." + name
	deployment  = "aws_api_gateway_deployment." + name
	stage       = "aws_api_gateway_stage." + name
	domain      = "aws_api_gateway_domain_name." + name
	mapping     = "aws_api_gateway_base_path_mapping." + name
	healthCheck = "aws_route53_health_check.asleep"
)

// Accepted lists the checkov checks that fail on purpose.
var Accepted = []checkov.Accepted{
	{Check: "CKV_AWS_225", Address: "aws_api_gateway_method_settings.answer", Reason: "A cache is billed by the hour, and the answers have no backend."},
	{Check: "CKV_AWS_120", Address: "aws_api_gateway_stage.answer", Reason: "A cache is billed by the hour, and the answers have no backend."},
	{Check: "CKV_AWS_73", Address: "aws_api_gateway_stage.answer", Reason: "There is nothing to trace behind the answer."},
	{Check: "CKV_AWS_76", Address: "aws_api_gateway_stage.answer", Reason: "Access logs need a role that is a setting of the whole account, and the answer tells nobody anything."},
	{Check: "CKV2_AWS_4", Address: "aws_api_gateway_stage.answer", Reason: "Logs need a role that is a setting of the whole account, and the answer has no backend that could fail."},
	{Check: "CKV2_AWS_29", Address: "aws_api_gateway_stage.answer", Reason: "A web ACL costs more than what it would block: the API has no backend, and is throttled."},
	{Check: "CKV2_AWS_51", Address: "aws_api_gateway_stage.answer", Reason: "There is no backend that could check a client certificate."},
}

// Config configures the answer.
type Config struct {
	Name string
	// HealthCheckName is the name of the health check.
	HealthCheckName string
	// Domains are the names that lead to the API.
	Domains []string
	// CertificateARN is a certificate for them.
	CertificateARN string
	// Path is the path of the server, where clients get an error in the form of its protocol. It is empty if API Gateway
	// cannot serve it.
	Path string
	// Awake is an HCL expression: whether the records lead to the load balancer, not to the API.
	Awake string
	// Opening is an HCL expression for the time at which the server is back, in the form of RFC 3339, or null.
	Opening string
}

// Answer holds references to what the records lead to.
type Answer struct {
	// Targets are the names and zones of the API's domains, by domain.
	Targets map[string]Target
	// HealthCheckID is the ID of a health check that is never healthy, null while the region is awake.
	HealthCheckID string
	// Ready are addresses for depends_on: before these exist, the API does not answer.
	Ready []string
}

// Target is the target of an alias record.
type Target struct{ DNSName, ZoneID string }

// New creates the API. It also needs the locals of Locals.
func New(scope constructs.Construct, id string, cfg Config) *Answer {
	scope = constructs.NewConstruct(scope, &id)
	newAPI(scope, cfg)
	answer := &Answer{Targets: map[string]Target{}, HealthCheckID: hcl.OneOrNull(healthCheck, "id"), Ready: []string{mapping}}
	newDomains(scope, cfg)
	for _, each := range cfg.Domains {
		address := domain + hcl.Index(each)
		answer.Targets[each] = Target{hcl.Attribute(address, "regional_domain_name"), hcl.Attribute(address, "regional_zone_id")}
	}
	newHealthCheck(scope, cfg)
	return answer
}

// outlivesRecords makes Terraform change the records before it destroys what they lead to.
var outlivesRecords = &cdktf.TerraformResourceLifecycle{CreateBeforeDestroy: new(true)}

func newAPI(scope constructs.Construct, cfg Config) {
	rest := apigatewayrestapi.NewApiGatewayRestApi(scope, new("api"), &apigatewayrestapi.ApiGatewayRestApiConfig{
		Name:                      &cfg.Name,
		Description:               new("Answers while the region sleeps."),
		Body:                      new(hcl.Expression("jsonencode(local." + localAPI + ")")),
		DisableExecuteApiEndpoint: true, // only the domains
		EndpointConfiguration:     &apigatewayrestapi.ApiGatewayRestApiEndpointConfiguration{Types: pointer.Strings("REGIONAL")},
		Tags:                      pointer.NameTag(cfg.Name),
		Lifecycle:                 outlivesRecords,
	})
	rest.OverrideLogicalId(new(name))
	deployed := apigatewaydeployment.NewApiGatewayDeployment(scope, new("deployment"), &apigatewaydeployment.ApiGatewayDeploymentConfig{
		RestApiId: new(hcl.Attribute(api, "id")),
		Triggers:  &map[string]*string{"body": new(hcl.Expression("sha1(" + api + ".body)"))},
		Lifecycle: outlivesRecords, // and the stage uses the old one until it has the new one
	})
	deployed.OverrideLogicalId(new(name))
	staged := apigatewaystage.NewApiGatewayStage(scope, new("stage"), &apigatewaystage.ApiGatewayStageConfig{
		RestApiId:    new(hcl.Attribute(api, "id")),
		DeploymentId: new(hcl.Attribute(deployment, "id")),
		StageName:    new(name),
		Tags:         pointer.NameTag(cfg.Name),
		Lifecycle:    outlivesRecords,
	})
	staged.OverrideLogicalId(new(name))
	settings := apigatewaymethodsettings.NewApiGatewayMethodSettings(scope, new("settings"), &apigatewaymethodsettings.ApiGatewayMethodSettingsConfig{
		RestApiId:  new(hcl.Attribute(api, "id")),
		StageName:  new(hcl.Attribute(stage, "stage_name")),
		MethodPath: new("*/*"),
		Settings:   &apigatewaymethodsettings.ApiGatewayMethodSettingsSettings{ThrottlingRateLimit: new(float64(rateLimit)), ThrottlingBurstLimit: new(float64(burstLimit))},
	})
	settings.OverrideLogicalId(new(name))
}

// newDomains creates the custom domains, and maps them to the API.
func newDomains(scope constructs.Construct, cfg Config) {
	domains := apigatewaydomainname.NewApiGatewayDomainName(scope, new("domain"), &apigatewaydomainname.ApiGatewayDomainNameConfig{
		DomainName:             new(hcl.Expression("each.key")),
		RegionalCertificateArn: &cfg.CertificateARN,
		SecurityPolicy:         new("TLS_1_2"),
		EndpointConfiguration:  &apigatewaydomainname.ApiGatewayDomainNameEndpointConfiguration{Types: pointer.Strings("REGIONAL")},
		Tags:                   pointer.NameTag(cfg.Name),
		Lifecycle:              outlivesRecords,
	})
	domains.OverrideLogicalId(new(name))
	domains.AddOverride(new("for_each"), hcl.Set(cfg.Domains))
	mapped := apigatewaybasepathmapping.NewApiGatewayBasePathMapping(scope, new("mapping"), &apigatewaybasepathmapping.ApiGatewayBasePathMappingConfig{
		ApiId:      new(hcl.Attribute(api, "id")),
		StageName:  new(hcl.Attribute(stage, "stage_name")),
		DomainName: new(hcl.Expression("each.value.domain_name")),
		Lifecycle:  outlivesRecords,
	})
	mapped.OverrideLogicalId(new(name))
	mapped.AddOverride(new("for_each"), hcl.Expression(domain))
}

// newHealthCheck creates a health check that Route 53 always considers unhealthy, because it needs more healthy checks than
// it has. A record with it is only returned if no record of the same name is healthy: regions that are awake are preferred,
// and if all sleep, the nearest answers.
//
// Sources: HealthThreshold in
// https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html and
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-how-route-53-chooses-records.html
func newHealthCheck(scope constructs.Construct, cfg Config) {
	check := route53healthcheck.NewRoute53HealthCheck(scope, new("health_check"), &route53healthcheck.Route53HealthCheckConfig{
		Type:                 new("CALCULATED"),
		ChildHealthThreshold: new(1.0),
		Tags:                 pointer.NameTag(cfg.HealthCheckName),
		Lifecycle:            outlivesRecords,
	})
	check.OverrideLogicalId(new("asleep"))
	check.AddOverride(new("count"), hcl.Expression(cfg.Awake+" ? 0 : 1"))
}
