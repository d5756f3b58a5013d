package schedule

import "strings"

// Field is the part of a Window that a problem is about, by its key in a fleet file.
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

// Problem is one thing that is wrong with a window.
type Problem struct {
	Field Field
	// Index is the element of a list that is wrong, or -1 where it is the field as a whole.
	Index int
	// Message says what is wrong, Advice what to write instead.
	Message string
	Advice  string
}

func (p Problem) String() string { return string(p.Field) + ": " + p.Message + "; " + p.Advice }

// Problems is the error of a window: everything that is wrong with it.
type Problems []Problem

func (ps Problems) Error() string {
	var lines []string
	for _, p := range ps {
		lines = append(lines, p.String())
	}
	return strings.Join(lines, "\n")
}
