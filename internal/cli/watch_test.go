package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/golden"
	"github.com/cdtait/mcpfleet/internal/ops"
)

// watchedFleet has a region in which something happens, one that fails and one that hangs.
func watchedFleet(t *testing.T, project string) (file string) {
	t.Helper()
	url := awsURL(t)
	file = fleetFile(t, fleetText(project, "{}", threeRegions))
	seed(t, url, file, "eu-west-1")
	write(t, url, "eu-west-1", "/ecs/"+project+"-dev-eu-west-1-task", time.Minute, "a line of the log \x1b[2J")
	intercept(t, url, func(c call) bool {
		switch {
		case c.service == "sts":
			return false
		case c.region == "eu-west-2":
			return c.service == "ecs" && c.fail(http.StatusBadRequest, "AccessDeniedException", "no") || c.fail(http.StatusInternalServerError, "InternalFailure", "")
		case c.region == "us-east-1":
			return c.hang(t)
		}
		return false
	})
	return file
}

// untilSeen ends a command once all words have been written.
type untilSeen struct {
	mutex sync.Mutex
	text  strings.Builder
	words []string
	stop  func()
}

func (s *untilSeen) Write(text []byte) (int, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.text.Write(text)
	for _, word := range s.words {
		if !strings.Contains(s.text.String(), word) {
			return len(text), nil
		}
	}
	s.stop()
	return len(text), nil
}

// watchLines runs mcpfleet watch without a terminal until the words have been printed.
func watchLines(t *testing.T, file string, words []string, arguments ...string) (out, errs string) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	seen := &untilSeen{words: words, stop: stop}
	var printed, problems lockedBuffer
	app := &App{In: strings.NewReader(""), Out: io.MultiWriter(&printed, seen), Err: io.MultiWriter(&problems, seen), Now: time.Now, Interval: time.Millisecond, Open: opener(t)}
	if status := Run(ctx, app, append([]string{"--config", file, "watch", "--timeout", "2s"}, arguments...)); status != 0 {
		t.Errorf("status %d", status)
	}
	for _, word := range words {
		if !strings.Contains(seen.text.String(), word) {
			t.Errorf("%q was not printed:\n%s", word, seen.text.String())
		}
	}
	return printed.String(), problems.String()
}

func TestWatchPrintsLinesWithoutATerminal(t *testing.T) {
	t.Parallel()
	file := watchedFleet(t, "watch-a")
	out, errs := watchLines(t, file, []string{
		"Z eu-west-1 log 01234567 a line of the log �[2J\n",
		"Z eu-west-1 status always on, 2 of 2 tasks running, 2 of 2 targets healthy, completed, fmp-mcp-server:1.2.0; API_KEY is still set to the placeholder; mcpfleet secret set API_KEY --region eu-west-1",
		"Z eu-west-2 status always on; DescribeServices: not allowed: no; ",
		"Z us-east-1 status always on; no response in time; try again, or raise --timeout\n",
		"\neu-west-2: logs: AWS returned HTTP 500 after 2 attempts; ",
		"\neu-west-2: events: DescribeServices: not allowed: no; ",
		"\nus-east-1: events: no response in time; try again, or raise --timeout\n",
	})
	if count := strings.Count(out, "eu-west-1 status"); count != 1 {
		t.Errorf("%d lines for a status that did not change:\n%s", count, out)
	}
	if count := strings.Count(errs, "us-east-1: events: no response in time"); count != 1 {
		t.Errorf("%d lines for one reason:\n%s", count, errs)
	}
}

func TestWatchPrintsDocuments(t *testing.T) {
	t.Parallel()
	file := watchedFleet(t, "watch-b")
	out, _ := watchLines(t, file, []string{`"kind":"log","region":"eu-west-1"`, `"kind":"status","region":"us-east-1"`, `"code":"timed_out"`}, "--json")
	for line := range strings.Lines(out) {
		checkDocument(t, "watch", line)
	}
}

