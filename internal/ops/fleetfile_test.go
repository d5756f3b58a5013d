package ops

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const fleetHead = "project: a\nenvironment: dev\n"

func TestEditWeekendChangesWhatItHasToAndNothingElse(t *testing.T) {
	on, destroy := Weekend{Enabled: true}, Weekend{Enabled: true, DestroyALBs: true}
	const image, cidr = "container: {image: a}", "network: {cidr: 10.0.0.0/16}"
	cases := map[string]struct {
		text    string
		regions []string
		weekend Weekend
		want    string
	}{
		"a flow map": {
			"defaults: {" + image + "} # all\nregions: {eu-west-1: {" + cidr + "}}\n", nil, on,
			"defaults: {weekend: {destroy_albs: false, enabled: true}, " + image + "} # all\nregions: {eu-west-1: {" + cidr + "}}\n",
		},
		"a block with comments": {
			"defaults:\n  # what runs\n  " + image + "\nregions:\n  eu-west-1: {" + cidr + "} # Ireland\n", nil, on,
			"defaults:\n  weekend: {destroy_albs: false, enabled: true}\n  # what runs\n  " + image + "\nregions:\n  eu-west-1: {" + cidr + "} # Ireland\n",
		},
		"values that are there": {
			"defaults:\n  " + image + "\n  weekend:\n    enabled: false # not yet\n    destroy_albs: false\nregions:\n  eu-west-1: {" + cidr + "}\n", nil, destroy,
			"defaults:\n  " + image + "\n  weekend:\n    enabled: true # not yet\n    destroy_albs: true\nregions:\n  eu-west-1: {" + cidr + "}\n",
		},
		"a region that overrides the defaults": {
			"defaults: {" + image + ", weekend: {enabled: false, destroy_albs: false}}\nregions:\n  eu-west-1: {" + cidr + ", weekend: {enabled: false}}\n", nil, on,
			"defaults: {" + image + ", weekend: {enabled: true, destroy_albs: false}}\nregions:\n  eu-west-1: {" + cidr + ", weekend: {enabled: true}}\n",
		},
		"one region of two": {
			"defaults: {" + image + "}\nregions:\n  eu-west-1:\n    # Ireland\n    " + cidr + "\n  us-east-1: {network: {cidr: 10.1.0.0/16}}\n", []string{"eu-west-1"}, on,
			"defaults: {" + image + "}\nregions:\n  eu-west-1:\n    weekend: {destroy_albs: false, enabled: true}\n    # Ireland\n    " + cidr + "\n  us-east-1: {network: {cidr: 10.1.0.0/16}}\n",
		},
		"a region without keys": {
			"defaults: {" + image + ", " + cidr + "}\nregions:\n  eu-west-1: # Ireland\n", []string{"eu-west-1"}, on,
			"defaults: {" + image + ", " + cidr + "}\nregions:\n  eu-west-1: {weekend: {destroy_albs: false, enabled: true}} # Ireland\n",
		},
		"letters of more than one byte": {
			"defaults: {container: {image: a, environment: {GREETING: \"grüß dich\"}}, weekend: {enabled: false}}\nregions: {eu-west-1: {" + cidr + "}}\n", nil, Weekend{Enabled: true},
			"defaults: {container: {image: a, environment: {GREETING: \"grüß dich\"}}, weekend: {destroy_albs: false, enabled: true}}\nregions: {eu-west-1: {" + cidr + "}}\n",
		},
		"no defaults": {
			"regions:\n  eu-west-1: {" + cidr + ", " + image + "}", nil, on,
			"regions:\n  eu-west-1: {" + cidr + ", " + image + "}\ndefaults: {weekend: {enabled: true}}\n",
		},
	}
	for name, each := range cases {
		t.Run(name, func(t *testing.T) {
			got, _, err := EditWeekend("regions.yaml", []byte(fleetHead+each.text), each.regions, each.weekend)
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != fleetHead+each.want && name != "no defaults" {
				t.Errorf("got\n%s", got)
			}
			windows := strings.ReplaceAll(fleetHead+each.text, "\n", "\r\n")
			got, _, err = EditWeekend("regions.yaml", []byte(windows), each.regions, each.weekend)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Count(string(got), "\n") != strings.Count(string(got), "\r\n") {
				t.Errorf("line ends are mixed:\n%q", got)
			}
		})
	}
}

func TestEditWeekendRefusesWhatWouldNotValidate(t *testing.T) {
	_, _, err := EditWeekend("regions.yaml", []byte(fleetHead+"regions: {}\n"), nil, Weekend{Enabled: true})
	if err == nil || !strings.Contains(err.Error(), "names no region") {
		t.Errorf("got %v", err)
	}
}

func TestWriteFileKeepsModeAndLinks(t *testing.T) {
	folder := t.TempDir()
	file, link := filepath.Join(folder, "real.yaml"), filepath.Join(folder, "link.yaml")
	if err := os.WriteFile(file, []byte("old"), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(file, link); err != nil {
		t.Fatal(err)
	}
	if err := WriteFile(link, []byte("new")); err != nil {
		t.Fatal(err)
	}
	text, _ := os.ReadFile(file)
	info, _ := os.Stat(file)
	entries, _ := os.ReadDir(folder)
	if string(text) != "new" || info.Mode().Perm() != 0o640 || len(entries) != 2 {
		t.Errorf("%s, %v, %d files", text, info.Mode(), len(entries))
	}
}

func TestWriteFileNamesTheFileThatWasAskedFor(t *testing.T) {
	file := filepath.Join(t.TempDir(), "nowhere", "regions.yaml")
	err := WriteFile(file, []byte("new"))
	if err == nil || err.Error() != "write "+file+": no such file or directory" || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

// FuzzEditWeekend holds that an edit either does what was asked for, which EditWeekend checks itself,
// or leaves the file alone; and that doing it twice is doing it once.
func FuzzEditWeekend(f *testing.F) {
	for _, file := range []string{"../../regions.yaml", "../../examples/weekend-destroy.yaml", "../../testdata/fleets/awkward.yaml"} {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text, true)
	}
	f.Fuzz(func(t *testing.T, text []byte, destroy bool) {
		weekend := Weekend{Enabled: true, DestroyALBs: destroy}
		once, _, err := EditWeekend("regions.yaml", text, nil, weekend)
		if err != nil {
			return
		}
		twice, _, err := EditWeekend("regions.yaml", once, nil, weekend)
		if err != nil || string(twice) != string(once) {
			t.Errorf("%v\n%s\n%s", err, once, twice)
		}
	})
}
