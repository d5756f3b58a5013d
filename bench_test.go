//go:build unix

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Fleets of one, three and all regions.
const (
	oneRegion    = "examples/single-region.yaml"
	threeRegions = "regions.yaml"
)

// sample is one run of a command.
type sample struct {
	elapsed time.Duration
	// memory is the peak of the largest process.
	memory int64
}

// measure runs a command.
func measure(b *testing.B, command *exec.Cmd) sample {
	b.Helper()
	var output bytes.Buffer
	command.Stdout, command.Stderr = &output, &output
	start := time.Now()
	if err := command.Run(); err != nil {
		b.Fatalf("%v: %v\n%s", command, err, output.Bytes())
	}
	usage, _ := command.ProcessState.SysUsage().(*syscall.Rusage)
	return sample{time.Since(start), usage.Maxrss}
}

// comparison collects samples of two ways to do the same.
type comparison struct{ these, those []sample }

// report reports the ratio of the medians, instead of the time that both took together.
func (c comparison) report(b *testing.B, unit string) {
	b.Helper()
	elapsed := func(s sample) int64 { return int64(s.elapsed) }
	b.ReportMetric(median(c.these, elapsed)/median(c.those, elapsed), unit)
	b.ReportMetric(0, "ns/op")
}

func median(samples []sample, value func(sample) int64) float64 {
	var values []int64
	for _, each := range samples {
		values = append(values, value(each))
	}
	slices.Sort(values)
	return float64(values[len(values)/2])
}

// synthesis returns a command that synthesizes a fleet as a program of its own.
func synthesis(b *testing.B, program, fleetFile string, variables ...string) *exec.Cmd {
	b.Helper()
	file, err := filepath.Abs(fleetFile)
	if err != nil {
		b.Fatal(err)
	}
	command := exec.Command(program)
	command.Dir = b.TempDir()
	command.Env = append(append(environment(), "MCPFLEET_CONFIG="+file), variables...)
	return command
}

func buildApp(b *testing.B) string {
	b.Helper()
	program := filepath.Join(b.TempDir(), "app")
	if output, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, output)
	}
	return program
}

// BenchmarkSynth compares with jsii as it is.
func BenchmarkSynth(b *testing.B) {
	program := buildApp(b)
	for _, each := range []struct{ name, fleet string }{{"1-region", oneRegion}, {"3-regions", threeRegions}, {"34-regions", allRegions}} {
		b.Run(each.name, func(b *testing.B) {
			var c comparison
			for b.Loop() {
				c.these = append(c.these, measure(b, synthesis(b, program, each.fleet)))
				c.those = append(c.those, measure(b, synthesis(b, program, each.fleet, plainJSII+"=yes")))
			}
			c.report(b, "of-the-time")
			memory := func(s sample) int64 { return s.memory }
			b.ReportMetric(median(c.these, memory)/median(c.those, memory), "of-the-memory")
		})
	}
}

// BenchmarkFirstSynth compares with jsii as it is, on a machine where neither has run before.
func BenchmarkFirstSynth(b *testing.B) {
	program := buildApp(b)
	var c comparison
	for b.Loop() {
		fresh := func(variables ...string) *exec.Cmd {
			home := b.TempDir()
			return synthesis(b, program, threeRegions, append(variables, "HOME="+home, "XDG_CACHE_HOME="+filepath.Join(home, "cache"))...)
		}
		c.these = append(c.these, measure(b, fresh()))
		c.those = append(c.those, measure(b, fresh(plainJSII+"=yes")))
	}
	c.report(b, "of-the-time")
}

// BenchmarkJavaScript compares with the same stacks written in JavaScript, which imports only the modules that it needs.
func BenchmarkJavaScript(b *testing.B) {
	program := buildApp(b)
	for _, each := range []struct{ name, fleet string }{{"3-regions", threeRegions}, {"34-regions", allRegions}} {
		b.Run(each.name, func(b *testing.B) {
			script := translate(b, program, each.fleet)
			var c comparison
			for b.Loop() {
				c.these = append(c.these, measure(b, synthesis(b, program, each.fleet)))
				inJavaScript := exec.Command("node", "--preserve-symlinks", "--preserve-symlinks-main", script)
				inJavaScript.Dir = b.TempDir()
				c.those = append(c.those, measure(b, inJavaScript))
			}
			c.report(b, "times-JavaScript")
		})
	}
}

