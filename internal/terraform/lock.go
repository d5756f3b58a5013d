package terraform

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/cdtait/mcpfleet/internal/span"
	"github.com/cdtait/mcpfleet/internal/synth"
)

// lock is the lock info in an error message of Terraform.
type lock struct {
	id, operation, who string
	created            time.Time
}

// lockField matches a line below "Lock Info:".
var lockField = regexp.MustCompile(`(?m)^[│\s]*(ID|Operation|Who|Created):[ \t]+(\S.*?)\s*$`)

// parseLock finds the lock info in an error message of Terraform.
func parseLock(text string) (found lock, ok bool) {
	_, text, ok = strings.Cut(text, "Lock Info:")
	if !ok {
		return lock{}, false
	}
	fields := map[string]string{}
	for _, field := range lockField.FindAllStringSubmatch(text, -1) {
		fields[field[1]] = field[2]
	}
	created, err := time.Parse("2006-01-02 15:04:05.999999999 -0700 MST", fields["Created"])
	if err != nil {
		return lock{}, false
	}
	operation := strings.ToLower(strings.TrimPrefix(fields["Operation"], "OperationType"))
	return lock{fields["ID"], operation, fields["Who"], created}, true
}

// Locked returns who holds the state lock and what to do, if the error is that the state is locked.
func (s *Stack) Locked(err error) (string, bool) {
	lock, held := parseLock(err.Error())
	if !held {
		return "", false
	}
	return lock.message(s.Name, time.Now()), true
}

// message returns who holds the lock, for how long, and what to do. The lock of a local state is a file lock
// of the operating system, so its process is still running. A lock in S3 remains if its process is killed,
// and does not identify the process, so only the user can decide whether to remove it.
// https://developer.hashicorp.com/terraform/language/state/locking
func (l lock) message(stack string, now time.Time) string {
	held := fmt.Sprintf("locked by %s for %s (%s); ", l.who, span.Format(max(now.Sub(l.created), 0)), l.operation)
	if state, err := synth.State(stack); err == nil && !strings.HasPrefix(state, "s3://") {
		return held + "the process is still running, because a local lock ends with it: wait for it, or stop it"
	}
	return held + "make sure that it is no longer running, then run " + Command(stack, "force-unlock -force "+l.id)
}
