package ops

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/cdtait/mcpfleet/config"
)

// Weekend is what a fleet file is to say of weekend mode.
type Weekend struct {
	Enabled bool
	// DestroyALBs is not touched where weekend mode is turned off.
	DestroyALBs bool
}

// EditWeekend answers a fleet file's text with weekend mode turned on or off, in the named regions or
// in all. Comments and layout stay as they are. It refuses what would not validate, or would change
// anything else. The file's warnings come along.
func EditWeekend(file string, text []byte, regions []string, weekend Weekend) (edited []byte, warnings config.Problems, err error) {
	before, _, err := config.Parse(file, text)
	if err != nil {
		return nil, nil, err
	}
	settings := []setting{{"enabled", weekend.Enabled}}
	if weekend.Enabled {
		settings = append(settings, setting{"destroy_albs", weekend.DestroyALBs})
	}
	edited = text
	for _, setting := range settings {
		for _, path := range editPaths(edited, regions, setting.key) {
			if edited, err = setScalar(edited, path, fmt.Sprint(setting.value)); err != nil {
				return nil, nil, byHand(path, setting.value, err)
			}
		}
	}
	after, warnings, err := config.Parse(file, edited)
	if err != nil {
		return nil, nil, err
	}
	if !isEdited(before, after, regions, weekend) {
		return nil, nil, byHand([]string{"defaults", "weekend", "enabled"}, weekend.Enabled, errors.New("the layout of the file is not understood"))
	}
	return edited, warnings, nil
}

type setting struct {
	key   string
	value bool
}

func byHand(path []string, value bool, err error) error {
	return fmt.Errorf("the file is not changed, as %w; write %s: %v yourself", err, strings.Join(path, "."), value)
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
	all := lookup(rootOf(text), "regions")
	for i := 0; all != nil && i+1 < len(all.Content); i += 2 {
		if lookup(all.Content[i+1], "weekend", key) != nil {
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

func lookup(node *yaml.Node, path ...string) *yaml.Node {
	for _, key := range path {
		if _, node = entry(node, key); node == nil {
			return nil
		}
	}
	return node
}

func entry(mapping *yaml.Node, key string) (name, value *yaml.Node) {
	if mapping == nil || mapping.Kind != yaml.MappingNode {
		return nil, nil
	}
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			return mapping.Content[i], mapping.Content[i+1]
		}
	}
	return nil, nil
}

// setScalar sets one key by one change of the text.
func setScalar(text []byte, path []string, scalar string) ([]byte, error) {
	parent := rootOf(text)
	if parent == nil {
		return nil, errors.New("the layout of the file is not understood")
	}
	var parentKey *yaml.Node
	for depth, key := range path {
		name, node := entry(parent, key)
		if node == nil {
			return insert(text, parentKey, parent, path[depth:], scalar)
		}
		parentKey, parent = name, node
	}
	if parent.Kind != yaml.ScalarNode {
		return nil, errors.New(strings.Join(path, ".") + " is no single value")
	}
	return replace(text, parentKey, parent, scalar)
}

// replace writes a value in place of a scalar, which may be an absent one: "key:".
func replace(text []byte, key, scalar *yaml.Node, written string) ([]byte, error) {
	if scalar.Value == "" && scalar.Style == 0 {
		at, err := offset(text, key.Line, key.Column)
		if err != nil {
			return nil, err
		}
		colon := strings.IndexByte(string(text[at:]), ':')
		if colon < 0 {
			return nil, errors.New(key.Value + " is written in an unusual way")
		}
		return splice(text, at+colon+1, 0, " "+written), nil
	}
	at, err := offset(text, scalar.Line, scalar.Column)
	if err != nil {
		return nil, err
	}
	if !strings.HasPrefix(string(text[at:]), scalar.Value) {
		return nil, errors.New(key.Value + " is written in an unusual way")
	}
	return splice(text, at, len(scalar.Value), written), nil
}

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
		return nil, errors.New(parentKey.Value + " is written in an unusual way")
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
			was.Weekend.Enabled = weekend.Enabled
			if weekend.Enabled {
				was.Weekend.DestroyALBs = weekend.DestroyALBs
			}
		}
		if was.Name != region.Name || !reflect.DeepEqual(was.Settings, region.Settings) {
			return false
		}
	}
	return true
}
