package standby_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cdtait/mcpfleet/internal/untested"
	"github.com/cdtait/mcpfleet/schedule"
)

// TestFunction runs the tests of the function, which need no package.
func TestFunction(t *testing.T) {
	runPython(t, "", "-m", "unittest")
}

// TestFunctionKnowsTheWindow holds that the function, which only sees the scheduled actions, agrees with the schedule that
// they come from.
func TestFunctionKnowsTheWindow(t *testing.T) {
	windows := map[string]schedule.Window{
		"weekend":             {Days: []time.Weekday{time.Saturday, time.Sunday}, StartHour: 6, EndHour: 22, Timezone: "Europe/London"},
		"every day":           {Days: []time.Weekday{0, 1, 2, 3, 4, 5, 6}, StartHour: 8, EndHour: 18, Timezone: "America/New_York"},
		"over midnight":       {Days: []time.Weekday{time.Friday}, StartHour: 20, EndHour: 4, Timezone: "Asia/Kolkata"},
		"whole days":          {Days: []time.Weekday{time.Saturday, time.Sunday}, StartHour: 0, EndHour: 24, Timezone: "UTC"},
		"a skipped hour":      {Days: []time.Weekday{time.Sunday}, StartHour: 1, EndHour: 9, Timezone: "Europe/London"},
		"skip and extra":      {Days: []time.Weekday{time.Saturday}, StartHour: 6, EndHour: 22, Timezone: "Australia/Sydney", Skip: []schedule.Date{date(t, "2026-12-26")}, Extra: []schedule.Date{date(t, "2026-12-24"), date(t, "2027-06-01")}},
		"a single date":       {StartHour: 6, EndHour: 22, Timezone: "UTC", Extra: []schedule.Date{date(t, "2027-02-03")}},
		"half an hour's zone": {Days: []time.Weekday{time.Monday}, StartHour: 2, EndHour: 3, Timezone: "Australia/Lord_Howe"},
	}
	for name, window := range windows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := schedule.New(window)
			if err != nil {
				t.Fatal(err)
			}
			checkWindow(t, s, window.Timezone)
		})
	}
}

// moment is what is true at a time.
type moment struct {
	At time.Time `json:"at"`
	// Open reports whether the window is open.
	Open bool `json:"open"`
	// Opening is when a closed window opens next, nil if it does not within a year.
	Opening *time.Time `json:"opening"`
}

func checkWindow(t *testing.T, s *schedule.Schedule, timezone string) {
	t.Helper()
	type action struct {
		Schedule, Timezone   string
		ScalableTargetAction map[string]int
	}
	var actions []action
	for _, each := range s.Actions() {
		tasks := 0
		if each.Up {
			tasks = 2
		}
		actions = append(actions, action{each.Expression, timezone, map[string]int{"MinCapacity": tasks, "MaxCapacity": tasks}})
	}
	var moments []moment
	for at := time.Date(2026, 11, 1, 0, 30, 0, 0, time.UTC); at.Year() < 2028; at = at.Add(7 * time.Hour) {
		each := moment{At: at, Open: s.Awake(at)}
		if opening, ok := s.NextOpening(at); ok && !each.Open {
			each.Opening = &opening
		}
		moments = append(moments, each)
	}
	input, err := json.Marshal(map[string]any{"actions": actions, "moments": moments})
	if err != nil {
		t.Fatal(err)
	}
	runPython(t, string(input), "check_window.py")
}

func date(t *testing.T, text string) schedule.Date {
	t.Helper()
	parsed, err := schedule.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

// runPython runs a program in the function's folder.
func runPython(t *testing.T, input string, arguments ...string) {
	t.Helper()
	// The runtime has 3.13; the function needs what 3.11 has.
	if output, err := exec.Command("python3", "-c", "import sys; assert sys.version_info >= (3, 11)").CombinedOutput(); err != nil {
		untested.Skip(t, "the function of weekend.answer and wake_on_request: needs Python 3.11 or newer: "+err.Error()+string(output))
	}
	// go test repeats a test if files have changed that the test itself has opened.
	modules, err := filepath.Glob("function/*.py")
	if err != nil {
		t.Fatal(err)
	}
	for _, module := range modules {
		if _, err := os.ReadFile(module); err != nil {
			t.Fatal(err)
		}
	}
	command := exec.Command("python3", append([]string{"-B"}, arguments...)...)
	command.Dir = "function"
	command.Stdin = strings.NewReader(input)
	if output, err := command.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, output)
	}
}
