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

// zoneinfo is the IANA time zone database, release 2025c, as packaged by Go: lib/time/zoneinfo.zip of a Go
// installation, in the public domain (https://www.iana.org/time-zones). It is embedded because the stacks
// contain offsets, which must be the same on every machine: time.LoadLocation prefers the machine's database
// even if time/tzdata is imported. To update it, replace the file. The stacks of the zones that a release
// changes then differ.
//
//go:embed zoneinfo.zip
var zoneinfo []byte

var openZoneinfo = sync.OnceValues(func() (*zip.Reader, error) {
	return zip.NewReader(bytes.NewReader(zoneinfo), int64(len(zoneinfo)))
})

// loadZone returns the time zone with exactly this name. "Local" and "" are not valid names.
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
