package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/awsprovider"
	"github.com/cdtait/mcpfleet/internal/golden"
	"github.com/cdtait/mcpfleet/internal/jsiinode"
)

// reviewed are the fleets whose bootstrap stacks are golden files: one with a KMS key for its states, one
// with a custom domain, one with a permissions boundary, two with a scheduler, and one with truncated names.
var reviewed = []string{"../examples/s3-state.yaml", "../examples/custom-domain.yaml", "../examples/task-role.yaml", "../examples/volumes.yaml", "../examples/scheduler.yaml", "testdata/repository.yaml", "../testdata/fleets/awkward.yaml"}

// synthesized are the stack files by fleet file. They are synthesized once for all tests, because loading the
// bindings takes seconds.
var synthesized = map[string]string{}

// asApp is an environment variable that makes the test binary run as the app, for tests that need it as a
// process. Building the app takes seconds.
const asApp = "MCPFLEET_TEST_AS_APP"

func TestMain(m *testing.M) {
	if os.Getenv(asApp) != "" {
		main()
	}
	jsiinode.Prepare()
	os.Exit(runTests(m))
}

func runTests(m *testing.M) int {
	defer jsiinode.Close()
	out, err := os.MkdirTemp("", "mcpfleet-bootstrap-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(out) }()
	for _, file := range reviewed {
		if err := synthesizeFile(file, filepath.Join(out, name(file))); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	return m.Run()
}

func name(file string) string { return strings.TrimSuffix(filepath.Base(file), ".yaml") }

func synthesizeFile(file, out string) error {
	fleet, _, err := config.Load(file)
	if err != nil {
		return err
	}
	if fleet.State.Backend == "local" {
		fleet.State = config.State{Backend: "s3", Bucket: "acme-terraform-state", Region: "eu-west-1", Prefix: fleet.Project}
	}
	synthesized[file] = filepath.Join(out, "stacks", stackName(fleet), "cdk.tf.json")
	pipelines := pipelines{repository: "you/your-fleet", environments: []string{fleet.Environment}}
	scheduler, err := schedulerOf(file, fleet, pipelines, awsprovider.AccountID)
	if err != nil {
		return err
	}
	return synthesize(fleet, pipelines, scheduler, &cdktf.AppConfig{Outdir: &out})
}

func TestStackMatchesGolden(t *testing.T) {
	var files []string
	for _, each := range reviewed {
		file := filepath.Join("testdata", "stacks", name(each)+".tf.json")
		files = append(files, file)
		t.Run(name(each), func(t *testing.T) {
			text, err := os.ReadFile(synthesized[each])
			if err != nil {
				t.Fatal(err)
			}
			golden.Compare(t, file, text)
		})
	}
	golden.NoStale(t, "testdata/stacks", files)
}

// TestInvalidInputWritesNothing runs the app as a process.
func TestInvalidInputWritesNothing(t *testing.T) {
	app, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cases := map[string]struct {
		fleet, repository, want string
	}{
		"no repository":          {"../examples/s3-state.yaml", "", "MCPFLEET_REPOSITORY is not set; set it to the repository whose workflows may deploy, such as MCPFLEET_REPOSITORY=you/your-fleet\n"},
		"no owner":               {"../examples/s3-state.yaml", "your-fleet", "MCPFLEET_REPOSITORY: \"your-fleet\" is not a GitHub repository; write owner/name, such as you/your-fleet\n"},
		"local state":            {"../examples/single-region.yaml", "you/your-fleet", "state.backend: is local, which pipelines cannot share; write state: {backend: s3, bucket: your-terraform-state, region: "},
		"invalid fleet file":     {"cdktf.json", "you/your-fleet", "cdktf.json:"},
		"no fleet file":          {"no-such.yaml", "you/your-fleet", "no-such.yaml"},
		"outside the repository": {"../examples/scheduler.yaml", "you/your-fleet", "bootstrap.scheduler: the file is outside of "},
		"first of two":           {"../examples/single-region.yaml", "", "MCPFLEET_REPOSITORY is not set"},
		"second of two":          {"../examples/single-region.yaml", "", "state.backend: is local"},
	}
	for title, each := range cases {
		t.Run(title, func(t *testing.T) {
			file, err := filepath.Abs(each.fleet)
			if err != nil {
				t.Fatal(err)
			}
			folder := t.TempDir()
			command := exec.Command(app)
			command.Dir = folder
			command.Env = append(os.Environ(), asApp+"=yes", "MCPFLEET_CONFIG="+file, repositoryVariable+"="+each.repository)
			output, _ := command.CombinedOutput()
			if status := command.ProcessState.ExitCode(); status != 2 {
				t.Errorf("exit status %d, want 2", status)
			}
			if !strings.Contains(string(output), each.want) {
				t.Errorf("want %q in\n%s", each.want, output)
			}
			if left, _ := os.ReadDir(folder); len(left) > 0 {
				t.Errorf("it wrote %v", left)
			}
		})
	}
}
