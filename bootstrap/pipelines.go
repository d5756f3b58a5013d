package main

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/cdtait/mcpfleet/config"
)

// The environment variables that set who may deploy a fleet. This is not in the fleet file, because a change
// to the file could then grant itself permissions.
const (
	repositoryVariable   = "MCPFLEET_REPOSITORY"
	environmentsVariable = "MCPFLEET_ENVIRONMENTS"
)

// pipelines are the workflows that deploy the fleet.
type pipelines struct {
	// repository is owner/name, as GitHub spells it.
	repository string
	// environments are the GitHub environments that may apply.
	environments []string
}

var (
	// https://docs.github.com/en/rest/repos/repos#create-an-organization-repository
	repositoryShape = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}$`)
	// GitHub escapes other characters in a token's subject.
	environmentShape = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,255}$`)
)

// pipelinesOf reads the environment variables and returns all problems at once.
func pipelinesOf(file string, fleet *config.Fleet, getenv func(string) string) (pipelines, error) {
	result := pipelines{repository: getenv(repositoryVariable)}
	var problems []error
	switch {
	case result.repository == "":
		problems = append(problems, fmt.Errorf("%s is not set; set it to the repository whose workflows may deploy, such as %s=you/your-fleet", repositoryVariable, repositoryVariable))
	case !repositoryShape.MatchString(result.repository):
		problems = append(problems, fmt.Errorf("%s: %q is not a GitHub repository; write owner/name, such as you/your-fleet", repositoryVariable, result.repository))
	}
	for environment := range strings.SplitSeq(cmp.Or(getenv(environmentsVariable), fleet.Environment), ",") {
		if !environmentShape.MatchString(environment) {
			problems = append(problems, fmt.Errorf("%s: %q is not an environment name; write a comma-separated list of names with letters, digits, and _ . - only, such as %s,%s-weekend",
				environmentsVariable, environment, fleet.Environment, fleet.Environment))
			continue
		}
		result.environments = append(result.environments, environment)
	}
	if fleet.State.Backend != "s3" {
		problems = append(problems, fmt.Errorf("%s: state.backend: is %s, which pipelines cannot share; write state: {backend: s3, bucket: your-terraform-state, region: %s}",
			file, fleet.State.Backend, fleet.Regions[0].Name))
	}
	return result, errors.Join(problems...)
}
