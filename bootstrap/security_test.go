//go:build security

package main

import (
	"testing"

	"github.com/cdtait/mcpfleet/internal/checkov/checkovtest"
)

func TestCheckov(t *testing.T) {
	files := map[string]string{}
	for file, stack := range synthesized {
		files[name(file)] = stack
	}
	checkovtest.Check(t, files, accepted)
}
