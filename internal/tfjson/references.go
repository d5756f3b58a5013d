package tfjson

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// Problems returns the references that Terraform would reject: references to undeclared elements, references
// to a resource with count or for_each without an index or to another resource with one, cycles, and invalid
// HCL.
func (s *Stack) Problems() []string {
	c := s.check()
	c.findCycles()
	return c.problems
}

// References are the addresses that each element refers to, by its own.
type References map[string][]string

// References returns the references of all elements.
func (s *Stack) References() References { return s.check().edges }

// Depends reports whether an element refers to another, directly or indirectly.
func (r References) Depends(address, other string) bool {
	seen := map[string]bool{}
	var visit func(string) bool
	visit = func(each string) bool {
		seen[each] = true
		return slices.ContainsFunc(r[each], func(target string) bool {
			return target == other || (!seen[target] && visit(target))
		})
	}
	return visit(address)
}

func (s *Stack) check() checker {
	c := checker{stack: s, elements: s.elements(), edges: map[string][]string{}}
	for _, address := range slices.Sorted(maps.Keys(c.elements)) {
		c.walk(address, c.elements[address])
	}
	return c
}

type checker struct {
	stack    *Stack
	elements map[string]any
	edges    map[string][]string
	problems []string
}

func (c *checker) report(address, format string, arguments ...any) {
	c.problems = append(c.problems, address+": "+fmt.Sprintf(format, arguments...))
}

func (c *checker) walk(address string, value any) {
	switch value := value.(type) {
	case string:
		c.template(address, value)
	case []any:
		for _, item := range value {
			c.walk(address, item)
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(value)) {
			switch key {
			case "//": // CDKTF's metadata
			case "depends_on":
				c.dependencies(address, value[key])
			case "lifecycle", "description", "error_message": // not expressions
			default:
				c.walk(address, value[key])
			}
		}
	}
}

func (c *checker) dependencies(address string, list any) {
	for _, item := range list.([]any) {
		target := item.(string)
		if c.elements[target] == nil {
			c.report(address, "depends on %s, which is not declared", target)
			continue
		}
		c.edges[address] = append(c.edges[address], target)
	}
}

func (c *checker) template(address, text string) {
	expression, diagnostics := hclsyntax.ParseTemplate([]byte(text), address, hcl.InitialPos)
	if diagnostics.HasErrors() {
		c.report(address, "%q is not a template: %s", text, diagnostics.Error())
		return
	}
	for _, traversal := range expression.Variables() {
		c.reference(address, text, traversal)
	}
}

func (c *checker) reference(address, text string, traversal hcl.Traversal) {
	var words []string
	for _, step := range traversal {
		switch step := step.(type) {
		case hcl.TraverseRoot:
			words = append(words, step.Name)
		case hcl.TraverseAttr:
			words = append(words, step.Name)
		default:
			words = append(words, "[]")
		}
	}
	if words[0] == "each" || words[0] == "self" {
		return
	}
	length := 2
	if words[0] == "data" {
		length = 3
	}
	if len(words) < length {
		c.report(address, "%q does not refer to a complete address", text)
		return
	}
	target := strings.Join(words[:length], ".")
	if _, declared := c.elements[target]; !declared {
		c.report(address, "%q refers to %s, which is not declared", text, target)
		return
	}
	c.edges[address] = append(c.edges[address], target)
	block, isBlock := c.elements[target].(map[string]any)
	if !isBlock || words[0] == "var" || words[0] == "local" || len(words) == length {
		return
	}
	counted, indexed := block["count"] != nil || block["for_each"] != nil, words[length] == "[]"
	switch {
	case counted && !indexed:
		c.report(address, "%q refers to %s, which has count or for_each, without an index", text, target)
	case !counted && indexed:
		c.report(address, "%q refers to %s, which has neither count nor for_each, with an index", text, target)
	}
}

func (c *checker) findCycles() {
	const visiting, visited = 1, 2
	marks := map[string]int{}
	var visit func(address string, path []string)
	visit = func(address string, path []string) {
		path = append(path, address)
		if marks[address] == visiting {
			c.report(address, "refers to itself: %s", strings.Join(path, " -> "))
			return
		}
		if marks[address] == visited {
			return
		}
		marks[address] = visiting
		for _, target := range c.edges[address] {
			// A variable's validation may refer to the variable.
			if target != address || !strings.HasPrefix(address, "var.") {
				visit(target, path)
			}
		}
		marks[address] = visited
	}
	for _, address := range slices.Sorted(maps.Keys(c.elements)) {
		visit(address, nil)
	}
}

// Resolve returns a template with every expression replaced by a word, and every escape sequence decoded.
func Resolve(template, word string) (string, error) {
	expression, diagnostics := hclsyntax.ParseTemplate([]byte(template), "template", hcl.InitialPos)
	if diagnostics.HasErrors() {
		return "", diagnostics
	}
	parts, isTemplate := expression.(*hclsyntax.TemplateExpr)
	if !isTemplate {
		return word, nil
	}
	var text strings.Builder
	for _, part := range parts.Parts {
		value, diagnostics := part.Value(nil)
		if diagnostics.HasErrors() {
			text.WriteString(word)
			continue
		}
		text.WriteString(value.AsString())
	}
	return text.String(), nil
}
