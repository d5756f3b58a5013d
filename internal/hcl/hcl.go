// Package hcl writes Terraform expressions that CDKTF cannot express: references to counted resources, and
// strings and documents with values that must never be parsed as expressions.
package hcl

import (
	"bytes"
	"encoding/json"
	"strings"
)

// Null is an expression for an absent value. CDKTF omits a nil.
const Null = "${null}"

// Reference is a string that is, or contains, Terraform expressions.
type Reference string

// Literal is a string that Terraform and CDKTF must pass on unchanged, except that Terraform normalizes all
// strings to NFC.
type Literal string

// Expression returns HCL source as a template expression.
func Expression(source string) string { return "${" + source + "}" }

// Either returns an expression for one of two others.
func Either(condition, then, otherwise string) string {
	source := func(expression string) string { return strings.TrimSuffix(strings.TrimPrefix(expression, "${"), "}") }
	return Expression(condition + " ? " + source(then) + " : " + source(otherwise))
}

// Condition returns a custom condition, and the message of a plan or apply in which it is false.
// https://developer.hashicorp.com/terraform/language/expressions/custom-conditions
func Condition(condition, message string) map[string]any {
	return map[string]any{"condition": Expression(condition), "error_message": message}
}

// Attribute returns a reference to an attribute of a resource. Unlike the getters of the bindings, it costs no request
// to Node.js.
func Attribute(address, attribute string) string { return Expression(address + "." + attribute) }

// Set returns an expression for a set of texts, for for_each.
func Set[T any](texts []T) string { return Expression("toset(" + Document(texts) + ")") }

// Index returns the index of an instance of a resource with for_each.
func Index(key string) string { return "[" + Document(Literal(key)) + "]" }

// OneOrNull returns a reference to an attribute of a resource with a count of one or zero. It is null if the count
// is zero. CDKTF itself would write ${aws_lb.main.arn}, which Terraform rejects for counted resources.
func OneOrNull(address, attribute string) string {
	return Expression("one(" + address + "[*]." + attribute + ")")
}

// cdktfToken begins a CDKTF token, which CDKTF replaces after ${.
const cdktfToken = "TfToken["

// Template returns a Terraform template that evaluates to the string.
func (l Literal) Template() string {
	return strings.ReplaceAll(l.Escaped(), cdktfToken, `${"`+cdktfToken+`"}`)
}

// Escaped doubles the first character of every sequence that would begin an expression. Unlike Template, it leaves
// CDKTF tokens as they are, so it is only for text that cannot have any.
func (l Literal) Escaped() string {
	return strings.NewReplacer("${", "$${", "%{", "%%{").Replace(string(l))
}

// MarshalJSON encodes the string for a JSON document that Terraform parses as a template.
func (l Literal) MarshalJSON() ([]byte, error) {
	quoted, err := encode(l.Escaped())
	// JSON can escape the bracket of a token, so no expression is needed.
	return bytes.ReplaceAll(quoted, []byte(cdktfToken), []byte(`TfToken\u005b`)), err
}

// MarshalJSON encodes the reference without escaping its expressions.
func (r Reference) MarshalJSON() ([]byte, error) { return encode(string(r)) }

// Document returns a value as JSON. Its strings should be of type Literal or Reference.
func Document(value any) string {
	text, err := encode(value)
	if err != nil {
		panic(err) // unreachable: the documents are structs of this module
	}
	return string(text)
}

// encode does not escape <, > and & for HTML, unlike json.Marshal.
func encode(value any) ([]byte, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, err
	}
	return bytes.TrimRight(text.Bytes(), "\n"), nil
}
