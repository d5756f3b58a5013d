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

// workflow holds the parts of a workflow that decide which role a job assumes.
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

// roleVariables are the variables that workflows refer to the roles by.
var roleVariables = map[string]string{"${{ vars.AWS_PLAN_ROLE }}": Plan, "${{ vars.AWS_APPLY_ROLE }}": Apply}

// TestRolesTrustExactlyTheWorkflows compares the token subjects of the jobs that assume a role with those
// that the role trusts.
func TestRolesTrustExactlyTheWorkflows(t *testing.T) {
	files, err := filepath.Glob("../../.github/workflows/*.yml")
	if err != nil || len(files) == 0 {
		t.Fatalf("%v, %v", files, err)
	}
	assumed := map[string]map[string]bool{Plan: {}, Apply: {}}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "role-to-assume") {
			t.Errorf("%s assumes a role without the setup action", file)
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
					t.Fatalf("%s: job %s assumes the role %s, which bootstrap does not create", file, name, step.With["role"])
				}
				for _, subject := range subjects(t, &w, job.Environment) {
					assumed[role][subject] = true
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
		if difference := cmp.Diff(slices.Sorted(maps.Keys(assumed[role])), trusted); difference != "" {
			t.Errorf("subjects of the %s role (- assumed by a job, + trusted)\n%s", role, difference)
		}
	}
}

// environmentWithDefault matches an environment from a variable with a default.
var environmentWithDefault = regexp.MustCompile(`^\$\{\{ vars\.\w+ \|\| '(\w+)' \}\}$`)

// subjects returns the token subjects of a job. Scheduled and manual runs use the default branch; the roles
// do not trust manual runs on other branches.
func subjects(t *testing.T, w *workflow, environment string) []string {
	t.Helper()
	prefix := "repo:" + repository + ":"
	if environment != "" {
		match := environmentWithDefault.FindStringSubmatch(environment)
		if match == nil {
			t.Fatalf("the environment %s has no default", environment)
		}
		return []string{prefix + "environment:" + match[1]}
	}
	triggers := map[string]struct{ Branches []string }{}
	for i := 0; i+1 < len(w.On.Content); i += 2 {
		var filter struct{ Branches []string }
		_ = w.On.Content[i+1].Decode(&filter) // a schedule is a list without branches
		triggers[w.On.Content[i].Value] = filter
	}
	var result []string
	for trigger, filter := range triggers {
		switch trigger {
		case "pull_request":
			result = append(result, prefix+"pull_request")
		case "push":
			if len(filter.Branches) == 0 {
				t.Fatal("a push to any branch assumes a role")
			}
			for _, branch := range filter.Branches {
				result = append(result, prefix+"ref:refs/heads/"+branch)
			}
		case "schedule", "workflow_dispatch":
			result = append(result, prefix+"ref:refs/heads/"+DefaultBranch)
		default:
			t.Fatalf("unsupported trigger %s", trigger)
		}
	}
	return result
}

func TestTrust(t *testing.T) {
	statement := Trust(account, ApplySubjects(repository, []string{"dev", "dev-weekend"})).Statement[0]
	if want := (awspolicy.Principal{Type: "Federated", Name: "arn:aws:iam::" + account + ":oidc-provider/token.actions.githubusercontent.com"}); statement.Principal != want {
		t.Errorf("the principal is %v", statement.Principal)
	}
	cases := map[string]struct {
		subject, audience string
		want              bool
	}{
		"job in the environment":             {"repo:you/your-fleet:environment:dev", "sts.amazonaws.com", true},
		"job in the other environment":       {"repo:you/your-fleet:environment:dev-weekend", "sts.amazonaws.com", true},
		"job in an environment of a fork":    {"repo:they/your-fleet:environment:dev", "sts.amazonaws.com", false},
		"job in an untrusted environment":    {"repo:you/your-fleet:environment:prod", "sts.amazonaws.com", false},
		"job without an environment":         {"repo:you/your-fleet:ref:refs/heads/main", "sts.amazonaws.com", false},
		"pull request":                       {"repo:you/your-fleet:pull_request", "sts.amazonaws.com", false},
		"other audience":                     {"repo:you/your-fleet:environment:dev", "https://github.com/you", false},
		"repository with the name as prefix": {"repo:you/your-fleet-two:environment:dev", "sts.amazonaws.com", false},
	}
	for name, each := range cases {
		t.Run(name, func(t *testing.T) {
			statement.Resource = awspolicy.References("*")
			got := matchesRequest(t, statement, request{action: "sts:AssumeRoleWithWebIdentity", context: map[string]string{
				Issuer + ":sub": each.subject, Issuer + ":aud": each.audience,
			}})
			if got != each.want {
				t.Errorf("allowed is %v", got)
			}
		})
	}
}
