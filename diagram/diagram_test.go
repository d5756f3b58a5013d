package diagram

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/golden"
)

// repositoryFleets returns the fleets of the repository by name.
func repositoryFleets(t *testing.T) map[string]*config.Fleet {
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

// fleetOf returns a fleet with the given regions.
func fleetOf(t *testing.T, regions string) *config.Fleet {
	t.Helper()
	fleet, _, err := config.Parse("regions.yaml", []byte("project: a\nenvironment: dev\ndefaults: {container: {image: a/b}}\nregions:\n"+regions))
	if err != nil {
		t.Fatal(err)
	}
	return fleet
}

func TestGoldens(t *testing.T) {
	fleets := repositoryFleets(t)
	var used []string
	for _, name := range []string{"regions", "weekend-destroy", "everything-off", "endpoints"} {
		for ending, draw := range map[string]func(*config.Fleet) string{"mmd": Mermaid, "svg": SVG} {
			file := filepath.Join("testdata", name+"."+ending)
			used = append(used, file)
			golden.Compare(t, file, []byte(draw(fleets[name])))
		}
	}
	golden.NoStale(t, "testdata", used)
}

// TestREADMEDiagram compares the README's diagram of one region with what Mermaid returns.
func TestREADMEDiagram(t *testing.T) {
	const file, begin, end = "../README.md", "<!-- diagram of eu-west-1 in regions.yaml: begin -->\n```mermaid\n", "```\n<!-- diagram: end -->"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(text), begin)
	_, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatalf("%s lacks %q or %q", file, begin, end)
	}
	fleet := repositoryFleets(t)["regions"]
	fleet.Regions = fleet.Regions[:1]
	golden.Compare(t, file, []byte(before+begin+Mermaid(fleet)+end+after))
}

func TestDrawingsShowAllNames(t *testing.T) {
	for name, fleet := range repositoryFleets(t) {
		for format, text := range map[string]string{"mermaid": Mermaid(fleet), "svg": SVG(fleet), "html": HTML(fleet)} {
			for _, region := range fleet.Regions {
				wanted := []string{region.Name, region.WeekDescription(), region.CustomDomain(), region.Names.Service(), region.Names.Cluster(), region.Names.LogGroup()}
				if existing := region.Network.Existing; region.HasExistingVPC() {
					wanted = append(append(wanted, "existing VPC", existing.VPCID), existing.TaskSubnets...)
				} else {
					wanted = append(wanted, region.Network.CIDR.String())
				}
				for _, subnet := range region.Subnets {
					wanted = append(wanted, region.Name+subnet.Zone, subnet.CIDR.String())
				}
				for _, subnet := range region.PrivateSubnets {
					wanted = append(wanted, subnet.CIDR.String())
				}
				for _, zone := range region.NATZones() {
					wanted = append(wanted, region.Names.NATGateway(zone))
				}
				wanted = append(wanted, region.InterfaceEndpoints()...)
				if region.Discovery.Enabled {
					wanted = append(wanted, region.Names.DiscoveryService(), region.Names.Namespace())
				}
				if region.HTTPS() && region.LoadBalancer.HTTPS.CertificateARN == "" {
					wanted = append(wanted, region.Names.Certificate())
				}
				if region.Network.FlowLogs.Enabled {
					wanted = append(wanted, region.Names.FlowLogGroup())
				}
				if region.WAF.Enabled {
					wanted = append(wanted, region.Names.WebACL())
				}
				if len(region.OwnVolumes()) > 0 {
					wanted = append(wanted, region.Names.FileSystem())
				}
				for name, volume := range region.Volumes {
					wanted = append(wanted, name+" at "+volume.Path)
				}
				if len(region.Container.Secrets) > 0 {
					wanted = append(wanted, region.Names.Secret())
				}
				for _, date := range append(region.Weekend.Skip, region.Weekend.Extra...) {
					if region.Weekend.Active {
						wanted = append(wanted, date)
					}
				}
				checkParts(t, name+", "+format, text, wanted, nil)
			}
		}
	}
}

