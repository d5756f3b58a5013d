package cli

import (
	_ "embed" // for the pipelines
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/cdtait/mcpfleet/config"
)

// githubText and gitlabText are templates of the repository's own pipelines, with placeholders for the
// schedule and the fleet's settings. A test keeps them in sync.
var (
	//go:embed weekend_workflow.yml
	githubText string
	//go:embed weekend_gitlab.yml
	gitlabText string
)

// githubWorkflow returns .github/workflows/weekend.yml. GitHub schedules are in UTC.
func (a *App) githubWorkflow(job cronJob) (string, error) {
	file, err := a.pipelineFile(job)
	if err != nil {
		return "", err
	}
	var schedule strings.Builder
	for _, line := range a.cronLines(job.regions, time.UTC) {
		fmt.Fprintf(&schedule, "    - cron: %q\n", line)
	}
	expression := "${{ vars.MCPFLEET_CONFIG || '" + strings.ReplaceAll(file, "'", "''") + "' }}"
	return strings.NewReplacer("<schedule>\n", schedule.String(), "<fleet file>", yamlText(expression)).Replace(githubText), nil
}

// gitlabJob returns a file to include from .gitlab-ci.yml. GitLab stores pipeline schedules outside the
// repository, each with its own time zone, so the printed commands use the windows' time zones.
func (a *App) gitlabJob(job cronJob) (string, error) {
	file, err := a.pipelineFile(job)
	if err != nil {
		return "", err
	}
	zones := map[string][]config.Region{}
	var names []string
	for _, region := range job.regions {
		name := region.Weekend.Timezone
		if zones[name] == nil {
			names = append(names, name)
		}
		zones[name] = append(zones[name], region)
	}
	var schedules strings.Builder
	for _, name := range names {
		for _, line := range a.cronLines(zones[name], zones[name][0].Schedule.Zone()) {
			fmt.Fprintf(&schedules, "#   glab schedule create --ref main --description 'weekend %s' --variable MCPFLEET_WEEKEND:true \\\n#     --cron '%s' --cronTimeZone '%s'\n", job.environment, line, name)
		}
	}
	file = strings.ReplaceAll(file, "$", "$$") // GitLab expands variables in values
	return strings.NewReplacer("<schedules>\n", schedules.String(), "<fleet file>", yamlText(file), "<environment>", job.environment).Replace(gitlabText), nil
}

// pipelineFile returns the path of the fleet file in a checkout of the repository. It prints a warning if
// the state is local.
func (a *App) pipelineFile(job cronJob) (string, error) {
	directory, err := filepath.Abs(".")
	if err != nil {
		return "", err
	}
	file, err := filepath.Abs(a.file)
	if err != nil {
		return "", err
	}
	file, err = filepath.Rel(directory, file)
	if err != nil || !filepath.IsLocal(file) {
		return "", usagef("%s is outside %s; a pipeline reads the fleet file from its checkout, so run the command in the repository's directory", a.file, directory)
	}
	if job.state.Backend != "s3" {
		a.progressf("warning: the state is local, but a pipeline's runner does not keep files; set state: {backend: s3, …} before you use this (see mcpfleet help state)")
	}
	return filepath.ToSlash(file), nil
}

// yamlText formats a string as a YAML value, in quotes if it would not be read as the same string.
func yamlText(text string) string {
	var read map[string]any
	if err := yaml.Unmarshal([]byte("key: "+text), &read); err == nil && len(read) == 1 && read["key"] == text {
		return text
	}
	quoted, _ := json.Marshal(text) // every JSON string is a YAML string
	return string(quoted)
}
