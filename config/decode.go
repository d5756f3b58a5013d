package config

import (
	"encoding"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/agext/levenshtein"
	"go.yaml.in/yaml/v3"
)

// decoder decodes a mapping into a struct according to the struct's tags.
type decoder struct {
	*source
	// nodes maps the path of every key that is set, relative to the decoded mapping, to its node.
	nodes map[string]*yaml.Node
	// failed holds the paths of invalid values. They are reported once and not checked further.
	failed map[string]bool
	// changed holds the paths of the single values that differ from their defaults.
	changed map[string]bool
	// complete reports whether required keys must be set.
	complete bool
}

func (s *source) decode(node *yaml.Node, into any, complete bool) *decoder {
	d := &decoder{source: s, nodes: map[string]*yaml.Node{}, failed: map[string]bool{}, changed: map[string]bool{}, complete: complete}
	d.nodes[""] = node
	d.section(node, reflect.ValueOf(into).Elem(), "", "")
	return d
}

// keysOfSection returns the fields of a section, one for each key. Those of an embedded struct are the section's own.
func keysOfSection(section reflect.Type) []reflect.StructField {
	return slices.DeleteFunc(reflect.VisibleFields(section), func(field reflect.StructField) bool { return field.Anonymous })
}

// setDefaults sets every field to the value of its default tag.
func setDefaults(value reflect.Value) {
	for _, key := range keysOfSection(value.Type()) {
		field, text := value.FieldByIndex(key.Index), key.Tag.Get("default")
		switch field.Kind() {
		case reflect.Struct:
			if isSection(field.Type()) {
				setDefaults(field)
			}
		case reflect.String:
			field.SetString(text)
		case reflect.Bool:
			field.SetBool(text == "true")
		case reflect.Int:
			if text != "" {
				field.SetInt(int64(must(strconv.Atoi(text))))
			}
		case reflect.Slice:
			if text != "" {
				field.Set(reflect.ValueOf(strings.Split(text, ",")))
			}
		}
	}
}

// must panics on an error. It is only for struct tags, which are part of the program.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// isSection reports whether a key contains other keys. A struct that unmarshals itself from text does not.
func isSection(kind reflect.Type) bool {
	return kind.Kind() == reflect.Struct && !reflect.PointerTo(kind).Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}

// section decodes a mapping into a struct. Keys that are not set get their defaults.
func (d *decoder) section(node *yaml.Node, into reflect.Value, path string, tag reflect.StructTag) {
	setDefaults(into)
	if isNull(node) {
		node = emptySection(node)
	}
	d.nodes[path] = node
	if node.Kind != yaml.MappingNode {
		advice := "indent its keys below it"
		if short, allowed := shortOf(into.Type(), tag); allowed {
			advice += ", or use " + eitherOf(rangeOf(short.Type, short.Tag))
		}
		d.fail(node, path, fmt.Sprintf("%s is not a map", describe(node)), advice)
		return
	}
	d.rejectUnknownKeys(node, into.Type(), path)
	for _, field := range keysOfSection(into.Type()) {
		key := field.Tag.Get("yaml")
		_, value := Entry(node, key)
		complete := d.complete
		d.complete = complete && field.Tag.Get("partial") != "true"
		if value == nil {
			d.missing(node, join(path, key), into.FieldByIndex(field.Index), field)
		} else {
			d.value(value, into.FieldByIndex(field.Index), join(path, key), field.Tag)
		}
		d.complete = complete
	}
}

// emptySection returns a section without keys in the place of a key without a value.
func emptySection(null *yaml.Node) *yaml.Node {
	section := &yaml.Node{Kind: yaml.MappingNode}
	if null != nil {
		section.Line, section.Column = null.Line, null.Column
	}
	return section
}

// shortOf returns the key of a section that a single value in the section's place sets, if the tag names one.
func shortOf(section reflect.Type, tag reflect.StructTag) (short reflect.StructField, allowed bool) {
	for _, key := range keysOfSection(section) {
		if key.Tag.Get("yaml") == tag.Get("short") {
			return key, true
		}
	}
	return short, false
}

// eitherOf turns a list such as "a, b, c" into "a, b or c".
func eitherOf(list string) string {
	last := strings.LastIndex(list, ", ")
	return list[:last] + " or " + list[last+len(", "):]
}

// shortKinds are the YAML tags of the values that can be short for a section.
var shortKinds = map[reflect.Kind]string{reflect.Bool: "!!bool", reflect.String: "!!str"}

// valueType returns the type of a key's values. A pointer is a key whose absence differs from all of its values.
func valueType(kind reflect.Type) reflect.Type {
	if kind.Kind() == reflect.Pointer {
		return kind.Elem()
	}
	return kind
}

