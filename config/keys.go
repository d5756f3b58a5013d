package config

import (
	"reflect"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Key describes one key of a fleet file.
type Key struct {
	// Path is the key's path from the root. Keys below defaults also exist in every region. [] stands for each
	// item of a list of sections, and NAME for each name in a map of sections.
	Path    string
	Type    string
	Default string
	Range   string
	Example string
	Doc     string
}

// Keys returns all keys of a fleet file that have a value, in the order of the file.
func Keys() []Key { return keysOf(reflect.TypeFor[document](), "") }

func keysOf(section reflect.Type, path string) []Key {
	var keys []Key
	for _, field := range keysOfSection(section) {
		below := join(path, field.Tag.Get("yaml"))
		if isSection(field.Type) {
			keys = append(keys, keysOf(field.Type, below)...)
			continue
		}
		keys = append(keys, Key{
			Path:    below,
			Type:    typeName(field.Type),
			Default: defaultOf(field),
			Range:   rangeOf(field.Type, field.Tag),
			Example: field.Tag.Get("example"),
			Doc:     field.Tag.Get("doc"),
		})
		if item := each(field.Type); item != "" {
			keys = append(keys, keysOf(field.Type.Elem(), below+item)...)
		}
	}
	return keys
}

// each returns what stands for each section in a list or map of sections, "" for other types.
func each(kind reflect.Type) string {
	switch {
	case kind.Kind() == reflect.Slice && isSection(kind.Elem()):
		return "[]"
	case kind.Kind() == reflect.Map && isSection(kind.Elem()):
		return ".NAME"
	}
	return ""
}

func typeName(kind reflect.Type) string {
	if kind == reflect.TypeFor[Amount]() {
		return "number"
	}
	switch valueType(kind).Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.Int:
		return "whole number"
	case reflect.Slice:
		return "list"
	case reflect.Map:
		return "map"
	default:
		return "string"
	}
}

func defaultOf(field reflect.StructField) string {
	text := field.Tag.Get("default")
	switch {
	case field.Tag.Get("unless") != "":
		return "required, unless " + field.Tag.Get("unless") + " is set"
	case field.Tag.Get("required") == "true":
		return "required"
	case field.Type.Kind() == reflect.Slice && text != "":
		return "[" + strings.ReplaceAll(text, ",", ", ") + "]"
	case field.Type.Kind() == reflect.Map:
		return "{}"
	case field.Type.Kind() == reflect.String && text != "" && !isPlainString(text):
		return strconv.Quote(text)
	}
	return text
}

// isPlainString reports whether YAML reads an unquoted value as a string, unlike 200.
func isPlainString(value string) bool {
	node := yaml.Node{Kind: yaml.ScalarNode, Value: value}
	return node.ShortTag() == "!!str"
}

func rangeOf(kind reflect.Type, tag reflect.StructTag) string {
	var words []string
	switch {
	case valueType(kind).Kind() == reflect.Bool:
		words = append(words, "true, false")
	case tag.Get("oneof") != "":
		words = append(words, strings.ReplaceAll(tag.Get("oneof"), ",", ", "))
	case tag.Get("min") != "":
		words = append(words, tag.Get("min")+" to "+tag.Get("max"))
	case tag.Get("is") != "":
		words = append(words, tag.Get("is"))
	}
	if tag.Get("unit") != "" {
		words = append(words, tag.Get("unit"))
	}
	return strings.Join(words, " ")
}
