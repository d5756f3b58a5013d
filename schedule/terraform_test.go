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

// question asks Terraform for decisions of a schedule at instants.
type question struct {
	schedule  *Schedule
	decisions []string
	instants  []time.Time
}

// hcl is a locals block that holds the answers in one text. A local exists once, so the schedule's
// locals are put where they are used, or become variables of for expressions where that is more than
// once.
func (q question) hcl(number int) string {
	var instants []string
	for _, each := range q.instants {
		instants = append(instants, strconv.Quote(each.UTC().Format(time.RFC3339)))
	}
	var table string
	answers := `"${local.` + strings.Join(q.decisions, "}${local.") + `}"`
	for _, local := range slices.Backward(q.schedule.Locals("instant")) {
		reference := regexp.MustCompile(`\blocal\.` + local.Name + `\b`)
		switch uses := len(reference.FindAllString(answers, -1)); {
		case uses == 0:
		case local.Table != nil:
			table = fmt.Sprintf("  offsets_%d = {\n%s  }\n", number, entriesHCL(q.upToLastInstant(local.Table)))
			answers = reference.ReplaceAllLiteralString(answers, fmt.Sprintf("local.offsets_%d", number))
		case uses == 1:
			answers = reference.ReplaceAllLiteralString(answers, local.Expression)
		default:
			answers = fmt.Sprintf("[for %s in [%s] :\n    %s][0]", local.Name, local.Expression,
				reference.ReplaceAllLiteralString(answers, local.Name))
		}
	}
	return fmt.Sprintf(`locals {
%s  answers_%d = join("", [for instant in [%s] :
    %s])
}
`, table, number, strings.Join(instants, ", "), answers)
}

// upToLastInstant leaves out what no instant comes to, which saves Terraform half of its work.
func (q question) upToLastInstant(table map[string]string) map[string]string {
	until := q.instants[len(q.instants)-1].Add(25 * time.Hour).UTC().Format(time.RFC3339)
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

// ask lets one process of Terraform answer all questions, and holds Go's answers against its.
func ask(t *testing.T, questions map[string]question) {
	t.Helper()
	program, err := terraform.Program()
	if err != nil {
		untested.Skip(t, "weekend windows in Terraform: "+err.Error())
	}
	dir := t.TempDir()
	names := slices.Sorted(maps.Keys(questions))
	var source, answers []string
	for i, name := range names {
		source = append(source, questions[name].hcl(i))
		answers = append(answers, fmt.Sprintf("local.answers_%d", i))
	}
	write(t, filepath.Join(dir, "main.tf"), strings.Join(source, "\n"))
	write(t, filepath.Join(dir, "empty.tfrc"), "")

	console := exec.Command(program, "console", "-no-color")
	console.Dir = dir
	console.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "CHECKPOINT_DISABLE=1",
		"TF_CLI_CONFIG_FILE=" + filepath.Join(dir, "empty.tfrc"),
		"GOGC=400", // Terraform is written in Go, and makes much garbage here
	}
	console.Stdin = strings.NewReader(`join(",", [` + strings.Join(answers, ", ") + "])\n")
	began := time.Now()
	var complaint strings.Builder
	console.Stderr = &complaint
	output, err := console.Output()
	if err != nil {
		t.Fatalf("terraform console: %v\n%s", err, complaint.String())
	}
	t.Logf("terraform took %s, %s of CPU", time.Since(began).Round(time.Millisecond), console.ProcessState.UserTime())
	text := strings.NewReplacer("true", "1", "false", "0", `"`, "").Replace(strings.TrimSpace(string(output)))
	for i, digits := range strings.Split(text, ",") {
		t.Run(names[i], func(t *testing.T) { questions[names[i]].compare(t, digits) })
	}
}

// compare takes a digit for every decision at every instant, of which 1 is true.
func (q question) compare(t *testing.T, digits string) {
	if len(digits) != len(q.instants)*len(q.decisions) {
		t.Fatalf("%d answers for %d instants", len(digits), len(q.instants))
	}
	for i, digit := range digits {
		instant, decision := q.instants[i/len(q.decisions)], q.decisions[i%len(q.decisions)]
		if got := digit == '1'; got != q.schedule.Holds(decision, instant) {
			t.Fatalf("%s is %t at %s, %s", decision, got, instant.Format(time.RFC3339), instant.In(q.schedule.zone))
		}
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

var every = []string{LocalOpen, LocalOpenAhead, LocalLoadBalancer}

// TestTerraformAgreesWhereAnswersMayChange asks at the minutes that tell. Every hour of two years and every
// minute around every change of the clocks are in sweep_test.go.
func TestTerraformAgreesWhereAnswersMayChange(t *testing.T) {
	questions := map[string]question{}
	for name, window := range allUnderTest(t) {
		s := newSchedule(t, window)
		minutes := tellingMinutes(s)
		// Terraform reads the table of offsets up to the last instant, for each of them.
		near, _ := slices.BinarySearchFunc(minutes, at(t, "2028-01-01T00:00:00Z"), time.Time.Compare)
		questions[name] = question{s, every, minutes[:near]}
		if near < len(minutes) {
			questions[name+", years ahead"] = question{s, every, minutes[near:]}
		}
	}
	ask(t, questions)
}
