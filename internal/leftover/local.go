package leftover

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/session"
	"github.com/cdtait/mcpfleet/naming"
)

// localStates returns the states next to cdktf.json by region.
func localStates(_ context.Context, _ session.Opener, fleet *config.Fleet, regions []naming.Names) (map[string][]byte, error) {
	states := map[string][]byte{}
	for _, names := range regions {
		text, err := os.ReadFile(fleet.State.Location(names))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		states[names.Region] = text
	}
	return states, nil
}
