package ops

import (
	"context"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/session"
)

// Fleet is the part of a fleet that is worked on.
type Fleet struct {
	// Regions are in the order of the fleet file's reading: by name.
	Regions []*Region

	caller *sts.Client
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
func Connect(ctx context.Context, open session.Opener, fleet *config.Fleet, now func() time.Time) (*Fleet, error) {
	cfg, err := open(ctx, fleet.Regions[0].Name)
	if err != nil {
		return nil, err
	}
	connected := &Fleet{caller: sts.NewFromConfig(cfg)}
	for _, region := range fleet.Regions {
		connected.Regions = append(connected.Regions, &Region{Region: region, clients: newClients(cfg, region.Name), Now: now, Interval: interval})
	}
	return connected, nil
}

// Each works on all regions at once and answers in their order. A region that takes longer than the
// timeout holds up nobody: its work ends with its context. 0 is no timeout.
func Each[R, T any](ctx context.Context, regions []R, timeout time.Duration, work func(context.Context, R) T) []T {
	answers := make([]T, len(regions))
	var group sync.WaitGroup
	for i, region := range regions {
		group.Go(func() {
			ctx := ctx
			if timeout > 0 {
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeout(ctx, timeout)
				defer cancel()
			}
			answers[i] = work(ctx, region)
		})
	}
	group.Wait()
	return answers
}
