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

// difference is the change of the first region's line, as everybody writes one.
const difference = `
@@ -3,5 +3,5 @@
 environment: dev
 defaults: {container: {image: a}} # all of them
 regions:
-  eu-west-1: {network: {cidr: 10.0.0.0/16}} # Ireland
+  eu-west-1: {weekend: {enabled: true, start_hour: 7}, network: {cidr: 10.0.0.0/16}} # Ireland
   us-east-1: {network: {cidr: 10.1.0.0/16}}
`

func TestWeekendEnableShowsTheDifferenceBeforeItAsks(t *testing.T) {
	t.Parallel()
	enable := []string{"weekend", "enable", "--region", "eu-west-1", "--start", "7"}
	cases := map[string]struct {
		more    []string
		status  int
		written bool
		says    string
	}{
		"nobody is asked": {nil, 2, false, "? This is not a terminal; pass --yes"},
		"a dry run":       {[]string{"--dry-run"}, 0, false, "nothing is written"},
		"a sure dry run":  {[]string{"--dry-run", "--yes"}, 0, false, "nothing is written"},
		"yes":             {[]string{"--yes"}, 0, true, "Nothing has changed in AWS yet. Deploy it:\n  MCPFLEET_CONFIG="},
	}
	for name, each := range cases {
		t.Run(name, func(t *testing.T) {
			file := fleetFile(t, editedFleet)
			got := run(t, saturday, file, append(enable, each.more...)...)
			want(t, got, each.status, "--- "+file+"\n+++ "+file+difference, each.says)
			if written := contents(t, file) != editedFleet; written != each.written {
				t.Errorf("the file is written: %v", written)
			}
		})
	}
}

func TestWeekendEnableDoesAsItIsTold(t *testing.T) {
	t.Parallel()
	for answer, written := range map[string]bool{"y\n": true, "n\n": false, "\n": false} {
		file := fleetFile(t, editedFleet)
		p := startTerminal(t, saturday, file, "weekend", "enable")
		p.waitFor("+defaults: {weekend: {enabled: true}, container: {image: a}} # all of them")
		p.waitFor("Write this to " + file + "? [y/N] ")
		p.send(answer)
		status := 1
		if written {
			status = 0
		}
		p.wantExit(status)
		if changed := contents(t, file) != editedFleet; changed != written {
			t.Errorf("%q: the file is written: %v", answer, changed)
		}
	}
}

func TestWeekendEnableDoesNotUndoWhatSomebodyWroteMeanwhile(t *testing.T) {
	t.Parallel()
	file := fleetFile(t, editedFleet)
	p := startTerminal(t, saturday, file, "weekend", "enable")
	p.waitFor("[y/N]")
	others := strings.Replace(editedFleet, "image: a", "image: b", 1)
	if err := os.WriteFile(file, []byte(others), 0o644); err != nil {
		t.Fatal(err)
	}
	p.send("y\n")
	p.waitFor("has been changed meanwhile, and is left as it is")
	p.wantExit(1)
	if contents(t, file) != others {
		t.Errorf("the file is\n%s", contents(t, file))
	}
}

func TestWeekendEnableTakesTheWindow(t *testing.T) {
	t.Parallel()
	file := fleetFile(t, editedFleet)
	want(t, run(t, saturday, file, "weekend", "enable", "--destroy-albs", "--days", "fri, sat", "--start", "20", "--end", "4", "--timezone", "Asia/Kathmandu", "--yes"), 0,
		"Only an apply brings a load balancer back. What has to run, and when:\n  mcpfleet weekend cron --config "+file)
	if got := contents(t, file); !strings.Contains(got, "\ndefaults: {weekend: {enabled: true, destroy_albs: true, days: [fri, sat], start_hour: 20, end_hour: 4, timezone: Asia/Kathmandu}, container: {image: a}} # all of them\n") {
		t.Errorf("got\n%s", got)
	}
	got := run(t, saturday, file, "weekend", "enable", "--end", "5", "--yes", "--json")
	want(t, got, 0, `"ok": true`, `"changed": true`, `"written": true`, `"difference": "diff `, "dev-eu-west-1")
	if !strings.HasPrefix(got.out, "{") || strings.Contains(got.out, "weekend cron") {
		t.Errorf("standard output is not JSON alone:\n%s", got.out)
	}
	want(t, run(t, saturday, file, "weekend", "enable", "--end", "5"), 0, "says so already")
	want(t, run(t, saturday, file, "weekend", "enable", "--destroy-albs=false", "--yes"), 0)
	if got := contents(t, file); !strings.Contains(got, "destroy_albs: false, days: [fri, sat], start_hour: 20, end_hour: 5,") {
		t.Errorf("got\n%s", got)
	}
}

func TestWeekendEnableRefusesWhatTheFleetFileRefuses(t *testing.T) {
	t.Parallel()
	for text, flags := range map[string][]string{
		"defaults.weekend.start_hour: 24 is ":                                         {"--start", "24"},
		"defaults.weekend.end_hour: 6 is start_hour too, so the window has no length": {"--end", "6"},
		`defaults.weekend.days[1]: "sunday" is not allowed; did you mean sun?`:        {"--days", "sat,sunday"},
		"defaults.weekend.days: names no day":                                         {"--days", ""},
		`defaults.weekend.timezone: "Europe/Londen" is not an IANA time zone`:         {"--timezone", "Europe/Londen"},
		"regions.us-east-1.weekend.start_hour: 24 is ":                                {"--start", "24", "--region", "us-east-1"},
		"--start": {"--start", "six"},
	} {
		file := fleetFile(t, editedFleet)
		want(t, run(t, saturday, file, append([]string{"weekend", "enable", "--yes"}, flags...)...), 2, text)
		if contents(t, file) != editedFleet {
			t.Errorf("%v: the file is written", flags)
		}
	}
}