// expand returns the section that a single value is short for, if the tag allows that.
func (d *decoder) expand(node *yaml.Node, section reflect.Type, tag reflect.StructTag) *yaml.Node {
	short, allowed := shortOf(section, tag)
	if !allowed || node.Kind != yaml.ScalarNode || node.Tag != shortKinds[valueType(short.Type).Kind()] {
		return node
	}
	name := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: tag.Get("short"), Line: node.Line, Column: node.Column}
	expanded := &yaml.Node{Kind: yaml.MappingNode, Line: node.Line, Column: node.Column, Content: []*yaml.Node{name, node}}
	d.paths[expanded] = d.paths[node]
	return expanded
}

// missing reports a required key that is absent, and the required keys of an absent section that is not optional.
func (d *decoder) missing(parent *yaml.Node, path string, into reflect.Value, field reflect.StructField) {
	if isSection(into.Type()) {
		if field.Tag.Get("optional") == "true" {
			return
		}
		for _, below := range keysOfSection(into.Type()) {
			d.missing(parent, join(path, below.Tag.Get("yaml")), into.FieldByIndex(below.Index), below)
		}
		return
	}
	if !d.complete || field.Tag.Get("required") != "true" {
		return
	}
	if _, alternative := Entry(parent, field.Tag.Get("unless")); alternative != nil {
		return
	}
	d.failed[path] = true
	label := path
	if base := d.paths[d.nodes[""]]; base != "" {
		label = join(base, path)
	}
	at := d.nodes[""]
	if parent.Line > 0 && d.paths[parent] != "" {
		at = parent
	}
	d.problem(at, label, "is missing", "add "+field.Tag.Get("yaml")+": "+field.Tag.Get("example"))
}

func (d *decoder) rejectUnknownKeys(node *yaml.Node, section reflect.Type, path string) {
	var known []string
	for _, field := range keysOfSection(section) {
		known = append(known, field.Tag.Get("yaml"))
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key := node.Content[i]
		if key.Kind != yaml.ScalarNode || slices.Contains(known, key.Value) {
			continue
		}
		label := join(d.paths[node], key.Value)
		d.problem(key, label, "is not a known key", suggest(key.Value, known))
		d.failed[join(path, key.Value)] = true
	}
}

// suggest proposes the known word nearest to a misspelled one, or lists them all if none is near.
func suggest(written string, known []string) string {
	nearest, distance := "", len(written)/2+1
	for _, candidate := range known {
		if strings.HasPrefix(strings.ToLower(written), candidate) {
			return fmt.Sprintf("did you mean %s?", candidate)
		}
		if d := levenshtein.Distance(strings.ToLower(written), candidate, nil); d < distance {
			nearest, distance = candidate, d
		}
	}
	if nearest != "" {
		return fmt.Sprintf("did you mean %s?", nearest)
	}
	return "use one of " + strings.Join(known, ", ")
}

// otherNames maps the names that Docker, AWS and other programs give to a value to the value. By its spelling, amd64
// would be nearest to arm64.
var otherNames = map[string]string{
	"amd64": "x86_64", "x64": "x86_64", "x86": "x86_64", "aarch64": "arm64",
	"fargate_spot": "spot", "on-demand": "fargate", "on_demand": "fargate",
}

// suggestValue is suggest for the values of a key: it lists them even if one is near.
func suggestValue(written string, allowed []string) string {
	if name := otherNames[strings.ToLower(written)]; slices.Contains(allowed, name) {
		written = name
	}
	advice, all := suggest(written, allowed), "use one of "+strings.Join(allowed, ", ")
	if advice == all {
		return advice
	}
	return advice + " Or " + all
}

func (d *decoder) value(node *yaml.Node, into reflect.Value, path string, tag reflect.StructTag) {
	switch {
	case isSection(into.Type()):
		d.section(d.expand(node, into.Type(), tag), into, path, tag)
	case into.Kind() == reflect.Map:
		d.mapping(node, into, path, tag)
	case into.Kind() == reflect.Slice:
		d.list(node, into, path, tag)
	default:
		d.nodes[path] = node
		unset := into.Interface()
		d.scalar(node, into, path, tag)
		d.changed[path] = !reflect.DeepEqual(unset, into.Interface())
	}
}

// mapping decodes a map of strings, lists, maps or sections. The caller decodes the map of regions.
func (d *decoder) mapping(node *yaml.Node, into reflect.Value, path string, tag reflect.StructTag) {
	d.nodes[path] = node
	if isNull(node) {
		return
	}
	if node.Kind != yaml.MappingNode {
		d.fail(node, path, fmt.Sprintf("%s is not a map", describe(node)), "indent <name>: <value> pairs below it")
		return
	}
	switch kind := into.Type().Elem(); {
	case kind.Kind() == reflect.String:
		d.strings(node, into, path, tag)
	case kind.Kind() == reflect.Map, kind.Kind() == reflect.Slice, isSection(kind):
		entries := reflect.MakeMap(into.Type())
		for i := 0; i+1 < len(node.Content); i += 2 {
			key, value := node.Content[i].Value, reflect.New(into.Type().Elem()).Elem()
			d.name(node.Content[i], join(path, key), tag)
			d.value(node.Content[i+1], value, join(path, key), tag)
			entries.SetMapIndex(reflect.ValueOf(key), value)
		}
		into.Set(entries)
	}
}

