package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cdtait/mcpfleet/config"
)

// cronBackslashes are the ways in which crons treat backslashes in a command. In all of them, an unescaped
// percent sign ends the command.
var cronBackslashes = map[string]*strings.Replacer{
	"removes the backslash before a percent sign":             strings.NewReplacer(`\%`, `%`),
	"also removes the backslash before a backslash":           strings.NewReplacer(`\%`, `%`, `\\`, `\`),
	"passes the backslash before a percent sign to the shell": strings.NewReplacer(),
}

// crontab is a parsed crontab.
type crontab struct {
	environment []string
	entries     []cronEntry
}

type cronEntry struct {
	minutes []int // of every hour
	command string
}

// readCrontab parses the subset of crontab(5) that mcpfleet prints.
func readCrontab(t *testing.T, text string, backslashes *strings.Replacer) (table crontab) {
	t.Helper()
	if !strings.HasSuffix(text, "\n") {
		t.Error("the last line has no newline, so cron rejects the file")
	}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		name, value, variable := strings.Cut(line, "=")
		fields := strings.SplitN(line, " ", 6)
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case variable && !strings.ContainsAny(name, " \"'"):
			if len(value) > 1 && strings.ContainsAny(value[:1], `"'`) && value[len(value)-1] == value[0] {
				value = value[1 : len(value)-1]
			}
			table.environment = append(table.environment, name+"="+value)
		case len(fields) == 6 && strings.Join(fields[1:5], "") == "****":
			entry := cronEntry{command: commandOf(fields[5], backslashes)}
			if len(fields[5]) > maxCronCommand {
				t.Errorf("a command has %d characters", len(fields[5]))
			}
			for minute := range strings.SplitSeq(fields[0], ",") {
				number, err := strconv.Atoi(minute)
				if err != nil {
					t.Fatal(err)
				}
				entry.minutes = append(entry.minutes, number)
			}
			table.entries = append(table.entries, entry)
		default:
			t.Errorf("not a crontab line: %q", line)
		}
	}
	return table
}

// commandOf returns the part of a command that cron passes to the shell.
func commandOf(command string, backslashes *strings.Replacer) string {
	escaped := false
	for i, character := range command {
		if character == '%' && !escaped {
			command = command[:i]
			break
		}
		escaped = character == '\\' && !escaped
	}
	return backslashes.Replace(command)
}

// run runs an entry's command with date printing each of the stamps. It returns the time, directory,
// MCPFLEET_CONFIG and arguments of each npx call.
func (c crontab) run(t *testing.T, entry cronEntry, log string, stamps ...string) string {
	t.Helper()
	script := `date() { test "$*" = "-u +%u.%m-%d.%H:%M" && printf %s "$STAMP"; }
npx() { printf '%s|%s|%s|%s\n' "$STAMP" "$PWD" "$MCPFLEET_CONFIG" "$*"; }
for STAMP in ` + strings.Join(stamps, " ") + "; do\n" + entry.command + "\ndone\n"
	command := exec.CommandContext(t.Context(), "sh", "-c", script)
	command.Dir, command.Env = "/", c.environment
	if output, err := command.CombinedOutput(); err != nil || len(output) > 0 {
		t.Fatalf("%v: %s", err, output)
	}
	text, err := os.ReadFile(log)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	if err == nil && os.Remove(log) != nil {
		t.Fatal(err)
	}
	return string(text)
}

const stampLayout = "01-02.15:04"

// stampOf formats a time as date does with %u.%m-%d.%H:%M.
func stampOf(at time.Time) string {
	at = at.UTC()
	return strconv.Itoa((int(at.Weekday())+6)%7+1) + "." + at.Format(stampLayout)
}

