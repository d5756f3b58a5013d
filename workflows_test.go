package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// workflow is what the tests read of a file of .github/workflows.
type workflow struct {
	Permissions map[string]string `yaml:"permissions"`
	Jobs        map[string]struct {
		Permissions map[string]string `yaml:"permissions"`
		Steps       []step            `yaml:"steps"`
	} `yaml:"jobs"`
}

type step struct {
	Uses string            `yaml:"uses"`
	With map[string]string `yaml:"with"`
	Run  string            `yaml:"run"`
}

func workflows(t *testing.T) map[string]workflow {
	t.Helper()
	files, err := filepath.Glob(".github/workflows/*.yml")
	if err != nil || len(files) == 0 {
		t.Fatal("there are no workflows", err)
	}
	all := map[string]workflow{}
	for _, file := range files {
		var each workflow
		readYAML(t, file, &each)
		all[filepath.Base(file)] = each
	}
	return all
}

func readYAML(t *testing.T, file string, into any) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, into); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}

// TestActionsArePinned holds that nobody can change what runs with the roles by moving a tag.
func TestActionsArePinned(t *testing.T) {
	pinned := regexp.MustCompile(`^\./|@[0-9a-f]{40}$`)
	var setup struct{ Runs struct{ Steps []step } }
	readYAML(t, ".github/actions/setup/action.yml", &setup)
	steps := setup.Runs.Steps
	for _, each := range workflows(t) {
		for _, job := range each.Jobs {
			steps = append(steps, job.Steps...)
		}
	}
	for _, each := range steps {
		if each.Uses != "" && !pinned.MatchString(each.Uses) {
			t.Errorf("%s is not pinned by its commit", each.Uses)
		}
	}
}

// TestWorkflowsMayDoLittle holds that a job asks for a role's token only if it takes a role, and that
// nothing but reading the code is allowed to all.
func TestWorkflowsMayDoLittle(t *testing.T) {
	for name, each := range workflows(t) {
		for job, one := range each.Jobs {
			granted := one.Permissions
			if granted == nil {
				granted = each.Permissions
			}
			takesRole := slices.ContainsFunc(one.Steps, func(s step) bool { return strings.Contains(s.With["role"], "AWS_") })
			if takesRole != (granted["id-token"] == "write") {
				t.Errorf("%s, %s: takes a role is %v, and id-token is %q", name, job, takesRole, granted["id-token"])
			}
			if granted["contents"] == "write" && name != "release.yml" { // a release is content
				t.Errorf("%s, %s: may change the code", name, job)
			}
		}
	}
}

// TestADeployAsksForTheKeysOfTheSecretFirst holds that no pipeline replaces tasks by some that cannot
// start.
func TestADeployAsksForTheKeysOfTheSecretFirst(t *testing.T) {
	var gitlab struct{ Apply struct{ Script []string } }
	readYAML(t, "examples/pipelines/gitlab-ci.yml", &gitlab)
	var github []string
	for _, each := range workflows(t)["deploy.yml"].Jobs["apply"].Steps {
		github = append(github, each.Run)
	}
	for name, script := range map[string][]string{"deploy.yml": github, "gitlab-ci.yml": gitlab.Apply.Script} {
		asks := slices.IndexFunc(script, func(line string) bool { return strings.Contains(line, "mcpfleet secret status --before-deploy") })
		applies := slices.IndexFunc(script, func(line string) bool { return strings.Contains(line, "bin/stacks apply --saved") })
		if asks < 0 || applies < 0 || applies < asks {
			t.Errorf("%s asks in step %d and applies in step %d", name, asks, applies)
		}
	}
}

// TestTheWorkflowRunsWhatHasToPass holds that a pull request is checked by every suite of .ci/run.
func TestTheWorkflowRunsWhatHasToPass(t *testing.T) {
	script, err := os.ReadFile(".ci/run")
	if err != nil {
		t.Fatal(err)
	}
	var ci struct {
		Jobs struct {
			Check struct {
				Strategy struct{ Matrix struct{ Target []string } }
			}
		}
	}
	readYAML(t, ".github/workflows/ci.yml", &ci)
	targets := regexp.MustCompile(`(?m)\bmake ([a-z0-9-]+)$`).FindAllStringSubmatch(string(script), -1)
	if len(targets) == 0 {
		t.Error(".ci/run makes nothing")
	}
	for _, target := range targets {
		if !slices.Contains(ci.Jobs.Check.Strategy.Matrix.Target, target[1]) {
			t.Errorf("ci.yml does not make %s", target[1])
		}
	}
}

// pipelines are the lines of every pipeline of the repository's, comments left out, by file.
func pipelines(t *testing.T) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for _, folder := range []string{".github/workflows", "examples/pipelines"} {
		files, err := filepath.Glob(folder + "/*.yml")
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v, %v", folder, files, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(string(text)) {
				if !strings.HasPrefix(strings.TrimSpace(line), "#") {
					all[file] = append(all[file], line)
				}
			}
		}
	}
	return all
}

// TestPipelinesApplyWhatTheWindowWants holds that no plan is applied but at its own time, or by the
// one program that knows whether the weekend window has overtaken it.
func TestPipelinesApplyWhatTheWindowWants(t *testing.T) {
	byItself := regexp.MustCompile(`\b(terraform|tofu)\b.*\bapply\b|\bcdktf deploy\b`)
	for file, lines := range pipelines(t) {
		text := strings.Join(lines, "")
		for _, line := range lines {
			if byItself.MatchString(line) && !strings.Contains(line, "group: terraform-apply") {
				t.Errorf("%s: %s", file, strings.TrimSpace(line))
			}
		}
		if strings.Contains(text, "plan.tfplan") != strings.Contains(text, "bin/stacks apply --saved") {
			t.Errorf("%s hands plans over, or applies them, but not both", file)
		}
	}
}

// TestPipelinesAskForTheStacksOfTheLastSynth holds that none takes a folder for a stack.
func TestPipelinesAskForTheStacksOfTheLastSynth(t *testing.T) {
	listing := regexp.MustCompile(`(\bls|\bfor|\bfind|\bcd)\b.*cdktf\.out/stacks`)
	for file, lines := range pipelines(t) {
		for _, line := range lines {
			if listing.MatchString(line) {
				t.Errorf("%s: %s", file, strings.TrimSpace(line))
			}
		}
	}
}

// TestPipelinesWaitForTheNewTasks holds that no pipeline is green while ECS rolls a deployment back, and
// that those which only plan see what the others have applied.
func TestPipelinesWaitForTheNewTasks(t *testing.T) {
	runsTerraform := regexp.MustCompile(`bin/stacks (plan|apply)|make apply`)
	for file, lines := range pipelines(t) {
		text := strings.Join(lines, "")
		if runsTerraform.MatchString(text) != strings.Contains(text, `TF_VAR_deployment_wait: "true"`) {
			t.Errorf("%s runs Terraform without waiting, or waits for nothing", file)
		}
	}
}
