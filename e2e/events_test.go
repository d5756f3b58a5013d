//go:build e2e

package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

// event is a line of terraform plan -json or apply -json.
// https://developer.hashicorp.com/terraform/internals/machine-readable-ui
type event struct {
	Message string `json:"@message"`
	Type    string
	Change  struct {
		Resource struct{ Addr string }
		Action   string
	}
	Outputs    map[string]struct{ Action string }
	Diagnostic struct{ Severity, Summary, Detail string }
}

// events takes what Terraform prints.
type events struct{ bytes.Buffer }

func (e *events) each(do func(event)) {
	for line := range bytes.Lines(e.Bytes()) {
		var one event
		if json.Unmarshal(line, &one) == nil {
			do(one)
		}
	}
}

// planned are the changes that were planned, as address: action. Outputs count where nothing else changes.
func (e *events) planned(t *testing.T, err error) (map[string]string, error) {
	t.Helper()
	actions, outputs := map[string]string{}, map[string]string{}
	e.each(func(one event) {
		t.Log(one.Message)
		switch one.Type {
		case "planned_change":
			if action := one.Change.Action; action == "create" || action == "update" || action == "replace" || action == "delete" {
				actions[one.Change.Resource.Addr] = action
			}
		case "outputs":
			for name, output := range one.Outputs {
				if output.Action != "" && output.Action != "noop" {
					outputs["output."+name] = output.Action
				}
			}
		case "diagnostic":
			if one.Diagnostic.Severity == "error" {
				err = errors.Join(err, errors.New(strings.Join(strings.Fields(one.Diagnostic.Summary+": "+one.Diagnostic.Detail), " ")))
			}
		}
	})
	if len(actions) == 0 {
		return outputs, err
	}
	return actions, err
}