// checkParts checks which parts a picture has. The label says which picture it is.
func checkParts(t *testing.T, label, picture string, shown, unwanted []string) {
	t.Helper()
	for _, part := range shown {
		if !strings.Contains(picture, part) {
			t.Errorf("%s: %q is missing", label, part)
		}
	}
	for _, part := range unwanted {
		if strings.Contains(picture, part) {
			t.Errorf("%s: got %q", label, part)
		}
	}
}

// protected is a region with everything that a request can pass on its way to the tasks.
const protected = `  eu-west-1:
    network: {cidr: 10.0.0.0/16}
    dns: {enabled: true, zone: example.com, name: mcp, regional: true}
    waf: {enabled: true, rate_limit: 500}
    access: {cidrs: [203.0.113.0/24], paths: [/mcp, /health, /a, /b, /c]}
    weekend: {enabled: true, destroy_albs: true}
`

func TestDrawingsShowWhatRequestsPass(t *testing.T) {
	const ownCertificate = "12345678-90ab-cdef-1234-567890abcdef"
	cases := map[string]struct {
		regions         string
		shown, unwanted []string
	}{
		"everything": {
			protected,
			[]string{
				"a-dev-eu-west-1-waf", "at most 500 requests per 5 minutes per address", "HTTPS 443", "//mcp.example.com", "//eu-west-1.mcp.example.com",
				"for clients in 203.0.113.0/24", "port 80 redirects to port 443", "forwards only /mcp, /health, /a, and 2 more",
				"a-dev-eu-west-1-cert", "validated in zone example.com",
			},
			nil,
		},
		"own certificate": {
			"  eu-west-1: {network: {cidr: 10.0.0.0/16}, load_balancer: {https: {certificate_arn: \"arn:aws:acm:eu-west-1:123456789012:certificate/" + ownCertificate + "\"}}}\n",
			[]string{"HTTPS 443", "port 80 redirects to port 443", ownCertificate, "not from this stack"},
			[]string{"-cert", "-waf", "forwards only", "for clients"},
		},
		"volumes": {
			"  eu-west-1: {network: {cidr: 10.0.0.0/16}, volumes: {data: {path: /data}, models: {path: /models, existing: {file_system_id: fs-01234567, access_point_id: fsap-01234567}}}}\n",
			[]string{"a-dev-eu-west-1-efs", "data at /data", "fs-01234567", "models at /models, not from this stack"},
			nil,
		},
		"no HTTPS": {
			"  eu-west-1: {network: {cidr: 10.0.0.0/16}, load_balancer: {port: 8080, https: false}, dns: {enabled: true, zone: example.com, name: mcp}}\n",
			[]string{"HTTP 8080", "//mcp.example.com:8080"},
			[]string{"HTTPS", "redirects", "eu-west-1.mcp", "certificate"},
		},
	}
	for name, test := range cases {
		fleet := fleetOf(t, test.regions)
		for format, text := range map[string]string{"mermaid": Mermaid(fleet), "svg": SVG(fleet), "html": HTML(fleet)} {
			checkParts(t, name+", "+format, text, test.shown, test.unwanted)
		}
	}
}

