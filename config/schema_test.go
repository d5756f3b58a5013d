package config

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"github.com/cdtait/mcpfleet/internal/golden"
)

func schemaText(t *testing.T) []byte {
	t.Helper()
	text, err := JSONSchema()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestTheSchemaForEditorsIsThatOfTheTags(t *testing.T) {
	golden.Compare(t, "../schema/regions.schema.json", schemaText(t))
}

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(schemaText(t)))
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
	datesAreTexts(&tree)
	var fleet any
	if err := tree.Decode(&fleet); err != nil {
		t.Fatal(err)
	}
	return schema.Validate(fleet)
}

// datesAreTexts reads a file as editors do: JSON has no dates.
func datesAreTexts(node *yaml.Node) {
	if node.Tag == "!!timestamp" {
		node.Tag = "!!str"
	}
	for _, child := range node.Content {
		datesAreTexts(child)
	}
}

func TestEditorsTakeEveryFleetThatLoads(t *testing.T) {
	schema := compiled(t)
	files := []string{"../regions.yaml"}
	for _, folder := range []string{"../examples", "../testdata/fleets"} {
		found, err := filepath.Glob(folder + "/*.yaml")
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := validate(t, schema, string(text)); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}

func TestEditorsUnderlineWhatDoesNotLoad(t *testing.T) {
	schema := compiled(t)
	for name, text := range map[string]string{
		"a typo":                inDefaults("  servce: {desired_count: 1}"),
		"no project":            replaced("project: fmp-mcp\n", ""),
		"an unknown region":     replaced("eu-west-1", "eu-wset-1"),
		"port 0":                inContainer("port: 0"),
		"a port in quotes":      inContainer(`port: "80"`),
		"yes for true":          inRegion("load_balancer: {enabled: 'yes'}"),
		"log retention":         inRegion("logs: {retention_days: 8}"),
		"no block":              withNetwork("cidr: big"),
		"a day":                 inRegion("weekend: {days: [saturday]}"),
		"a list as variable":    inContainer("environment: {A: [1]}"),
		"a project in capitals": replaced("project: fmp-mcp", "project: FMP"),
	} {
		if err := validate(t, schema, text); err == nil {
			t.Errorf("%s is not underlined", name)
		} else if _, _, loads := Parse("regions.yaml", []byte(text)); loads == nil {
			t.Errorf("%s loads all the same: %v", name, strings.TrimSpace(err.Error()))
		}
	}
}
