package view

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"
)

// fleet is a table with numbers, long last cells, remarks and wide characters.
var fleet = Block{
	Align: "llrrll", Header: []string{"REGION", "SCHEDULE", "RUNNING", "REV", "IMAGE", "ADDRESS"},
	Rows: [][]string{
		{"eu-west-1", "awake", "2", "17", "server:1.2.0", "http://fleet-alb.eu-west-1.elb.amazonaws.com"},
		{"ap-northeast-1", "東京", "12", "3", "server:1.2.0", "-"},
		{"us-east-1", "awake", "DescribeServices: not allowed: User arn:aws:iam::123456789012:user/a is not authorized"},
	},
	Expendable: []string{"REV", "IMAGE", "ADDRESS"},
}

func TestTextFitsTerminal(t *testing.T) {
	cases := map[int]string{
		0: `
REGION          SCHEDULE  RUNNING  REV  IMAGE         ADDRESS
eu-west-1       awake           2   17  server:1.2.0  http://fleet-alb.eu-west-1.elb.amazonaws.com
ap-northeast-1  東京           12    3  server:1.2.0  -
us-east-1       awake     DescribeServices: not allowed: User arn:aws:iam::123456789012:user/a is not authorized
`,
		96: `
REGION          SCHEDULE  RUNNING  IMAGE         ADDRESS
eu-west-1       awake           2  server:1.2.0  http://fleet-alb.eu-west-1.elb.amazonaws.com
ap-northeast-1  東京           12  server:1.2.0  -
us-east-1       awake     DescribeServices: not allowed: User arn:aws:iam::123456789012:user/a
                          is not authorized
not shown at this width: REV; --wide shows all
`,
		80: `
REGION          SCHEDULE  RUNNING  ADDRESS
eu-west-1       awake           2  http://fleet-alb.eu-west-1.elb.amazonaws.com
ap-northeast-1  東京           12  -
us-east-1       awake     DescribeServices: not allowed: User
                          arn:aws:iam::123456789012:user/a is not authorized
not shown at this width: REV, IMAGE; --wide shows all
`,
		40: `
REGION          SCHEDULE  RUNNING
eu-west-1       awake           2
ap-northeast-1  東京           12
us-east-1       awake
  DescribeServices: not allowed: User
  arn:aws:iam::123456789012:user/a is
  not authorized
not shown at this width: REV, IMAGE, ADDRESS; --wide shows all
`,
	}
	for width, want := range cases {
		if difference := cmp.Diff(want, "\n"+Page{fleet}.Text(width)); difference != "" {
			t.Errorf("width %d (-want +got):\n%s", width, difference)
		}
	}
}

// TestTextKeepsOrNamesEverything checks every width: words stay, and dropped columns are named.
func TestTextKeepsOrNamesEverything(t *testing.T) {
	for width := 1; width < 140; width++ {
		text := Page{fleet}.Text(width)
		for _, word := range []string{"REGION", "RUNNING", "awake", "東京", "not", "allowed:", "authorized"} {
			if !strings.Contains(text, word) {
				t.Errorf("width %d: %s is lost:\n%s", width, word, text)
			}
		}
		for _, column := range fleet.Header {
			if !strings.Contains(text, column) {
				t.Errorf("width %d: column %s is neither shown nor named:\n%s", width, column, text)
			}
		}
		for line := range strings.Lines(text) {
			if got := ansi.StringWidth(strings.TrimSuffix(line, "\n")); width >= 35 && got > width && !strings.HasPrefix(line, "not shown") {
				t.Errorf("width %d: a line has %d cells:\n%s", width, got, line)
			}
		}
	}
}

func TestTextWrapsLastColumn(t *testing.T) {
	table := Block{Align: "rl", Header: []string{"SAVING", "RECOMMENDATION"}, Rows: [][]string{
		{"135.76", "remove region eu-west-2; its clients then get a higher latency than before"},
		{"1.00", strings.Repeat("日本語", 9)},
	}}
	want := `
SAVING  RECOMMENDATION
135.76  remove region eu-west-2; its
        clients then get a higher
        latency than before
  1.00  日本語日本語日本語日本語日本語
        日本語日本語日本語日本語
`
	if difference := cmp.Diff(want, "\n"+Page{table}.Text(38)); difference != "" {
		t.Errorf("-want +got:\n%s", difference)
	}
}

func TestCellsCannotControlTerminal(t *testing.T) {
	const hostile = "a\x1b[2J\nb\tc"
	page := Page{{Heading: hostile, Align: "ll", Header: []string{"X", "Y"}, Rows: [][]string{{hostile, "1"}, {hostile}}, Remarks: []string{hostile}}}
	for name, text := range map[string]string{"text": page.Text(0), "narrow": page.Text(2), "Markdown": page.Markdown(), "table": Table([]string{"X"}, [][]string{{hostile}})} {
		if strings.Contains(text, "\x1b") {
			t.Errorf("%s: %q", name, text)
		}
		if strings.Contains(text, "J\nb") {
			t.Errorf("%s: a cell spans two lines:\n%s", name, text)
		}
	}
}
