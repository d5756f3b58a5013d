package cli

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"maps"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cdtait/mcpfleet/internal/golden"
)

// documents maps each command to the type that it prints with --json.
var documents = map[string]reflect.Type{
	"adopt":              reflect.TypeFor[adoptDocument](),
	"alarms":             reflect.TypeFor[report[alarmReport]](),
	"capacity":           reflect.TypeFor[report[outcomeReport]](),
	"check":              reflect.TypeFor[report[verdict]](),
	"check --names":      reflect.TypeFor[report[namesReport]](),
	"cost":               reflect.TypeFor[estimateDocument](),
	"cost --compare":     reflect.TypeFor[compareDocument](),
	"cost --live":        reflect.TypeFor[liveDocument](),
	"cost --recommend":   reflect.TypeFor[recommendDocument](),
	"cost diff":          reflect.TypeFor[diffDocument](),
	"cost refresh":       reflect.TypeFor[refreshDocument](),
	"deploy":             reflect.TypeFor[report[outcomeReport]](),
	"drain":              reflect.TypeFor[report[outcomeReport]](),
	"undrain":            reflect.TypeFor[report[outcomeReport]](),
	"doctor":             reflect.TypeFor[report[diagnosisReport]](),
	"history":            reflect.TypeFor[report[historyReport]](),
	"drift":              reflect.TypeFor[report[verdict]](),
	"events":             reflect.TypeFor[eventsDocument](),
	"events --follow":    reflect.TypeFor[eventReport](),
	"logs":               reflect.TypeFor[logReport](),
	"metrics":            reflect.TypeFor[metricsDocument](),
	"prune":              reflect.TypeFor[report[outcomeReport]](),
	"report":             reflect.TypeFor[reportDocument](),
	"restart":            reflect.TypeFor[report[outcomeReport]](),
	"rollback":           reflect.TypeFor[report[outcomeReport]](),
	"open":               reflect.TypeFor[addressDocument](),
	"scale":              reflect.TypeFor[report[outcomeReport]](),
	"secret set":         reflect.TypeFor[report[outcomeReport]](),
	"secret status":      reflect.TypeFor[report[secretReport]](),
	"smoke":              reflect.TypeFor[report[smokeReport]](),
	"status":             reflect.TypeFor[report[statusReport]](),
	"tasks":              reflect.TypeFor[report[tasksReport]](),
	"version":            reflect.TypeFor[versionDocument](),
	"watch":              reflect.TypeFor[watchLine](),
	"weekend cron":       reflect.TypeFor[cronReport](),
	"weekend cron --aws": reflect.TypeFor[scheduleReport](),
	"weekend disable":    reflect.TypeFor[weekendEdit](),
	"weekend down":       reflect.TypeFor[report[outcomeReport]](),
	"weekend enable":     reflect.TypeFor[weekendEdit](),
	"weekend status":     reflect.TypeFor[report[weekendReport]](),
	"weekend up":         reflect.TypeFor[report[outcomeReport]](),
}

const schemaDirectory = "../../schema/json"

// schemaFile returns the path of the schema of a command's document.
func schemaFile(command string) string {
	name := strings.NewReplacer(" --", "-", " ", "-").Replace(command)
	return filepath.Join(schemaDirectory, name+".schema.json")
}

// TestSchemasMatchTypes generates the schemas from the document types and their comments.
func TestSchemasMatchTypes(t *testing.T) {
	comments := fieldComments(t, ".", "../ops", "../adopt", "../../cost")
	var used []string
	for command, document := range documents {
		schema := schemaOf(t, document, comments)
		schema.Dialect, schema.Title = "https://json-schema.org/draft/2020-12/schema", "mcpfleet "+command+" --json"
		var text bytes.Buffer
		encoder := json.NewEncoder(&text)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		if err := encoder.Encode(schema); err != nil {
			t.Fatal(err)
		}
		golden.Compare(t, schemaFile(command), text.Bytes())
		used = append(used, schemaFile(command))
	}
	golden.NoStale(t, schemaDirectory, used)
}

// schema is the subset of JSON Schema that the documents use. Additional properties are allowed, because
// they are compatible changes.
type schema struct {
	Dialect     string             `json:"$schema,omitempty"`
	Title       string             `json:"title,omitempty"`
	Description string             `json:"description,omitempty"`
	Type        any                `json:"type"`
	Format      string             `json:"format,omitempty"`
	Required    []string           `json:"required,omitempty"`
	Properties  map[string]*schema `json:"properties,omitempty"`
	Items       *schema            `json:"items,omitempty"`
	Values      *schema            `json:"additionalProperties,omitempty"`
}

// leaves maps types with a custom JSON encoding to their schemas.
var leaves = map[reflect.Type]schema{
	reflect.TypeFor[time.Time]():   {Type: "string", Format: "date-time"},
	reflect.TypeFor[json.Number](): {Type: "number"},
}

var kinds = map[reflect.Kind]string{
	reflect.Bool: "boolean", reflect.String: "string", reflect.Int: "integer", reflect.Int64: "integer", reflect.Float64: "number",
}

