package golden

import (
	"fmt"
	"path/filepath"
)

// Fleets returns the fleet files of the repository, for tests of all of them. The root is the repository's path.
func Fleets(root string) ([]string, error) {
	files := []string{filepath.Join(root, "regions.yaml")}
	for _, folder := range []string{"examples", "testdata/fleets"} {
		pattern := filepath.Join(root, folder, "*.yaml")
		found, err := filepath.Glob(pattern)
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			return nil, fmt.Errorf("%s matches no file", pattern)
		}
		files = append(files, found...)
	}
	return files, nil
}
