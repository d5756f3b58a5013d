package diagram

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/golden"
)

// shipped are the fleets of the repository, by name.
func shipped(t *testing.T) map[string]*config.Fleet {
	t.Helper()
	files, err := filepath.Glob("../examples/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	fleets := map[string]*config.Fleet{}
	for _, file := range append(files, "../regions.yaml") {
		fleet, _, err := config.Load(file)
		if err != nil {
			t.Fatal(err)
		}
		fleets[strings.TrimSuffix(filepath.Base(file), ".yaml")] = fleet
	}
	return fleets
}

func TestGoldens(t *testing.T) {
	fleets := shipped(t)
	var used []string
	for _, name := range []string{"regions", "weekend-destroy", "everything-off"} {
		for ending, draw := range map[string]func(*config.Fleet) string{"mmd": Mermaid, "svg": SVG} {
			file := filepath.Join("testdata", name+"."+ending)
			used = append(used, file)
			golden.Compare(t, file, []byte(draw(fleets[name])))
		}
	}
	golden.NoneBut(t, "testdata", used)
}

// TestTheREADMEsPicturesAreOfToday keeps what stands between the README's markers what the command draws.
func TestTheREADMEsPicturesAreOfToday(t *testing.T) {
	const file = "../README.md"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	readme := string(text)
	for _, name := range []string{"single-region", "weekend-destroy"} {
		begin, end := "<!-- diagram of examples/"+name+".yaml: begin -->\n```mermaid\n", "```\n<!-- diagram: end -->"
		before, rest, found := strings.Cut(readme, begin)
		_, after, closed := strings.Cut(rest, end)
		if !found || !closed {
			t.Fatalf("%s lacks %q", file, begin)
		}
		readme = before + begin + Mermaid(shipped(t)[name]) + end + after
	}
	golden.Compare(t, file, []byte(readme))
}

func TestEveryFleetIsDrawnWhole(t *testing.T) {
	for name, fleet := range shipped(t) {
		for format, text := range map[string]string{"mermaid": Mermaid(fleet), "svg": SVG(fleet), "html": HTML(fleet)} {
			for _, region := range fleet.Regions {
				wanted := []string{region.Name, region.Network.CIDR.String(), region.WeekInWords(), region.CustomDomain()}
				for _, subnet := range region.Subnets {
					wanted = append(wanted, region.Name+subnet.Zone, subnet.CIDR.String())
				}
				for _, part := range wanted {
					if !strings.Contains(text, part) {
						t.Errorf("%s, %s: %q is not in it", name, format, part)
					}
				}
			}
		}
	}
}

func TestDrawingsAreWellFormed(t *testing.T) {
	for name, fleet := range shipped(t) {
		decoder := xml.NewDecoder(strings.NewReader(SVG(fleet)))
		for {
			if _, err := decoder.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
	}
}

func TestALabelIsTextToMermaid(t *testing.T) {
	cases := map[string]string{
		`plain`:              `"plain"`,
		`"quoted" #1`:        `"#quot;quoted#quot; #35;1"`,
		`<b>`:                `"#lt;b#gt;"`,
		"end] --> x{a}|b|`c": "\"end] --#gt; x{a}|b|#96;c\"",
	}
	for text, want := range cases {
		if got := label(text); got != want {
			t.Errorf("%s is %s, not %s", text, got, want)
		}
	}
	if got := label("a", "b"); got != `"a<br/>b"` {
		t.Errorf("two lines are %s", got)
	}
}

func TestTasksAreSpreadOverZones(t *testing.T) {
	fleet, _, err := config.Parse("regions.yaml", []byte(`project: a
environment: dev
defaults: {container: {image: a/b}, service: {desired_count: 14}}
regions: {eu-west-1: {network: {cidr: 10.0.0.0/16}}}
`))
	if err != nil {
		t.Fatal(err)
	}
	drawn := newSheet(fleet).Rows[0].Boxes
	for i, want := range []int{5, 5, 4} {
		if drawn[i].Tasks != want || len(drawn[i].Dots)+drawn[i].More != want {
			t.Errorf("zone %d has %d tasks, %d dots and %d more, not %d", i, drawn[i].Tasks, len(drawn[i].Dots), drawn[i].More, want)
		}
	}
}
