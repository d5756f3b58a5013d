package config

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"github.com/cdtait/mcpfleet/internal/golden"
)

func schemaJSON(t *testing.T) []byte {
	t.Helper()
	text, err := JSONSchema()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestJSONSchemaGolden(t *testing.T) {
	golden.Compare(t, "../schema/regions.schema.json", schemaJSON(t))
}

func compileSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(schemaJSON(t)))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("regions.schema.json", document); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("regions.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func validate(t *testing.T, schema *jsonschema.Schema, text string) error {
	t.Helper()
	var tree yaml.Node
	if err := yaml.Unmarshal([]byte(text), &tree); err != nil {
		t.Fatal(err)
	}
	datesToStrings(&tree)
	var fleet any
	if err := tree.Decode(&fleet); err != nil {
		t.Fatal(err)
	}
	return schema.Validate(fleet)
}

// datesToStrings makes dates strings, as editors read them: JSON has no dates.
func datesToStrings(node *yaml.Node) {
	if node.Tag == "!!timestamp" {
		node.Tag = "!!str"
	}
	for _, child := range node.Content {
		datesToStrings(child)
	}
}

// documentedFleets returns the fleet files in the documentation by their location: example files, the example
// and default of each key, and the YAML in the guides.
func documentedFleets(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, pattern := range []string{"../regions.yaml", "../examples/*.yaml", "../testdata/fleets/*.yaml"} {
		for file, text := range readFiles(t, pattern) {
			all[file] = text
		}
	}
	for _, key := range Keys() {
		all["example of "+key.Path] = fleetInContext(t, key.Path, key.Example)
		// An item of a list or map needs its other keys too.
		if key.Default != "" && !strings.HasPrefix(key.Default, "required") && !strings.Contains(key.Path, "[]") && !strings.Contains(key.Path, "NAME") {
			all["default of "+key.Path] = fleetWith(t, key.Path, key.Default)
		}
	}
	found := 0
	for _, pattern := range []string{"../README.md", "../help/*.md"} {
		for file, text := range readFiles(t, pattern) {
			for _, part := range fleetSnippets(text) {
				found++
				all[fmt.Sprintf("%s, YAML %d", file, found)] = merged(t, part)
			}
		}
	}
	if found < 6 {
		t.Errorf("found only %d fleet file snippets in the guides", found)
	}
	return all
}

func readFiles(t *testing.T, pattern string) map[string]string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: %v, %v", pattern, files, err)
	}
	texts := map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		texts[file] = string(text)
	}
	return texts
}

var (
	yamlFence = regexp.MustCompile("(?ms)^```yaml\n(.*?)^```")
	yamlSpan  = regexp.MustCompile("`([a-z_.]+): ([^`…]+)`")
)

// fleetSnippets returns the parts of fleet files in a guide: code blocks, and keys with a value in running
// text. The path of a key below defaults may omit defaults.
func fleetSnippets(guide string) (parts []string) {
	for _, block := range yamlFence.FindAllStringSubmatch(guide, -1) {
		parts = append(parts, block[1])
	}
	known := map[string]bool{}
	eachKey(reflect.TypeFor[document](), "", func(path string, _ reflect.StructField) { known[path] = true })
	for _, span := range yamlSpan.FindAllStringSubmatch(guide, -1) {
		for _, path := range []string{span[1], "defaults." + span[1]} {
			if known[path] {
				parts = append(parts, nested(path, span[2]))
			}
		}
	}
	return parts
}

func TestDocumentedFleetsAreValid(t *testing.T) {
	schema := compileSchema(t)
	for where, text := range documentedFleets(t) {
		if _, _, err := Parse("regions.yaml", []byte(text)); err != nil {
			t.Errorf("%s: %v", where, err)
		}
		if err := validate(t, schema, text); err != nil {
			t.Errorf("%s: %v", where, err)
		}
	}
}

// shapes are YAML values of all kinds. Every key accepts some of them.
var shapes = []string{
	"~", "true", "TRUE", "yes", "'true'", "0", "1", "-1", "7", "443", "0.5", "-0.5", "''", "a", "A-b", "a b", "much", "'0.5'", "'-1'", "'200'", "200",
	"[]", "[a]", "[1]", "[~]", "[a, b]", "[sat]", "[saturday]", "sat", "{}", "{a: b}", "{a: 1}", "{A: ~}", "{A: [1]}", "{A-B: x}", "{A: 'x:y'}",
	"2026-12-26", "[2026-12-26]", "10.0.0.0/15", "10.0.0.0/16", "10.0.0.0/28", "10.0.0.0/29", "10.0.0.0/8", "10.0.0.256/24", "10.00.0.0/24", "10.0.0.0",
	"'fd00::/48'", "[10.0.0.0/20]", "[10.0.0.0/20, 10.0.16.0/20, 10.0.32.0/20]", "[10.0.0.0/20, big]", "/" + strings.Repeat("x", 2000),
	"999999999999", "1000000000000", "999999999999.5", "'1000000000000'", "'0.1234567'", "'1e3'",
}

