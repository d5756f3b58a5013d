package ops

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/cdtait/mcpfleet/config"
)

const fleetHead = "project: a\nenvironment: dev\n"

func TestEditWeekendChangesNothingElse(t *testing.T) {
	on, destroy, keep := Weekend{Enabled: true}, Weekend{Enabled: true, DestroyALBs: new(true)}, Weekend{Enabled: true, DestroyALBs: new(false)}
	window := Weekend{Enabled: true, Days: []string{"fri", "sat"}, StartHour: new(7), EndHour: new(24), Timezone: new("Europe/London")}
	const image, cidr = "container: {image: a}", "network: {cidr: 10.0.0.0/16}"
	cases := map[string]struct {
		text    string
		regions []string
		weekend Weekend
		want    string
	}{
		"a flow map": {
			"defaults: {" + image + "} # all\nregions: {eu-west-1: {" + cidr + "}}\n", nil, keep,
			"defaults: {weekend: {enabled: true, destroy_albs: false}, " + image + "} # all\nregions: {eu-west-1: {" + cidr + "}}\n",
		},
		"a block with comments": {
			"defaults:\n  # what runs\n  " + image + "\nregions:\n  eu-west-1: {" + cidr + "} # Ireland\n", nil, keep,
			"defaults:\n  weekend: {enabled: true, destroy_albs: false}\n  # what runs\n  " + image + "\nregions:\n  eu-west-1: {" + cidr + "} # Ireland\n",
		},
		"existing values": {
			"defaults:\n  " + image + "\n  weekend:\n    enabled: false # not yet\n    destroy_albs: false\nregions:\n  eu-west-1: {" + cidr + "}\n", nil, destroy,
			"defaults:\n  " + image + "\n  weekend:\n    enabled: true # not yet\n    destroy_albs: true\nregions:\n  eu-west-1: {" + cidr + "}\n",
		},
		"a region that overrides the defaults": {
			"defaults: {" + image + ", weekend: {enabled: false, destroy_albs: false}}\nregions:\n  eu-west-1: {" + cidr + ", weekend: {enabled: false}}\n", nil, on,
			"defaults: {" + image + ", weekend: {enabled: true, destroy_albs: false}}\nregions:\n  eu-west-1: {" + cidr + ", weekend: {enabled: true}}\n",
		},
		"one region of two": {
			"defaults: {" + image + "}\nregions:\n  eu-west-1:\n    # Ireland\n    " + cidr + "\n  us-east-1: {network: {cidr: 10.1.0.0/16}}\n", []string{"eu-west-1"}, keep,
			"defaults: {" + image + "}\nregions:\n  eu-west-1:\n    weekend: {enabled: true, destroy_albs: false}\n    # Ireland\n    " + cidr + "\n  us-east-1: {network: {cidr: 10.1.0.0/16}}\n",
		},
		"a region without keys": {
			"defaults: {" + image + ", " + cidr + "}\nregions:\n  eu-west-1: # Ireland\n", []string{"eu-west-1"}, keep,
			"defaults: {" + image + ", " + cidr + "}\nregions:\n  eu-west-1: {weekend: {enabled: true, destroy_albs: false}} # Ireland\n",
		},
		"multibyte characters": {
			"defaults: {container: {image: a, environment: {GREETING: \"grüß dich\"}}, weekend: {enabled: false}}\nregions: {eu-west-1: {" + cidr + "}}\n", nil, keep,
			"defaults: {container: {image: a, environment: {GREETING: \"grüß dich\"}}, weekend: {destroy_albs: false, enabled: true}}\nregions: {eu-west-1: {" + cidr + "}}\n",
		},
		"other settings": {
			"defaults: {" + image + ", weekend: {destroy_albs: true}}\nregions: {eu-west-1: {" + cidr + "}}\n", nil, on,
			"defaults: {" + image + ", weekend: {enabled: true, destroy_albs: true}}\nregions: {eu-west-1: {" + cidr + "}}\n",
		},
		"a window": {
			"defaults: {" + image + "}\nregions: {eu-west-1: {" + cidr + "}}\n", nil, window,
			"defaults: {weekend: {enabled: true, days: [fri, sat], start_hour: 7, end_hour: 24, timezone: Europe/London}, " + image + "}\nregions: {eu-west-1: {" + cidr + "}}\n",
		},
		"an existing window": {
			"defaults:\n  " + image + "\n  weekend:\n    days:\n      - sat\n      - 'sun'\n    # early\n    start_hour: 6 # o'clock\n    end_hour: 22\n    timezone: \"Etc/UTC\" # everywhere\nregions:\n  eu-west-1: {" + cidr + ", weekend: {days: [ \"mon\" ], timezone: 'UTC'}}\n", nil, window,
			"defaults:\n  " + image + "\n  weekend:\n    enabled: true\n    days: [fri, sat]\n    # early\n    start_hour: 7 # o'clock\n    end_hour: 24\n    timezone: Europe/London # everywhere\nregions:\n  eu-west-1: {" + cidr + ", weekend: {days: [fri, sat], timezone: Europe/London}}\n",
		},
		"an unchanged window": {
			"defaults:\n  " + image + "\n  weekend:\n    enabled: true\n    days: # the weekend\n      - fri # from noon\n      - sat\n    timezone: \"Europe/London\"\nregions:\n  eu-west-1: {" + cidr + "}\n", nil, Weekend{Enabled: true, Days: []string{"fri", "sat"}, Timezone: new("Europe/London")},
			"defaults:\n  " + image + "\n  weekend:\n    enabled: true\n    days: # the weekend\n      - fri # from noon\n      - sat\n    timezone: \"Europe/London\"\nregions:\n  eu-west-1: {" + cidr + "}\n",
		},
		"no defaults": {
			"regions:\n  eu-west-1: {" + cidr + ", " + image + "}", nil, on,
			"regions:\n  eu-west-1: {" + cidr + ", " + image + "}\ndefaults: {weekend: {enabled: true}}\n",
		},
	}
	for name, each := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := EditWeekend("regions.yaml", []byte(fleetHead+each.text), each.regions, each.weekend)
			if err != nil {
				t.Fatal(err)
			}
			if string(got.Text) != fleetHead+each.want && name != "no defaults" {
				t.Errorf("got\n%s", got.Text)
			}
			windows := strings.ReplaceAll(fleetHead+each.text, "\n", "\r\n")
			got, err = EditWeekend("regions.yaml", []byte(windows), each.regions, each.weekend)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Count(string(got.Text), "\n") != strings.Count(string(got.Text), "\r\n") {
				t.Errorf("mixed line endings:\n%q", got.Text)
			}
		})
	}
}

