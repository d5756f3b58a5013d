package jsiinode

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestWithRuntime(t *testing.T) {
	const added = "--max-semi-space-size=2 --preserve-symlinks "
	for _, test := range []struct{ options, script, want string }{
		{"", "/cache/runtime.js", added + ` --require="/cache/runtime.js"`},
		{"--max-semi-space-size=16", "/cache/runtime.js", added + `--max-semi-space-size=16 --require="/cache/runtime.js"`},
		{"", `/a folder/"quoted"\x.js`, added + ` --require="/a folder/\"quoted\"\\x.js"`},
		{`--require="/cache/runtime.js" --inspect`, "/cache/runtime.js", `--require="/cache/runtime.js" --inspect`},
	} {
		if got := withRuntime(test.options, test.script); got != test.want {
			t.Errorf("got %s, want %s", got, test.want)
		}
	}
}

// TestRuntimeExpectsThisJSII fails after an update of jsii. Compare its two programs with the last version, correct
// runtime.js, and run the benchmarks.
func TestRuntimeExpectsThisJSII(t *testing.T) {
	folder := jsiiPrograms(t)
	for _, program := range []string{"bin/jsii-runtime.js", "lib/program.js"} {
		text, err := os.ReadFile(filepath.Join(folder, program))
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(text)
		if !strings.Contains(string(runtimeJS), hex.EncodeToString(sum[:])) {
			t.Errorf("runtime.js does not have %x, the checksum of %s", sum, program)
		}
	}
	kernel, err := os.ReadFile(filepath.Join(folder, "lib/program.js"))
	if err != nil {
		t.Fatal(err)
	}
	_, patches, _ := strings.Cut(string(runtimeJS), "const patches = [")
	patches, _, _ = strings.Cut(patches, "];")
	found := 0
	for _, text := range strings.Split(patches, `"`) {
		if count := strings.Count(string(kernel), text); count == 1 && len(text) > 5 {
			found++
		}
	}
	if found != 3 {
		t.Errorf("of the 3 texts that runtime.js replaces, the kernel has %d exactly once", found)
	}
}

// jsiiPrograms returns the folder of jsii's JavaScript programs in the module cache.
func jsiiPrograms(t *testing.T) string {
	t.Helper()
	folder, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/aws/jsii-runtime-go").Output()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(strings.TrimSpace(string(folder)), "internal", "embedded", "resources")
}

// TestRuntimeStepsAside runs programs of another jsii, of other versions of Node.js, and of others than jsii.
func TestRuntimeStepsAside(t *testing.T) {
	if _, err := exec.LookPath("node"); err != nil {
		t.Fatal("the tests need Node.js: ", err)
	}
	folder := t.TempDir()
	write := func(name, text string) string {
		file := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return file
	}
	script := write("runtime.js", string(runtimeJS))
	launcher := write("bin/jsii-runtime.js", "console.log('launched')")
	write("lib/program.js", "console.log('not expected')")
	other := write("other.js", "console.log('launched')")
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(folder, link); err != nil {
		t.Fatal(err)
	}
	nodeOf := func(version string) string {
		return write("node"+version+".js", "Object.defineProperty(process, 'versions', {value: {node: '"+version+"'}})\n"+
			"Object.defineProperty(process, 'version', {value: 'v"+version+"'})")
	}
	platform := write("windows.js", "Object.defineProperty(process, 'platform', {value: 'win32'})")
	for _, test := range []struct {
		name      string
		arguments []string
		warning   string
	}{
		{"another jsii", []string{launcher}, "this is not the version of jsii that runtime.js was tested with"},
		{"another jsii behind a symbolic link", []string{filepath.Join(link, "bin/jsii-runtime.js")}, "this is not the version of jsii that runtime.js was tested with"},
		{"an old Node.js", []string{"--require", nodeOf("18.20.1"), launcher}, "Node.js v18.20.1 is not among the tested versions, 20 to 24"},
		{"a new Node.js", []string{"--require", nodeOf("26.0.0"), launcher}, "Node.js v26.0.0 is not among the tested versions, 20 to 24"},
		{"Windows", []string{"--require", platform, launcher}, "jsii needs two processes on Windows"},
		{"another program", []string{other}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			want := "launched\n"
			if test.warning != "" {
				want = "warning: synthesizing takes longer than it could: " + test.warning + "\n" + want
			}
			command := exec.Command("node", test.arguments...)
			command.Env = append(os.Environ(), "NODE_OPTIONS="+withRuntime("", script))
			if output, err := command.CombinedOutput(); err != nil || string(output) != want {
				t.Errorf("%v, got\n%swant\n%s", err, output, want)
			}
		})
	}
}
