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

// githubText and gitlabText are the repository's own pipelines but for their hours and what is the
// fleet's; a test keeps them together.
var (
	//go:embed weekend_workflow.yml
	githubText string
	//go:embed weekend_gitlab.yml
	gitlabText string
)

// githubWorkflow is .github/workflows/weekend.yml. GitHub's clock is UTC.
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

// gitlabJob is a file to include from .gitlab-ci.yml. GitLab has the schedules elsewhere, each with a
// time zone of its own: theirs are the windows'.
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
	file = strings.ReplaceAll(file, "$", "$$") // GitLab puts variables into variables
	return strings.NewReplacer("<schedules>\n", schedules.String(), "<fleet file>", yamlText(file), "<environment>", job.environment).Replace(gitlabText), nil
}

// pipelineFile is the fleet file as a checkout of the repository has it. That a checkout keeps no
// state is said, too.
func (a *App) pipelineFile(job cronJob) (string, error) {
	folder, err := filepath.Abs(".")
	if err != nil {
		return "", err
	}
	file, err := filepath.Abs(a.file)
	if err != nil {
		return "", err
	}
	file, err = filepath.Rel(folder, file)
	if err != nil || !filepath.IsLocal(file) {
		return "", usagef("%s is not below %s; a pipeline reads the fleet file of its checkout, so give the command in the repository's folder", a.file, folder)
	}
	if job.state.Backend != "s3" {
		a.progressf("warning: the state is local, and a pipeline's machine keeps no files; write state: {backend: s3, …} before you use this (see mcpfleet help state)")
	}
	return filepath.ToSlash(file), nil
}

// yamlText is a text as a value of a block map, in quotes where YAML would take it for something else.
func yamlText(text string) string {
	var read map[string]any
	if err := yaml.Unmarshal([]byte("key: "+text), &read); err == nil && len(read) == 1 && read["key"] == text {
		return text
	}
	quoted, _ := json.Marshal(text) // every JSON string is one of YAML's
	return string(quoted)
}
