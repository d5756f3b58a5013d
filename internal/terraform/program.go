package terraform

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
)

// Program is the one that TERRAFORM names, or else Terraform, or OpenTofu where that is what there is.
func Program() (string, error) {
	if named := os.Getenv("TERRAFORM"); named != "" {
		path, err := exec.LookPath(named)
		if err != nil {
			return "", fmt.Errorf("%s, which TERRAFORM names, was not found", named)
		}
		return path, nil
	}
	for _, name := range []string{"terraform", "tofu"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("neither terraform nor tofu is installed; install one of them, 1.11 or newer")
}
