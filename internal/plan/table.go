package plan

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
)

// Write writes the results as a table, and below it what else there is to say of each.
func Write(to io.Writer, results []Result) error {
	table := tabwriter.NewWriter(to, 0, 0, 2, ' ', tabwriter.AlignRight)
	lines := []string{"stack\tadd\tchange\tdestroy\t"}
	for _, result := range results {
		lines = append(lines, result.row())
	}
	_, err := fmt.Fprintln(table, strings.Join(lines, "\n"))
	err = errors.Join(err, table.Flush())
	for _, result := range results {
		for _, remark := range append(slices.Clone(result.Notes), result.Reason) {
			if remark != "" {
				_, failed := fmt.Fprintf(to, "%s: %s\n", result.Stack, remark)
				err = errors.Join(err, failed)
			}
		}
	}
	return err
}

func (r Result) row() string {
	switch {
	case r.Ended != "":
		return fmt.Sprintf("%s\t%s\t\t\t", r.Stack, r.Ended)
	case !r.Changes():
		return fmt.Sprintf("%s\t-\t-\t-\t", r.Stack)
	}
	return fmt.Sprintf("%s\t%d\t%d\t%d\t", r.Stack, r.Add, r.Change, r.Destroy)
}
