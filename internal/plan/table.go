package plan

import (
	"io"
	"strconv"

	"github.com/cdtait/mcpfleet/internal/view"
)

// Write writes the results as a table, followed by the notes and the reason of each stack.
func Write(to io.Writer, results []Result) error {
	table := view.Block{Align: "lrrr", Header: []string{"stack", "add", "change", "destroy"}}
	for _, result := range results {
		table.Rows = append(table.Rows, result.row())
		for _, note := range result.Notes {
			table.Remarks = append(table.Remarks, result.Stack+": "+note)
		}
		if result.Reason != "" {
			table.Remarks = append(table.Remarks, result.Stack+": "+result.Reason)
		}
	}
	_, err := io.WriteString(to, view.Page{table}.Text(0))
	return err
}

func (r Result) row() []string {
	switch {
	case r.Ended != "":
		return []string{r.Stack, string(r.Ended)}
	case !r.Changes():
		return []string{r.Stack, "-", "-", "-"}
	}
	return []string{r.Stack, strconv.Itoa(r.Add), strconv.Itoa(r.Change), strconv.Itoa(r.Destroy)}
}
