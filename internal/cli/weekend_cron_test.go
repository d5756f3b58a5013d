package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/cdtait/mcpfleet/internal/golden"
)

// chdirDestroyFleet writes the fleet file of a fleet in destroy mode and changes to its directory.
func chdirDestroyFleet(t *testing.T, directory, file, weekend string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Join(directory, filepath.Dir(file)), 0o755); err != nil {
		t.Fatal(err)
	}
	text := fleetText("cron", "{enabled: true, destroy_albs: true"+weekend+"}", threeRegions)
	err := errors.Join(os.WriteFile(filepath.Join(directory, file), []byte(text), 0o644), os.WriteFile(filepath.Join(directory, "cdktf.json"), nil, 0o644))
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(directory)
}

// fakePrograms returns a directory with the programs that an apply runs.
func fakePrograms(t *testing.T) string {
	t.Helper()
	directory := t.TempDir()
	for _, name := range []string{"npx", "node", "go", "terraform"} {
		if err := os.WriteFile(filepath.Join(directory, name), []byte("#!/bin/sh\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return directory
}

const londonWindow = ", timezone: Europe/London, skip: [2026-12-26]"

func TestCronOutput(t *testing.T) {
	testdata, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	directory, path := t.TempDir(), fakePrograms(t)
	t.Setenv("PATH", path+":/opt/else:/usr/bin")
	t.Setenv("AWS_PROFILE", "weekends")
	for _, name := range inheritedVariables[1:] {
		t.Setenv(name, "")
	}
	chdirDestroyFleet(t, directory, "regions.yaml", londonWindow)
	replaced := strings.NewReplacer(directory, "/srv/mcpfleet", path, "/opt/node/bin")
	for format, name := range map[string]string{"crontab": "weekend.crontab", "github": "weekend-github.yml", "gitlab": "weekend-gitlab.yml"} {
		got := run(t, saturday, "regions.yaml", "weekend", "cron", "--format", format)
		want(t, got, 0)
		golden.Compare(t, filepath.Join(testdata, name), []byte(replaced.Replace(got.out)))
		if local := "warning: the state is local"; (format != "crontab") != strings.Contains(got.err, local) || strings.Count(got.err, "\n") > 2 {
			t.Errorf("%s: standard error has %q", format, got.err)
		}
	}
	if usual, named := run(t, saturday, "regions.yaml", "weekend", "cron"), run(t, saturday, "regions.yaml", "weekend", "cron", "--format", "Crontab"); usual != named {
		t.Errorf("without --format, the output is %v", usual)
	}
}

func TestCronRequiresDestroyMode(t *testing.T) {
	t.Parallel()
	file := fleetFile(t, fleetText("cron-a", "{enabled: true}", threeRegions))
	for _, format := range []string{"crontab", "github", "gitlab"} {
		got := run(t, saturday, file, "weekend", "cron", "--format", format)
		want(t, got, 0, "No region needs a cron job")
		if got.out != "" {
			t.Errorf("%s: standard output has %q", format, got.out)
		}
	}
}

func TestCronJSON(t *testing.T) {
	chdirDestroyFleet(t, t.TempDir(), "regions.yaml", "")
	for file, expected := range map[string]string{
		"regions.yaml": `{"schema":1,"ok":true,"stacks":["dev-eu-west-1"],"timezone":"UTC","cron":["45 5 * * 0,6","0 6 * * 0,6","0 22 * * 0"]}`,
		fleetFile(t, fleetText("cron-d", "{}", oneRegion)): `{"schema":1,"ok":true,"stacks":[],"timezone":"UTC","cron":[]}`,
	} {
		got := run(t, saturday, file, "weekend", "cron", "--json", "--region", "eu-west-1")
		want(t, got, 0)
		if compact := strings.Join(strings.Fields(got.out), ""); compact != strings.ReplaceAll(expected, " ", "") {
			t.Errorf("got %s, want %s", compact, expected)
		}
	}
}

func TestCronErrorsAndWarnings(t *testing.T) {
	chdirDestroyFleet(t, t.TempDir(), "regions.yaml", "")
	outside := fleetFile(t, fleetText("cron-b", "{enabled: true, destroy_albs: true}", threeRegions))
	want(t, run(t, saturday, "regions.yaml", "weekend", "cron", "--format", "jenkins"), 2, `--format: "jenkins" is not a format; use crontab, github or gitlab`)
	want(t, run(t, saturday, "regions.yaml", "weekend", "cron", "--format", "github", "--json"), 2, "--json and --format are mutually exclusive; remove --format")
	for _, format := range []string{"github", "gitlab"} {
		want(t, run(t, saturday, outside, "weekend", "cron", "--format", format), 2, outside+" is outside ", "run the command in the repository's directory")
	}
	t.Setenv("PATH", "/nowhere")
	t.Setenv("TERRAFORM_BINARY_NAME", "tofu")
	t.Chdir(t.TempDir())
	want(t, run(t, saturday, outside, "weekend", "cron"), 0, "warning: there is no cdktf.json in ", "warning: cannot find npx, node, go, tofu; add the directory to PATH in the crontab", "\nPATH=/usr/local/bin:/usr/bin:/bin\n", "\nTERRAFORM_BINARY_NAME=tofu\n")
}

func TestCronPipelinesNameTheFleetFile(t *testing.T) {
	const file = "environments/the o'ther: $one.yaml"
	chdirDestroyFleet(t, t.TempDir(), file, "")
	var github struct {
		Jobs map[string]struct {
			Steps []struct{ Env map[string]string }
		}
	}
	var gitlab struct {
		Weekend struct{ Variables map[string]string }
	}
	for format, into := range map[string]any{"github": &github, "gitlab": &gitlab} {
		got := run(t, saturday, file, "weekend", "cron", "--format", format)
		want(t, got, 0)
		if err := yaml.Unmarshal([]byte(got.out), into); err != nil {
			t.Fatal(err)
		}
	}
	if got := github.Jobs["apply"].Steps[2].Env["MCPFLEET_CONFIG"]; got != "${{ vars.MCPFLEET_CONFIG || 'environments/the o''ther: $one.yaml' }}" {
		t.Errorf("GitHub: %s", got)
	}
	if got := gitlab.Weekend.Variables["MCPFLEET_CONFIG"]; got != "environments/the o'ther: $$one.yaml" {
		t.Errorf("GitLab: %s", got)
	}
}

// TestCronPipelinesMatchRepository compares the printed pipelines with the repository's, except for the schedule.
func TestCronPipelinesMatchRepository(t *testing.T) {
	pin := regexp.MustCompile(`@[0-9a-f]{40}`) // pins are updated automatically, in the repository's workflow first
	read := func(text string) (tree map[string]any) {
		if err := yaml.Unmarshal([]byte(pin.ReplaceAllString(text, "")), &tree); err != nil {
			t.Fatal(err)
		}
		if on, ok := tree["on"].(map[string]any); ok {
			delete(on, "schedule")
		}
		return tree
	}
	shipped := map[string]string{}
	for format, file := range map[string]string{"github": ".github/workflows/weekend.yml", "gitlab": "examples/pipelines/gitlab-weekend.yml"} {
		text, err := os.ReadFile(filepath.Join("../..", file))
		if err != nil {
			t.Fatal(err)
		}
		shipped[format] = string(text)
	}
	chdirDestroyFleet(t, t.TempDir(), "regions.yaml", "")
	for format, text := range shipped {
		printed := run(t, saturday, "regions.yaml", "weekend", "cron", "--format", format).out
		if difference := cmp.Diff(read(text), read(printed)); difference != "" {
			t.Errorf("%s: - shipped, + printed\n%s", format, difference)
		}
	}
}

func TestGitLabSchedulesUseTheWindowsTimeZone(t *testing.T) {
	chdirDestroyFleet(t, t.TempDir(), "regions.yaml", ", timezone: Asia/Kathmandu")
	got := run(t, saturday, "regions.yaml", "weekend", "cron", "--format", "gitlab")
	want(t, got, 0)
	schedules := regexp.MustCompile(`--cron '([^']*)' --cronTimeZone '([^']*)'`).FindAllStringSubmatch(got.out, -1)
	if text := fmt.Sprint(schedules); len(schedules) != 3 || strings.Count(text, "Asia/Kathmandu]") != 3 || !strings.Contains(text, "'45 5 * * 0,6'") || !strings.Contains(text, "'0 22 * * 0'") {
		t.Errorf("got %v", schedules)
	}
}