// TestCrontabWorksInAnyTimeZone simulates cron in several time zones and checks that there is exactly one
// apply whenever a window opens or closes, across daylight saving changes and with late starts.
func TestCrontabWorksInAnyTimeZone(t *testing.T) {
	from := time.Date(2027, 3, 25, 0, 0, 0, 0, time.UTC) // daylight saving starts in London on the 28th
	until := from.AddDate(0, 0, 5)
	directory := t.TempDir()
	chdirDestroyFleet(t, directory, "regions.yaml", ", timezone: Europe/London, lead_minutes: 40, skip: [2027-03-27], extra: [2027-03-29]")
	got := run(t, from, "regions.yaml", "weekend", "cron")
	want(t, got, 0)
	table := readCrontab(t, got.out, cronBackslashes["removes the backslash before a percent sign"])
	fleet, _, err := config.Load("regions.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var edges []string
	window := fleet.Regions[0].Schedule
	for at := from; at.Before(until); at = at.Add(time.Minute) {
		before := at.Add(-time.Minute)
		if window.LoadBalancerPresent(at) != window.LoadBalancerPresent(before) || window.Awake(at) && !window.Awake(before) {
			edges = append(edges, stampOf(at))
		}
	}
	if len(edges) < 4 {
		t.Fatalf("found only the edges %v", edges)
	}
	zones := []string{"UTC", "Europe/London", "America/St_Johns", "Asia/Kathmandu", "Australia/Lord_Howe", "Antarctica/Troll", "Pacific/Chatham"}
	for i, entry := range table.entries {
		fires := map[string][]time.Time{}
		for _, name := range zones {
			zone, err := time.LoadLocation(name)
			if err != nil {
				t.Fatal(err)
			}
			for at := from; at.Before(until); at = at.Add(time.Minute) {
				if slices.Contains(entry.minutes, at.In(zone).Minute()) {
					fires[name] = append(fires[name], at)
				}
			}
			if difference := cmp.Diff(fires["UTC"], fires[name]); difference != "" {
				t.Errorf("line %d in %s: - UTC, + local\n%s", i, name, difference)
			}
		}
		for _, late := range []time.Duration{0, 4 * time.Minute} {
			var stamps []string
			for _, at := range fires["UTC"] {
				stamps = append(stamps, stampOf(at.Add(late)))
			}
			ran := table.run(t, entry, filepath.Join(directory, "weekend.log"), stamps...)
			for _, edge := range edges {
				at, err := time.Parse("2006"+stampLayout, "2027"+edge[2:])
				if err != nil {
					t.Fatal(err)
				}
				expected := 0
				if slices.Contains(entry.minutes, at.Minute()) {
					expected = 1
				}
				if found := strings.Count(ran, stampOf(at.Add(late))+"|"); found != expected {
					t.Errorf("line %d, %s late: %d applies at the edge %s\n%s", i, late, found, edge, ran)
				}
			}
			if applies := strings.Count(ran, "\n"); applies > 3*len(edges) {
				t.Errorf("line %d, %s late: %d applies for %d edges\n%s", i, late, applies, len(edges), ran)
			}
		}
	}
}

// TestCrontabQuotesPaths checks paths with special characters in every kind of cron.
func TestCrontabQuotesPaths(t *testing.T) {
	names := []string{"plain", "with a space", "100%", "%", `it's`, `"quoted"`, "$HOME", "`id`", `back\slash`, `\%`, `%\`, `\\two`, `'\''`, "a;b&c|d", "#1", "grüße", "-x"}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			directory, file := filepath.Join(t.TempDir(), name), "environments/"+name+".yaml"
			chdirDestroyFleet(t, directory, file, "")
			got := run(t, saturday, file, "weekend", "cron", "--region", "eu-west-1")
			want(t, got, 0)
			for behavior, backslashes := range cronBackslashes {
				table := readCrontab(t, got.out, backslashes)
				ran := table.run(t, table.entries[0], filepath.Join(directory, "weekend.log"), "6.11-28.05:45", "6.11-28.05:50")
				if expected := fmt.Sprintf("6.11-28.05:45|%s|%s|cdktf deploy --auto-approve dev-eu-west-1\n", directory, file); ran != expected {
					t.Errorf("a cron that %s ran %q, want %q", behavior, ran, expected)
				}
			}
		})
	}
}

func TestCrontabRejectsLineBreakInPath(t *testing.T) {
	t.Chdir(t.TempDir())
	broken := "two\nlines"
	if err := os.Mkdir(broken, 0o755); err != nil {
		t.Fatal(err)
	}
	file := fleetFile(t, fleetText("cron-c", "{enabled: true, destroy_albs: true}", oneRegion))
	t.Chdir(broken)
	want(t, run(t, saturday, file, "weekend", "cron"), 2, "a crontab cannot contain a line break")
}

func TestCrontabSetsEnvironment(t *testing.T) {
	path := fakePrograms(t)
	t.Setenv("PATH", "/opt/else:"+path+"::/usr/bin")
	values := map[string]string{"AWS_PROFILE": "week ends", "AWS_CONFIG_FILE": `/srv/the "one"`, "AWS_SHARED_CREDENTIALS_FILE": `both ' and "`, "TERRAFORM_BINARY_NAME": "terraform"}
	for name, value := range values {
		t.Setenv(name, value)
	}
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret-value")
	chdirDestroyFleet(t, t.TempDir(), "regions.yaml", "")
	got := run(t, saturday, "regions.yaml", "weekend", "cron")
	want(t, got, 0, "AWS_SHARED_CREDENTIALS_FILE is omitted")
	expected := []string{"SHELL=/bin/sh", "PATH=" + path + ":/usr/bin:/usr/local/bin:/bin", "AWS_PROFILE=week ends", `AWS_CONFIG_FILE=/srv/the "one"`, "TERRAFORM_BINARY_NAME=terraform"}
	if difference := cmp.Diff(expected, readCrontab(t, got.out, cronBackslashes["also removes the backslash before a backslash"]).environment); difference != "" {
		t.Errorf("- expected, + got\n%s", difference)
	}
	if strings.Contains(got.out, "secret-value") {
		t.Error("the crontab contains a secret")
	}
}

// TestCrontabSplitsLongLines checks the limit of Debian's cron, which silently truncates longer lines.
func TestCrontabSplitsLongLines(t *testing.T) {
	var extra, patterns []string
	for date := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC); date.Before(time.Date(2027, 2, 1, 0, 0, 0, 0, time.UTC)); date = date.AddDate(0, 0, 1) {
		if date.Weekday() != time.Saturday && date.Weekday() != time.Sunday {
			extra = append(extra, date.Format(time.DateOnly))
			patterns = append(patterns, date.Format("?.01-02.")+"06:0[0-4]")
		}
	}
	chdirDestroyFleet(t, t.TempDir(), "regions.yaml", ", extra: ["+strings.Join(extra, ", ")+"]")
	got := run(t, saturday, "regions.yaml", "weekend", "cron")
	want(t, got, 0)
	table := readCrontab(t, got.out, cronBackslashes["removes the backslash before a percent sign"])
	if len(table.entries) < 2 {
		t.Errorf("got one line:\n%s", got.out)
	}
	for _, pattern := range patterns {
		if strings.Count(got.out, pattern) != 1 {
			t.Errorf("%s does not occur once in\n%s", pattern, got.out)
		}
	}
	chdirDestroyFleet(t, filepath.Join(t.TempDir(), strings.Repeat("long/", 170)), "regions.yaml", "")
	want(t, run(t, saturday, "regions.yaml", "weekend", "cron"), 2, "a line of the crontab would exceed the 998 characters")
}
