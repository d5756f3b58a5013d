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

// percents are how crons read a command's backslashes. All end it at a percent sign without one.
var percents = map[string]*strings.Replacer{
	"takes the backslash of a percent sign":               strings.NewReplacer(`\%`, `%`),
	"takes that of a backslash too":                       strings.NewReplacer(`\%`, `%`, `\\`, `\`),
	"leaves the backslash of a percent sign to the shell": strings.NewReplacer(),
}

// crontab is what a cron reads.
type crontab struct {
	environment []string
	entries     []cronEntry
}

type cronEntry struct {
	minutes []int // of every hour
	command string
}

// readCrontab reads what the tests' crontabs have, as crontab(5) has it.
func readCrontab(t *testing.T, text string, backslashes *strings.Replacer) (table crontab) {
	t.Helper()
	if !strings.HasSuffix(text, "\n") {
		t.Error("the last line has no end, and cron refuses the file")
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
			if len(fields[5]) > mostOfCommand {
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
			t.Errorf("no cron reads %q", line)
		}
	}
	return table
}

// commandOf is the part of a command that the shell gets.
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

// run runs a line's command at each of the times that date is to show, and answers what npx was told,
// where, and when.
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

// stampOf is what date shows at an instant, with %u.%m-%d.%H:%M.
func stampOf(at time.Time) string {
	at = at.UTC()
	return strconv.Itoa((int(at.Weekday())+6)%7+1) + "." + at.Format(stampLayout)
}

// TestTheCrontabIsRightOnAHostInAnyZone runs its lines as often as a cron does: an apply comes at every
// edge, once, through changes of the clocks on both sides, and with what starts late.
func TestTheCrontabIsRightOnAHostInAnyZone(t *testing.T) {
	from := time.Date(2027, 3, 25, 0, 0, 0, 0, time.UTC) // London's clocks change on the 28th
	until := from.AddDate(0, 0, 5)
	folder := t.TempDir()
	destroyed(t, folder, "regions.yaml", ", timezone: Europe/London, lead_minutes: 40, skip: [2027-03-27], extra: [2027-03-29]")
	got := run(t, from, "regions.yaml", "weekend", "cron")
	want(t, got, 0)
	table := readCrontab(t, got.out, percents["takes the backslash of a percent sign"])
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
		t.Fatalf("there are only the edges %v", edges)
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
				t.Errorf("line %d in %s: - UTC, + there\n%s", i, name, difference)
			}
		}
		for _, late := range []time.Duration{0, 4 * time.Minute} {
			var stamps []string
			for _, at := range fires["UTC"] {
				stamps = append(stamps, stampOf(at.Add(late)))
			}
			ran := table.run(t, entry, filepath.Join(folder, "weekend.log"), stamps...)
			for _, edge := range edges {
				at, err := time.Parse("2006"+stampLayout, "2027"+edge[2:])
				if err != nil {
					t.Fatal(err)
				}
				belongs := 0
				if slices.Contains(entry.minutes, at.Minute()) {
					belongs = 1
				}
				if found := strings.Count(ran, stampOf(at.Add(late))+"|"); found != belongs {
					t.Errorf("line %d, %s late: %d applies at the edge %s\n%s", i, late, found, edge, ran)
				}
			}
			if applies := strings.Count(ran, "\n"); applies > 3*len(edges) {
				t.Errorf("line %d, %s late: %d applies for %d edges\n%s", i, late, applies, len(edges), ran)
			}
		}
	}
}

// TestPathsArriveAsTheyAre whatever is in them, in every cron.
func TestPathsArriveAsTheyAre(t *testing.T) {
	names := []string{"plain", "with a space", "100%", "%", `it's`, `"quoted"`, "$HOME", "`id`", `back\slash`, `\%`, `%\`, `\\two`, `'\''`, "a;b&c|d", "#1", "grüße", "-x"}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			folder, file := filepath.Join(t.TempDir(), name), "environments/"+name+".yaml"
			destroyed(t, folder, file, "")
			got := run(t, saturday, file, "weekend", "cron", "--region", "eu-west-1")
			want(t, got, 0)
			for reads, backslashes := range percents {
				table := readCrontab(t, got.out, backslashes)
				ran := table.run(t, table.entries[0], filepath.Join(folder, "weekend.log"), "6.11-28.05:45", "6.11-28.05:50")
				if wanted := fmt.Sprintf("6.11-28.05:45|%s|%s|cdktf deploy --auto-approve dev-eu-west-1\n", folder, file); ran != wanted {
					t.Errorf("a cron that %s ran %q, not %q", reads, ran, wanted)
				}
			}
		})
	}
}

func TestCronRefusesALineBreakInAPath(t *testing.T) {
	t.Chdir(t.TempDir())
	broken := "two\nlines"
	if err := os.Mkdir(broken, 0o755); err != nil {
		t.Fatal(err)
	}
	file := fleetFile(t, fleetText("cron-c", "{enabled: true, destroy_albs: true}", oneRegion))
	t.Chdir(broken)
	want(t, run(t, saturday, file, "weekend", "cron"), 2, "a crontab has no way to write a line break")
}

func TestTheCrontabCarriesWhatAnApplyGoesBy(t *testing.T) {
	path := programs(t)
	t.Setenv("PATH", "/opt/else:"+path+"::/usr/bin")
	values := map[string]string{"AWS_PROFILE": "week ends", "AWS_CONFIG_FILE": `/srv/the "one"`, "AWS_SHARED_CREDENTIALS_FILE": `both ' and "`, "TERRAFORM_BINARY_NAME": "terraform"}
	for name, value := range values {
		t.Setenv(name, value)
	}
	t.Setenv("AWS_SECRET_ACCESS_KEY", "hush")
	destroyed(t, t.TempDir(), "regions.yaml", "")
	got := run(t, saturday, "regions.yaml", "weekend", "cron")
	want(t, got, 0, "AWS_SHARED_CREDENTIALS_FILE is left out")
	wanted := []string{"SHELL=/bin/sh", "PATH=" + path + ":/usr/bin:/usr/local/bin:/bin", "AWS_PROFILE=week ends", `AWS_CONFIG_FILE=/srv/the "one"`, "TERRAFORM_BINARY_NAME=terraform"}
	if difference := cmp.Diff(wanted, readCrontab(t, got.out, percents["takes that of a backslash too"]).environment); difference != "" {
		t.Errorf("- wanted, + got\n%s", difference)
	}
	if strings.Contains(got.out, "hush") {
		t.Error("a secret is in the crontab")
	}
}

// TestTheCrontabsLinesAreWhole as Debian's cron cuts off a longer one without a word.
func TestTheCrontabsLinesAreWhole(t *testing.T) {
	var extra, patterns []string
	for date := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC); date.Before(time.Date(2027, 2, 1, 0, 0, 0, 0, time.UTC)); date = date.AddDate(0, 0, 1) {
		if date.Weekday() != time.Saturday && date.Weekday() != time.Sunday {
			extra = append(extra, date.Format(time.DateOnly))
			patterns = append(patterns, date.Format("?.01-02.")+"06:0[0-4]")
		}
	}
	destroyed(t, t.TempDir(), "regions.yaml", ", extra: ["+strings.Join(extra, ", ")+"]")
	got := run(t, saturday, "regions.yaml", "weekend", "cron")
	want(t, got, 0)
	table := readCrontab(t, got.out, percents["takes the backslash of a percent sign"])
	if len(table.entries) < 2 {
		t.Errorf("there is one line:\n%s", got.out)
	}
	for _, pattern := range patterns {
		if strings.Count(got.out, pattern) != 1 {
			t.Errorf("%s is not once in\n%s", pattern, got.out)
		}
	}
	destroyed(t, filepath.Join(t.TempDir(), strings.Repeat("long/", 170)), "regions.yaml", "")
	want(t, run(t, saturday, "regions.yaml", "weekend", "cron"), 2, "the crontab's line would have more than the 998 characters")
}
