package crontest

import (
	"testing"
	"time"
)

func TestParseRejectsInvalidExpressions(t *testing.T) {
	for name, expression := range map[string]string{
		"no parentheses":       "0 6 ? * SAT *",
		"two days":             "cron(0 6 1 * SAT *)",
		"no day":               "cron(0 6 ? * ? *)",
		"five fields":          "cron(0 6 ? * SAT)",
		"a reversed range":     "cron(0 6 ? * SAT-MON *)",
		"an hour out of range": "cron(0 24 ? * SAT *)",
		"an unknown month":     "cron(0 6 ? MAI SAT *)",
	} {
		if _, err := Parse(expression); err == nil {
			t.Errorf("%s: %s is accepted", name, expression)
		}
	}
}

func TestMatches(t *testing.T) {
	saturday := time.Date(2026, time.November, 28, 6, 0, 0, 0, time.UTC)
	for expression, want := range map[string]bool{
		"cron(0 6 ? * SAT,SUN *)":       true,
		"cron(0 6 27-29 NOV ? 2026)":    true,
		"cron(0 6 ? JAN-OCT,DEC SAT *)": false,
		"cron(0 6 ? * SUN *)":           false,
		"cron(0 6 28 NOV ? 2027)":       false,
		"cron(1 6 ? * SAT *)":           false,
	} {
		parsed, err := Parse(expression)
		if err != nil {
			t.Fatal(err)
		}
		if got := parsed.Matches(saturday); got != want {
			t.Errorf("%s at %s: %t", expression, saturday, got)
		}
	}
}
