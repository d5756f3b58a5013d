package stacks

import (
	"maps"
	"regexp"

	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/constructs/answer"
	"github.com/cdtait/mcpfleet/schedule"
)

// apiPath matches the paths that API Gateway serves.
//
// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
var apiPath = regexp.MustCompile(`^(/[A-Za-z0-9._:-]+)+$|^/$`)

// addAnswer adds what answers while the region has no load balancer.
func (r *resources) addAnswer(stack cdktf.TerraformStack, region config.Region) {
	cfg := answerConfig(region, r.certificateARN)
	r.answer = answer.New(stack, "answer", cfg)
	maps.Copy(r.locals, answer.Locals(cfg))
}

func answerConfig(region config.Region, certificateARN string) answer.Config {
	cfg := answer.Config{
		Name: region.Names.Answer(), HealthCheckName: region.Names.Asleep(), Domains: []string{region.CustomDomain()}, CertificateARN: certificateARN,
		Awake: loadBalancerPresent, Opening: "null",
	}
	if apiPath.MatchString(region.MCP.Path) {
		cfg.Path = region.MCP.Path
	}
	if region.RegionalDomain() != "" {
		cfg.Domains = append(cfg.Domains, region.RegionalDomain())
	}
	if opens(region) {
		cfg.Opening = "local." + schedule.LocalOpening
	}
	return cfg
}

// opens reports whether a window opens the region again.
func opens(region config.Region) bool { return region.Rules().LoadBalancer != config.Never }