// TestPrivateTasksHaveAnExit checks where it is, and that it is gone while the region is asleep in destroy mode.
func TestPrivateTasksHaveAnExit(t *testing.T) {
	const image = `container: {image: "123456789012.dkr.ecr.eu-west-1.amazonaws.com/server:1"}, `
	for name, test := range map[string]struct {
		settings        string
		shown, unwanted []string
		class, edge     string
	}{
		"public": {"", nil, []string{"NAT gateway", "VPC endpoints", "public subnets", "r1_egress"}, "", ""},
		"one NAT gateway": {
			"network: {cidr: 10.0.0.0/16, mode: private}",
			[]string{"NAT gateway", "a-dev-eu-west-1-nat-a", "to the internet", "public subnets"}, []string{"NAT gateways", "-nat-b", "destroyed while asleep"}, "edge", "r1_tasks --> r1_egress[",
		},
		"one in each zone": {
			"network: {cidr: 10.0.0.0/16, mode: private, nat: per_zone}", []string{"NAT gateways", "a-dev-eu-west-1-nat-c"}, nil, "edge", "r1_tasks --> r1_egress[",
		},
		"endpoints": {
			"network: {cidr: 10.0.0.0/16, mode: endpoints}, weekend: {enabled: true, destroy_albs: true}, load_balancer: {enabled: false}",
			[]string{"VPC endpoints", "ecr.api, ecr.dkr, logs, s3", "to AWS only", "destroyed while asleep"}, []string{"NAT", "secretsmanager"}, "edge destroyed-asleep", "r1_tasks -.-> r1_egress[",
		},
	} {
		settings := test.settings
		if settings == "" {
			settings = "network: {cidr: 10.0.0.0/16}"
		}
		fleet := fleetOf(t, "  eu-west-1: {"+image+settings+"}\n")
		for format, text := range map[string]string{"mermaid": Mermaid(fleet), "svg": SVG(fleet)} {
			checkParts(t, name+", "+format, text, test.shown, test.unwanted)
		}
		if !strings.Contains(Mermaid(fleet), test.edge) {
			t.Errorf("%s: no %q", name, test.edge)
		}
		one := newCard(newPicture(fleet).Regions[0])
		if (one.Exit == nil) != (test.class == "") {
			t.Fatalf("%s: the exit is %v", name, one.Exit)
		}
		if one.Exit != nil && (one.Exit.Class != test.class || one.Exit.Y < one.Boxes[2].Y+zoneHeight || one.Facts[0].Y < one.Exit.Bottom()) {
			t.Errorf("%s: %+v, after the zones at %d and before the facts at %d", name, one.Exit, one.Boxes[2].Y, one.Facts[0].Y)
		}
	}
}

func TestDrawingsNameARMWithTheSizeOfTheTasks(t *testing.T) {
	fleet := fleetOf(t, "  eu-west-1: {network: {cidr: 10.0.0.0/16}, container: {architecture: arm64}}\n  us-east-1: {network: {cidr: 10.1.0.0/16}}\n")
	for format, text := range map[string]string{"mermaid": Mermaid(fleet), "svg": SVG(fleet)} {
		if strings.Count(text, "2 tasks of 1 vCPU and 3 GB on ARM") != 1 || strings.Count(text, "2 tasks of 1 vCPU and 3 GB") != 2 {
			t.Errorf("%s:\n%s", format, text)
		}
	}
}

// TestRequestsPassTheWebACLFirst checks where the connectors lead. The web ACL stays while its load balancer is
// destroyed.
func TestRequestsPassTheWebACLFirst(t *testing.T) {
	fleet := fleetOf(t, protected)
	for _, line := range []string{"\n  dns1 -.-> r1_waf\n", "\n    r1_waf[", "] -.-> r1_alb\n", "\n    r1_alb["} {
		if text := Mermaid(fleet); strings.Count(text, line) != 1 {
			t.Errorf("%q is not in\n%s", line, text)
		}
	}
	drawing := newLayout(newPicture(fleet), 1)
	drawing.place(margin, 1)
	one := drawing.Cards[0]
	if len(one.Hops) != 2 || one.Hops[0].Class != "edge" || one.Hops[1].Class != "edge destroyed-asleep" {
		t.Fatalf("got %+v", one.Hops)
	}
	if one.Hops[1].Y <= one.Hops[0].Bottom() || one.Boxes[0].Y <= one.Hops[1].Bottom() {
		t.Errorf("parts overlap: %+v, zones from %d", one.Hops, one.Boxes[0].Y)
	}
	end := fmt.Sprintf("M%d %dl", one.X+inset, one.Y+one.Hops[0].Middle())
	if !slices.ContainsFunc(drawing.Connectors, func(each path) bool { return strings.HasPrefix(each.Line, end) }) {
		t.Errorf("no arrow ends at %s", end)
	}
}