func TestWatchChecksItsFlags(t *testing.T) {
	t.Parallel()
	file := fleetFile(t, fleetText("watch-c", "{}", oneRegion))
	want(t, run(t, saturday, file, "watch", "--every", "1ms"), 2, "--every: 1ms is too short; write 1s or more")
	want(t, run(t, saturday, file, "watch", "--since", "0s"), 2, "--since")
	want(t, run(t, saturday, file, "watch", "eu-west-1"), 2, "mcpfleet watch takes no arguments")
}

// TestWatchScreen selects a region and runs commands in it, from which it returns to the screen.
func TestWatchScreen(t *testing.T) {
	t.Parallel()
	if raceDetector {
		t.Skip("bubbletea 1 and 2 close the terminal during a read if a key ends the program")
	}
	file := watchedFleet(t, "watch-d")
	terminal := startTerminal(t, time.Now(), file, "watch", "--timeout", "2s")
	for _, part := range []string{"▸ all", "eu-west-1  always on  2        2", "eu-west-2  always on  not allowed", "us-east-1  always on  timed out", "a line of the log �[2J", "? all keys"} {
		terminal.waitFor(part)
	}
	terminal.send("j")
	terminal.waitFor("events and logs of eu-west-1")
	terminal.send("t")
	terminal.waitFor("$ mcpfleet tasks --region eu-west-1 --config " + file)
	terminal.waitFor("Exit status 0. Enter returns to the screen. ")
	terminal.send("\r")
	terminal.send("s")
	terminal.waitFor("Number of tasks: ")
	terminal.send("none\r")
	terminal.waitFor(`mcpfleet: "none" is not a number of tasks`)
	terminal.waitFor("Exit status 2. Enter returns to the screen. ")
	terminal.send("\r")
	terminal.send("r")
	terminal.waitFor("Replace the tasks in eu-west-1? [y/N] ")
	terminal.send("n\r")
	terminal.waitFor("aborted; nothing has changed")
	terminal.waitFor("Exit status 1. Enter returns to the screen. ")
	terminal.send("\r")
	terminal.send("q")
	terminal.wantExit(0)
}

// shownScreen returns a screen of three regions: one that serves and is drained, one that cannot be read, and one that has
// not answered yet.
func shownScreen(t *testing.T, width, height int) *watchScreen {
	t.Helper()
	fleet, _, err := config.Parse("regions.yaml", []byte(fleetText("watch-e", "{}\n  load_balancer: {https: false}\n  dns: {enabled: true, zone: example.com, name: mcp}", threeRegions)))
	if err != nil {
		t.Fatal(err)
	}
	useEndpoint(t, "http://127.0.0.1:1") // nothing is asked of AWS
	connected, err := ops.Connect(t.Context(), opener(t), fleet, nowAt(saturday))
	if err != nil {
		t.Fatal(err)
	}
	app := &App{Now: nowAt(saturday), subject: "watch-e dev, account 123456789012 as user/moto", file: "regions.yaml"}
	s := newWatchScreen(t.Context(), &watcher{app: app, since: newSpanValue("10m"), again: make(chan struct{}), fleet: fleet, connected: connected})
	for _, message := range []tea.Msg{
		tea.WindowSizeMsg{Width: width, Height: height},
		watchUpdate{drains: &drains{names: []string{"eu-west-1"}}},
		watchUpdate{status: &ops.Status{
			Region: "eu-west-1", Schedule: ops.Timing{State: ops.AlwaysOn, Text: ops.AlwaysOn}, Domain: "mcp.example.com", Secret: "set", ExpectsRecord: true,
			Service:      &ops.ServiceStatus{Desired: 2, Running: 2, Rollout: "completed", Image: "ghcr.io/cdtait/fmp-mcp-server:1.2.0", Revision: 7, Healthy: 2, Targets: 2},
			LoadBalancer: &ops.LoadBalancerStatus{State: "active", URL: "http://eu-west-1.mcp.example.com"},
		}},
		watchUpdate{status: &ops.Status{
			Region: "eu-west-2", Schedule: ops.Timing{State: ops.AlwaysOn, Text: ops.AlwaysOn},
			Problems: []ops.Problem{{Code: ops.NotAllowed, Message: "DescribeServices: not allowed: User: arn:aws:iam::123456789012:user/a is not authorized", Fix: ops.Fix{Advice: "grant the credentials permission for this action, or use other credentials"}}},
		}},
		watchUpdate{failed: connected.Regions[1], what: "logs", err: context.DeadlineExceeded},
		watchUpdate{lines: []watchLine{
			{Kind: kindEvent, Region: "eu-west-1", Time: saturday.Add(-time.Minute), Text: "service has reached a steady state."},
			{Kind: kindLog, Region: "us-east-1", Time: saturday.Add(-2 * time.Minute), Text: "01234567 a line \x1b[2J that is longer than the width of the terminal, so that it goes on below"},
		}},
	} {
		s.Update(message)
	}
	return s
}

