package config

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// source is a parsed file with the position of each of its values.
type source struct {
	file string
	root *yaml.Node
	// paths maps each value to its path from the root. Merged maps share the nodes of the original maps, so
	// the path of an inherited value still begins with defaults.
	paths    map[*yaml.Node]string
	problems Problems
	warnings Problems
	// plainHTTP are the regions in which the file turns HTTPS off explicitly.
	plainHTTP map[string]bool
}

// parse parses YAML and rejects the features that a fleet file does not support.
func parse(file string, text []byte) (*source, error) {
	if len(text) > maxFileSize {
		return nil, tooLarge(file)
	}
	decoder := yaml.NewDecoder(strings.NewReader(string(text)))
	var tree yaml.Node
	if err := decoder.Decode(&tree); err != nil && !errors.Is(err, io.EOF) {
		return nil, Problems{syntaxProblem(file, text, err)}
	}
	if len(tree.Content) == 0 || isNull(tree.Content[0]) {
		return nil, Problems{{File: file, Line: 1, Column: 1, Message: "is empty", Advice: "add project, environment, defaults and regions; see regions.yaml in the repository for an example"}}
	}
	s := &source{file: file, root: tree.Content[0], paths: map[*yaml.Node]string{}, plainHTTP: map[string]bool{}}
	s.index(s.root, "")
	var second yaml.Node
	if err := decoder.Decode(&second); err == nil {
		s.problem(&second, "", "a second YAML document starts here", "put each fleet in its own file")
	}
	return s, nil
}

var syntaxLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)$`)

// syntaxProblem converts a parser error. The parser reports a line at most, so the column is that of the
// line's first character.
func syntaxProblem(file string, text []byte, err error) Problem {
	p := Problem{File: file, Line: 1, Column: 1, Message: "not valid YAML: " + err.Error(), Advice: "check the indentation, quotes and colons on this line and the line above"}
	match := syntaxLine.FindStringSubmatch(strings.SplitN(err.Error(), "\n", 2)[0])
	if match == nil {
		return p
	}
	p.Message = "not valid YAML: " + match[2]
	lines := strings.Split(string(text), "\n")
	if line, err := strconv.Atoi(match[1]); err == nil && line >= 1 && line <= len(lines) {
		p.Line = line
		p.Column = len(lines[line-1]) - len(strings.TrimLeft(lines[line-1], " \t")) + 1
	}
	return p
}

// index records the path of every value. It rejects aliases, merge keys, duplicate keys and keys that are not
// scalars.
func (s *source) index(node *yaml.Node, path string) {
	s.paths[node] = path
	if node.Anchor != "" {
		s.problem(node, path, fmt.Sprintf("the anchor &%s is not supported", node.Anchor), "put shared settings under defaults")
	}
	switch node.Kind {
	case yaml.AliasNode:
		s.problem(node, path, fmt.Sprintf("the alias *%s is not supported", node.Value), "put shared settings under defaults")
	case yaml.SequenceNode:
		for i, item := range node.Content {
			s.index(item, fmt.Sprintf("%s[%d]", path, i))
		}
	case yaml.MappingNode:
		s.indexMapping(node, path)
	}
}

func (s *source) indexMapping(node *yaml.Node, path string) {
	first := map[string]*yaml.Node{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		if key.Kind != yaml.ScalarNode || key.Tag == "!!merge" {
			s.problem(key, path, "a key must be a plain string", "use <name>: <value>")
			continue
		}
		if earlier, twice := first[key.Value]; twice {
			s.problem(key, join(path, key.Value), fmt.Sprintf("is set twice, first on line %d", earlier.Line), "remove one of the two")
			continue
		}
		first[key.Value] = key
		s.index(value, join(path, key.Value))
	}
}

func (s *source) problem(at *yaml.Node, path, message, advice string) {
	s.problems = append(s.problems, s.at(at, path, message, advice))
}

func (s *source) warning(at *yaml.Node, path, message, advice string) {
	s.warnings = append(s.warnings, s.at(at, path, message, advice))
}

func (s *source) at(node *yaml.Node, path, message, advice string) Problem {
	return Problem{File: s.file, Line: max(node.Line, 1), Column: max(node.Column, 1), Path: path, Message: message, Advice: advice}
}

func (s *source) err() error {
	if len(s.problems) == 0 {
		return nil
	}
	return s.problems.inFileOrder()
}

// merge returns the defaults overridden by a region: maps merge, all other values replace.
func (s *source) merge(defaults, region *yaml.Node) *yaml.Node {
	if isNull(region) {
		return defaults
	}
	if isNull(defaults) || defaults.Kind != yaml.MappingNode || region.Kind != yaml.MappingNode {
		return region
	}
	result := *region
	result.Content = nil
	for i := 0; i+1 < len(defaults.Content); i += 2 {
		key, value := defaults.Content[i], defaults.Content[i+1]
		if ownKey, own := Entry(region, key.Value); own != nil {
			key, value = ownKey, s.merge(value, own)
		}
		result.Content = append(result.Content, key, value)
	}
	for i := 0; i+1 < len(region.Content); i += 2 {
		if _, inherited := Entry(defaults, region.Content[i].Value); inherited == nil {
			result.Content = append(result.Content, region.Content[i], region.Content[i+1])
		}
	}
	s.paths[&result] = s.paths[region]
	return &result
}

func isNull(node *yaml.Node) bool {
	return node == nil || node.Kind == 0 || (node.Kind == yaml.ScalarNode && node.Tag == "!!null")
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
