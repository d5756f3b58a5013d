package synth

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// write writes a file and creates its folder.
func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestChoose(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, stack := range []string{"dev-eu-west-1", "dev-us-east-1", "prod-eu-west-1"} {
		write(t, filepath.Join(Folder(stack), "cdk.tf.json"), "{}")
	}
	write(t, "cdktf.out/manifest.json", `{"stacks": {"dev-us-east-1": {"name": "dev-us-east-1"}, "dev-eu-west-1": {}}, "version": "0.21.0"}`)
	for patterns, want := range map[string]string{
		"":                  "dev-eu-west-1 dev-us-east-1",
		"dev-*":             "dev-eu-west-1 dev-us-east-1",
		"*-us-* dev-us-*":   "dev-us-east-1",
		"*-eu-west-1 dev-*": "dev-eu-west-1 dev-us-east-1",
		"prod-*":            "no stack matches prod-*; the stacks are dev-eu-west-1, dev-us-east-1",
	} {
		got, err := Choose(strings.Fields(patterns))
		result := strings.Join(got, " ")
		if err != nil {
			result = err.Error()
		}
		if result != want {
			t.Errorf("%q: got %s", patterns, result)
		}
	}
}

func TestChooseWithoutManifest(t *testing.T) {
	t.Chdir(t.TempDir())
	if _, err := Choose(nil); err == nil || err.Error() != "there are no stacks in cdktf.out; run make synth first" {
		t.Errorf("got %v", err)
	}
	write(t, "cdktf.out/manifest.json", "{")
	if _, err := Choose(nil); err == nil || !strings.Contains(err.Error(), "manifest.json") {
		t.Errorf("got %v", err)
	}
}

func TestState(t *testing.T) {
	t.Chdir(t.TempDir())
	for backend, want := range map[string]string{
		`{"local": {"path": "../../../terraform.dev-eu-west-1.tfstate"}}`:             "terraform.dev-eu-west-1.tfstate",
		`{"s3": {"bucket": "acme", "key": "fmp/terraform.tfstate", "encrypt": true}}`: "s3://acme/fmp/terraform.tfstate",
	} {
		write(t, filepath.Join(Folder("dev-eu-west-1"), "cdk.tf.json"), `{"terraform": {"backend": `+backend+`}}`)
		if got, err := State("dev-eu-west-1"); err != nil || got != want {
			t.Errorf("%s: got %s, %v", backend, got, err)
		}
	}
	if _, err := State("dev-us-east-1"); err == nil {
		t.Error("no error for a stack that does not exist")
	}
}
