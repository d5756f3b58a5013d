package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/tfjson"
)

const (
	bundled    = "../examples/scheduler.yaml"
	repository = "testdata/repository.yaml"
)

func readStack(t *testing.T, file string) *tfjson.Stack {
	t.Helper()
	stack, err := tfjson.Read(synthesized[file])
	if err != nil {
		t.Fatal(err)
	}
	return stack
}

// TestEveryApplyHasASchedule compares the schedules with the times at which the fleet must be applied.
func TestEveryApplyHasASchedule(t *testing.T) {
	for _, file := range []string{bundled, repository} {
		fleet, _, err := config.Load(file)
		if err != nil {
			t.Fatal(err)
		}
		stack := readStack(t, file)
		applies := fleet.ScheduledApplies()
		if len(applies) == 0 || len(applies) != len(stack.Resources["aws_scheduler_schedule"]) {
			t.Errorf("%s: got %d schedules for %d applies", file, len(stack.Resources["aws_scheduler_schedule"]), len(applies))
		}
		for _, apply := range applies {
			schedule := stack.Resource("aws_scheduler_schedule." + address(apply.Name))
			if schedule.Text("schedule_expression") != apply.Due.Expression() || schedule.Text("schedule_expression_timezone") != apply.Timezone {
				t.Errorf("%s: %s is %v", file, apply.Name, schedule)
			}
			target, _ := schedule["target"].(map[string]any)
			var request startBuild
			if err := json.Unmarshal([]byte(target["input"].(string)), &request); err != nil {
				t.Fatal(err)
			}
			var stacks []string
			for _, region := range apply.Regions {
				stacks = append(stacks, region.Stack)
			}
			project := stack.Resource("aws_codebuild_project.weekend").Text("name")
			if request.ProjectName != project || request.EnvironmentVariablesOverride[0] != (overriddenVariable{config.StacksVariable, strings.Join(stacks, " "), "PLAINTEXT"}) {
				t.Errorf("%s: %s requests %+v", file, apply.Name, request)
			}
		}
	}
}

func TestSourceOfBuilds(t *testing.T) {
	for file, want := range map[string]struct{ kind, location, version string }{
		bundled:    {"S3", "acme-terraform-state/fmp-mcp/source.staging.zip", ""},
		repository: {"GITHUB", "https://github.com/you/your-fleet.git", "main"},
	} {
		project := readStack(t, file).Resource("aws_codebuild_project.weekend")
		source, _ := project["source"].(map[string]any)
		if source["type"] != want.kind || source["location"] != want.location || project.Text("source_version") != want.version {
			t.Errorf("%s: %v", file, project)
		}
		if auth, _ := source["auth"].(map[string]any); (auth["type"] == "CODECONNECTIONS") != (file == repository) {
			t.Errorf("%s: auth is %v", file, auth)
		}
	}
}

func TestAlarmsOfSchedulerReachTheTopicOfTheFleet(t *testing.T) {
	for file, topic := range map[string]string{bundled: "${aws_sns_topic.weekend.arn}", repository: "arn:aws:sns:eu-west-1:123456789012:oncall"} {
		stack := readStack(t, file)
		for _, name := range []string{"weekend_failed", "weekend_unstarted"} {
			actions, _ := stack.Resource("aws_cloudwatch_metric_alarm." + name)["alarm_actions"].([]any)
			if len(actions) != 1 || actions[0] != topic {
				t.Errorf("%s: %s has the actions %v", file, name, actions)
			}
		}
		if topics := len(stack.Resources["aws_sns_topic"]); (topics == 1) != (file == bundled) {
			t.Errorf("%s has %d topics", file, topics)
		}
	}
}

func TestBuildspec(t *testing.T) {
	var document struct {
		Version string
		Phases  map[string]struct{ Commands []string }
	}
	if err := yaml.Unmarshal([]byte(buildspec()), &document); err != nil {
		t.Fatal(err)
	}
	if document.Version != "0.2" || !slices.Contains(document.Phases["build"].Commands, "make synth") {
		t.Errorf("got %+v", document)
	}
	// Terraform would evaluate it.
	if strings.Contains(buildspec(), "${") {
		t.Error("the buildspec has an expression")
	}
}

func TestFleetWithoutSchedulerHasNoBuilds(t *testing.T) {
	eachStack(t, func(t *testing.T, stack *tfjson.Stack) {
		projects, trusts := len(stack.Resources["aws_codebuild_project"]), strings.Contains(stack.Resource("aws_iam_role.apply").Text("assume_role_policy"), "weekend-build")
		scheduled := strings.HasSuffix(t.Name(), "/scheduler") || strings.HasSuffix(t.Name(), "/repository")
		if scheduled != (projects == 1) || scheduled != trusts {
			t.Errorf("%d projects, the apply role trusts builds: %t", projects, trusts)
		}
	})
}

func TestDescription(t *testing.T) {
	long := description("Applies "+strings.Repeat("eu-west-1, ", 60), maxDescription)
	if len(long) != maxDescription || !strings.HasSuffix(long, "...") || description("Applies eu-west-1", maxDescription) != "Applies eu-west-1" {
		t.Errorf("got %q", long)
	}
}
