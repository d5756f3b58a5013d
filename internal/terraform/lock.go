package terraform

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/cdtait/mcpfleet/internal/span"
	"github.com/cdtait/mcpfleet/internal/synth"
)

// lock is what Terraform says of a lock that somebody else holds.
type lock struct {
	id, operation, who string
	created            time.Time
}

// lockField is a line below Terraform's "Lock Info:".
var lockField = regexp.MustCompile(`(?m)^[│\s]*(ID|Operation|Who|Created):[ \t]+(\S.*?)\s*$`)

// lockIn finds the lock in an error of Terraform's.
func lockIn(text string) (found lock, ok bool) {
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

// Locked says who holds the lock that a command has met, and what to do; false where it met none.
func (s *Stack) Locked(err error) (string, bool) {
	lock, held := lockIn(err.Error())
	if !held {
		return "", false
	}
	return lock.words(s.Name, time.Now()), true
}

// words say who holds the lock, for how long, and what to do about it. Nothing is cleared here: the
// lock of a local state is the system's and ends with its process, so its owner lives; one in S3
// stays when its owner dies, and names no process to ask for.
// https://developer.hashicorp.com/terraform/language/state/locking
func (l lock) words(stack string, now time.Time) string {
	held := fmt.Sprintf("locked by %s for %s (%s); ", l.who, span.Words(max(now.Sub(l.created), 0)), l.operation)
	if state, err := synth.State(stack); err == nil && !strings.HasPrefix(state, "s3://") {
		return held + "that process is alive, as a local lock ends with its owner: wait for it, or stop it"
	}
	return held + "nothing tells whether that is still alive: find out, and if it is not, " + Command(stack, "force-unlock -force "+l.id)
}