// TestDrawingsShowSidecars holds that each has a node of its own, and that the load balancer connects to the one in front.
func TestDrawingsShowSidecars(t *testing.T) {
	fleet := fleetOf(t, `  eu-west-1: {network: {cidr: 10.0.0.0/16}, container: {ingress: proxy, sidecars: [{name: proxy, image: quay.io/a/b:1, port: 4180}, {name: collector, image: c}]}}`)
	checkParts(t, "mermaid", Mermaid(fleet), []string{
		`"port 4180"| r1_tasks`, `r1_sidecar["sidecar<br/>proxy<br/>b:1, in front of the server"]`, `r1_sidecar2["sidecar<br/>collector<br/>c"]`,
	}, []string{"8001"})
	checkParts(t, "svg", SVG(fleet), []string{"4180", "proxy", "b:1, in front of the server", "collector"}, []string{"8001"})
}

func TestDrawingsAreDeterministic(t *testing.T) {
	first, second := repositoryFleets(t), repositoryFleets(t)
	for name := range first {
		for format, draw := range map[string]func(*config.Fleet) string{"mermaid": Mermaid, "svg": SVG, "html": HTML} {
			if draw(first[name]) != draw(second[name]) {
				t.Errorf("%s, %s: two drawings differ", name, format)
			}
		}
	}
}

// textsOf returns the texts of a well-formed XML document.
func textsOf(t *testing.T, document string) (texts []string) {
	t.Helper()
	decoder := xml.NewDecoder(strings.NewReader(document))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return texts
		}
		if err != nil {
			t.Fatal(err)
		}
		if text, ok := token.(xml.CharData); ok {
			texts = append(texts, string(text))
		}
	}
}

func TestDrawingsAreWellFormed(t *testing.T) {
	for name, fleet := range repositoryFleets(t) {
		t.Run(name, func(t *testing.T) {
			textsOf(t, SVG(fleet))
			drawings := strings.Split(HTML(fleet), "<svg")[1:]
			for _, each := range drawings {
				drawing, _, _ := strings.Cut(each, "</svg>")
				textsOf(t, "<svg"+drawing+"</svg>")
			}
			if len(drawings) == 0 {
				t.Error("the page has no drawing")
			}
		})
	}
}

// TestTextIsEscaped uses a project name that the validation of a fleet file would reject.
func TestTextIsEscaped(t *testing.T) {
	const hostile = `</text><script>alert("1 & 2")</script>`
	fleet := fleetOf(t, "  eu-west-1: {network: {cidr: 10.0.0.0/16}}\n")
	fleet.Project = hostile
	if texts := textsOf(t, SVG(fleet)); !strings.Contains(strings.Join(texts, " "), "</text><script>alert(") {
		t.Errorf("the texts of the drawing are %q", texts)
	}
	if page := HTML(fleet); strings.Contains(page, "<script") {
		t.Error("the page has a script")
	}
}

func TestMermaidLabelsAreEscaped(t *testing.T) {
	cases := map[string]string{
		`eu-west-1, 10.0.0.0/16`: `eu-west-1, 10.0.0.0/16`,
		`FMP_API_KEY`:            `FMP_API_KEY`,
		`_slanted_ **bold**`:     `#95;slanted#95; #42;#42;bold#42;#42;`,
		`"quoted" #1`:            `#34;quoted#34; #35;1`,
		`<b>&lt;`:                `#60;b#62;#38;lt;`,
		"end] --> x{a}|b|`c":     "end#93; --#62; x#123;a#125;#124;b#124;#96;c",
		`%%{init: {}}%%`:         `#37;#37;#123;init: #123;#125;#125;#37;#37;`,
		"two\nlines":             "two#10;lines",
		"https://example.com":    "https#58;//example.com",
		"www.example.com":        "www#46;example.com",
	}
	for text, want := range cases {
		if got := quote(text); got != `"`+want+`"` {
			t.Errorf("quote(%s) = %s, want %s", text, got, want)
		}
	}
	if got := quote("a", "b"); got != `"a<br/>b"` {
		t.Errorf("two lines: %s", got)
	}
}

