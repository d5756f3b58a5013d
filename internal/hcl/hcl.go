// Package hcl writes what CDKTF has no words for: references to counted resources, and texts and
// documents in which a value must never be taken for a Terraform expression.
package hcl

import (
	"bytes"
	"encoding/json"
	"strings"
)

// Null is an expression for an absent value; CDKTF drops a nil.
const Null = "${null}"

// Reference is a text that is a Terraform expression, or holds some, and is meant to.
type Reference string

// Literal is a text that Terraform and CDKTF must hand on as it is. (Terraform composes accented
// letters, as it does with every text: NFC.)
type Literal string

// Expression makes an expression of HCL source.
func Expression(source string) string { return "${" + source + "}" }

// One refers to an attribute of a resource with a count of one or none; it is null with none.
// CDKTF itself would write ${aws_lb.main.arn}, which Terraform refuses of anything counted.
func One(address, attribute string) string {
	return Expression("one(" + address + "[*]." + attribute + ")")
}

// cdktfToken is what CDKTF looks for, behind ${, to put a value in its place.
const cdktfToken = "TfToken["

// Template is the text as a Terraform template that yields it.
func (l Literal) Template() string {
	return strings.ReplaceAll(l.escaped(), cdktfToken, `${"`+cdktfToken+`"}`)
}

// escaped doubles the sign of every sequence that would begin an expression.
func (l Literal) escaped() string {
	return strings.NewReplacer("${", "$${", "%{", "%%{").Replace(string(l))
}

// MarshalJSON writes the text for a document that is a Terraform template as a whole.
func (l Literal) MarshalJSON() ([]byte, error) {
	quoted, err := encode(l.escaped())
	// In a JSON text the token's bracket has another spelling, which spares an expression.
	return bytes.ReplaceAll(quoted, []byte(cdktfToken), []byte(`TfToken\u005b`)), err
}

// MarshalJSON writes the reference as it is.
func (r Reference) MarshalJSON() ([]byte, error) { return encode(string(r)) }

// Document is a value as JSON text. Its texts should be of type Literal or Reference.
func Document(value any) string {
	text, err := encode(value)
	if err != nil {
		panic(err) // the documents are structs of this module: they always encode
	}
	return string(text)
}

// encode keeps <, > and &, which json.Marshal would spell out for the sake of HTML.
func encode(value any) ([]byte, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, err
	}
	return bytes.TrimRight(text.Bytes(), "\n"), nil
}
