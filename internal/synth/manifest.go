// Package synth knows what the last synth wrote: which stacks, in which folders, and where each of
// them keeps its state. Paths are those of the folder with cdktf.json, in which every command runs.
package synth

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const folder = "cdktf.out"

// Folder is where Terraform runs for a stack.
func Folder(stack string) string { return filepath.Join(folder, "stacks", stack) }

// Stacks are the names of the stacks that the last synth wrote, sorted. The folders of an earlier
// synth may lie beside theirs, another environment's among them; only the manifest, which CDKTF
// writes anew each time, tells them apart.
func Stacks() ([]string, error) {
	file := filepath.Join(folder, "manifest.json")
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there are no stacks in %s; run make synth first", folder)
	}
	if err != nil {
		return nil, err
	}
	var manifest struct {
		Stacks map[string]struct{} `json:"stacks"`
	}
	if err := json.Unmarshal(text, &manifest); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return slices.Sorted(maps.Keys(manifest.Stacks)), nil
}

// Choose are the stacks of the last synth whose names match one of the patterns, as in dev-*; without
// a pattern it is all of them.
func Choose(patterns []string) ([]string, error) {
	all, err := Stacks()
	if err != nil || len(patterns) == 0 {
		return all, err
	}
	var chosen []string
	for _, pattern := range patterns {
		found := slices.DeleteFunc(slices.Clone(all), func(stack string) bool {
			matches, err := filepath.Match(pattern, stack)
			return err != nil || !matches
		})
		if len(found) == 0 {
			return nil, fmt.Errorf("no stack is named %s; there are %s", pattern, strings.Join(all, ", "))
		}
		chosen = append(chosen, found...)
	}
	slices.Sort(chosen)
	return slices.Compact(chosen), nil
}
