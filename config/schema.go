package config

import (
	"encoding/json"
	"maps"
	"net/netip"
	"reflect"
	"strconv"
	"strings"
)

const octet = `(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])`

// textSchemas are the types that read themselves from one value. An amount may be written as a number
// or in quotes; how many digits a number has after its point is left to Load, as editors divide floats
// for multipleOf and refuse what is right.
var textSchemas = map[reflect.Type]map[string]any{
	reflect.TypeFor[netip.Prefix](): {"type": "string", "pattern": `^(` + octet + `\.){3}` + octet + `/(1[6-9]|2[0-8])$`},
	reflect.TypeFor[Amount]():       {"type": []string{"number", "string"}, "minimum": 0, "exclusiveMaximum": 1_000_000_000_000, "pattern": amount.String()},
}

// JSONSchema describes a fleet file to editors, from the same tags that Load goes by. It cannot say
// what takes several keys to judge, nor that a region needs what the defaults may give it.
// https://json-schema.org/draft/2020-12/json-schema-core
func JSONSchema() ([]byte, error) {
	root := sectionSchema(reflect.TypeFor[document]())
	root["type"] = "object"
	properties := root["properties"].(map[string]any)
	settings := map[string]any{"$ref": "#/$defs/settings"}
	properties["defaults"].(map[string]any)["$ref"] = "#/$defs/settings"
	properties["regions"] = map[string]any{
		"description":          properties["regions"].(map[string]any)["description"],
		"type":                 "object",
		"minProperties":        1,
		"propertyNames":        map[string]any{"enum": RegionNames()},
		"additionalProperties": settings,
	}
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "mcpfleet fleet file"
	root["$defs"] = map[string]any{"settings": sectionSchema(reflect.TypeFor[Settings]())}
	text, err := json.MarshalIndent(root, "", "  ")
	return append(text, '\n'), err
}

// sectionSchema describes a struct. A section's key may stand without anything below it.
func sectionSchema(section reflect.Type) map[string]any {
	properties, required := map[string]any{}, []string{}
	for i := range section.NumField() {
		field := section.Field(i)
		properties[field.Tag.Get("yaml")] = fieldSchema(field)
		if field.Tag.Get("required") == "true" && section == reflect.TypeFor[document]() {
			required = append(required, field.Tag.Get("yaml"))
		}
	}
	schema := map[string]any{"type": []string{"object", "null"}, "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		schema["required"] = required
	}
	return schema
}

func fieldSchema(field reflect.StructField) map[string]any {
	var schema map[string]any
	switch kind := field.Type; {
	case field.Tag.Get("partial") == "true":
		schema = map[string]any{}
	case isSection(kind):
		schema = sectionSchema(kind)
	case kind.Kind() == reflect.Map:
		schema = variablesSchema(field.Tag)
	case kind.Kind() == reflect.Slice:
		schema = map[string]any{"type": "array", "items": valueSchema(kind.Elem(), field.Tag)}
	default:
		schema = valueSchema(kind, field.Tag)
	}
	schema["description"] = field.Tag.Get("doc")
	if text := field.Tag.Get("default"); text != "" {
		schema["default"] = defaultValue(field.Type, text)
	}
	return schema
}

// variablesSchema describes a map of texts: they are all variables of the container.
func variablesSchema(tag reflect.StructTag) map[string]any {
	value := map[string]any{"type": []string{"string", "number", "boolean"}}
	if pattern := tag.Get("pattern"); pattern != "" {
		value["pattern"] = pattern
	}
	return map[string]any{
		"type":                 []string{"object", "null"},
		"propertyNames":        map[string]any{"pattern": variableName.String()},
		"additionalProperties": value,
	}
}

func valueSchema(kind reflect.Type, tag reflect.StructTag) map[string]any {
	schema := maps.Clone(textSchemas[kind])
	if schema == nil {
		schema = map[string]any{}
	}
	switch kind.Kind() {
	case reflect.Bool:
		schema["type"] = "boolean"
	case reflect.Int:
		schema["type"] = "integer"
	case reflect.String:
		schema["type"] = "string"
	}
	for from, to := range map[string]string{"min": "minimum", "max": "maximum", "maxlen": "maxLength"} {
		if text := tag.Get(from); text != "" {
			schema[to] = must(strconv.Atoi(text))
		}
	}
	if pattern := tag.Get("pattern"); pattern != "" {
		schema["pattern"] = pattern
	}
	if allowed := tag.Get("oneof"); allowed != "" {
		values := []any{}
		for text := range strings.SplitSeq(allowed, ",") {
			values = append(values, defaultValue(kind, text))
		}
		schema["enum"] = values
	}
	return schema
}

func defaultValue(kind reflect.Type, text string) any {
	switch kind.Kind() {
	case reflect.Bool:
		return text == "true"
	case reflect.Int:
		return must(strconv.Atoi(text))
	case reflect.Slice:
		return strings.Split(text, ",")
	}
	return text
}
