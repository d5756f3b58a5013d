package stacks

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/hcl"
	"github.com/cdtait/mcpfleet/internal/terraform"
	"github.com/cdtait/mcpfleet/internal/untested"
)

const own = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/tools/worker.next"

// images maps images to whether they are valid for a role without ECR permissions, for one that may pull from own,
// and for that one in a network with VPC endpoints.
var images = map[string]struct{ withoutECR, withOwn, byEndpoints bool }{
	"ghcr.io/cdtait/fmp-mcp-server:2":   {true, true, false},
	"nginx":                             {true, true, false},
	"public.ecr.aws/nginx/nginx:latest": {true, true, false},
	"localhost:5000/a/b@sha256:" + strings.Repeat("a", 64): {true, true, false},

	own:          {false, true, true},
	own + ":2.0": {false, true, true},
	own + "@sha256:" + strings.Repeat("a", 64):                              {false, true, true},
	"123456789012.dkr.ecr-fips.eu-west-1.amazonaws.com/tools/worker.next:2": {false, true, false},
	"123456789012.dkr-ecr.eu-west-1.on.aws/tools/worker.next:2":             {false, true, false},
	"123456789012.dkr-ecr-fips.eu-west-1.on.aws/tools/worker.next:2":        {false, true, false},

	"123456789012.dkr.ecr.eu-west-1.amazonaws.com/tools/worker:2":           {false, false, false},
	"123456789012.dkr.ecr.eu-west-1.amazonaws.com/tools/worker-next:2":      {false, false, false},
	"123456789012.dkr.ecr.eu-west-1.amazonaws.com/tools/worker.next/more:2": {false, false, false},
	"123456789012.dkr.ecr.eu-west-2.amazonaws.com/tools/worker.next:2":      {false, false, false},
	"210987654321.dkr.ecr.eu-west-1.amazonaws.com/tools/worker.next:2":      {false, false, false},
	"210987654321.dkr-ecr.eu-west-1.on.aws/tools/worker.next:2":             {false, false, false},
	"123456789012.dkr-ecr-fips.us-east-1.on.aws/a:2":                        {false, false, false},
	"123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/tools/worker.next:2":  {false, false, false},
	"123456789012.dkr-ecr.cn-north-1.on.amazonwebservices.com.cn/a:2":       {false, false, false},

	"a b": {false, false, false},
	`a"`:  {false, false, false},
	"":    {false, false, false},
}

// terraformCommand returns a command that runs Terraform on a JSON configuration, in a folder without
// providers.
func terraformCommand(t *testing.T, configuration map[string]any, arguments ...string) *exec.Cmd {
	t.Helper()
	program, err := terraform.Program()
	if err != nil {
		untested.Skip(t, "validation of container_image: "+err.Error())
	}
	folder := t.TempDir()
	text, err := json.Marshal(configuration)
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"main.tf.json": string(text), "empty.tfrc": ""} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	command := exec.Command(program, arguments...)
	command.Dir = folder
	command.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + folder, "CHECKPOINT_DISABLE=1", "TF_CLI_CONFIG_FILE=" + filepath.Join(folder, "empty.tfrc")}
	return command
}

func withImage(image string) config.Container {
	return config.Container{ContainerDefinition: config.ContainerDefinition{Image: image}}
}

func TestContainerImageAcceptsWhatTheRoleMayPull(t *testing.T) {
	locals, want := map[string]any{}, map[string]map[string]bool{}
	endpoints := config.Network{Mode: config.NetworkEndpoints}
	for role, settings := range map[string]config.Settings{
		"without_ecr":  {Container: withImage("nginx")},
		"with_own":     {Container: withImage(own + ":1")},
		"by_endpoints": {Container: withImage(own + ":1"), Network: endpoints},
	} {
		var conditions []string
		for _, each := range imageRules(settings) {
			conditions = append(conditions, "("+strings.ReplaceAll(each.condition, "var.container_image", "image")+")")
		}
		locals[role] = hcl.Expression("{for image in local.images : image => " + strings.Join(conditions, " && ") + "}")
		want[role] = map[string]bool{}
	}
	var list []string
	for image, each := range images {
		list = append(list, image)
		want["without_ecr"][image], want["with_own"][image], want["by_endpoints"][image] = each.withoutECR, each.withOwn, each.byEndpoints
	}
	locals["images"] = list
	console := terraformCommand(t, map[string]any{"locals": locals}, "console", "-no-color")
	console.Stdin = strings.NewReader("jsonencode({without_ecr = local.without_ecr, with_own = local.with_own, by_endpoints = local.by_endpoints})\n")
	output, err := console.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	text, err := strconv.Unquote(strings.TrimSpace(string(output)))
	if err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	var got map[string]map[string]bool
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatal(err)
	}
	for role, valid := range want {
		for image, want := range valid {
			if got[role][image] != want {
				t.Errorf("%s: %q is valid: %v", role, image, !want)
			}
		}
	}
}

// TestPlanRejectsImageOfOtherRepository plans a configuration with nothing but the variable, for a role that
// may pull from own.
func TestPlanRejectsImageOfOtherRepository(t *testing.T) {
	var validations []map[string]string
	for _, each := range imageRules(config.Settings{Container: withImage(own + ":1")}) {
		validations = append(validations, map[string]string{"condition": hcl.Expression(each.condition), "error_message": each.message})
	}
	configuration := map[string]any{"variable": map[string]any{"container_image": map[string]any{"type": "string", "validation": validations}}}
	for image, want := range map[string]string{
		own + ":2": "No changes",
		"210987654321.dkr.ecr.eu-west-1.amazonaws.com/tools/worker.next:2": "In ECR the execution role may pull from arn:aws:ecr:eu-west-1:123456789012:repository/tools/worker.next only. " +
			"To take this image, write it as container.image in the fleet file, and synthesize again.",
	} {
		plan := terraformCommand(t, configuration, "plan", "-no-color", "-input=false", "-var", "container_image="+image)
		output, err := plan.CombinedOutput()
		text := strings.Join(strings.Fields(strings.ReplaceAll(string(output), "│", "")), " ")
		if !strings.Contains(text, want) || (err == nil) != (want == "No changes") {
			t.Errorf("%s: %v, want %q in\n%s", image, err, want, output)
		}
	}
}
