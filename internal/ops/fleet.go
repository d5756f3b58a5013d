package ops

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/session"
)

// Fleet is the selected regions of a fleet.
type Fleet struct {
	// Regions are sorted by name.
	Regions []*Region

	caller *sts.Client
}

// Region is one region with its AWS clients.
type Region struct {
	config.Region
	*clients
	// Now returns the current time.
	Now func() time.Time
	// Interval is the polling interval while waiting.
	Interval time.Duration
	// scheduler is what applies the region on a schedule, nil if the fleet has no scheduler.
	scheduler *scheduler
	// Transport sends the requests of a smoke test; nil means http.DefaultTransport. A copy is used.
	Transport *http.Transport
}

// interval suits the pace of ECS: a task takes about half a minute to start.
const interval = 5 * time.Second

// Connect finds credentials, and returns an error if there are none. It sends no request to AWS.
func Connect(ctx context.Context, open session.Opener, fleet *config.Fleet, now func() time.Time) (*Fleet, error) {
	cfg, err := open(ctx, fleet.Regions[0].Name)
	if err != nil {
		return nil, err
	}
	connected := &Fleet{caller: sts.NewFromConfig(cfg)}
	scheduler := newScheduler(cfg, fleet)
	for _, region := range fleet.Regions {
		connected.Regions = append(connected.Regions, &Region{Region: region, clients: newClients(cfg, region.Name), Now: now, Interval: interval, scheduler: scheduler})
	}
	return connected, nil
}

// Each calls work for all regions concurrently and returns the results in the order of regions. The timeout
// applies to each region separately, so a slow region does not delay the others. Zero means no timeout.
func Each[R, T any](ctx context.Context, regions []R, timeout time.Duration, work func(context.Context, R) T) []T {
	results := make([]T, len(regions))
	var group sync.WaitGroup
	for i, region := range regions {
		group.Go(func() {
			ctx := ctx
			if timeout > 0 {
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeout(ctx, timeout)
				defer cancel()
			}
			results[i] = work(ctx, region)
		})
	}
	group.Wait()
	return results
}
