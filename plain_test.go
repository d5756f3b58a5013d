package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cdtait/mcpfleet/internal/golden"
)

// plainJSII is the environment variable that makes jsii run as it is.
const plainJSII = "MCPFLEET_PLAIN_JSII"

// quietFleet is a fleet whose synthesis prints nothing.
const quietFleet = "examples/https.yaml"

// TestPlainJSIIWritesTheSameStacks compares the stacks that jsii writes as it is with the goldens, which TestStacksMatchGoldens
// compares with those that it writes faster.
func TestPlainJSIIWritesTheSameStacks(t *testing.T) {
	if os.Getenv(plainJSII) != "" {
		t.Skip("all tests run so")
	}
	command := exec.Command(os.Args[0], "-test.run=^TestStacksMatchGoldens$", "-test.v")
	command.Env = append(environment(), plainJSII+"=yes")
	output, err := command.CombinedOutput()
	if err != nil || !strings.Contains(string(output), "--- PASS: TestStacksMatchGoldens") {
		t.Errorf("%v\n%s", err, output)
	}
	large := app(t, t.TempDir())
	large.Env = append(large.Env, plainJSII+"=yes")
	checkStacks(t, large, allRegions)
}

// TestBindingsText compares the list of packages that are kept of the bindings with the imports of the apps.
func TestBindingsText(t *testing.T) {
	const file, bindings = "internal/jsiinode/bindings.txt", "github.com/cdktf/cdktf-provider-aws-go/aws/v19"
	version, err := exec.Command("go", "list", "-m", "-f", "{{.Version}}", bindings).Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.TrimPrefix(string(version), "v")
	imported, err := exec.Command("go", "list", "-deps", ".", "./bootstrap").Output()
	if err != nil {
		t.Fatal(err)
	}
	packages := map[string]bool{}
	for _, line := range strings.Fields(string(imported)) {
		if name, ok := strings.CutPrefix(line, bindings+"/"); ok && name != "jsii" && !strings.Contains(name, "/") {
			packages[name] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(packages)) {
		lines += name + "\n"
	}
	golden.Compare(t, file, []byte(lines))
}

// TestFirstSynths runs three apps at once on a machine where none has run before, one of which is killed, and then one more.
func TestFirstSynths(t *testing.T) {
	home := t.TempDir()
	killed, running := appWithHome(t, home), []*exec.Cmd{appWithHome(t, home), appWithHome(t, home)}
	for _, command := range append(running, killed) {
		start(t, command, quietFleet)
	}
	time.AfterFunc(700*time.Millisecond, func() { _ = killed.Process.Kill() })
	_ = killed.Wait()
	for _, command := range running {
		finish(t, command, quietFleet)
	}
	checkStacks(t, appWithHome(t, home), quietFleet)
	for _, pattern := range []string{"bindings-*", "runtime-*.js"} {
		if found, _ := filepath.Glob(filepath.Join(home, "cache", "mcpfleet", "jsii", pattern)); len(found) != 1 {
			t.Errorf("the cache has %v for %s", found, pattern)
		}
	}
	// The whole bindings were never unpacked.
	unpacked, _ := filepath.Glob(filepath.Join(home, "packages", "@cdktf", "provider-aws", "*", "*", "lib", "*"))
	if len(unpacked) == 0 || len(unpacked) > 200 {
		t.Errorf("%d files of the bindings were unpacked", len(unpacked))
	}
}

func TestSynthWhereNothingIsAsExpected(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "file")
	write(t, file, "")
	node, err := exec.LookPath("node")
	if err != nil {
		t.Fatal(err)
	}
	newNode := filepath.Join(folder, "node")
	write(t, filepath.Join(folder, "new.js"), "Object.defineProperty(process, 'versions', {value: {...process.versions, node: '99.0.0'}});"+
		"Object.defineProperty(process, 'version', {value: 'v99.0.0'})")
	write(t, newNode, "#!/bin/sh\nexec '"+node+"' --require '"+filepath.Join(folder, "new.js")+"' \"$@\"\n")
	if err := os.Chmod(newNode, 0o755); err != nil {
		t.Fatal(err)
	}
	const warning = "warning: synthesizing takes longer than it could: "
	for _, test := range []struct {
		name, want  string
		environment []string
	}{
		{"no cache", warning + "mkdir " + file + ": not a directory\n", []string{"XDG_CACHE_HOME=" + file}},
		{"a new version of Node.js", warning + "Node.js v99.0.0 is not among the tested versions, 20 to 24\n", []string{"JSII_NODE=" + newNode}},
		{"switched off", "", []string{plainJSII + "=yes"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			command := app(t, t.TempDir())
			command.Env = append(command.Env, test.environment...)
			if got := checkStacks(t, command, quietFleet); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// TestUsersNodeOptionsStay verifies that what the user sets for Node.js still has an effect.
func TestUsersNodeOptionsStay(t *testing.T) {
	folder := t.TempDir()
	script, proof := filepath.Join(folder, "a folder", "user.js"), filepath.Join(folder, "proof")
	write(t, script, `require("fs").writeFileSync("`+proof+`", "loaded")`)
	command := app(t, folder)
	command.Env = append(command.Env, `NODE_OPTIONS=--require="`+script+`"`)
	checkStacks(t, command, quietFleet)
	if text, err := os.ReadFile(proof); string(text) != "loaded" {
		t.Errorf("got %q, %v", text, err)
	}
}

// TestOtherBindings builds apps with a list that does not fit: one that lacks a package, and one of another version.
func TestOtherBindings(t *testing.T) {
	const warning = "warning: synthesizing takes longer than it could: "
	const file = "internal/jsiinode/bindings.txt"
	list, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	version, packages, _ := strings.Cut(string(list), "\n")
	for _, test := range []struct{ name, list, want string }{
		{"a package less", strings.Replace(string(list), "\necsservice\n", "\n", 1),
			warning + "bindings.txt lacks @cdktf/provider-aws.ecsService.EcsService; run make golden\n"},
		{"another version", "1.2.3\n" + packages,
			warning + "the bindings 1.2.3 are not as expected: package/.jsii: it is @cdktf/provider-aws " + version + " instead of @cdktf/provider-aws 1.2.3\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			folder := t.TempDir()
			write(t, filepath.Join(folder, "bindings.txt"), test.list)
			replaced, err := filepath.Abs(file)
			if err != nil {
				t.Fatal(err)
			}
			overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{replaced: filepath.Join(folder, "bindings.txt")}})
			if err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Join(folder, "overlay.json"), string(overlay))
			command := exec.Command(filepath.Join(folder, "app"))
			if output, err := exec.Command("go", "build", "-overlay", filepath.Join(folder, "overlay.json"), "-o", command.Path, ".").CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, output)
			}
			command.Dir, command.Env = t.TempDir(), environment()
			if got := checkStacks(t, command, quietFleet); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// checkStacks runs an app on a fleet file, compares the stacks with those of the tests, and returns what the app printed.
func checkStacks(t *testing.T, command *exec.Cmd, fleetFile string) (output string) {
	t.Helper()
	start(t, command, fleetFile)
	return finish(t, command, fleetFile)
}

func start(t *testing.T, command *exec.Cmd, fleetFile string) {
	t.Helper()
	fleet, err := filepath.Abs(fleetFile)
	if err != nil {
		t.Fatal(err)
	}
	output := new(bytes.Buffer)
	command.Env = append(command.Env, "MCPFLEET_CONFIG="+fleet)
	command.Stdout, command.Stderr = output, output
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
}

func finish(t *testing.T, command *exec.Cmd, fleetFile string) (output string) {
	t.Helper()
	if err := command.Wait(); err != nil {
		t.Errorf("%v\n%s", err, command.Stdout)
	}
	for _, each := range fleets {
		if each.file != fleetFile {
			continue
		}
		for stack := range each.stacks {
			got, err := os.ReadFile(filepath.Join(command.Dir, "cdktf.out", "stacks", stack, "cdk.tf.json"))
			if err != nil || !bytes.Equal(got, each.read(t, stack)) {
				t.Errorf("%s differs: %v", stack, err)
			}
		}
	}
	return fmt.Sprint(command.Stdout)
}

// appWithHome returns a command that runs the app as a user with nothing in the caches.
func appWithHome(t *testing.T, home string) *exec.Cmd {
	t.Helper()
	command := app(t, t.TempDir())
	command.Env = append(command.Env, "HOME="+home, "XDG_CACHE_HOME="+filepath.Join(home, "cache"), "JSII_RUNTIME_PACKAGE_CACHE_ROOT="+filepath.Join(home, "packages"))
	return command
}
