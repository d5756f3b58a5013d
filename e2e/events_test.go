//go:build e2e

package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

// event is a line of the output of terraform plan -json or apply -json.
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

// events collects the output of Terraform.
type events struct{ bytes.Buffer }

func (e *events) each(do func(event)) {
	for line := range bytes.Lines(e.Bytes()) {
		var one event
		if json.Unmarshal(line, &one) == nil {
			do(one)
		}
	}
}

// planned returns the planned actions by address, or changes of outputs if there are no others.
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
