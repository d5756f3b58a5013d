package view

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"
)

// fleet has a table of everything: numbers, long last cells, remarks, wide letters.
var fleet = Block{
	Align: "llrrll", Header: []string{"REGION", "SCHEDULE", "RUNNING", "REV", "IMAGE", "ADDRESS"},
	Rows: [][]string{
		{"eu-west-1", "awake", "2", "17", "server:1.2.0", "http://fleet-alb.eu-west-1.elb.amazonaws.com"},
		{"ap-northeast-1", "東京", "12", "3", "server:1.2.0", "-"},
		{"us-east-1", "awake", "DescribeServices: not allowed: User arn:aws:iam::123456789012:user/a is not authorized"},
	},
	Expendable: []string{"REV", "IMAGE", "ADDRESS"},
}

func TestATableFitsItsTerminal(t *testing.T) {
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
			t.Errorf("at %d cells (- wanted, + got):\n%s", width, difference)
		}
	}
}

// TestNothingIsCutInSilence holds every width to what the table of no width says.
func TestNothingIsCutInSilence(t *testing.T) {
	for width := 1; width < 140; width++ {
		text := Page{fleet}.Text(width)
		for _, word := range []string{"REGION", "RUNNING", "awake", "東京", "not", "allowed:", "authorized"} {
			if !strings.Contains(text, word) {
				t.Errorf("at %d cells %s is lost:\n%s", width, word, text)
			}
		}
		for _, column := range fleet.Header {
			if !strings.Contains(text, column) {
				t.Errorf("at %d cells nothing is said of %s:\n%s", width, column, text)
			}
		}
		for line := range strings.Lines(text) {
			if wide := ansi.StringWidth(strings.TrimSuffix(line, "\n")); width >= 35 && wide > width && !strings.HasPrefix(line, "not shown") {
				t.Errorf("at %d cells a line has %d:\n%s", width, wide, line)
			}
		}
	}
}

func TestALongLastColumnIsReadLineByLine(t *testing.T) {
	table := Block{Align: "rl", Header: []string{"SAVES", "BY"}, Rows: [][]string{
		{"135.76", "dropping the region eu-west-2, whose clients are then served from farther away"},
		{"1.00", strings.Repeat("日本語", 9)},
	}}
	want := `
 SAVES  BY
135.76  dropping the region eu-west-2,
        whose clients are then served
        from farther away
  1.00  日本語日本語日本語日本語日本語
        日本語日本語日本語日本語
`
	if difference := cmp.Diff(want, "\n"+Page{table}.Text(38)); difference != "" {
		t.Errorf("- wanted, + got:\n%s", difference)
	}
}

func TestACellDoesNotCommandTheTerminal(t *testing.T) {
	const rude = "a\x1b[2J\nb\tc"
	page := Page{{Heading: rude, Align: "ll", Header: []string{"X", "Y"}, Rows: [][]string{{rude, "1"}, {rude}}, Remarks: []string{rude}}}
	for name, text := range map[string]string{"text": page.Text(0), "narrow": page.Text(2), "Markdown": page.Markdown(), "table": Table([]string{"X"}, [][]string{{rude}})} {
		if strings.Contains(text, "\x1b") {
			t.Errorf("%s: %q", name, text)
		}
		if strings.Contains(text, "J\nb") {
			t.Errorf("%s: a cell has two lines:\n%s", name, text)
		}
	}
}
