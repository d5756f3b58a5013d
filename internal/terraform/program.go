package terraform

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
)

// Program returns the path of the program to run: the one that the environment variable TERRAFORM names,
// otherwise terraform, otherwise tofu.
func Program() (string, error) {
	if named := os.Getenv("TERRAFORM"); named != "" {
		path, err := exec.LookPath(named)
		if err != nil {
			return "", fmt.Errorf("TERRAFORM is set to %s, which was not found", named)
		}
		return path, nil
	}
	for _, name := range []string{"terraform", "tofu"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("neither terraform nor tofu was found; install one of them, version 1.11 or newer")
}