// BenchmarkCDKTFSynth compares cdktf synth as a whole with jsii as it is.
func BenchmarkCDKTFSynth(b *testing.B) {
	cdktf, err := filepath.Abs("node_modules/.bin/cdktf")
	if err == nil {
		_, err = os.Stat(cdktf)
	}
	if err != nil {
		b.Skip("run make synth first: ", err)
	}
	synth := func(variables ...string) *exec.Cmd {
		command := exec.Command(cdktf, "synth", "--output", b.TempDir())
		command.Env = append(append(environment(), "CI=true", "CHECKPOINT_DISABLE=1"), variables...)
		return command
	}
	var c comparison
	for b.Loop() {
		c.these = append(c.these, measure(b, synth()))
		c.those = append(c.those, measure(b, synth(plainJSII+"=yes")))
	}
	c.report(b, "of-the-time")
}

// BenchmarkRequests counts what a region more asks of Node.js.
func BenchmarkRequests(b *testing.B) {
	program := buildApp(b)
	for b.Loop() {
		few, many := len(record(b, program, oneRegion)), len(record(b, program, threeRegions))
		b.ReportMetric(float64(many-few)/2, "requests/region")
		b.ReportMetric(0, "ns/op")
	}
}

// exchange is a request to jsii and the response.
type exchange struct {
	API      string          `json:"api"`
	FQN      string          `json:"fqn"`
	Method   string          `json:"method"`
	Property string          `json:"property"`
	ObjRef   json.RawMessage `json:"objref"`
	Args     []any           `json:"args"`
	Value    any             `json:"value"`
	response struct {
		OK map[string]any `json:"ok"`
	}
}

// record returns what an app asks of jsii to synthesize a fleet.
func record(b *testing.B, program, fleetFile string) (exchanges []exchange) {
	b.Helper()
	command := synthesis(b, program, fleetFile, plainJSII+"=yes", "JSII_DEBUG=1")
	output, err := command.CombinedOutput()
	if err != nil {
		b.Fatalf("%v\n%s", err, output)
	}
	for line := range strings.Lines(string(output)) {
		if request, ok := strings.CutPrefix(line, "> {"); ok {
			var each exchange
			if err := json.Unmarshal([]byte("{"+request), &each); err != nil {
				b.Fatal(err)
			}
			exchanges = append(exchanges, each)
		}
		if response, ok := strings.CutPrefix(line, "< {"); ok && len(exchanges) > 0 {
			if err := json.Unmarshal([]byte("{"+response), &exchanges[len(exchanges)-1].response); err != nil {
				b.Fatal(err)
			}
		}
	}
	return exchanges
}

