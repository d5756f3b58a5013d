package diagram

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/cdtait/mcpfleet/config"
)

// flowchart is the text of a Mermaid drawing in the making.
type flowchart struct{ strings.Builder }

func (f *flowchart) line(format string, arguments ...any) {
	_, _ = fmt.Fprintf(f, format+"\n", arguments...)
}

// wrapping is as wide as most names of a region are long.
const wrapping = 400

// Mermaid is the fleet as a flowchart that GitHub and GitLab draw in Markdown.
func Mermaid(fleet *config.Fleet) string {
	drawn := newPicture(fleet)
	var chart flowchart
	chart.line(`%%%%{init: {"flowchart": {"wrappingWidth": %d}}}%%%%`, wrapping)
	chart.line("flowchart LR")
	chart.line("  internet((internet))")
	for i, domain := range drawn.Domains {
		chart.line("  internet --> dns%d[%s]", i+1, quote(domain, "Route 53, nearest healthy region"))
	}
	for i, each := range drawn.Regions {
		if each.Listener == "" {
			chart.line("  internet ~~~ r%d_tasks", i+1)
			continue
		}
		chart.line("  %s %s r%d_alb", entrance(drawn.Domains, each), each.arrow(), i+1)
	}
	for i, each := range slices.Backward(drawn.Regions) { // Mermaid puts the last at the top
		chart.region(fmt.Sprintf("r%d", i+1), each)
	}
	return chart.String()
}

// entrance is the node that leads to a region.
func entrance(domains []string, to region) string {
	if at := slices.Index(domains, to.Domain); at >= 0 {
		return fmt.Sprintf("dns%d", at+1)
	}
	return "internet"
}

// arrow is dashed where it leads to a load balancer that comes and goes.
func (r region) arrow() string {
	if r.Ephemeral {
		return "-.->"
	}
	return "-->"
}

// region draws a region under an identifier of its own. Titles are one line, as Mermaid draws over the
// second.
func (f *flowchart) region(id string, drawn region) {
	f.line("  subgraph %s[%s]", id, quote(drawn.Name+", VPC "+drawn.VPC))
	f.line("    direction LR")
	f.line("    subgraph %s_tasks[%s]", id, quote(drawn.Tasks))
	f.line("      direction LR")
	for i, each := range drawn.Zones {
		f.line("      %s_zone%d[%s]", id, i+1, quote(each.Name, each.CIDR, counted(each.Tasks, "task")))
	}
	f.line("    end")
	if drawn.Listener != "" {
		words := []string{"load balancer", drawn.Listener}
		if drawn.Ephemeral {
			words = append(words, "destroyed while asleep")
		}
		f.line("    %s_alb[%s] %s|%s| %s_tasks", id, quote(words...), drawn.arrow(), quote(fmt.Sprintf("port %d", drawn.Port)), id)
	}
	f.line("    %s_tasks -.- %s_service[%s]", id, id, quote("ECS service", drawn.Service, "in "+drawn.Cluster, drawn.Container))
	for _, each := range drawn.Belongings {
		f.line("    %s_tasks -.- %s_%s[%s]", id, id, each.Kind, quote(each.Kind, each.Name, each.About))
	}
	f.line("    %s_tasks -.- %s_week>%s]", id, id, quote(drawn.Week))
	f.line("  end")
}

// quote makes lines of text a label.
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

// escape writes what could mean anything to Mermaid, to its Markdown or to HTML by its number, which
// Mermaid turns back: https://mermaid.js.org/syntax/flowchart.html#entity-codes-to-escape-characters
func escape(text string) string {
	var escaped strings.Builder
	runes := []rune(text)
	for i, r := range runes {
		// Within a word an underscore is one to Markdown too.
		within := r == '_' && i > 0 && i+1 < len(runes) && plain(runes[i-1]) && plain(runes[i+1])
		if plain(r) || within || strings.ContainsRune(" .,:;/-…", r) {
			escaped.WriteRune(r)
			continue
		}
		fmt.Fprintf(&escaped, "#%d;", r)
	}
	return escaped.String()
}

func plain(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
