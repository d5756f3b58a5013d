package config

import (
	"cmp"
	"encoding/json"
	"maps"
	"net/netip"
	"reflect"
	"strconv"
	"strings"
)

const octet = `(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])`

// stringSchemas are the schemas of types that unmarshal themselves from text. An amount may be a number or a
// quoted string. Load alone limits the decimal places of a number: editors implement multipleOf with
// floating-point division, which rejects valid values.
var stringSchemas = map[reflect.Type]map[string]any{
	reflect.TypeFor[netip.Prefix](): {"type": "string", "pattern": `^(` + octet + `\.){3}` + octet + `/(1[6-9]|2[0-8])$`},
	reflect.TypeFor[Amount]():       {"type": []string{"number", "string"}, "minimum": 0, "exclusiveMaximum": 1_000_000_000_000, "pattern": amount.String()},
}

// JSONSchema returns the JSON Schema of a fleet file for editors, built from the same tags that Load uses. It
// does not cover rules about several keys, nor keys that are required in a region unless the defaults set them.
// https://json-schema.org/draft/2020-12/json-schema-core
func JSONSchema() ([]byte, error) {
	root := completeSchema(reflect.TypeFor[document]())
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

// sectionSchema returns the schema of a struct. A section may also be null, which is a key without a value.
func sectionSchema(section reflect.Type) map[string]any {
	properties := map[string]any{}
	for _, field := range keysOfSection(section) {
		properties[field.Tag.Get("yaml")] = fieldSchema(field)
	}
	return map[string]any{"type": []string{"object", "null"}, "properties": properties, "additionalProperties": false}
}

// completeSchema returns the schema of a struct whose required keys nothing else can set.
func completeSchema(section reflect.Type) map[string]any {
	schema, required := sectionSchema(section), []string{}
	for _, field := range keysOfSection(section) {
		if tag := field.Tag; tag.Get("required") == "true" {
			required = append(required, tag.Get("yaml"))
		}
	}
	schema["type"], schema["required"] = "object", required
	return schema
}

func fieldSchema(field reflect.StructField) map[string]any {
	var schema map[string]any
	switch kind := field.Type; {
	case field.Tag.Get("partial") == "true":
		schema = map[string]any{}
	case isSection(kind):
		schema = sectionSchema(kind)
		if short, allowed := shortOf(kind, field.Tag); allowed {
			schema = map[string]any{"oneOf": []any{valueSchema(short.Type, short.Tag), schema}}
		}
	default:
		schema = valueSchema(kind, field.Tag)
	}
	schema["description"] = field.Tag.Get("doc")
	if text := field.Tag.Get("default"); text != "" {
		schema["default"] = typedValue(field.Type, text)
	}
	return schema
}

// collectionSchema returns the schema of a list or a map. The tag applies to the single values in it.
func collectionSchema(kind reflect.Type, tag reflect.StructTag) map[string]any {
	switch {
	case kind.Kind() == reflect.Slice && isSection(kind.Elem()):
		return map[string]any{"type": "array", "items": completeSchema(kind.Elem())}
	case kind.Kind() == reflect.Slice:
		return map[string]any{"type": "array", "items": valueSchema(kind.Elem(), tag)}
	case kind.Elem().Kind() == reflect.String:
		return stringMapSchema(tag)
	case isSection(kind.Elem()):
		return mapSchema(sectionSchema(kind.Elem()), tag)
	default:
		return map[string]any{"type": []string{"object", "null"}, "additionalProperties": valueSchema(kind.Elem(), tag)}
	}
}

// stringMapSchema returns the schema of a map of strings.
func stringMapSchema(tag reflect.StructTag) map[string]any {
	value := map[string]any{"type": []string{"string", "number", "boolean"}}
	if pattern := tag.Get("pattern"); pattern != "" {
		value["pattern"] = pattern
	}
	if allowed := tag.Get("oneof"); allowed != "" {
		value = map[string]any{"enum": strings.Split(allowed, ",")}
	}
	return mapSchema(value, tag)
}

// mapSchema returns the schema of a map with these values. Its keys match the tag's pattern of names, or are the
// container's variables.
func mapSchema(value map[string]any, tag reflect.StructTag) map[string]any {
	return map[string]any{
		"type":                 []string{"object", "null"},
		"propertyNames":        map[string]any{"pattern": cmp.Or(tag.Get("names"), variableName.String())},
		"additionalProperties": value,
	}
}

func valueSchema(kind reflect.Type, tag reflect.StructTag) map[string]any {
	if kind.Kind() == reflect.Map || kind.Kind() == reflect.Slice {
		return collectionSchema(kind, tag)
	}
	schema := maps.Clone(stringSchemas[kind])
	if schema == nil {
		schema = map[string]any{}
	}
	switch valueType(kind).Kind() {
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
			values = append(values, typedValue(kind, text))
		}
		schema["enum"] = values
	}
	return schema
}

func typedValue(kind reflect.Type, text string) any {
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
