//go:build e2e

package e2e

import (
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestDrainBetweenApplies drains a region. The next apply creates its record again and changes nothing else; after undrain,
// there is nothing to change.
func TestDrainBetweenApplies(t *testing.T) {
	t.Parallel()
	needsAWS(t, "mcpfleet drain between applies")
	w := domainFleet(t)
	drained, other := w.initialize(t, "dev-eu-west-1"), w.initialize(t, "dev-eu-west-2")
	var both sync.WaitGroup
	both.Go(func() { drained.apply(t) })
	both.Go(func() { other.apply(t) })
	both.Wait()

	drain := func() {
		t.Helper()
		if printed := w.mcpfleet(t, "drain", "eu-west-1", "--yes", "--no-wait"); !strings.Contains(printed, "eu-west-1  out of ") {
			t.Errorf("drain printed\n%s", printed)
		}
	}
	drain()
	if difference := cmp.Diff(map[string]string{"aws_route53_record.main[0]": "create"}, drained.apply(t)); difference != "" {
		t.Errorf("after drain (- want, + got)\n%s", difference)
	}
	drained.checkNoChanges(t)
	drain()
	if printed := w.mcpfleet(t, "undrain", "--yes"); !strings.Contains(printed, "eu-west-1  back in ") || !strings.Contains(printed, "eu-west-2  was not drained") {
		t.Errorf("undrain printed\n%s", printed)
	}
	drained.checkNoChanges(t)
	other.checkNoChanges(t)
	other.destroy(t)
	drained.destroy(t)
}
