package ops

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/cdtait/mcpfleet/config"
)

// Weekend holds the weekend settings to write to a fleet file. Fields that are nil stay as they are.
type Weekend struct {
	Enabled     bool
	DestroyALBs *bool
	// Days are written if they are not nil.
	Days               []string
	StartHour, EndHour *int
	Timezone           *string
}

// settings returns the keys to write, in the conventional order.
func (w Weekend) settings() []setting {
	all := []setting{{key: "enabled", value: fmt.Sprint(w.Enabled)}}
	if w.DestroyALBs != nil {
		all = append(all, setting{key: "destroy_albs", value: fmt.Sprint(*w.DestroyALBs)})
	}
	if w.Days != nil {
		all = append(all, setting{key: "days", list: w.Days, isList: true})
	}
	if w.StartHour != nil {
		all = append(all, setting{key: "start_hour", value: fmt.Sprint(*w.StartHour)})
	}
	if w.EndHour != nil {
		all = append(all, setting{key: "end_hour", value: fmt.Sprint(*w.EndHour)})
	}
	if w.Timezone != nil {
		all = append(all, setting{key: "timezone", value: *w.Timezone, isString: true})
	}
	return all
}

// applyTo returns a region's weekend settings after the edit.
func (w Weekend) applyTo(was config.Weekend) config.Weekend {
	was.Enabled = w.Enabled
	if w.DestroyALBs != nil {
		was.DestroyALBs = *w.DestroyALBs
	}
	if w.Days != nil {
		was.Days = w.Days
	}
	if w.StartHour != nil {
		was.StartHour = *w.StartHour
	}
	if w.EndHour != nil {
		was.EndHour = *w.EndHour
	}
	if w.Timezone != nil {
		was.Timezone = *w.Timezone
	}
	return was
}

// Edit is the new text of a fleet file, with the fleet before and after the edit.
type Edit struct {
	Text          []byte
	Before, After *config.Fleet
	// Warnings are the warnings about the new text.
	Warnings config.Problems
}

// EditWeekend returns the text of a fleet file with the weekend settings written to the given regions, or to
// all if there are none. Comments and layout are preserved. It fails if the result is not valid, or if the edit
// would change anything else.
//
// It splices the text at the positions of the parser's nodes because a library that replaces a node, such as
// goccy/go-yaml, prints the whole file again: it drops the comment after a replaced value and the comments
// between list items, collapses blank lines and alignment, and converts CRLF to LF. The comparison of the fleets
// before and after the edit would still be required, because replacing a path that does not exist is not an
// error in that library.
func EditWeekend(file string, text []byte, regions []string, weekend Weekend) (Edit, error) {
	return editSection(file, text, regions, section{"weekend", weekend.settings(), func(region *config.Settings) {
		region.Weekend = weekend.applyTo(region.Weekend)
	}})
}

// EditImage returns the text of a fleet file with the image of the server's container written to the given regions, or to
// all, like EditWeekend.
func EditImage(file string, text []byte, regions []string, image string) (Edit, error) {
	settings := []setting{{key: "image", value: image, isString: true}}
	return editSection(file, text, regions, section{"container", settings, func(region *config.Settings) { region.Container.Image = image }})
}

// section is an edit of a section of a fleet file.
type section struct {
	name     string
	settings []setting
	// apply makes the edit in a region's settings.
	apply func(*config.Settings)
}

func editSection(file string, text []byte, regions []string, section section) (edit Edit, err error) {
	if edit.Before, _, err = config.Parse(file, text); err != nil {
		return Edit{}, err
	}
	edit.Text = text
	for _, setting := range slices.Backward(section.settings) { // a new key is inserted before the existing ones
		for _, path := range editPaths(edit.Text, regions, section.name, setting.key) {
			if edit.Text, err = setKey(edit.Text, path, setting); err != nil {
				return Edit{}, manualEdit(path, setting, err)
			}
		}
	}
	if edit.After, edit.Warnings, err = config.Parse(file, edit.Text); err != nil {
		return Edit{}, withoutPositions(err)
	}
	if !isEdited(edit.Before, edit.After, regions, section.apply) {
		return Edit{}, manualEdit([]string{"defaults", section.name, section.settings[0].key}, section.settings[0], errUnknownLayout)
	}
	return edit, nil
}

// errUnknownLayout reports a valid file with a layout that the edit does not support.
var errUnknownLayout = errors.New("the layout of the file is not supported")

// withoutPositions removes the positions from problems, because they refer to a text that is discarded.
func withoutPositions(err error) error {
	problems, ok := errors.AsType[config.Problems](err)
	if !ok {
		return err
	}
	for i := range problems {
		problems[i].Line, problems[i].Column = 0, 0
	}
	return problems
}

// setting is a key and its value: a literal, a string, or a list of strings.
type setting struct {
	key              string
	value            string
	list             []string
	isString, isList bool
}

