package cli

import (
	"os"
	"strings"
	"testing"
)

const editedFleet = `# The fleet.
project: edit
environment: dev
defaults: {container: {image: a}} # all of them
regions:
  eu-west-1: {network: {cidr: 10.0.0.0/16}} # Ireland
  us-east-1: {network: {cidr: 10.1.0.0/16}}
`

func contents(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// difference is the unified diff of a change to the first region.
const difference = `
@@ -3,5 +3,5 @@
 environment: dev
 defaults: {container: {image: a}} # all of them
 regions:
-  eu-west-1: {network: {cidr: 10.0.0.0/16}} # Ireland
+  eu-west-1: {weekend: {enabled: true, start_hour: 7}, network: {cidr: 10.0.0.0/16}} # Ireland
   us-east-1: {network: {cidr: 10.1.0.0/16}}
`

func TestWeekendEnableShowsDiffBeforeConfirmation(t *testing.T) {
	t.Parallel()
	enable := []string{"weekend", "enable", "--region", "eu-west-1", "--start", "7"}
	cases := map[string]struct {
		flags   []string
		status  int
		written bool
		message string
	}{
		"no terminal":      {nil, 2, false, "? This is not a terminal; pass --yes"},
		"dry run":          {[]string{"--dry-run"}, 0, false, "dry run: nothing was written"},
		"dry run with yes": {[]string{"--dry-run", "--yes"}, 0, false, "dry run: nothing was written"},
		"yes":              {[]string{"--yes"}, 0, true, "Nothing has changed in AWS yet. To deploy the change:\n  MCPFLEET_CONFIG="},
	}
	for name, each := range cases {
		t.Run(name, func(t *testing.T) {
			file := fleetFile(t, editedFleet)
			got := run(t, saturday, file, append(enable, each.flags...)...)
			want(t, got, each.status, "--- "+file+"\n+++ "+file+difference, each.message)
			if written := contents(t, file) != editedFleet; written != each.written {
				t.Errorf("the file was written: %v", written)
			}
		})
	}
}

func TestWeekendEnableAsksForConfirmation(t *testing.T) {
	t.Parallel()
	for answer, written := range map[string]bool{"y\n": true, "n\n": false, "\n": false} {
		file := fleetFile(t, editedFleet)
		terminal := startTerminal(t, saturday, file, "weekend", "enable")
		terminal.waitFor("+defaults: {weekend: {enabled: true}, container: {image: a}} # all of them")
		terminal.waitFor("Write this to " + file + "? [y/N] ")
		terminal.send(answer)
		status := 1
		if written {
			status = 0
		}
		terminal.wantExit(status)
		if changed := contents(t, file) != editedFleet; changed != written {
			t.Errorf("%q: the file was written: %v", answer, changed)
		}
	}
}

func TestWeekendEnableDoesNotOverwriteConcurrentChange(t *testing.T) {
	t.Parallel()
	file := fleetFile(t, editedFleet)
	terminal := startTerminal(t, saturday, file, "weekend", "enable")
	terminal.waitFor("[y/N]")
	changed := strings.Replace(editedFleet, "image: a", "image: b", 1)
	if err := os.WriteFile(file, []byte(changed), 0o644); err != nil {
		t.Fatal(err)
	}
	terminal.send("y\n")
	terminal.waitFor("was changed in the meantime and has not been overwritten")
	terminal.wantExit(1)
	if contents(t, file) != changed {
		t.Errorf("the file is\n%s", contents(t, file))
	}
}

func TestWeekendEnableSetsTheWindow(t *testing.T) {
	t.Parallel()
	file := fleetFile(t, editedFleet)
	want(t, run(t, saturday, file, "weekend", "enable", "--destroy-albs", "--days", "fri, sat", "--start", "20", "--end", "4", "--timezone", "Asia/Kathmandu", "--yes"), 0,
		"Only an apply creates a load balancer again. To print the applies to schedule:\n  mcpfleet weekend cron --config "+file)
	if got := contents(t, file); !strings.Contains(got, "\ndefaults: {weekend: {enabled: true, destroy_albs: true, days: [fri, sat], start_hour: 20, end_hour: 4, timezone: Asia/Kathmandu}, container: {image: a}} # all of them\n") {
		t.Errorf("got\n%s", got)
	}
	got := run(t, saturday, file, "weekend", "enable", "--end", "5", "--yes", "--json")
	want(t, got, 0, `"ok": true`, `"changed": true`, `"written": true`, `"difference": "diff `, "dev-eu-west-1")
	if !strings.HasPrefix(got.out, "{") || strings.Contains(got.out, "weekend cron") {
		t.Errorf("standard output is not only JSON:\n%s", got.out)
	}
	want(t, run(t, saturday, file, "weekend", "enable", "--end", "5"), 0, "already has these settings")
	want(t, run(t, saturday, file, "weekend", "enable", "--destroy-albs=false", "--yes"), 0)
	if got := contents(t, file); !strings.Contains(got, "destroy_albs: false, days: [fri, sat], start_hour: 20, end_hour: 5,") {
		t.Errorf("got\n%s", got)
	}
}

func TestWeekendEnableValidatesTheFleetFile(t *testing.T) {
	t.Parallel()
	for text, flags := range map[string][]string{
		"defaults.weekend.start_hour: 24 is ":                                         {"--start", "24"},
		"defaults.weekend.end_hour: 6 equals start_hour, so the window has no length": {"--end", "6"},
		`defaults.weekend.days[1]: "sunday" is not allowed; did you mean sun?`:        {"--days", "sat,sunday"},
		"defaults.weekend.days: lists no day":                                         {"--days", ""},
		`defaults.weekend.timezone: "Europe/Londen" is not an IANA time zone`:         {"--timezone", "Europe/Londen"},
		"regions.us-east-1.weekend.start_hour: 24 is ":                                {"--start", "24", "--region", "us-east-1"},
		"--start": {"--start", "six"},
	} {
		file := fleetFile(t, editedFleet)
		want(t, run(t, saturday, file, append([]string{"weekend", "enable", "--yes"}, flags...)...), 2, text)
		if contents(t, file) != editedFleet {
			t.Errorf("%v: the file was written", flags)
		}
	}
}