// trailing matches the space that fills a row.
var trailing = regexp.MustCompile(`(?m) +$`)

func TestWatchScreenFitsTheTerminal(t *testing.T) {
	t.Parallel()
	for _, size := range []struct{ width, height int }{{80, 24}, {200, 24}} {
		s := shownScreen(t, size.width, size.height)
		golden.Compare(t, fmt.Sprintf("testdata/watch-%d.txt", size.width), []byte(trailing.ReplaceAllString(ansi.Strip(s.View()), "")+"\n"))
	}
	for _, size := range []struct{ width, height int }{{1, 1}, {10, 3}, {20, 5}, {40, 12}, {80, 10}, {300, 100}} {
		s := shownScreen(t, size.width, size.height)
		for _, keys := range []string{"", "j", "?"} {
			s.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(keys)})
			lines := strings.Split(s.View(), "\n")
			if len(lines) > size.height {
				t.Errorf("%v: %d lines", size, len(lines))
			}
			for _, line := range lines {
				if width := ansi.StringWidth(line); width > size.width {
					t.Errorf("%v: %d cells in %q", size, width, line)
				}
			}
		}
	}
}

func TestWatchScreenShowsTheSelectedRegion(t *testing.T) {
	t.Parallel()
	s := shownScreen(t, 100, 30)
	wantOnScreen := func(has []string, lacks ...string) {
		t.Helper()
		shown := ansi.Strip(s.View())
		for _, part := range has {
			if !strings.Contains(shown, part) {
				t.Errorf("%q is not in\n%s", part, shown)
			}
		}
		for _, part := range lacks {
			if strings.Contains(shown, part) {
				t.Errorf("%q is in\n%s", part, shown)
			}
		}
	}
	press := func(key tea.KeyMsg) { s.Update(key) }
	wantOnScreen([]string{"▸ all ", "3 regions, 2 with problems or drift, 1 not read yet", "us-east-1  …", "of all regions", "steady state", "a line"})
	press(tea.KeyMsg{Type: tea.KeyDown})
	wantOnScreen([]string{"▸ eu-west-1 ", "of eu-west-1", "steady state", "eu-west-1: drift: mcp.example.com has no record for this region; mcpfleet undrain eu-west-1"}, "a line", "DescribeServices")
	press(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("jj")}) // pressed fast
	wantOnScreen([]string{"▸ us-east-1 ", "a line �[2J that"}, "steady state")
	press(tea.KeyMsg{Type: tea.KeyUp})
	wantOnScreen([]string{"▸ eu-west-2 ", "error logs: no response in time", "or use other credentials"}, "a line")
	press(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("jjjjq"), Paste: true})
	wantOnScreen([]string{"▸ eu-west-2 "})
	press(tea.KeyMsg{Type: tea.KeyEsc})
	wantOnScreen([]string{"▸ all "})
}