// yaml returns the value as YAML on one line, in a form that is valid in a flow map.
func (s setting) yaml() string {
	if s.isList {
		var items []string
		for _, item := range s.list {
			items = append(items, formatString(item))
		}
		return "[" + strings.Join(items, ", ") + "]"
	}
	if s.isString {
		return formatString(s.value)
	}
	return s.value
}

// plainString matches strings that need no quotes in any context, unless YAML reads them as another type.
var plainString = regexp.MustCompile(`^[A-Za-z]+([/_+.:@-]?[A-Za-z0-9]+)*$`)

// formatString returns a string as a YAML scalar, quoted if necessary.
func formatString(text string) string {
	var read yaml.Node
	if plainString.MatchString(text) && yaml.Unmarshal([]byte(text), &read) == nil && read.Content[0].Tag == "!!str" {
		return text
	}
	quoted, _ := json.Marshal(text) // every JSON string is a valid YAML string
	return string(quoted)
}

// matches reports whether a node already has the value, in any notation.
func (s setting) matches(node *yaml.Node) bool {
	if !s.isList {
		return node.Kind == yaml.ScalarNode && node.Value == s.value && (node.Tag == "!!str") == s.isString
	}
	return node.Kind == yaml.SequenceNode && slices.EqualFunc(node.Content, s.list, func(item *yaml.Node, word string) bool {
		return item.Kind == yaml.ScalarNode && item.Tag == "!!str" && item.Value == word
	})
}

// manualEdit returns an error that tells the user how to edit the file by hand.
func manualEdit(path []string, setting setting, err error) error {
	return fmt.Errorf("the file was not changed, because %w; set %s: %s yourself", err, strings.Join(path, "."), setting.yaml())
}

// editPaths returns the paths of a setting to write: those of the given regions, or of the defaults and of every
// region that overrides them.
func editPaths(text []byte, regions []string, section, key string) (paths [][]string) {
	if len(regions) > 0 {
		for _, region := range regions {
			paths = append(paths, []string{"regions", region, section, key})
		}
		return paths
	}
	paths = [][]string{{"defaults", section, key}}
	all := config.Lookup(parseRoot(text), "regions")
	for i := 0; all != nil && i+1 < len(all.Content); i += 2 {
		if config.Lookup(all.Content[i+1], section, key) != nil {
			paths = append(paths, []string{"regions", all.Content[i].Value, section, key})
		}
	}
	return paths
}

// parseRoot returns the root node of a YAML text, or nil if there is none.
func parseRoot(text []byte) *yaml.Node {
	var tree yaml.Node
	if err := yaml.Unmarshal(text, &tree); err != nil || len(tree.Content) == 0 {
		return nil
	}
	return tree.Content[0]
}

// setKey sets one key with one change of the text, or with none if the key already has the value.
func setKey(text []byte, path []string, setting setting) ([]byte, error) {
	parent := parseRoot(text)
	if parent == nil {
		return nil, errUnknownLayout
	}
	var parentKey *yaml.Node
	for depth, key := range path {
		name, node := config.Entry(parent, key)
		if node == nil {
			return insert(text, parentKey, parent, path[depth:], setting.yaml())
		}
		parentKey, parent = name, node
	}
	switch {
	case setting.matches(parent):
		return text, nil
	case parent.Kind == yaml.ScalarNode && !setting.isList:
		return replace(text, parentKey, parent, setting.yaml())
	case parent.Kind == yaml.SequenceNode && setting.isList:
		return replaceList(text, parentKey, parent, setting.yaml())
	}
	return nil, fmt.Errorf("%s has an unexpected type", strings.Join(path, "."))
}

// replace replaces a scalar, which may be the absent value of "key:".
func replace(text []byte, key, scalar *yaml.Node, written string) ([]byte, error) {
	if scalar.Value == "" && scalar.Style == 0 {
		after, err := afterColon(text, key)
		if err != nil {
			return nil, err
		}
		return splice(text, after, 0, " "+written), nil
	}
	from, to, err := scalarRange(text, scalar)
	if err != nil {
		return nil, unsupportedNotation(key)
	}
	return splice(text, from, to-from, written), nil
}

// replaceList replaces a list with one on the line of its key. It fails if there are comments between the
// items, which would be lost.
func replaceList(text []byte, key, list *yaml.Node, written string) ([]byte, error) {
	after, err := afterColon(text, key)
	if err != nil {
		return nil, err
	}
	from, err := offset(text, list.Line, list.Column)
	if err != nil {
		return nil, err
	}
	to := from
	if len(list.Content) > 0 {
		if _, to, err = scalarRange(text, list.Content[len(list.Content)-1]); err != nil {
			return nil, unsupportedNotation(key)
		}
	}
	if list.Style&yaml.FlowStyle != 0 {
		end := strings.IndexByte(string(text[to:]), ']')
		if end < 0 {
			return nil, unsupportedNotation(key)
		}
		to += end + 1
	}
	if to < after || strings.Contains(string(text[after:to]), "#") {
		return nil, errors.New(key.Value + " has comments between its items")
	}
	return splice(text, after, to-after, " "+written), nil
}

