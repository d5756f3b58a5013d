package hcl

import (
	"encoding/json"
	"regexp"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"golang.org/x/text/unicode/norm"
)

func evaluate(t *testing.T, template string) string {
	t.Helper()
	expression, problems := hclsyntax.ParseTemplate([]byte(template), "test", hcl.InitialPos)
	if problems.HasErrors() {
		t.Fatalf("%q: %v", template, problems)
	}
	value, problems := expression.Value(nil)
	if problems.HasErrors() {
		t.Fatalf("%q: %v", template, problems)
	}
	return value.AsString()
}

var awkward = []string{
	"", "plain", "$", "%", "$$", "${", "%{", "$${", "%%{", "$$${", "$$$${", "$%{", "%${", "a$${b}", "{$}", "${}",
	`${file("/etc/passwd")}`, `%{ if true }x%{ endif }`, "${TfToken[TOKEN.0]}", "#{TfToken[TOKEN.0]}", "TfToken[",
	`quote " and \ backslash`, "line\nbreak\ttab", "<a&b>", "ünï💡", "\u2028",
}

func TestLiteralIsUnchanged(t *testing.T) {
	for _, text := range awkward {
		if got := evaluate(t, Literal(text).Template()); got != text {
			t.Errorf("%q becomes %q", text, got)
		}
	}
}

func TestLiteralInDocumentIsUnchanged(t *testing.T) {
	for _, text := range awkward {
		if got := throughDocument(t, text); got != text {
			t.Errorf("%q becomes %q", text, got)
		}
	}
}

// throughDocument returns a literal after Terraform and a JSON parser have read it from a document.
func throughDocument(t *testing.T, text string) string {
	t.Helper()
	var decoded []string
	if err := json.Unmarshal([]byte(evaluate(t, Document([]Literal{Literal(text)}))), &decoded); err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return decoded[0]
}

// token matches the sequences that CDKTF replaces.
var token = regexp.MustCompile(`[$#&]\{TfToken\[`)

func FuzzLiteral(f *testing.F) {
	for _, text := range awkward {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		valid, err := json.Marshal(text)
		if err != nil || json.Unmarshal(valid, &text) != nil {
			t.Skip("not encodable as JSON")
		}
		literal, text := Literal(text), norm.NFC.String(text)
		if got := throughDocument(t, string(literal)); got != text {
			t.Errorf("in a document %q becomes %q", text, got)
		}
		if token.MatchString(literal.Template()) || token.MatchString(Document(literal)) {
			t.Errorf("%q would be parsed as a CDKTF token", text)
		}
	})
}
