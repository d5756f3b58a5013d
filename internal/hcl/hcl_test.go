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

func TestALiteralArrivesAsItIs(t *testing.T) {
	for _, text := range awkward {
		if got := evaluate(t, Literal(text).Template()); got != text {
			t.Errorf("%q arrives as %q", text, got)
		}
	}
}

func TestALiteralInADocumentArrivesAsItIs(t *testing.T) {
	for _, text := range awkward {
		if got := throughDocument(t, text); got != text {
			t.Errorf("%q arrives as %q", text, got)
		}
	}
}

func throughDocument(t *testing.T, text string) string {
	t.Helper()
	var arrived []string
	if err := json.Unmarshal([]byte(evaluate(t, Document([]Literal{Literal(text)}))), &arrived); err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return arrived[0]
}

// token is how CDKTF finds the places where it puts values in.
var token = regexp.MustCompile(`[$#&]\{TfToken\[`)

func FuzzLiteral(f *testing.F) {
	for _, text := range awkward {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		valid, err := json.Marshal(text)
		if err != nil || json.Unmarshal(valid, &text) != nil {
			t.Skip("no JSON text")
		}
		literal, text := Literal(text), norm.NFC.String(text)
		if got := throughDocument(t, string(literal)); got != text {
			t.Errorf("in a document %q arrives as %q", text, got)
		}
		if token.MatchString(literal.Template()) || token.MatchString(Document(literal)) {
			t.Errorf("%q would be taken for a token of CDKTF", text)
		}
	})
}