func TestWatchScreenScrolls(t *testing.T) {
	t.Parallel()
	s := shownScreen(t, 100, 24)
	add := func(from, to int) {
		var lines []watchLine
		for i := from; i < to; i++ {
			lines = append(lines, watchLine{Kind: kindLog, Region: "eu-west-1", Time: saturday.Add(time.Duration(i) * time.Second), Text: fmt.Sprintf("line %d.", i)})
		}
		s.Update(watchUpdate{lines: lines})
	}
	add(0, 100)
	if shown := s.View(); !strings.Contains(shown, "line 99.") {
		t.Errorf("the last line is not in\n%s", shown)
	}
	s.Update(tea.KeyMsg{Type: tea.KeyPgUp})
	before := s.pane.View()
	add(100, 200)
	if s.pane.View() != before || !strings.Contains(s.View(), "scrolled back, pgdown returns") {
		t.Errorf("the lines moved to\n%s", s.View())
	}
	for range 100 {
		s.Update(tea.KeyMsg{Type: tea.KeyPgDown})
	}
	if shown := s.View(); !strings.Contains(shown, "line 199.") || strings.Contains(shown, "scrolled back") {
		t.Errorf("the last line is not in\n%s", shown)
	}
	add(200, 200+2*maxWatchLines)
	if len(s.lines) != maxWatchLines {
		t.Errorf("keeps %d lines", len(s.lines))
	}
}

// TestWatchScreenShowsLinesWithTabs to the last: tabs have no width of their own.
func TestWatchScreenShowsLinesWithTabs(t *testing.T) {
	t.Parallel()
	s := shownScreen(t, 80, 24)
	var lines []watchLine
	for i := range 20 {
		lines = append(lines, watchLine{Kind: kindLog, Region: "eu-west-1", Time: saturday.Add(time.Duration(i) * time.Second), Text: fmt.Sprintf("\tat com.example.Foo\t%d\t(Foo.java:7)\tX%d.", i, i)})
	}
	s.Update(watchUpdate{lines: lines})
	if shown := s.View(); !strings.Contains(shown, "X19.") {
		t.Errorf("the last line is not in\n%s", shown)
	}
}

func TestReasonsAreReportedAgainAfterRecovery(t *testing.T) {
	var said []string
	report := onChange(func(region *ops.Region, err error) { said = append(said, region.Name+" "+err.Error()) })
	region := &ops.Region{Region: config.Region{Name: "eu-west-1"}}
	for _, err := range []error{context.DeadlineExceeded, context.DeadlineExceeded, nil, context.DeadlineExceeded, errors.New("another")} {
		report(region, err)
	}
	if want := []string{"eu-west-1 context deadline exceeded", "eu-west-1 context deadline exceeded", "eu-west-1 another"}; !slices.Equal(said, want) {
		t.Errorf("reported %q", said)
	}
}

// TestWatchKeysAreDistinct checks that no key has two meanings.
func TestWatchKeysAreDistinct(t *testing.T) {
	keys := newWatchKeys()
	used := map[string]string{}
	add := func(names []string, what string) {
		for _, name := range names {
			if used[name] != "" {
				t.Errorf("%s is for %s and %s", name, used[name], what)
			}
			used[name] = what
		}
	}
	add(keys.up.Keys(), "up")
	add(keys.down.Keys(), "down")
	add(keys.all.Keys(), "all")
	add(keys.pageUp.Keys(), "page up")
	add(keys.pageDown.Keys(), "page down")
	add(keys.help.Keys(), "help")
	add(keys.quit.Keys(), "quit")
	add(keys.suspend.Keys(), "suspend")
	for _, group := range watchCommands {
		for _, command := range group {
			add(command.key.Keys(), strings.Join(command.words, " "))
			if found, _, err := (&App{}).root().Find(command.words); err != nil || found.Name() != command.words[0] {
				t.Errorf("%v is no command", command.words)
			}
		}
	}
}
