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

// Weekend is what a fleet file is to say of weekend mode. What is nil stays as the file has it.
type Weekend struct {
	Enabled     bool
	DestroyALBs *bool
	// Days are written where they are not nil.
	Days               []string
	StartHour, EndHour *int
	Timezone           *string
}

// settings are the keys that are to be written, in the order in which a reader expects them.
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
		all = append(all, setting{key: "timezone", value: *w.Timezone, isText: true})
	}
	return all
}

// of is what a region's settings become.
func (w Weekend) of(was config.Weekend) config.Weekend {
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

// Edit is a fleet file's new text, and what the file said before and says after.
type Edit struct {
	Text          []byte
	Before, After *config.Fleet
	// Warnings are those of the new text.
	Warnings config.Problems
}

// EditWeekend answers a fleet file's text with weekend mode turned on or off, in the named regions or
// in all. Comments and layout stay as they are. It refuses what would not validate, or would change
// anything else.
func EditWeekend(file string, text []byte, regions []string, weekend Weekend) (edit Edit, err error) {
	if edit.Before, _, err = config.Parse(file, text); err != nil {
		return Edit{}, err
	}
	edit.Text = text
	for _, setting := range slices.Backward(weekend.settings()) { // a key is added before those that are there
		for _, path := range editPaths(edit.Text, regions, setting.key) {
			if edit.Text, err = set(edit.Text, path, setting); err != nil {
				return Edit{}, byHand(path, setting, err)
			}
		}
	}
	if edit.After, edit.Warnings, err = config.Parse(file, edit.Text); err != nil {
		return Edit{}, withoutPlaces(err)
	}
	if !isEdited(edit.Before, edit.After, regions, weekend) {
		return Edit{}, byHand([]string{"defaults", "weekend", "enabled"}, weekend.settings()[0], errNotUnderstood)
	}
	return edit, nil
}

// errNotUnderstood is of a file that is sound, and written as no edit expects it.
var errNotUnderstood = errors.New("the layout of the file is not understood")

// withoutPlaces keeps mistakes from pointing at lines of a text that nobody sees.
func withoutPlaces(err error) error {
	problems, ok := errors.AsType[config.Problems](err)
	if !ok {
		return err
	}
	for i := range problems {
		problems[i].Line, problems[i].Column = 0, 0
	}
	return problems
}

// setting is a key and what it is to hold: a word, a text, or a list of words.
type setting struct {
	key            string
	value          string
	list           []string
	isText, isList bool
}

// written is the value as YAML, on one line and at home in a flow map.
func (s setting) written() string {
	if s.isList {
		var words []string
		for _, word := range s.list {
			words = append(words, scalar(word))
		}
		return "[" + strings.Join(words, ", ") + "]"
	}
	if s.isText {
		return scalar(s.value)
	}
	return s.value
}

// bare is a text that needs no quotes wherever it stands, unless YAML takes it for something else.
var bare = regexp.MustCompile(`^[A-Za-z]+([/_+-]?[A-Za-z0-9]+)*$`)

func scalar(text string) string {
	var read yaml.Node
	if bare.MatchString(text) && yaml.Unmarshal([]byte(text), &read) == nil && read.Content[0].Tag == "!!str" {
		return text
	}
	quoted, _ := json.Marshal(text) // every JSON string is one of YAML's
	return string(quoted)
}

// holds says whether a node says what is to be written already, however it is spelled.
func (s setting) holds(node *yaml.Node) bool {
	if !s.isList {
		return node.Kind == yaml.ScalarNode && node.Value == s.value && (node.Tag == "!!str") == s.isText
	}
	return node.Kind == yaml.SequenceNode && slices.EqualFunc(node.Content, s.list, func(item *yaml.Node, word string) bool {
		return item.Kind == yaml.ScalarNode && item.Tag == "!!str" && item.Value == word
	})
}

func byHand(path []string, setting setting, err error) error {
	return fmt.Errorf("the file is not changed, as %w; write %s: %s yourself", err, strings.Join(path, "."), setting.written())
}

// editPaths are the places of a setting: the named regions' own; or the defaults, and every region
// that overrides them.
func editPaths(text []byte, regions []string, key string) (paths [][]string) {
	if len(regions) > 0 {
		for _, region := range regions {
			paths = append(paths, []string{"regions", region, "weekend", key})
		}
		return paths
	}
	paths = [][]string{{"defaults", "weekend", key}}
	all := config.Lookup(rootOf(text), "regions")
	for i := 0; all != nil && i+1 < len(all.Content); i += 2 {
		if config.Lookup(all.Content[i+1], "weekend", key) != nil {
			paths = append(paths, []string{"regions", all.Content[i].Value, "weekend", key})
		}
	}
	return paths
}

func rootOf(text []byte) *yaml.Node {
	var tree yaml.Node
	if err := yaml.Unmarshal(text, &tree); err != nil || len(tree.Content) == 0 {
		return nil
	}
	return tree.Content[0]
}

// set sets one key by one change of the text, or none where it says so already.
func set(text []byte, path []string, setting setting) ([]byte, error) {
	parent := rootOf(text)
	if parent == nil {
		return nil, errNotUnderstood
	}
	var parentKey *yaml.Node
	for depth, key := range path {
		name, node := config.Entry(parent, key)
		if node == nil {
			return insert(text, parentKey, parent, path[depth:], setting.written())
		}
		parentKey, parent = name, node
	}
	switch {
	case setting.holds(parent):
		return text, nil
	case parent.Kind == yaml.ScalarNode && !setting.isList:
		return replace(text, parentKey, parent, setting.written())
	case parent.Kind == yaml.SequenceNode && setting.isList:
		return replaceList(text, parentKey, parent, setting.written())
	}
	return nil, fmt.Errorf("%s is something else", strings.Join(path, "."))
}

// replace writes a value in place of a scalar, which may be an absent one: "key:".
func replace(text []byte, key, scalar *yaml.Node, written string) ([]byte, error) {
	if scalar.Value == "" && scalar.Style == 0 {
		after, err := afterColon(text, key)
		if err != nil {
			return nil, err
		}
		return splice(text, after, 0, " "+written), nil
	}
	from, to, err := extent(text, scalar)
	if err != nil {
		return nil, unusual(key)
	}
	return splice(text, from, to-from, written), nil
}

// replaceList writes a list in place of another, on the line of its key. Comments between the items
// would be lost with them, so such a list is left to its author.
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
		if _, to, err = extent(text, list.Content[len(list.Content)-1]); err != nil {
			return nil, unusual(key)
		}
	}
	if list.Style&yaml.FlowStyle != 0 {
		end := strings.IndexByte(string(text[to:]), ']')
		if end < 0 {
			return nil, unusual(key)
		}
		to += end + 1
	}
	if to < after || strings.Contains(string(text[after:to]), "#") {
		return nil, errors.New(key.Value + " has comments among its items")
	}
	return splice(text, after, to-after, " "+written), nil
}

