package checkovtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/cdtait/mcpfleet/internal/tfjson"
)

// report is the JSON report of checkov.
type report struct {
	Results struct {
		Passed []finding `json:"passed_checks"`
		Failed []finding `json:"failed_checks"`
	} `json:"results"`
	Summary struct {
		Resources int `json:"resource_count"`
	} `json:"summary"`
}

// finding is the result of a check on a resource.
type finding struct {
	Check    string `json:"check_id"`
	Name     string `json:"check_name"`
	File     string `json:"file_path"`
	Resource string `json:"resource"`
}

// stack returns the name of the stack.
func (f finding) stack() string {
	return strings.TrimSuffix(strings.TrimPrefix(filepath.ToSlash(f.File), "/"), ".json")
}

// scan runs checkov on the stacks.
func scan(python, folder string, stacks map[string]*tfjson.Stack) (report, error) {
	// checkov takes the path of a plan for a part of a function's environment, and 40 letters, digits and slashes in a row for a
	// secret key.
	folder = filepath.Join(folder, "plans_")
	for name, stack := range stacks {
		if err := writePlan(filepath.Join(folder, name+".json"), stack); err != nil {
			return report{}, err
		}
	}
	command := exec.Command(python, "-m", "checkov.main", "--directory", ".", "--framework", "terraform_plan",
		"--skip-download", "--compact", "--soft-fail", "--output", "json")
	command.Dir = folder
	// Ignore the user's settings. An API key in the environment would make checkov upload the stacks.
	command.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + folder, "LOG_LEVEL=ERROR"}
	var problems bytes.Buffer
	command.Stderr = &problems
	output, err := command.Output()
	if err != nil {
		return report{}, fmt.Errorf("checkov: %w\n%s", err, problems.String())
	}
	// checkov only logs an error if a check crashes or a file cannot be read.
	if strings.Contains(problems.String(), "[ERROR]") {
		return report{}, errors.New("checkov: " + problems.String())
	}
	var found report
	if err := json.Unmarshal(output, &found); err != nil {
		return report{}, fmt.Errorf("checkov's report: %w\n%s", err, output)
	}
	return found, nil
}