// translate writes a JavaScript program that does what an app asks of jsii for a fleet, and verifies that it writes the
// same stacks.
func translate(b *testing.B, program, fleetFile string) (script string) {
	b.Helper()
	folder := b.TempDir()
	packages := filepath.Join(folder, "packages")
	whole := synthesis(b, program, fleetFile, plainJSII+"=yes", "JSII_RUNTIME_PACKAGE_CACHE_ROOT="+packages)
	measure(b, whole)
	for _, name := range []string{"cdktf", "constructs", "@cdktf/provider-aws"} {
		found, _ := filepath.Glob(filepath.Join(packages, name, "*", "*", "package.json"))
		link := filepath.Join(folder, "node_modules", name)
		if len(found) != 1 || os.MkdirAll(filepath.Dir(link), 0o755) != nil || os.Symlink(filepath.Dir(found[0]), link) != nil {
			b.Fatalf("%s is not in the cache of jsii: %v", name, found)
		}
	}
	script = filepath.Join(folder, "app.js")
	t := translator{folder: folder, modules: map[string]string{}}
	if err := os.WriteFile(script, []byte(t.program(b, record(b, program, fleetFile))), 0o644); err != nil {
		b.Fatal(err)
	}
	inJavaScript := exec.Command("node", "--preserve-symlinks", "--preserve-symlinks-main", script)
	inJavaScript.Dir = b.TempDir()
	measure(b, inJavaScript)
	stacks := os.DirFS(filepath.Join(whole.Dir, "cdktf.out"))
	err := fs.WalkDir(stacks, ".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.Name() != "cdk.tf.json" {
			return err
		}
		want, err := fs.ReadFile(stacks, file)
		if err != nil {
			return err
		}
		got, err := os.ReadFile(filepath.Join(inJavaScript.Dir, "cdktf.out", file))
		if err == nil && !bytes.Equal(got, want) {
			err = fmt.Errorf("%s differs in JavaScript", file)
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return script
}

// translator writes JavaScript.
type translator struct {
	folder string
	// modules are the variables of modules by path.
	modules map[string]string
	imports strings.Builder
}

func (t *translator) program(b *testing.B, exchanges []exchange) string {
	b.Helper()
	var body strings.Builder
	for _, each := range exchanges {
		arguments := t.list(b, each.Args)
		switch each.API {
		case "load":
		case "create":
			fmt.Fprintf(&body, "const %s = new %s(%s);\n", variable(each.response.OK["$jsii.byref"]), t.class(b, each.FQN), arguments)
		case "invoke":
			fmt.Fprintf(&body, "%s.%s(%s);\n", t.target(b, each.ObjRef), each.Method, arguments)
		case "sinvoke": // returns an object that exists
		case "set":
			fmt.Fprintf(&body, "%s.%s = %s;\n", t.target(b, each.ObjRef), each.Property, t.value(b, each.Value))
		default:
			b.Fatalf("cannot translate %+v", each)
		}
	}
	return t.imports.String() + body.String()
}

// class returns the expression of a class, and imports its module. An object may have no class of its own.
func (t *translator) class(b *testing.B, fqn string) string {
	b.Helper()
	const bindings = "@cdktf/provider-aws."
	if fqn == "Object" {
		return fqn
	}
	path, class, _ := strings.Cut(fqn, ".")
	if strings.HasPrefix(fqn, bindings) {
		submodule, name, _ := strings.Cut(strings.TrimPrefix(fqn, bindings), ".")
		path, class = "@cdktf/provider-aws/lib/"+t.moduleOf(b, submodule), name
	}
	if t.modules[path] == "" {
		t.modules[path] = fmt.Sprintf("module%d", len(t.modules))
		fmt.Fprintf(&t.imports, "const %s = require(%q);\n", t.modules[path], path)
	}
	return t.modules[path] + "." + class
}

// moduleOf returns the folder of a submodule of the bindings.
func (t *translator) moduleOf(b *testing.B, submodule string) string {
	b.Helper()
	index, err := os.ReadFile(filepath.Join(t.folder, "node_modules/@cdktf/provider-aws/lib/index.js"))
	if err != nil {
		b.Fatal(err)
	}
	match := regexp.MustCompile(`exports\.` + submodule + ` = require\("\./([\w-]+)"\)`).FindSubmatch(index)
	if match == nil {
		b.Fatalf("the bindings do not export %s", submodule)
	}
	return string(match[1])
}

func (t *translator) target(b *testing.B, reference json.RawMessage) string {
	b.Helper()
	var value any
	if err := json.Unmarshal(reference, &value); err != nil {
		b.Fatal(err)
	}
	return t.value(b, value)
}

func (t *translator) list(b *testing.B, values []any) string {
	b.Helper()
	var texts []string
	for _, each := range values {
		texts = append(texts, t.value(b, each))
	}
	return strings.Join(texts, ", ")
}

// value returns the expression of a value of the protocol.
// https://aws.github.io/jsii/specification/3-kernel-api/
func (t *translator) value(b *testing.B, value any) string {
	b.Helper()
	switch value := value.(type) {
	case nil:
		return "undefined"
	case []any:
		return "[" + t.list(b, value) + "]"
	case map[string]any:
		if reference, ok := value["$jsii.byref"]; ok {
			return variable(reference)
		}
		if entries, ok := value["$jsii.map"]; ok {
			return t.value(b, entries)
		}
		if structure, ok := value["$jsii.struct"].(map[string]any); ok {
			return t.value(b, structure["data"])
		}
		var entries []string
		for key, item := range value {
			entries = append(entries, fmt.Sprintf("%q: %s", key, t.value(b, item)))
		}
		slices.Sort(entries)
		return "{" + strings.Join(entries, ", ") + "}"
	}
	text, err := json.Marshal(value)
	if err != nil {
		b.Fatal(err)
	}
	return string(text)
}

// variable returns the name of an object, whose ID is that of its class and a number.
func variable(id any) string {
	_, number, _ := strings.Cut(strings.TrimPrefix(fmt.Sprint(id), "@"), "@")
	return "object" + number
}