// name validates a name in a map of sections whose tag says what the names are.
func (d *decoder) name(key *yaml.Node, path string, tag reflect.StructTag) {
	pattern := tag.Get("names")
	if pattern == "" || regexp.MustCompile(pattern).MatchString(key.Value) {
		return
	}
	d.fail(key, path, fmt.Sprintf("%q is not %s", truncate(key.Value), tag.Get("named")), "follow the example "+tag.Get("example"))
}

// strings decodes a map of strings. As in Compose files, numbers and booleans are accepted as they are
// written, because environment variables are strings anyway.
func (d *decoder) strings(node *yaml.Node, into reflect.Value, path string, tag reflect.StructTag) {
	entries, pattern := map[string]string{}, regexp.MustCompile(tag.Get("pattern"))
	allowed := strings.Split(tag.Get("oneof"), ",")
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i].Value, node.Content[i+1]
		d.nodes[join(path, key)] = value
		switch {
		case value.Kind != yaml.ScalarNode:
			d.fail(value, join(path, key), fmt.Sprintf("%s is not a string", describe(value)), `use a single value, in quotes if in doubt`)
		case isNull(value):
			d.fail(value, join(path, key), "has no value", `use "" for an empty value`)
		case allowed[0] != "" && !slices.Contains(allowed, value.Value):
			d.fail(value, join(path, key), fmt.Sprintf("%q is not allowed", truncate(value.Value)), suggestValue(value.Value, allowed))
		case !pattern.MatchString(value.Value):
			d.fail(value, join(path, key), fmt.Sprintf("%q is not %s", truncate(value.Value), tag.Get("is")), "follow the example "+tag.Get("example"))
		default:
			entries[key] = value.Value
		}
	}
	into.Set(reflect.ValueOf(entries))
}

// list decodes a list of single values or of sections. The tag applies to each single value.
func (d *decoder) list(node *yaml.Node, into reflect.Value, path string, tag reflect.StructTag) {
	d.nodes[path] = node
	if isNull(node) {
		d.fail(node, path, "has no value", "use a list such as "+tag.Get("example")+", or remove the key")
		return
	}
	if node.Kind != yaml.SequenceNode {
		d.fail(node, path, fmt.Sprintf("%s is not a list", describe(node)), "use "+tag.Get("yaml")+": "+tag.Get("example"))
		return
	}
	items := reflect.MakeSlice(into.Type(), len(node.Content), len(node.Content))
	for i, item := range node.Content {
		itemPath := fmt.Sprintf("%s[%d]", path, i)
		d.nodes[itemPath] = item
		d.item(item, items.Index(i), itemPath, tag)
		if d.failed[itemPath] {
			d.failed[path] = true
		}
	}
	into.Set(items)
}

// item decodes an item of a list. A section in a list is complete even below defaults, because lists replace.
func (d *decoder) item(node *yaml.Node, into reflect.Value, path string, tag reflect.StructTag) {
	if !isSection(into.Type()) || node.Kind != yaml.MappingNode {
		d.scalar(node, into, path, tag)
		return
	}
	complete := d.complete
	d.complete = true
	d.section(node, into, path, tag)
	d.complete = complete
}

func (d *decoder) scalar(node *yaml.Node, into reflect.Value, path string, tag reflect.StructTag) {
	advice := useExample(tag)
	if isNull(node) {
		d.fail(node, path, "has no value", advice+", or remove the key")
		return
	}
	if isSection(into.Type()) {
		d.fail(node, path, fmt.Sprintf("%s is not a map", describe(node)), advice)
		return
	}
	if node.Kind != yaml.ScalarNode {
		d.fail(node, path, fmt.Sprintf("%s is not a single value", describe(node)), advice)
		return
	}
	if into.Kind() == reflect.Pointer {
		into.Set(reflect.New(into.Type().Elem()))
		into = into.Elem()
	}
	switch into.Kind() {
	case reflect.Bool:
		if node.Tag != "!!bool" {
			d.fail(node, path, fmt.Sprintf("%s is not true or false", describe(node)), "use true or false, without quotes")
			return
		}
		into.SetBool(strings.EqualFold(node.Value, "true"))
	case reflect.Int:
		d.number(node, into, path, tag)
	case reflect.String:
		d.text(node, into, path, tag)
	default:
		err := into.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(node.Value))
		if err != nil || node.Value == "" {
			d.fail(node, path, fmt.Sprintf("%s is not %s", describe(node), tag.Get("is")), advice)
		}
	}
}

