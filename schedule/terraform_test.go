package schedule

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cdtait/mcpfleet/internal/terraform"
	"github.com/cdtait/mcpfleet/internal/untested"
)

// evaluation asks Terraform for the decisions of a schedule at some instants.
type evaluation struct {
	schedule  *Schedule
	decisions []string
	instants  []time.Time
	// ahead is how far beyond a day the decisions look.
	ahead time.Duration
}

// hcl returns a locals block that joins the decisions into one string. The locals of several schedules would
// have the same names, so each is inlined, or bound by a for expression if it is used more than once.
func (e evaluation) hcl(number int) string {
	var instants []string
	for _, each := range e.instants {
		instants = append(instants, strconv.Quote(each.UTC().Format(time.RFC3339)))
	}
	table, results := e.inlined(number, `"${local.`+strings.Join(e.decisions, "}${local.")+`}"`)
	return fmt.Sprintf(`locals {
%s  results_%d = join("", [for instant in [%s] :
    %s])
}
`, table, number, strings.Join(instants, ", "), results)
}

// inlined returns an expression without references to locals, except to the table of offsets, which is the other result.
func (e evaluation) inlined(number int, results string) (table, inlined string) {
	for _, local := range slices.Backward(e.schedule.Locals("instant")) {
		reference := regexp.MustCompile(`\blocal\.` + local.Name + `\b`)
		switch uses := len(reference.FindAllString(results, -1)); {
		case uses == 0:
		case local.Table != nil:
			table = fmt.Sprintf("  offsets_%d = {\n%s  }\n", number, entriesHCL(e.upToLastInstant(local.Table)))
			results = reference.ReplaceAllLiteralString(results, fmt.Sprintf("local.offsets_%d", number))
		case uses == 1 && e.ahead == 0: // a loop that looks ahead would evaluate it again and again
			results = reference.ReplaceAllLiteralString(results, local.Expression)
		default:
			results = fmt.Sprintf("[for %s in [%s] :\n    %s][0]", local.Name, local.Expression,
				reference.ReplaceAllLiteralString(results, local.Name))
		}
	}
	return table, results
}

// upToLastInstant removes the offsets after the last instant, which halves Terraform's work.
func (e evaluation) upToLastInstant(table map[string]string) map[string]string {
	until := e.instants[len(e.instants)-1].Add(25*time.Hour + e.ahead).UTC().Format(time.RFC3339)
	table = maps.Clone(table)
	maps.DeleteFunc(table, func(from, _ string) bool { return from > until })
	return table
}

func entriesHCL(table map[string]string) (entries string) {
	for _, from := range slices.Sorted(maps.Keys(table)) {
		entries += fmt.Sprintf("    %q = %q\n", from, table[from])
	}
	return entries
}

// compareWithTerraform evaluates everything in one Terraform process, and compares the results with Go's.
func compareWithTerraform(t *testing.T, evaluations map[string]evaluation) {
	t.Helper()
	names := slices.Sorted(maps.Keys(evaluations))
	var source, results []string
	for i, name := range names {
		source = append(source, evaluations[name].hcl(i))
		results = append(results, fmt.Sprintf("local.results_%d", i))
	}
	output := askTerraform(t, strings.Join(source, "\n"), `join(",", [`+strings.Join(results, ", ")+"])")
	text := strings.NewReplacer("true", "1", "false", "0", `"`, "").Replace(output)
	for i, digits := range strings.Split(text, ",") {
		t.Run(names[i], func(t *testing.T) { evaluations[names[i]].compare(t, digits) })
	}
}

// askTerraform evaluates an expression in a module with the given source.
func askTerraform(t *testing.T, source, expression string) string {
	t.Helper()
	program, err := terraform.Program()
	if err != nil {
		untested.Skip(t, "Terraform's evaluation of windows: "+err.Error())
	}
	dir := t.TempDir()
	write(t, filepath.Join(dir, "main.tf"), source)
	write(t, filepath.Join(dir, "empty.tfrc"), "")

	console := exec.Command(program, "console", "-no-color")
	console.Dir = dir
	console.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "CHECKPOINT_DISABLE=1",
		"TF_CLI_CONFIG_FILE=" + filepath.Join(dir, "empty.tfrc"),
		"GOGC=400", // reduce garbage collection, which dominates here
	}
	console.Stdin = strings.NewReader(expression + "\n")
	began := time.Now()
	var stderr strings.Builder
	console.Stderr = &stderr
	output, err := console.Output()
	if err != nil {
		t.Fatalf("terraform console: %v\n%s", err, stderr.String())
	}
	t.Logf("terraform took %s, %s of CPU", time.Since(began).Round(time.Millisecond), console.ProcessState.UserTime())
	return strings.TrimSpace(string(output))
}

// compare compares one digit per decision and instant with Go's result; 1 is true.
func (e evaluation) compare(t *testing.T, digits string) {
	if len(digits) != len(e.instants)*len(e.decisions) {
		t.Fatalf("got %d results for %d instants", len(digits), len(e.instants))
	}
	for i, digit := range digits {
		instant, decision := e.instants[i/len(e.decisions)], e.decisions[i%len(e.decisions)]
		if got := digit == '1'; got != e.schedule.Decision(decision, instant) {
			t.Fatalf("%s is %t at %s, %s", decision, got, instant.Format(time.RFC3339), instant.In(e.schedule.zone))
		}
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

var allDecisions = []string{LocalOpen, LocalOpenAhead, LocalLoadBalancer}

// TestTerraformAgreesAtCriticalMinutes checks the critical minutes. sweep_test.go checks every hour of two years
// and every minute around every clock change.
func TestTerraformAgreesAtCriticalMinutes(t *testing.T) {
	evaluations := map[string]evaluation{}
	for name, window := range allWindows(t) {
		s := newSchedule(t, window)
		minutes := criticalMinutes(s)
		// For each instant, Terraform reads the table of offsets up to the last instant.
		near, _ := slices.BinarySearchFunc(minutes, at(t, "2028-01-01T00:00:00Z"), time.Time.Compare)
		evaluations[name] = evaluation{schedule: s, decisions: allDecisions, instants: minutes[:near]}
		if near < len(minutes) {
			evaluations[name+", years ahead"] = evaluation{schedule: s, decisions: allDecisions, instants: minutes[near:]}
		}
	}
	compareWithTerraform(t, evaluations)
}
