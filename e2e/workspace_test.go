//go:build e2e

package e2e

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/cdtait/mcpfleet/e2e/gateway"
	"github.com/cdtait/mcpfleet/e2e/standin"
	"github.com/cdtait/mcpfleet/internal/tfjson"
)

// workspace is a folder with a fleet file, its stacks and their states.
type workspace struct {
	folder string
	// aws is the gateway to the AWS API, nil with the stand-in.
	aws *gateway.Gateway
	// certificates maps ARNs in the fleet file to ARNs of imported certificates.
	certificates map[string]string
	// beside are files beside the fleet file, by name.
	beside map[string]string
	// vpc maps the IDs of the examples' existing VPC to those of one that exists.
	vpc map[string]string
	// world is a state with what the stand-in can import.
	world string
}

func newFolder(t *testing.T) *workspace {
	t.Helper()
	w := &workspace{folder: t.TempDir(), certificates: map[string]string{}}
	if !suite.real {
		return w
	}
	var err error
	if w.aws, err = gateway.New(suite.api); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.aws.Close)
	w.createHostedZone(t)
	return w
}

func newWorkspace(t *testing.T, fleetFile string) *workspace {
	t.Helper()
	text, err := os.ReadFile(fleetFile)
	if err != nil {
		t.Fatal(err)
	}
	return newFleet(t, string(text))
}

func newFleet(t *testing.T, text string) *workspace {
	t.Helper()
	w := newFolder(t)
	w.write(t, text)
	return w
}

// uniqueNames matches the names in a fleet file that must be unique in AWS: the project, and the hosted zone.
// It does not match project names that are too long for a suffix.
var uniqueNames = regexp.MustCompile(`(?m)(^project: [a-z-]+$|zone: example)`)

// suffix returns a suffix for these names. It is derived from the temporary folder, which is unique for each
// test.
func (w *workspace) suffix() string {
	sum := sha256.Sum256([]byte(w.folder))
	return "-" + hex.EncodeToString(sum[:2])
}

func (w *workspace) fleetFile() string { return filepath.Join(w.folder, "regions.yaml") }

// write writes the fleet file and synthesizes its stacks.
func (w *workspace) write(t *testing.T, fleet string) {
	t.Helper()
	suffix := ""
	if suite.real {
		// All workspaces share one AWS.
		suffix = w.suffix()
		fleet = uniqueNames.ReplaceAllString(strings.ReplaceAll(fleet, suffix, ""), "${1}"+suffixPlaceholder)
		for original, imported := range w.certificates {
			fleet = strings.ReplaceAll(fleet, imported, original)
		}
		// moto has other availability zones in us-west-1 than the account of the example.
		fleet = strings.ReplaceAll(fleet, "us-west-1c", "us-west-1b")
		if strings.Contains(fleet, exampleVPC) {
			w.vpc = w.createVPC(t, "eu-west-1")
		}
		for example, created := range w.vpc {
			fleet = strings.ReplaceAll(fleet, example, created)
		}
		if strings.Contains(fleet, clientGroup) {
			fleet = strings.ReplaceAll(fleet, clientGroup, w.defaultSecurityGroup(t, "ap-southeast-2"))
		}
	}
	from, err := synthesize(fleet, w.beside)
	if err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir(from, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		to := filepath.Join(w.folder, strings.TrimPrefix(file, from))
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		text = bytes.ReplaceAll(text, []byte(suffixPlaceholder), []byte(suffix))
		return os.WriteFile(to, w.importCertificates(t, text), 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
	w.useLocalBackend(t)
}

// suffixPlaceholder is replaced by the workspace's suffix after a synth.
const suffixPlaceholder = "-m4rk"

// synthesizing maps the text of fleet files to functions that synthesize them. The app takes ten seconds, and
// many tests start with the same file.
var synthesizing sync.Map

// synthesize runs the app on a fleet file, once for all tests, and returns the output folder.
func synthesize(fleet string, beside map[string]string) (folder string, err error) {
	once, _ := synthesizing.LoadOrStore(fmt.Sprint(fleet, beside), sync.OnceValues(func() (string, error) {
		folder, err := os.MkdirTemp(suite.synthesized, "fleet-")
		if err != nil {
			return "", err
		}
		if err := os.WriteFile(filepath.Join(folder, "regions.yaml"), []byte(fleet), 0o644); err != nil {
			return "", err
		}
		for name, text := range beside {
			if err := os.MkdirAll(filepath.Dir(filepath.Join(folder, name)), 0o755); err != nil {
				return "", err
			}
			if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
				return "", err
			}
		}
		command := exec.Command(suite.app)
		command.Dir = folder
		if output, err := command.CombinedOutput(); err != nil {
			return "", fmt.Errorf("%w\n%s", err, output)
		}
		return folder, nil
	}))
	return once.(func() (string, error))()
}

// clientGroup is an external security group in a fleet file.
const clientGroup = "sg-0123456789abcdef0"

// useLocalBackend overrides backends that are not local, because most tests have no bucket.
func (w *workspace) useLocalBackend(t *testing.T) {
	t.Helper()
	for _, name := range w.stacks(t) {
		stack, err := tfjson.Read(w.file(name))
		if err != nil {
			t.Fatal(err)
		}
		if stack.Terraform["backend"].(map[string]any)["local"] != nil {
			continue
		}
		override := fmt.Sprintf(`{"terraform": {"backend": {"local": {"path": "../../../terraform.%s.tfstate"}}}}`, name)
		if err := os.WriteFile(filepath.Join(filepath.Dir(w.file(name)), "backend_override.tf.json"), []byte(override), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// edit changes the fleet file and synthesizes again.
func (w *workspace) edit(t *testing.T, old, new string) {
	t.Helper()
	text, err := os.ReadFile(w.fleetFile())
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), old) {
		t.Fatalf("%q is not in the fleet file", old)
	}
	w.write(t, strings.Replace(string(text), old, new, 1))
}

func (w *workspace) stacks(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(w.folder, "cdktf.out", "stacks", "*", "cdk.tf.json"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, file := range files {
		names = append(names, filepath.Base(filepath.Dir(file)))
	}
	return names
}

func (w *workspace) file(stack string) string {
	return filepath.Join(w.folder, "cdktf.out", "stacks", stack, "cdk.tf.json")
}

// environment returns the environment of processes in this workspace.
func (w *workspace) environment(more map[string]string) map[string]string {
	environment := maps.Clone(suite.environment)
	if w.aws != nil {
		environment["AWS_ENDPOINT_URL"] = w.aws.URL
	}
	if w.world != "" {
		environment[standin.WorldVariable] = w.world
	}
	maps.Copy(environment, more)
	return environment
}