func TestEditWeekendRejectsInvalidResults(t *testing.T) {
	const fleet = fleetHead + "defaults: {container: {image: a}}\nregions: {eu-west-1: {network: {cidr: 10.0.0.0/16}}}\n"
	cases := map[string]struct {
		text    string
		weekend Weekend
		want    string
	}{
		"no region":   {fleetHead + "regions: {}\n", Weekend{Enabled: true}, "lists no region"},
		"an hour":     {fleet, Weekend{Enabled: true, StartHour: new(25)}, "regions.yaml: defaults.weekend.start_hour: 25 is "},
		"no length":   {fleet, Weekend{Enabled: true, StartHour: new(5), EndHour: new(5)}, "regions.yaml: defaults.weekend.end_hour: 5 equals start_hour"},
		"a day":       {fleet, Weekend{Enabled: true, Days: []string{"sat", "sunday"}}, `regions.yaml: defaults.weekend.days[1]: "sunday" is not allowed`},
		"no day":      {fleet, Weekend{Enabled: true, Days: []string{}}, "regions.yaml: defaults.weekend.days: lists no day"},
		"a zone":      {fleet, Weekend{Enabled: true, Timezone: new("Mars/Olympus")}, `regions.yaml: defaults.weekend.timezone: "Mars/Olympus" is not an IANA time zone`},
		"another key": {fleet, Weekend{Enabled: true, Timezone: new("UTC, active: false")}, `regions.yaml: defaults.weekend.timezone: "UTC, active: false" is not an IANA time zone`},
	}
	for name, each := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := EditWeekend("regions.yaml", []byte(each.text), nil, each.weekend)
			if problems, ok := errors.AsType[config.Problems](err); !ok || !strings.Contains(problems.Error(), each.want) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestEditWeekendFailsRatherThanDropComments(t *testing.T) {
	for _, days := range []string{"\n      - sat # the first\n      - sun\n", " [sat, # the first ]\n      sun]\n", " # both\n      - sat\n"} {
		text := fleetHead + "defaults:\n  container: {image: a}\n  weekend:\n    days:" + days + "regions: {eu-west-1: {network: {cidr: 10.0.0.0/16}}}\n"
		_, err := EditWeekend("regions.yaml", []byte(text), nil, Weekend{Enabled: true, Days: []string{"mon"}})
		if err == nil || err.Error() != "the file was not changed, because days has comments between its items; set defaults.weekend.days: [mon] yourself" {
			t.Errorf("%s: got %v", days, err)
		}
	}
}

// FuzzEditWeekend verifies that an edit is idempotent and preserves comments. EditWeekend itself verifies that
// the result has the requested settings.
func FuzzEditWeekend(f *testing.F) {
	for _, file := range []string{"../../regions.yaml", "../../examples/weekend-destroy.yaml", "../../testdata/fleets/awkward.yaml"} {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text, true, "sat", 6, 22, "Europe/London")
		f.Add(text, false, "mon", 0, 24, "Etc/GMT+1")
	}
	f.Fuzz(func(t *testing.T, text []byte, destroy bool, day string, start, end int, zone string) {
		weekend := Weekend{Enabled: true, DestroyALBs: &destroy, Days: []string{day}, StartHour: &start, EndHour: &end, Timezone: &zone}
		once, err := EditWeekend("regions.yaml", text, nil, weekend)
		if err != nil {
			return
		}
		twice, err := EditWeekend("regions.yaml", once.Text, nil, weekend)
		if err != nil || string(twice.Text) != string(once.Text) {
			t.Errorf("%v\n%s\n%s", err, once.Text, twice.Text)
		}
		if before, after := bytes.Count(text, []byte("#")), bytes.Count(once.Text, []byte("#")); before != after {
			t.Errorf("%d number signs became %d:\n%s\n%s", before, after, text, once.Text)
		}
	})
}