func (d *decoder) number(node *yaml.Node, into reflect.Value, path string, tag reflect.StructTag) {
	number, err := strconv.Atoi(node.Value)
	// YAML reads 010 as eight and 1_000 as a thousand, so numbers that are easily misread are rejected.
	if node.Tag != "!!int" || err != nil || strconv.Itoa(number) != node.Value {
		advice := "use a whole number, such as " + tag.Get("example")
		if node.Tag == "!!str" && err == nil {
			advice = "use " + node.Value + " without quotes"
		}
		d.fail(node, path, fmt.Sprintf("%s is not a whole number", describe(node)), advice)
		return
	}
	unit := ""
	if tag.Get("unit") != "" {
		unit = " " + tag.Get("unit")
	}
	if least, most := tag.Get("min"), tag.Get("max"); least != "" && (number < must(strconv.Atoi(least)) || number > must(strconv.Atoi(most))) {
		d.fail(node, path, fmt.Sprintf("%d is out of range", number), fmt.Sprintf("use a value from %s to %s%s", least, most, unit))
		return
	}
	if allowed := tag.Get("oneof"); allowed != "" && !slices.Contains(strings.Split(allowed, ","), node.Value) {
		d.fail(node, path, fmt.Sprintf("%d is not allowed", number), fmt.Sprintf("use one of %s%s", strings.ReplaceAll(allowed, ",", ", "), unit))
		return
	}
	into.SetInt(int64(number))
}

func (d *decoder) text(node *yaml.Node, into reflect.Value, path string, tag reflect.StructTag) {
	if node.Tag != "!!str" && node.Tag != "!!timestamp" {
		d.fail(node, path, fmt.Sprintf("%s is not a string", describe(node)), fmt.Sprintf("put it in quotes: %q", node.Value))
		return
	}
	into.SetString(node.Value)
	is := tag.Get("is")
	if is == "" {
		is = "allowed"
	}
	if allowed := strings.Split(tag.Get("oneof"), ","); allowed[0] != "" && !slices.Contains(allowed, node.Value) {
		d.fail(node, path, fmt.Sprintf("%q is not allowed", node.Value), suggestValue(node.Value, allowed))
		return
	}
	if most := tag.Get("maxlen"); most != "" && utf8.RuneCountInString(node.Value) > must(strconv.Atoi(most)) {
		d.fail(node, path, fmt.Sprintf("is %d characters long", utf8.RuneCountInString(node.Value)), "use at most "+most)
		return
	}
	if pattern := tag.Get("pattern"); pattern != "" && !regexp.MustCompile(pattern).MatchString(node.Value) {
		d.fail(node, path, fmt.Sprintf("%q is not %s", node.Value, is), useExample(tag))
	}
}

// useExample advises to write a value as in the key's example.
func useExample(tag reflect.StructTag) string {
	example := tag.Get("example")
	switch {
	case strings.HasPrefix(example, "["):
		return "use a list such as " + example
	case strings.HasPrefix(example, "{"):
		return "use a map such as " + example
	}
	return "use a value such as " + example
}

// fail reports an invalid value at the path where the file sets it. For a value that a region inherits, that
// path is below defaults.
func (d *decoder) fail(node *yaml.Node, path, message, advice string) {
	d.failed[path] = true
	if node.Kind != yaml.AliasNode { // already reported as an alias
		d.problem(node, d.label(node, path), message, advice)
	}
}

func (d *decoder) label(node *yaml.Node, path string) string {
	if label, written := d.paths[node]; written {
		return label
	}
	return join(d.paths[d.nodes[""]], path)
}

// describe formats a value for a message.
func describe(node *yaml.Node) string {
	switch {
	case node.Kind == yaml.MappingNode:
		return "a map"
	case node.Kind == yaml.SequenceNode:
		return "a list"
	case node.Kind == yaml.AliasNode:
		return "an alias"
	case node.Tag == "!!str":
		return strconv.Quote(truncate(node.Value))
	}
	return truncate(node.Value)
}

func truncate(text string) string {
	const most = 60
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most]) + "…"
}

// locate returns the node that a problem at a path points to, and the path to report: the value, or the
// nearest enclosing value if it is not set.
func (d *decoder) locate(path string) (*yaml.Node, string) {
	if node := d.nodes[path]; node != nil {
		return node, d.label(node, path)
	}
	for enclosing := path; ; {
		cut := strings.LastIndexAny(enclosing, ".[")
		if cut < 0 {
			return d.nodes[""], join(d.paths[d.nodes[""]], path)
		}
		enclosing = enclosing[:cut]
		if node := d.nodes[enclosing]; node != nil {
			return node, d.label(node, enclosing) + path[len(enclosing):]
		}
	}
}
