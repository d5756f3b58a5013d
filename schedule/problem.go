package schedule

import "strings"

// Field is the field of a Window that a problem refers to, named by its key in a fleet file.
type Field string

// The fields.
const (
	FieldDays        Field = "days"
	FieldStartHour   Field = "start_hour"
	FieldEndHour     Field = "end_hour"
	FieldTimezone    Field = "timezone"
	FieldSkip        Field = "skip"
	FieldExtra       Field = "extra"
	FieldLeadMinutes Field = "lead_minutes"
)

// Problem is one mistake in a window.
type Problem struct {
	Field Field
	// Index is the index of the invalid list element, or -1 if the problem refers to the whole field.
	Index int
	// Message states what is wrong, and Advice how to fix it.
	Message string
	Advice  string
}

func (p Problem) String() string { return string(p.Field) + ": " + p.Message + "; " + p.Advice }

// Problems is the error for an invalid window. It lists all mistakes.
type Problems []Problem

func (ps Problems) Error() string {
	var lines []string
	for _, p := range ps {
		lines = append(lines, p.String())
	}
	return strings.Join(lines, "\n")
}
