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

// workflow holds the parts of a GitHub workflow that the tests check.
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
		t.Fatal("no workflows found", err)
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

// TestActionsArePinned checks that actions are pinned to a commit, because tags can be moved.
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
			t.Errorf("%s is not pinned to a commit", each.Uses)
		}
	}
}

// TestWorkflowPermissions checks that only jobs that assume a role can request an ID token, and that jobs
// cannot write to the repository.
func TestWorkflowPermissions(t *testing.T) {
	for name, each := range workflows(t) {
		for job, one := range each.Jobs {
			granted := one.Permissions
			if granted == nil {
				granted = each.Permissions
			}
			assumesRole := slices.ContainsFunc(one.Steps, func(s step) bool { return strings.Contains(s.With["role"], "AWS_") })
			if assumesRole != (granted["id-token"] == "write") {
				t.Errorf("%s, %s: assumes a role: %v, id-token: %q", name, job, assumesRole, granted["id-token"])
			}
			if granted["contents"] == "write" && name != "release.yml" { // needed to create a release
				t.Errorf("%s, %s: may write to the repository", name, job)
			}
		}
	}
}

// TestDeployChecksSecretFirst checks that pipelines verify the secret's keys before an apply. Tasks that
// reference a missing key cannot start.
func TestDeployChecksSecretFirst(t *testing.T) {
	var gitlab struct{ Apply struct{ Script []string } }
	readYAML(t, "examples/pipelines/gitlab-ci.yml", &gitlab)
	var github []string
	for _, each := range workflows(t)["deploy.yml"].Jobs["apply"].Steps {
		github = append(github, each.Run)
	}
	for name, script := range map[string][]string{"deploy.yml": github, "gitlab-ci.yml": gitlab.Apply.Script} {
		checks := slices.IndexFunc(script, func(line string) bool { return strings.Contains(line, "mcpfleet secret status --before-deploy") })
		applies := slices.IndexFunc(script, func(line string) bool { return strings.Contains(line, "bin/stacks apply --saved") })
		if checks < 0 || applies < 0 || applies < checks {
			t.Errorf("%s checks in step %d and applies in step %d", name, checks, applies)
		}
	}
}

// TestWorkflowRunsAllSuites checks that ci.yml runs every suite of .ci/run.
func TestWorkflowRunsAllSuites(t *testing.T) {
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
		t.Error("no make targets found in .ci/run")
	}
	for _, target := range targets {
		if !slices.Contains(ci.Jobs.Check.Strategy.Matrix.Target, target[1]) {
			t.Errorf("ci.yml does not run make %s", target[1])
		}
	}
}

// pipelines returns the lines of all pipelines by file, without comments.
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

// TestPipelinesApplyWithStacks checks that pipelines do not run terraform apply themselves. cmd/stacks
// detects saved plans that are outdated because the window has opened or closed since.
func TestPipelinesApplyWithStacks(t *testing.T) {
	directApply := regexp.MustCompile(`\b(terraform|tofu)\b.*\bapply\b|\bcdktf deploy\b`)
	for file, lines := range pipelines(t) {
		text := strings.Join(lines, "")
		for _, line := range lines {
			if directApply.MatchString(line) && !strings.Contains(line, "group: terraform-apply") {
				t.Errorf("%s: %s", file, strings.TrimSpace(line))
			}
		}
		if strings.Contains(text, "plan.tfplan") != strings.Contains(text, "bin/stacks apply --saved") {
			t.Errorf("%s saves plans or applies saved plans, but not both", file)
		}
	}
}

// TestPipelinesDoNotListFolders checks that pipelines use stacks list. Folders of an earlier synth may still
// exist.
func TestPipelinesDoNotListFolders(t *testing.T) {
	listing := regexp.MustCompile(`(\bls|\bfor|\bfind|\bcd)\b.*cdktf\.out/stacks`)
	for file, lines := range pipelines(t) {
		for _, line := range lines {
			if listing.MatchString(line) {
				t.Errorf("%s: %s", file, strings.TrimSpace(line))
			}
		}
	}
}

// TestPipelinesWaitForDeployment checks that pipelines set deployment_wait, so that they fail if ECS rolls
// back a deployment. Pipelines that only plan must set it too, or the plan would differ.
func TestPipelinesWaitForDeployment(t *testing.T) {
	runsTerraform := regexp.MustCompile(`bin/stacks (plan|apply)|make apply`)
	for file, lines := range pipelines(t) {
		text := strings.Join(lines, "")
		if runsTerraform.MatchString(text) != strings.Contains(text, `TF_VAR_deployment_wait: "true"`) {
			t.Errorf("%s runs Terraform without deployment_wait, or sets it without running Terraform", file)
		}
	}
}
