package diagram

import (
	"fmt"
	"strings"

	"github.com/cdtait/mcpfleet/config"
)

// Mermaid is the fleet as a flowchart that GitHub and GitLab draw in Markdown.
func Mermaid(fleet *config.Fleet) string {
	drawn := newPicture(fleet)
	var text strings.Builder
	line := func(format string, arguments ...any) { fmt.Fprintf(&text, format+"\n", arguments...) }
	line("flowchart LR")
	line("  clients((clients))")
	for i, domain := range drawn.Domains {
		line("  dns%d[%s]", i+1, label(domain, "Route 53, nearest region"))
		line("  clients --> dns%d", i+1)
	}
	for i, each := range drawn.Regions {
		line("  subgraph r%d[%s]", i+1, label(each.Name+", "+each.CIDR))
		line("    direction LR")
		each.mermaid(line, fmt.Sprintf("r%d", i+1))
		line("  end")
		if each.Balancer != "" {
			line("  %s --> r%d_alb", entrance(drawn.Domains, each), i+1)
		}
	}
	return text.String()
}

// entrance is the node that leads to a region.
func entrance(domains []string, each region) string {
	for i, domain := range domains {
		if domain == each.Domain {
			return fmt.Sprintf("dns%d", i+1)
		}
	}
	return "clients"
}

func (r region) mermaid(line func(string, ...any), id string) {
	var zones []string
	for i, each := range r.Zones {
		node := fmt.Sprintf("%s_%d", id, i+1)
		zones = append(zones, node)
		line("    %s[%s]", node, label(each.Name, each.CIDR, counted(each.Tasks, "task")))
	}
	if r.Balancer != "" {
		words := []string{"load balancer", r.Balancer}
		if r.Passing {
			words = append(words, "destroyed while asleep")
		}
		line("    %s_alb[%s]", id, label(words...))
		line("    %s_alb -- %s --> %s", id, label(fmt.Sprintf("port %d", r.port)), strings.Join(zones, " & "))
	}
	line("    %s_week>%s]", id, label(append([]string{r.Tasks, r.Week}, r.Extras...)...))
	line("    %s ~~~ %s_week", zones[len(zones)/2], id) // beside the zones
}

// marks are what Mermaid would take for its own in a quoted label.
var marks = strings.NewReplacer(`"`, "#quot;", "#", "#35;", "<", "#lt;", ">", "#gt;", "`", "#96;")

// label quotes lines of text.
func label(lines ...string) string {
	var escaped []string
	for _, each := range lines {
		escaped = append(escaped, marks.Replace(each))
	}
	return `"` + strings.Join(escaped, "<br/>") + `"`
}