// spellings are YAML numbers whose notation JSON Schema cannot check.
var spellings = []string{"010", "0x10", "1_000", "1.0", "1e3", ".5", "0.1234567"}

// boundaryValues returns values at the limits set by a key's tags, and just beyond.
func boundaryValues(tag reflect.StructTag) (values []string) {
	for _, name := range []string{"min", "max"} {
		if limit, err := strconv.Atoi(tag.Get(name)); err == nil {
			values = append(values, strconv.Itoa(limit-1), strconv.Itoa(limit), strconv.Itoa(limit+1))
		}
	}
	if most, err := strconv.Atoi(tag.Get("maxlen")); err == nil {
		values = append(values, strings.Repeat("a", most), strings.Repeat("a", most+1), "/"+strings.Repeat("é", most))
	}
	if allowed := tag.Get("oneof"); allowed != "" {
		for value := range strings.SplitSeq(allowed, ",") {
			values = append(values, value, "["+value+"]", "9"+value)
		}
	}
	return values
}

// TestJSONSchemaMatchesLoad sets every key to values of all kinds. The schema must accept what loads and
// reject what the key's tags reject.
func TestJSONSchemaMatchesLoad(t *testing.T) {
	schema := compileSchema(t)
	eachKey(reflect.TypeFor[document](), "", func(path string, field reflect.StructField) {
		for _, value := range slices.Concat(shapes, spellings, boundaryValues(field.Tag)) {
			alone := fleetWith(t, path, value)
			if err := rejectedByTags(t, alone); err != nil {
				if validate(t, schema, alone) == nil && !slices.Contains(spellings, value) {
					t.Errorf("%s: the schema accepts %s, but Load fails: %v", path, value, err)
				}
				continue
			}
			text := fleetInContext(t, path, value)
			if rejected := validate(t, schema, text); rejected != nil {
				if _, _, err := Parse("regions.yaml", []byte(text)); err == nil {
					t.Errorf("%s: %s loads, but the schema rejects it: %v", path, value, rejected)
				}
			}
		}
	})
}

// rejectedByTags decodes a fleet file without the checks in check_*.go.
func rejectedByTags(t *testing.T, text string) error {
	t.Helper()
	source, err := parse("regions.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	source.decode(source.root, &document{}, true)
	return source.err()
}

func TestJSONSchemaAcceptsRegionWithoutKeys(t *testing.T) {
	text := replaced("  eu-west-1: {network: {cidr: 10.0.0.0/16}}", "  eu-west-1:")
	text = strings.Replace(text, "regions:\n", "  network: {cidr: 10.0.0.0/16}\nregions:\n", 1)
	if _, _, err := Parse("regions.yaml", []byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := validate(t, compileSchema(t), text); err != nil {
		t.Error(err)
	}
}

func TestJSONSchemaRejectsInvalidFleets(t *testing.T) {
	schema := compileSchema(t)
	for name, text := range map[string]string{
		"a typo":              inDefaults("  servce: {desired_count: 1}"),
		"no project":          replaced("project: fmp-mcp\n", ""),
		"an unknown region":   replaced("eu-west-1", "eu-wset-1"),
		"port 0":              inContainer("port: 0"),
		"a port in quotes":    inContainer(`port: "80"`),
		"yes instead of true": inRegion("load_balancer: {enabled: 'yes'}"),
		"log retention":       inRegion("logs: {retention_days: 8}"),
		"invalid CIDR block":  withNetwork("cidr: big"),
		"invalid day":         inRegion("weekend: {days: [saturday]}"),
		"a list as variable":  inContainer("environment: {A: [1]}"),
		"negative usage":      inRegion("usage: {lcu: -1}"),
		"usage in words":      inRegion("usage: {log_gb: much}"),
		"a block too large":   withNetwork("cidr: 10.0.0.0/8"),
		"variable name":       inContainer("environment: {A-B: x}"),
		"key of the secret":   inContainer("secrets: {A: 'x:y'}"),
		"upper-case project":  replaced("project: fmp-mcp", "project: FMP"),
	} {
		if err := validate(t, schema, text); err == nil {
			t.Errorf("%s: the schema accepts it", name)
		} else if _, _, loads := Parse("regions.yaml", []byte(text)); loads == nil {
			t.Errorf("%s: the schema rejects it, but it loads: %v", name, strings.TrimSpace(err.Error()))
		}
	}
}

// TestDesiredCountIsBoundByTheQuota compares the literal in a struct tag with the constant.
func TestDesiredCountIsBoundByTheQuota(t *testing.T) {
	field, _ := reflect.TypeFor[Service]().FieldByName("DesiredCount")
	if got := field.Tag.Get("max"); got != strconv.Itoa(MaxTasks) {
		t.Errorf("desired_count is at most %s, not %d", got, MaxTasks)
	}
}
