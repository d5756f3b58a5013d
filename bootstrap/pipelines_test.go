package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/cdtait/mcpfleet/config"
)

func TestPipelinesOf(t *testing.T) {
	cases := map[string]struct {
		repository, environments string
		want                     []string
		problem                  string
	}{
		"the fleet's environment by default": {"you/your-fleet", "", []string{"prod"}, ""},
		"other environments":                 {"you/your.fleet_2", "prod,prod-weekend", []string{"prod", "prod-weekend"}, ""},
		"no repository":                      {"", "", nil, "MCPFLEET_REPOSITORY is not set"},
		"owner only":                         {"you", "", nil, `"you" is not a GitHub repository`},
		"URL":                                {"https://github.com/you/your-fleet", "", nil, "write owner/name"},
		"all repositories":                   {"*/*", "", nil, `"*/*" is not a GitHub repository`},
		"all repositories of an owner":       {"you/*", "", nil, `"you/*" is not a GitHub repository`},
		"Terraform expression":               {"you/${x}", "", nil, "is not a GitHub repository"},
		"all environments":                   {"you/your-fleet", "*", nil, `MCPFLEET_ENVIRONMENTS: "*" is not an environment name`},
		"empty environment":                  {"you/your-fleet", "prod,", nil, `MCPFLEET_ENVIRONMENTS: "" is not an environment name`},
		"environment with a colon":           {"you/your-fleet", "a:b", nil, "is not an environment name"},
	}
	fleet := &config.Fleet{Environment: "prod", State: config.State{Backend: "s3"}}
	for title, each := range cases {
		t.Run(title, func(t *testing.T) {
			got, err := pipelinesOf("regions.yaml", fleet, func(variable string) string {
				return map[string]string{repositoryVariable: each.repository, environmentsVariable: each.environments}[variable]
			})
			if each.problem != "" {
				if err == nil || !strings.Contains(err.Error(), each.problem) {
					t.Errorf("got %v, want %q", err, each.problem)
				}
				return
			}
			if err != nil || got.repository != each.repository || !slices.Equal(got.environments, each.want) {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}
