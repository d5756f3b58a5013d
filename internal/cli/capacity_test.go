package cli

import (
	"os"
	"strings"
	"testing"
)

func TestCapacityMovesWhatRunsOnOtherCapacity(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("capacity-a", "{}", threeRegions))
	seed(t, url, file, "eu-west-1", "eu-west-2")
	setCapacity := func(capacity string) {
		text := strings.Replace(fleetText("capacity-a", "{}", threeRegions), "\nregions:", "\n  service: {capacity: "+capacity+"}\nregions:", 1)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want(t, run(t, saturday, file, "capacity"), 2, "Move the services in eu-west-1, eu-west-2, us-east-1 to the capacity in the fleet file? ECS starts the new tasks before it stops the old ones. This is not a terminal; pass --yes")

	setCapacity("spot")
	want(t, run(t, saturday, file, "status", "--region", "eu-west-1"), 1, "drift: capacity is FARGATE, not FARGATE_SPOT")
	want(t, run(t, saturday, file, "capacity", "--yes", "--region", "eu-west-1"), 0, "eu-west-1  moved from FARGATE to FARGATE_SPOT, steady; an apply now changes no service")
	// One region has been moved, one not yet, and one is not deployed.
	want(t, run(t, saturday, file, "capacity", "--yes"), 1, "eu-west-1  already runs on FARGATE_SPOT", "eu-west-2  moved from FARGATE to FARGATE_SPOT", "us-east-1  not deployed")

	setCapacity("fargate")
	want(t, run(t, saturday, file, "capacity", "--yes", "--no-wait", "--region", "eu-west-2"), 0, "eu-west-2  moved from FARGATE_SPOT to FARGATE; an apply now changes no service")
}
