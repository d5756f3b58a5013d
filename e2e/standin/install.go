package standin

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

const bindings = "github.com/cdktf/cdktf-provider-aws-go/aws/v19"

// Install builds the provider with the schemas of the given types, and creates a filesystem mirror in a
// folder. It returns the environment variables that make Terraform use it instead of the real provider.
func Install(ctx context.Context, folder string, kinds []string) (map[string]string, error) {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return nil, err
	}
	schemas, err := extractPinned(ctx, kinds)
	if err != nil {
		return nil, err
	}
	for _, registry := range []string{"registry.terraform.io", "registry.opentofu.org"} {
		place := filepath.Join(folder, "mirror", registry, "hashicorp", "aws", schemas.Version, runtime.GOOS+"_"+runtime.GOARCH)
		program := filepath.Join(place, "terraform-provider-aws_v"+schemas.Version)
		build := exec.CommandContext(ctx, "go", "build", "-o", program, "github.com/cdtait/mcpfleet/e2e/standin/terraform-provider-aws")
		if output, err := build.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("%w\n%s", err, output)
		}
	}
	schemaFile, cliFile := filepath.Join(folder, "schema.json"), filepath.Join(folder, "terraformrc")
	text, err := json.Marshal(schemas)
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(schemaFile, text, 0o644); err != nil {
		return nil, err
	}
	cli := fmt.Sprintf("provider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", filepath.Join(folder, "mirror"))
	if err := os.WriteFile(cliFile, []byte(cli), 0o644); err != nil {
		return nil, err
	}
	return map[string]string{
		"TF_CLI_CONFIG_FILE": cliFile,
		SchemaVariable:       schemaFile,
		"CHECKPOINT_DISABLE": "1",
		// Keep the stand-in out of the cache of the real provider.
		"TF_PLUGIN_CACHE_DIR": "",
	}, nil
}

// extractPinned reads the schemas from the bindings that go.mod pins.
func extractPinned(ctx context.Context, kinds []string) (Schemas, error) {
	place, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", bindings).Output()
	if err != nil {
		return Schemas{}, fmt.Errorf("finding the bindings: %w", err)
	}
	archives, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(place)), "jsii", "*.tgz"))
	if err != nil || len(archives) != 1 {
		return Schemas{}, fmt.Errorf("finding the bindings' npm package: %v, %w", archives, err)
	}
	slices.Sort(kinds)
	return Extract(archives[0], slices.Compact(kinds))
}
