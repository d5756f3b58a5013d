package ops

import (
	"context"
	"sync"
	"time"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/session"
)

// Fleet is the part of a fleet that is worked on.
type Fleet struct {
	// Regions are in the order of the fleet file's reading: by name.
	Regions []*Region
}

// Region is one region, and the way to it.
type Region struct {
	config.Region
	*clients
	// Now is the clock.
	Now func() time.Time
	// Interval is the time between two looks while something is waited for.
	Interval time.Duration
}

// interval is ECS's own pace: a task takes half a minute to start.
const interval = 5 * time.Second

// Connect finds credentials, and fails where there are none. It does not ask AWS anything yet.
func Connect(ctx context.Context, fleet *config.Fleet, now func() time.Time) (*Fleet, error) {
	cfg, err := session.Open(ctx, fleet.Regions[0].Name)
	if err != nil {
		return nil, err
	}
	connected := &Fleet{}
	for _, region := range fleet.Regions {
		connected.Regions = append(connected.Regions, &Region{Region: region, clients: newClients(cfg, region.Name), Now: now, Interval: interval})
	}
	return connected, nil
}

// Each works on all regions at once and answers in their order.
func Each[R, T any](regions []R, work func(R) T) []T {
	answers := make([]T, len(regions))
	var group sync.WaitGroup
	for i, region := range regions {
		group.Go(func() { answers[i] = work(region) })
	}
	group.Wait()
	return answers
}