// scalarRange returns where a scalar begins and ends in the text, including its quotes.
func scalarRange(text []byte, scalar *yaml.Node) (from, to int, err error) {
	from, err = offset(text, scalar.Line, scalar.Column)
	if err != nil {
		return 0, 0, err
	}
	literal := scalar.Value
	switch scalar.Style {
	case yaml.DoubleQuotedStyle:
		literal = `"` + literal + `"`
	case yaml.SingleQuotedStyle:
		literal = "'" + literal + "'"
	}
	if literal == "" || !strings.HasPrefix(string(text[from:]), literal) {
		return 0, 0, errUnknownLayout
	}
	return from, from + len(literal), nil
}

// afterColon returns the offset after the colon of a key.
func afterColon(text []byte, key *yaml.Node) (int, error) {
	at, err := offset(text, key.Line, key.Column)
	if err != nil {
		return 0, err
	}
	colon := strings.IndexByte(string(text[at:]), ':')
	if colon < 0 {
		return 0, unsupportedNotation(key)
	}
	return at + colon + 1, nil
}

func unsupportedNotation(key *yaml.Node) error {
	return errors.New("the notation of " + key.Value + " is not supported")
}

// insert adds a key to a map that does not contain it, with the maps on the path to it.
func insert(text []byte, parentKey, parent *yaml.Node, path []string, scalar string) ([]byte, error) {
	added := path[0] + ": " + flowMap(path[1:], scalar)
	switch {
	case parentKey == nil && parent.Style&yaml.FlowStyle == 0:
		return appendLine(text, added), nil
	case parent.Kind == yaml.ScalarNode && parent.Tag == "!!null":
		return replace(text, parentKey, parent, "{"+added+"}")
	case parent.Kind != yaml.MappingNode:
		return nil, errors.New(parentKey.Value + " is not a map")
	case parent.Style&yaml.FlowStyle != 0:
		at, err := offset(text, parent.Line, parent.Column)
		if err != nil {
			return nil, err
		}
		if len(parent.Content) > 0 {
			added += ", "
		}
		return splice(text, at+1, 0, added), nil
	}
	// Directly below the key, so that the new line does not separate a comment from the key it belongs to.
	at, err := offset(text, parentKey.Line, 1)
	if err != nil {
		return nil, err
	}
	end := strings.IndexByte(string(text[at:]), '\n')
	if end < 0 {
		return nil, unsupportedNotation(parentKey)
	}
	return splice(text, at+end+1, 0, strings.Repeat(" ", parent.Content[0].Column-1)+added+newline(text)), nil
}

// flowMap returns a value nested in flow maps along a path.
func flowMap(path []string, scalar string) string {
	if len(path) == 0 {
		return scalar
	}
	return "{" + path[0] + ": " + flowMap(path[1:], scalar) + "}"
}

func appendLine(text []byte, line string) []byte {
	if len(text) > 0 && text[len(text)-1] != '\n' {
		line = newline(text) + line
	}
	return splice(text, len(text), 0, line+newline(text))
}

func newline(text []byte) string {
	if strings.Contains(string(text), "\r\n") {
		return "\r\n"
	}
	return "\n"
}

// offset converts a parser position, in which columns count characters, to a byte offset.
func offset(text []byte, line, column int) (int, error) {
	at := 0
	for ; line > 1; line-- {
		end := strings.IndexByte(string(text[at:]), '\n')
		if end < 0 {
			return 0, errors.New("the line endings of the file are not supported")
		}
		at += end + 1
	}
	characters := 1
	for i := range string(text[at:]) {
		if characters == column {
			return at + i, nil
		}
		characters++
	}
	if characters == column {
		return len(text), nil
	}
	return 0, errors.New("the line endings of the file are not supported")
}

func splice(text []byte, at, length int, added string) []byte {
	return slices.Concat(text[:at], []byte(added), text[at+length:])
}

// isEdited reports whether the fleet has the requested settings and is otherwise unchanged.
func isEdited(before, after *config.Fleet, regions []string, apply func(*config.Settings)) bool {
	if len(before.Regions) != len(after.Regions) || before.Project != after.Project || before.Environment != after.Environment || before.State != after.State {
		return false
	}
	for i, region := range after.Regions {
		was := before.Regions[i]
		if len(regions) == 0 || slices.Contains(regions, region.Name) {
			apply(&was.Settings)
		}
		if was.Name != region.Name || !reflect.DeepEqual(was.Settings, region.Settings) {
			return false
		}
	}
	return true
}
