package access

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/cdtait/mcpfleet/internal/awspolicy"
)

const repository = "you/your-fleet"

// workflow is what of a workflow decides who takes which role.
type workflow struct {
	On   yaml.Node
	Jobs map[string]struct {
		Environment string
		Steps       []struct {
			Uses string
			With map[string]string
		}
	}
}

// roleVariables are the variables that workflows name the roles by.
var roleVariables = map[string]string{"${{ vars.AWS_PLAN_ROLE }}": Plan, "${{ vars.AWS_APPLY_ROLE }}": Apply}

// TestTheRolesTrustTheWorkflowsAndNobodyElse reads from the workflows which job takes which role and
// as what subject, and compares that with the trust of the roles, both ways.
func TestTheRolesTrustTheWorkflowsAndNobodyElse(t *testing.T) {
	files, err := filepath.Glob("../../.github/workflows/*.yml")
	if err != nil || len(files) == 0 {
		t.Fatalf("%v, %v", files, err)
	}
	taken := map[string]map[string]bool{Plan: {}, Apply: {}}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "role-to-assume") {
			t.Errorf("%s takes a role without the setup action", file)
		}
		var w workflow
		if err := yaml.Unmarshal(text, &w); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for name, job := range w.Jobs {
			for _, step := range job.Steps {
				if step.With["role"] == "" {
					continue
				}
				role, known := roleVariables[step.With["role"]]
				if !known {
					t.Fatalf("%s: job %s takes the role %s, which nothing here makes", file, name, step.With["role"])
				}
				for _, subject := range subjects(t, &w, job.Environment) {
					taken[role][subject] = true
				}
			}
		}
	}
	fleet := load(t, "../../regions.yaml")
	for role, trusted := range map[string][]string{
		Plan:  PlanSubjects(repository),
		Apply: ApplySubjects(repository, []string{fleet.Environment}),
	} {
		slices.Sort(trusted)
		if difference := cmp.Diff(slices.Sorted(maps.Keys(taken[role])), trusted); difference != "" {
			t.Errorf("the role to %s (- taken by a job, + trusted)\n%s", role, difference)
		}
	}
}

// byDefault is an environment that a variable may override.
var byDefault = regexp.MustCompile(`^\$\{\{ vars\.\w+ \|\| '(\w+)' \}\}$`)

// subjects are what GitHub calls a job of a workflow. A run by hand or by the clock is of the default
// branch; of another branch it may be started too, and is refused.
func subjects(t *testing.T, w *workflow, environment string) []string {
	t.Helper()
	of := "repo:" + repository + ":"
	if environment != "" {
		match := byDefault.FindStringSubmatch(environment)
		if match == nil {
			t.Fatalf("the environment %s has no default", environment)
		}
		return []string{of + "environment:" + match[1]}
	}
	triggers := map[string]struct{ Branches []string }{}
	for i := 0; i+1 < len(w.On.Content); i += 2 {
		var filter struct{ Branches []string }
		_ = w.On.Content[i+1].Decode(&filter) // a schedule is a list, and has no branches
		triggers[w.On.Content[i].Value] = filter
	}
	var result []string
	for trigger, filter := range triggers {
		switch trigger {
		case "pull_request":
			result = append(result, of+"pull_request")
		case "push":
			if len(filter.Branches) == 0 {
				t.Fatal("a push of any branch takes a role")
			}
			for _, branch := range filter.Branches {
				result = append(result, of+"ref:refs/heads/"+branch)
			}
		case "schedule", "workflow_dispatch":
			result = append(result, of+"ref:refs/heads/"+DefaultBranch)
		default:
			t.Fatalf("no test knows who takes a role on %s", trigger)
		}
	}
	return result
}

func TestATokenForSomebodyElseTakesNoRole(t *testing.T) {
	statement := Trust(account, ApplySubjects(repository, []string{"dev", "dev-weekend"})).Statement[0]
	if want := (awspolicy.Principal{Type: "Federated", Name: "arn:aws:iam::" + account + ":oidc-provider/token.actions.githubusercontent.com"}); statement.Principal != want {
		t.Errorf("the principal is %v", statement.Principal)
	}
	cases := map[string]struct {
		subject, audience string
		want              bool
	}{
		"a job in the environment":            {"repo:you/your-fleet:environment:dev", "sts.amazonaws.com", true},
		"a job in the other one":              {"repo:you/your-fleet:environment:dev-weekend", "sts.amazonaws.com", true},
		"a job in an environment of a fork":   {"repo:they/your-fleet:environment:dev", "sts.amazonaws.com", false},
		"a job in another environment":        {"repo:you/your-fleet:environment:prod", "sts.amazonaws.com", false},
		"a job in none":                       {"repo:you/your-fleet:ref:refs/heads/main", "sts.amazonaws.com", false},
		"a pull request":                      {"repo:you/your-fleet:pull_request", "sts.amazonaws.com", false},
		"a token that is for somebody else":   {"repo:you/your-fleet:environment:dev", "https://github.com/you", false},
		"a repository whose name only begins": {"repo:you/your-fleet-two:environment:dev", "sts.amazonaws.com", false},
	}
	for name, each := range cases {
		t.Run(name, func(t *testing.T) {
			statement.Resource = awspolicy.References("*")
			got := concerns(t, statement, request{action: "sts:AssumeRoleWithWebIdentity", context: map[string]string{
				Issuer + ":sub": each.subject, Issuer + ":aud": each.audience,
			}})
			if got != each.want {
				t.Errorf("it takes the role: %v", got)
			}
		})
	}
}