// extent is where a scalar begins and ends in the text, its quotes included.
func extent(text []byte, scalar *yaml.Node) (from, to int, err error) {
	from, err = offset(text, scalar.Line, scalar.Column)
	if err != nil {
		return 0, 0, err
	}
	spelled := scalar.Value
	switch scalar.Style {
	case yaml.DoubleQuotedStyle:
		spelled = `"` + spelled + `"`
	case yaml.SingleQuotedStyle:
		spelled = "'" + spelled + "'"
	}
	if spelled == "" || !strings.HasPrefix(string(text[from:]), spelled) {
		return 0, 0, errNotUnderstood
	}
	return from, from + len(spelled), nil
}

// afterColon is where the value of a key may begin.
func afterColon(text []byte, key *yaml.Node) (int, error) {
	at, err := offset(text, key.Line, key.Column)
	if err != nil {
		return 0, err
	}
	colon := strings.IndexByte(string(text[at:]), ':')
	if colon < 0 {
		return 0, unusual(key)
	}
	return at + colon + 1, nil
}

func unusual(key *yaml.Node) error { return errors.New(key.Value + " is written in an unusual way") }

// insert adds a key, and the maps on the way to it, to a map that lacks it.
func insert(text []byte, parentKey, parent *yaml.Node, path []string, scalar string) ([]byte, error) {
	added := path[0] + ": " + nested(path[1:], scalar)
	switch {
	case parentKey == nil && parent.Style&yaml.FlowStyle == 0:
		return appendLine(text, added), nil
	case parent.Kind == yaml.ScalarNode && parent.Tag == "!!null":
		return replace(text, parentKey, parent, "{"+added+"}")
	case parent.Kind != yaml.MappingNode:
		return nil, errors.New(parentKey.Value + " is no map")
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
	// Right below the key, where no comment can belong to a neighbour.
	at, err := offset(text, parentKey.Line, 1)
	if err != nil {
		return nil, err
	}
	end := strings.IndexByte(string(text[at:]), '\n')
	if end < 0 {
		return nil, unusual(parentKey)
	}
	return splice(text, at+end+1, 0, strings.Repeat(" ", parent.Content[0].Column-1)+added+newline(text)), nil
}

func nested(path []string, scalar string) string {
	if len(path) == 0 {
		return scalar
	}
	return "{" + path[0] + ": " + nested(path[1:], scalar) + "}"
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

// offset finds a position of the parser's, which counts characters, among bytes.
func offset(text []byte, line, column int) (int, error) {
	at := 0
	for ; line > 1; line-- {
		end := strings.IndexByte(string(text[at:]), '\n')
		if end < 0 {
			return 0, errors.New("the file's lines cannot be told apart")
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
	return 0, errors.New("the file's lines cannot be told apart")
}

func splice(text []byte, at, length int, added string) []byte {
	return slices.Concat(text[:at], []byte(added), text[at+length:])
}

// isEdited says whether the file now says what was asked for, and is otherwise as it was.
func isEdited(before, after *config.Fleet, regions []string, weekend Weekend) bool {
	if len(before.Regions) != len(after.Regions) || before.Project != after.Project || before.Environment != after.Environment || before.State != after.State {
		return false
	}
	for i, region := range after.Regions {
		was := before.Regions[i]
		if len(regions) == 0 || slices.Contains(regions, region.Name) {
			was.Weekend = weekend.of(was.Weekend)
		}
		if was.Name != region.Name || !reflect.DeepEqual(was.Settings, region.Settings) {
			return false
		}
	}
	return true
}
