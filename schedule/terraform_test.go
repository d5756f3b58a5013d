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

	"github.com/cdtait/mcpfleet/internal/untested"
)

// stretch is a number of instants, one every so often.
type stretch struct {
	from  time.Time
	every time.Duration
	count int
}

func (s stretch) instants() (instants []time.Time) {
	for i := range s.count {
		instants = append(instants, s.from.Add(time.Duration(i)*s.every))
	}
	return instants
}

// question asks Terraform for decisions of a schedule at the instants of stretches, which are of one
// size.
type question struct {
	schedule  *Schedule
	decisions []string
	stretches []stretch
}

// hcl is a locals block that holds the answers in one text. A local exists once, so the schedule's
// locals are put where they are used, or become variables of for expressions where that is more than
// once.
func (q question) hcl(number int) string {
	var from []string
	for _, s := range q.stretches {
		from = append(from, strconv.Quote(s.from.UTC().Format(time.RFC3339)))
	}
	first := q.stretches[0]
	instant := fmt.Sprintf(`timeadd(from, "${i * %d}m")`, int(first.every.Minutes()))

	var table string
	answers := `"${local.` + strings.Join(q.decisions, "}${local.") + `}"`
	for _, local := range slices.Backward(q.schedule.Locals(instant)) {
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
%s  answers_%d = join("", [for from in [%s] : join("", [for i in range(%d) :
    %s])])
}
`, table, number, strings.Join(from, ", "), first.count, answers)
}

// upToLastInstant leaves out what no instant comes to, which saves Terraform half of its work.
func (q question) upToLastInstant(table map[string]string) map[string]string {
	last := q.stretches[len(q.stretches)-1]
	until := last.from.Add(25 * time.Hour).Add(time.Duration(last.count) * last.every).UTC().Format(time.RFC3339)
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
	terraform, err := exec.LookPath("terraform")
	if err != nil {
		untested.Skip(t, "Terraform's answers about a window, for want of terraform")
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

	console := exec.Command(terraform, "console", "-no-color")
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
	var instants []time.Time
	for _, s := range q.stretches {
		instants = append(instants, s.instants()...)
	}
	if len(digits) != len(instants)*len(q.decisions) {
		t.Fatalf("%d answers for %d instants", len(digits), len(instants))
	}
	for i, digit := range digits {
		instant, decision := instants[i/len(q.decisions)], q.decisions[i%len(q.decisions)]
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

// hours are the stretches from one instant to another. A range of Terraform's has up to 1024 numbers.
func hours(from, to time.Time) (stretches []stretch) {
	for ; from.Before(to); from = from.Add(1000 * time.Hour) {
		stretches = append(stretches, stretch{from, time.Hour, 1000})
	}
	return stretches
}

var every = []string{LocalOpen, LocalOpenAhead, LocalLoadBalancer}

func TestTerraformAgreesAtEveryHourOfTwoYears(t *testing.T) {
	years := hours(at(t, "2026-01-01T00:00:00Z"), at(t, "2028-01-01T00:00:00Z"))
	winter := hours(at(t, "2026-12-10T00:00:00Z"), at(t, "2027-01-20T00:00:00Z"))
	if testing.Short() {
		years = winter
	}
	questions := map[string]question{}
	for name, window := range windowsUnderTest(t) {
		questions[name] = question{newSchedule(t, window), []string{LocalOpen}, years}
	}
	for name, window := range allUnderTest(t) {
		questions[name+" in winter"] = question{newSchedule(t, window), every, winter}
	}
	ask(t, questions)
}

func TestTerraformAgreesAtEveryMinuteAroundEveryChangeOfTheClocks(t *testing.T) {
	questions := map[string]question{}
	for name, window := range allUnderTest(t) {
		s := newSchedule(t, window)
		for _, change := range s.changes {
			around := stretch{change.at.Add(-20 * time.Minute), time.Minute, 85}
			questions[name+change.at.Format(", 2006-01-02")] = question{s, every, []stretch{around}}
		}
	}
	ask(t, questions)
}
