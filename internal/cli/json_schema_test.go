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

// documents are what the commands print with --json.
var documents = map[string]reflect.Type{
	"check":            reflect.TypeFor[report[verdict]](),
	"check --names":    reflect.TypeFor[report[namesReport]](),
	"cost":             reflect.TypeFor[estimateDocument](),
	"cost --compare":   reflect.TypeFor[compareDocument](),
	"cost --live":      reflect.TypeFor[liveDocument](),
	"cost --recommend": reflect.TypeFor[recommendDocument](),
	"cost diff":        reflect.TypeFor[diffDocument](),
	"cost refresh":     reflect.TypeFor[refreshDocument](),
	"doctor":           reflect.TypeFor[report[diagnosisReport]](),
	"logs":             reflect.TypeFor[logReport](),
	"scale":            reflect.TypeFor[report[outcomeReport]](),
	"secret set":       reflect.TypeFor[report[outcomeReport]](),
	"secret status":    reflect.TypeFor[report[secretReport]](),
	"smoke":            reflect.TypeFor[report[smokeReport]](),
	"status":           reflect.TypeFor[report[statusReport]](),
	"version":          reflect.TypeFor[versionDocument](),
	"weekend cron":     reflect.TypeFor[cronReport](),
	"weekend disable":  reflect.TypeFor[weekendEdit](),
	"weekend down":     reflect.TypeFor[report[outcomeReport]](),
	"weekend enable":   reflect.TypeFor[weekendEdit](),
	"weekend status":   reflect.TypeFor[report[weekendReport]](),
	"weekend up":       reflect.TypeFor[report[outcomeReport]](),
}

const schemaFolder = "../../schema/json"

// schemaFile is where the schema of a command's document is.
func schemaFile(command string) string {
	name := strings.NewReplacer(" --", "-", " ", "-").Replace(command)
	return filepath.Join(schemaFolder, name+".schema.json")
}

// TestSchemasAreThoseOfTheDocuments writes them from the types that are printed, with their comments.
func TestSchemasAreThoseOfTheDocuments(t *testing.T) {
	comments := commentsOfFields(t, ".", "../ops", "../../cost")
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
	golden.NoneBut(t, schemaFolder, used)
}

// schema is what the documents need of JSON Schema. An object may have more than its properties:
// what is only added breaks no reader.
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

// leaves are types with a JSON of their own.
var leaves = map[reflect.Type]schema{
	reflect.TypeFor[time.Time]():   {Type: "string", Format: "date-time"},
	reflect.TypeFor[json.Number](): {Type: "number"},
}

var kinds = map[reflect.Kind]string{
	reflect.Bool: "boolean", reflect.String: "string", reflect.Int: "integer", reflect.Int64: "integer",
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
		t.Fatalf("%s has no schema", of)
		return nil
	}
}

// addFields adds the fields of a struct. Those that it has itself go before those of what it embeds.
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
			t.Fatalf("%s.%s has no name in JSON", of, field.Name)
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

// inJSON names fields as a script does.
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

// commentKey is a type's package and name, without parameters.
func commentKey(of reflect.Type) string {
	name, _, _ := strings.Cut(of.Name(), "[")
	return of.PkgPath()[strings.LastIndex(of.PkgPath(), "/")+1:] + "." + name
}

// commentsOfFields are the comments of packages, by package, type and field.
func commentsOfFields(t *testing.T, folders ...string) map[string]string {
	t.Helper()
	comments := map[string]string{}
	for _, file := range parsed(t, folders...) {
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

// parsed are the Go files of folders.
func parsed(t *testing.T, folders ...string) (files []*ast.File) {
	t.Helper()
	for _, folder := range folders {
		names, err := filepath.Glob(filepath.Join(folder, "*.go"))
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

// closed is a schema, as JSON, whose objects have their properties and no others.
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

// codes are the constants of a problem's code.
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

// isCode is whether a type is Code, in package ops or of it.
func isCode(named ast.Expr) bool {
	switch named := named.(type) {
	case *ast.Ident:
		return named.Name == "Code"
	case *ast.SelectorExpr:
		return named.Sel.Name == "Code"
	}
	return false
}
