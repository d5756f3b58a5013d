package schedule

import (
	"archive/zip"
	"bytes"
	_ "embed"
	"fmt"
	"io/fs"
	"sync"
	"time"
)

// zoneinfo is the IANA time zone database, release 2025c, as Go packs it: lib/time/zoneinfo.zip of a
// Go installation, in the public domain (https://www.iana.org/time-zones). A copy of our own, as
// offsets are written into the stacks and must be the same on every machine: time.LoadLocation
// prefers what the machine has, even where time/tzdata is imported. A new release of the database is
// a new copy of the file, and shows in the stacks of zones that it changes.
//
//go:embed zoneinfo.zip
var zoneinfo []byte

var openZoneinfo = sync.OnceValues(func() (*zip.Reader, error) {
	return zip.NewReader(bytes.NewReader(zoneinfo), int64(len(zoneinfo)))
})

// loadZone finds a time zone by its exact name. "Local" and "" are none.
func loadZone(name string) (*time.Location, error) {
	database, err := openZoneinfo()
	if err != nil {
		return nil, err
	}
	data, err := fs.ReadFile(database, name)
	if err != nil {
		return nil, fmt.Errorf("time zone %q: %w", name, err)
	}
	return time.LoadLocationFromTZData(name, data)
}
