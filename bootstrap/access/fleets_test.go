package access

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/golden"
)

const account = "123456789012"

// eachFleet runs a test for every fleet file of the repository.
func eachFleet(t *testing.T, test func(t *testing.T, loaded *config.Fleet, fleet Fleet)) {
	t.Helper()
	files, err := golden.Fleets("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			loaded := load(t, file)
			test(t, loaded, NewFleet(loaded, account))
		})
	}
}

// load loads a fleet file. A local state backend is replaced by a bucket.
func load(t *testing.T, file string) *config.Fleet {
	t.Helper()
	fleet, _, err := config.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	if fleet.State.Backend == "local" {
		fleet.State = config.State{Backend: "s3", Bucket: "acme-terraform-state", Region: "eu-west-1", Prefix: fleet.Project}
	}
	return fleet
}

func fleetOf(t *testing.T, file string) Fleet {
	t.Helper()
	return NewFleet(load(t, file), account)
}
