// Package synth reads the output of the last synth: the stacks, their folders and the locations of their
// states. Paths are relative to the folder of cdktf.json, which all commands run in.
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

// Folder returns the folder of a stack, in which Terraform runs.
func Folder(stack string) string { return filepath.Join(folder, "stacks", stack) }

// Stacks returns the sorted names of the stacks that the last synth wrote. It reads CDKTF's manifest, because
// stacks of an earlier synth may still have a folder, such as those of another environment.
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

// Choose returns the stacks of the last synth whose names match one of the patterns, such as dev-*, or all
// stacks without patterns.
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
			return nil, fmt.Errorf("no stack matches %s; the stacks are %s", pattern, strings.Join(all, ", "))
		}
		chosen = append(chosen, found...)
	}
	slices.Sort(chosen)
	return slices.Compact(chosen), nil
}