func schemaOf(t *testing.T, of reflect.Type, comments map[string]string) *schema {
	t.Helper()
	if leaf, known := leaves[of]; known {
		return &leaf
	}
	if kind, known := kinds[of.Kind()]; known {
		return &schema{Type: kind}
	}
	switch of.Kind() {
	case reflect.Pointer:
		pointed := schemaOf(t, of.Elem(), comments)
		pointed.Type = []any{pointed.Type, "null"}
		return pointed
	case reflect.Slice:
		return &schema{Type: "array", Items: schemaOf(t, of.Elem(), comments)}
	case reflect.Map:
		return &schema{Type: "object", Values: schemaOf(t, of.Elem(), comments)}
	case reflect.Struct:
		result := &schema{Type: "object", Properties: map[string]*schema{}}
		addFields(t, result, of, comments)
		slices.Sort(result.Required)
		return result
	default:
		t.Fatalf("no schema for %s", of)
		return nil
	}
}

// addFields adds the fields of a struct. Its own fields take precedence over those of embedded structs.
func addFields(t *testing.T, object *schema, of reflect.Type, comments map[string]string) {
	t.Helper()
	var embedded []reflect.Type
	for i := range of.NumField() {
		field := of.Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch {
		case name == "-":
			continue
		case field.Anonymous && name == "":
			embedded = append(embedded, field.Type)
			continue
		case name == "":
			t.Fatalf("%s.%s has no JSON name", of, field.Name)
		case object.Properties[name] != nil:
			continue
		}
		absent := strings.Contains(options, "omit")
		property := schemaOf(t, field.Type, comments)
		if types, nullable := property.Type.([]any); nullable && absent {
			property.Type = types[0]
		}
		property.Description = inJSON(of, comments[commentKey(of)+"."+field.Name])
		object.Properties[name] = property
		if !absent {
			object.Required = append(object.Required, name)
		}
	}
	for _, each := range embedded {
		addFields(t, object, each, comments)
	}
}

var word = regexp.MustCompile(`[A-Za-z]+`)

// inJSON replaces the Go names of fields in a comment by their JSON names.
func inJSON(of reflect.Type, comment string) string {
	return word.ReplaceAllStringFunc(comment, func(name string) string {
		if field, known := of.FieldByName(name); known {
			if tag, _, _ := strings.Cut(field.Tag.Get("json"), ","); tag != "" && tag != "-" {
				return tag
			}
		}
		return name
	})
}

// commentKey returns a type's package and name without type parameters.
func commentKey(of reflect.Type) string {
	name, _, _ := strings.Cut(of.Name(), "[")
	return of.PkgPath()[strings.LastIndex(of.PkgPath(), "/")+1:] + "." + name
}

// fieldComments returns the comments of struct fields by package, type and field.
func fieldComments(t *testing.T, directories ...string) map[string]string {
	t.Helper()
	comments := map[string]string{}
	for _, file := range parsed(t, directories...) {
		ast.Inspect(file, func(node ast.Node) bool {
			declared, ok := node.(*ast.TypeSpec)
			if !ok {
				return true
			}
			fields, ok := declared.Type.(*ast.StructType)
			if !ok {
				return false
			}
			for _, field := range fields.Fields.List {
				text := strings.TrimSuffix(strings.Join(strings.Fields(field.Doc.Text()), " "), ".")
				for _, name := range field.Names {
					comments[file.Name.Name+"."+declared.Name.Name+"."+name.Name] = text
				}
			}
			return false
		})
	}
	return comments
}

// parsed returns the parsed Go files of directories.
func parsed(t *testing.T, directories ...string) (files []*ast.File) {
	t.Helper()
	for _, directory := range directories {
		names, err := filepath.Glob(filepath.Join(directory, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			file, err := parser.ParseFile(gotoken.NewFileSet(), name, nil, parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, file)
		}
	}
	return files
}

// closed returns a schema, as JSON, that does not allow additional properties.
func closed(node any) any {
	switch node := node.(type) {
	case map[string]any:
		for name, value := range node {
			node[name] = closed(value)
		}
		if _, isObject := node["properties"].(map[string]any); isObject && node["type"] != nil {
			node["additionalProperties"] = false
		}
	case []any:
		for i := range node {
			node[i] = closed(node[i])
		}
	}
	return node
}

// codes returns the values of all Code constants.
func codes(t *testing.T) []string {
	t.Helper()
	found := map[string]bool{}
	for _, file := range parsed(t, ".", "../ops") {
		ast.Inspect(file, func(node ast.Node) bool {
			value, ok := node.(*ast.ValueSpec)
			if !ok || !isCode(value.Type) {
				return true
			}
			for _, each := range value.Values {
				if literal, ok := each.(*ast.BasicLit); ok {
					found[strings.Trim(literal.Value, `"`)] = true
				}
			}
			return false
		})
	}
	return slices.Sorted(maps.Keys(found))
}

// isCode reports whether a type expression is Code or ops.Code.
func isCode(named ast.Expr) bool {
	switch named := named.(type) {
	case *ast.Ident:
		return named.Name == "Code"
	case *ast.SelectorExpr:
		return named.Sel.Name == "Code"
	}
	return false
}
