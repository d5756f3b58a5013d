package diagram

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/text"
)

// flowchart builds the text of a Mermaid flowchart.
type flowchart struct{ strings.Builder }

func (f *flowchart) line(format string, arguments ...any) {
	_, _ = fmt.Fprintf(f, format+"\n", arguments...)
}

// wrappingWidth leaves most names on one line.
const wrappingWidth = 400

// Mermaid returns the fleet as a Mermaid flowchart, which GitHub and GitLab render in Markdown.
func Mermaid(fleet *config.Fleet) string {
	pic := newPicture(fleet)
	var chart flowchart
	chart.line(`%%%%{init: {"flowchart": {"wrappingWidth": %d}}}%%%%`, wrappingWidth)
	chart.line("flowchart LR")
	chart.line("  internet((%s))", pic.Source())
	for i, domain := range pic.Domains {
		chart.line("  internet --> dns%d[%s]", i+1, quote(domain, "Route 53, nearest healthy region"))
	}
	for i, each := range pic.Regions {
		if each.Domain == "" && !pic.isDirect(each) {
			chart.line("  internet ~~~ r%d_tasks", i+1)
			continue
		}
		chart.line("  %s %s r%d_%s", entryNode(pic.Domains, each), each.arrow(), i+1, each.firstNode())
	}
	for i, each := range slices.Backward(pic.Regions) { // Mermaid draws the last one at the top
		chart.region(fmt.Sprintf("r%d", i+1), each)
	}
	return chart.String()
}

// entryNode returns the node that leads to a region.
func entryNode(domains []string, to region) string {
	if at := slices.Index(domains, to.Domain); at >= 0 {
		return fmt.Sprintf("dns%d", at+1)
	}
	return "internet"
}

// arrow returns a dashed arrow for a load balancer that is destroyed while asleep.
func (r region) arrow() string {
	if r.DestroyedAsleep {
		return "-.->"
	}
	return "-->"
}

// firstNode returns the node that requests reach first.
func (r region) firstNode() string {
	if r.WebACL != "" {
		return "waf"
	}
	return "alb"
}

// region adds a region whose node names start with id. Titles have one line, because Mermaid draws over a
// second one.
func (f *flowchart) region(id string, r region) {
	f.line("  subgraph %s[%s]", id, quote(r.Name+", "+r.Network()))
	f.line("    direction LR")
	f.line("    subgraph %s_tasks[%s]", id, quote(text.JoinNonEmpty(", ", r.Tasks, r.Spot)))
	f.line("      direction LR")
	for i, each := range r.Zones {
		f.line("      %s_zone%d[%s]", id, i+1, quote(each.Name, each.CIDR, text.Count(each.Tasks, "task")))
	}
	f.line("    end")
	if r.WebACL != "" {
		f.line("    %s_waf[%s] %s %s_alb", id, quote("web ACL", r.WebACL, r.RateLimit), r.arrow(), id)
	}
	if r.Listener != "" {
		lines := slices.Concat([]string{"load balancer", r.Listener}, r.URLs, r.Limits)
		if r.DestroyedAsleep {
			lines = append(lines, "destroyed while asleep")
		}
		f.line("    %s_alb[%s] %s|%s| %s_tasks", id, quote(lines...), r.arrow(), quote(fmt.Sprintf("port %d", r.Port)), id)
	}
	if r.Egress != nil {
		f.egress(id, *r.Egress)
	}
	f.line("    %s_tasks -.- %s_service[%s]", id, id, quote("ECS service", r.Service, "in "+r.Cluster, r.Container))
	drawn := map[string]int{}
	for _, each := range r.Resources {
		node := strings.ReplaceAll(each.Kind, " ", "_")
		if drawn[node]++; drawn[node] > 1 {
			node += strconv.Itoa(drawn[node])
		}
		f.line("    %s_tasks -.- %s_%s[%s]", id, id, node, quote(each.Kind, each.Name, each.Detail))
	}
	f.line("    %s_tasks -.- %s_week>%s]", id, id, quote(r.Week))
	f.line("  end")
}

func (f *flowchart) egress(id string, e egress) {
	arrow, lines := "-->", append([]string{e.Title, e.Leads}, e.Parts...)
	lines = append(lines, "public subnets "+strings.Join(e.Public, ", "))
	if e.DestroyedAsleep {
		arrow, lines = "-.->", append(lines, "destroyed while asleep")
	}
	f.line("    %s_tasks %s %s_egress[%s]", id, arrow, id, quote(lines...))
}

// quote returns a quoted label of one or more lines.
func quote(lines ...string) string {
	var label strings.Builder
	for i, line := range lines {
		if i > 0 {
			label.WriteString("<br/>")
		}
		label.WriteString(escape(line))
	}
	return `"` + label.String() + `"`
}

// escape replaces characters with a meaning in Mermaid, Markdown or HTML by entity codes:
// https://mermaid.js.org/syntax/flowchart.html#entity-codes-to-escape-characters
func escape(line string) string {
	var escaped strings.Builder
	runes := []rune(line)
	for i, r := range runes {
		// Markdown leaves an underscore within a word alone.
		inWord := r == '_' && i > 0 && i+1 < len(runes) && plain(runes[i-1]) && plain(runes[i+1])
		if plain(r) || inWord || strings.ContainsRune(" .,:;/-…", r) {
			escaped.WriteRune(r)
			continue
		}
		fmt.Fprintf(&escaped, "#%d;", r)
	}
	return noLinks.Replace(escaped.String())
}

// noLinks escapes what begins a link in Markdown. Some versions of Mermaid show an error in place of one:
// https://github.com/mermaid-js/mermaid/issues/6385
var noLinks = strings.NewReplacer("://", "#58;//", "www.", "www#46;")

func plain(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