func TestTasksAreSpreadOverZones(t *testing.T) {
	fleet := fleetOf(t, "  eu-west-1: {network: {cidr: 10.0.0.0/16}, service: {desired_count: 17}}\n")
	boxes := newCard(newPicture(fleet).Regions[0]).Boxes
	for i, want := range []struct {
		tasks, squares int
		more           string
	}{{6, 3, "+3"}, {6, 3, "+3"}, {5, 5, ""}} {
		box := boxes[i]
		if box.Tasks != want.tasks || len(box.Squares) != want.squares || box.More.Text != want.more {
			t.Errorf("zone %d has %d tasks, %d squares and %q, want %v", i, box.Tasks, len(box.Squares), box.More.Text, want)
		}
	}
}

func TestShortImage(t *testing.T) {
	digest := "@sha256:" + strings.Repeat("0123456789abcdef", 4)
	for image, want := range map[string]string{
		"nginx":                            "nginx",
		"ghcr.io/cdtait/server:1.4.0":      "server:1.4.0",
		"localhost:5000/server" + digest:   "server@sha256:0123456789ab…",
		"ghcr.io/cdtait/server:1" + digest: "server:1@sha256:0123456789ab…",
	} {
		if got := shortImage(image); got != want {
			t.Errorf("shortImage(%s) = %s, want %s", image, got, want)
		}
	}
}

func TestCardsDoNotOverlap(t *testing.T) {
	for regions, columns := range map[int]int{0: 1, 1: 1, 2: 2, 3: 2, 4: 2, 5: 3, 34: 3} {
		if got := gridColumns(regions); got != columns {
			t.Errorf("gridColumns(%d) = %d, want %d", regions, got, columns)
		}
	}
	drawing := newLayout(newPicture(repositoryFleets(t)["all-regions"]), 3)
	drawing.place(margin, 3)
	for i, one := range drawing.Cards {
		if one.X+cardWidth > drawing.Width || one.Y+one.Height > drawing.Height {
			t.Errorf("%s exceeds the picture", one.Name)
		}
		for _, other := range drawing.Cards[i+1:] {
			if one.X < other.X+cardWidth && other.X < one.X+cardWidth && one.Y < other.Y+other.Height && other.Y < one.Y+one.Height {
				t.Errorf("%s and %s overlap", one.Name, other.Name)
			}
		}
	}
}

func TestDrawingsNameTheTasksOnSpot(t *testing.T) {
	fleet := fleetOf(t, "  eu-west-1: {network: {cidr: 10.0.0.0/16}, service: {capacity: spot}}\n  us-east-1: {network: {cidr: 10.1.0.0/16}, service: {desired_count: 6, capacity: {base: 1, spot_weight: 3}}}\n")
	for format, each := range map[string]struct {
		text string
		want []string
	}{
		"mermaid": {Mermaid(fleet), []string{"2 tasks of 1 vCPU and 3 GB, on Spot", "6 tasks of 1 vCPU and 3 GB, 3 on Spot"}},
		"svg":     {SVG(fleet), []string{">on Spot, ", ">3 on Spot, "}},
	} {
		for _, tasks := range each.want {
			if !strings.Contains(each.text, tasks) {
				t.Errorf("%s: %q is missing in\n%s", format, tasks, each.text)
			}
		}
	}
}
