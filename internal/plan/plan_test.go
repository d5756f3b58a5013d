package plan

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestExitIsThatOfADetailedPlan(t *testing.T) {
	empty, changed, failed := Result{}, Result{Add: 1}, Result{Err: errors.New("denied")}
	for want, results := range map[int][]Result{
		ExitEmpty:   {empty, empty},
		ExitChanges: {empty, changed, {OutputsChange: true}},
		ExitError:   {changed, failed, empty},
	} {
		if got := Exit(results); got != want {
			t.Errorf("%v: got %d, want %d", results, got, want)
		}
	}
}

func TestTheTableNamesWhatFailedAndWhy(t *testing.T) {
	var text strings.Builder
	err := Write(&text, []Result{
		{Stack: "dev-eu-west-1", Add: 33},
		{Stack: "dev-eu-west-2"},
		{Stack: "dev-us-east-1", Err: errors.New("exit status 1\n\n╷\n│ Error: No valid credential sources found\n│")},
	})
	want := `          stack     add  change  destroy
  dev-eu-west-1      33       0        0
  dev-eu-west-2       -       -        -
  dev-us-east-1  failed
dev-us-east-1: No valid credential sources found
`
	if got := trimLines(text.String()); err != nil || got != want {
		t.Errorf("%v\n%s", err, got)
	}
}

func trimLines(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	return strings.Join(lines, "\n")
}

func TestStacksAreChosenByPattern(t *testing.T) {
	folder := t.TempDir()
	for _, stack := range []string{"dev-eu-west-1", "dev-us-east-1", "prod-eu-west-1"} {
		if err := os.MkdirAll(filepath.Join(folder, stack), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, stack, "cdk.tf.json"), []byte("{}"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for patterns, want := range map[string]string{
		"":                  "dev-eu-west-1 dev-us-east-1 prod-eu-west-1",
		"dev-*":             "dev-eu-west-1 dev-us-east-1",
		"*-eu-west-1 dev-*": "dev-eu-west-1 dev-us-east-1 prod-eu-west-1",
		"staging-*":         "no stack is named staging-*; there are dev-eu-west-1, dev-us-east-1, prod-eu-west-1",
	} {
		got, err := choose(folder, strings.Fields(patterns))
		answer := strings.Join(got, " ")
		if err != nil {
			answer = err.Error()
		}
		if answer != want {
			t.Errorf("%q: got %s", patterns, answer)
		}
	}
	if _, err := choose(filepath.Join(folder, "absent"), nil); err == nil || !strings.Contains(err.Error(), "run make synth first") {
		t.Errorf("got %v", err)
	}
}
