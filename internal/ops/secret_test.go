package ops

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestStateFromLabels(t *testing.T) {
	for name, each := range map[string]struct {
		versions map[string][]string
		want     KeyState
	}{
		"no version":                           {nil, KeyNotDeployed},
		"no current version":                   {map[string][]string{"a": {"AWSPENDING"}}, KeyNotDeployed},
		"only the placeholder":                 {map[string][]string{"a": {"AWSCURRENT", "placeholder"}}, KeyPlaceholder},
		"a stack from before the label":        {map[string][]string{"a": {"AWSCURRENT"}}, KeyPlaceholder},
		"set once":                             {map[string][]string{"a": {"AWSPREVIOUS", "placeholder"}, "b": {"AWSCURRENT"}}, KeySet},
		"set twice":                            {map[string][]string{"a": {"placeholder"}, "b": {"AWSPREVIOUS"}, "c": {"AWSCURRENT"}}, KeySet},
		"set, a stack from before the label":   {map[string][]string{"a": {"AWSPREVIOUS"}, "b": {"AWSCURRENT"}}, KeySet},
		"the placeholder restored":             {map[string][]string{"a": {"AWSCURRENT", "placeholder"}, "b": {"AWSPREVIOUS"}}, KeyPlaceholder},
		"a value current, not the placeholder": {map[string][]string{"a": {"AWSCURRENT"}, "b": {"placeholder"}}, KeySet},
	} {
		t.Run(name, func(t *testing.T) {
			if got := stateFromLabels(each.versions); got != each.want {
				t.Errorf("%v: got %s, want %s", slices.Collect(maps.Values(each.versions)), got, each.want)
			}
		})
	}
}

// secretValue is the GetSecretValue response for a text.
func secretValue(t *testing.T, text string) response {
	t.Helper()
	return body(mustJSON(t, object{"ARN": secretARN, "VersionId": "earlier", "SecretString": text, "VersionStages": []string{currentLabel}}))
}

func TestSecretStatusNamesEveryKey(t *testing.T) {
	for name, each := range map[string]struct {
		aws    map[string]response
		states []KeyState
		codes  []Code
		stops  bool
	}{
		"set":         {map[string]response{"GetSecretValue": secretValue(t, `{"KEY": "a", "OTHER": "b"}`)}, []KeyState{KeySet, KeySet}, nil, false},
		"one missing": {map[string]response{"GetSecretValue": secretValue(t, `{"KEY": "a"}`)}, []KeyState{KeySet, KeyMissing}, []Code{SecretKeyMissing}, true},
		"one empty":   {map[string]response{"GetSecretValue": secretValue(t, `{"KEY": "a", "OTHER": ""}`)}, []KeyState{KeySet, KeyMissing}, []Code{SecretKeyMissing}, true},
		"deleted":     {map[string]response{"DescribeSecret": body(secret(t, object{"DeletedDate": ago(time.Hour)}))}, []KeyState{KeyDeleted, KeyDeleted}, []Code{SecretDeleted}, true},
		"not deployed": {map[string]response{"DescribeSecret": refuse(http.StatusBadRequest, notFound, "")},
			[]KeyState{KeyNotDeployed, KeyNotDeployed}, []Code{SecretWithoutValue}, false},
		"not JSON":         {map[string]response{"GetSecretValue": secretValue(t, "hunter2")}, nil, []Code{Failed}, true},
		"no right to look": {map[string]response{"GetSecretValue": refuse(http.StatusBadRequest, "AccessDeniedException", "no")}, nil, []Code{NotAllowed}, true},
	} {
		t.Run(name, func(t *testing.T) {
			region := newFakeAWS(t, each.aws).region("", saturday)
			region.Container.Secrets = map[string]string{"API_KEY": "KEY", "OTHER_KEY": "OTHER"}
			status := region.SecretStatus(t.Context())
			var states []KeyState
			for _, key := range status.Keys {
				states = append(states, key.State)
			}
			if !slices.Equal(states, each.states) || !slices.Equal(codes(status.Problems), each.codes) || status.BlocksDeploy() != each.stops {
				t.Errorf("got %v, %+v, stops a deploy: %t", states, status.Problems, status.BlocksDeploy())
			}
			for _, problem := range status.Problems {
				if strings.Contains(problem.Message, "hunter2") {
					t.Errorf("the value is shown: %s", problem.Message)
				}
			}
		})
	}
}

// TestSetSecretKeepsTheOtherKeys to the last digit of a number that no float can hold.
func TestSetSecretKeepsTheOtherKeys(t *testing.T) {
	aws := newFakeAWS(t, map[string]response{
		"GetSecretValue": secretValue(t, `{"KEY": "old", "OTHER": "kept <&>", "NUMBER": 12345678901234567890}`),
		"PutSecretValue": body(`{"VersionId": "later"}`),
	})
	change, err := aws.region("", saturday).SetSecret(t.Context(), "KEY", "new")
	if err != nil || !change.Written {
		t.Fatalf("%v, %+v", err, change)
	}
	var sent struct{ SecretString string }
	if err := json.Unmarshal([]byte(aws.sent("PutSecretValue")[0]), &sent); err != nil {
		t.Fatal(err)
	}
	var values map[string]json.RawMessage
	if err := json.Unmarshal([]byte(sent.SecretString), &values); err != nil {
		t.Fatal(err)
	}
	if string(values["KEY"]) != `"new"` || string(values["NUMBER"]) != "12345678901234567890" || len(values) != 3 {
		t.Errorf("wrote %s", sent.SecretString)
	}
	// How to go back is said after an error that the value may have caused, and after no other.
	undo := change.UndoCommands(failure{Problem{Code: NotSteady}})
	if len(undo) != 2 || !slices.Contains(undo[0].Arguments, "earlier") || !slices.Contains(undo[0].Arguments, "later") {
		t.Errorf("undo %+v", undo)
	}
	if undo := change.UndoCommands(failure{Problem{Code: NotAllowed}}); undo != nil {
		t.Errorf("undo %+v", undo)
	}
}

func TestSetSecretWritesNothingThatIsThereAlready(t *testing.T) {
	aws := newFakeAWS(t, map[string]response{"GetSecretValue": secretValue(t, `{"KEY": "same"}`)})
	change, err := aws.region("", saturday).SetSecret(t.Context(), "KEY", "same")
	if err != nil || change.Written || len(aws.sent("PutSecretValue")) > 0 {
		t.Errorf("%v, %+v", err, change)
	}
}

func TestSetSecretSaysWhyItCannot(t *testing.T) {
	missing := refuse(http.StatusBadRequest, notFound, "Secrets Manager can't find the specified secret.")
	invalid := refuse(http.StatusBadRequest, "InvalidRequestException", "You can't perform this operation on the secret because it was marked for deletion.")
	for name, each := range map[string]struct {
		aws  map[string]response
		want Code
	}{
		"not deployed": {map[string]response{"GetSecretValue": missing, "PutSecretValue": missing}, NotDeployed},
		"deleted":      {map[string]response{"GetSecretValue": invalid, "DescribeSecret": body(secret(t, object{"DeletedDate": ago(time.Hour)}))}, SecretDeleted},
		"not JSON":     {map[string]response{"GetSecretValue": secretValue(t, "hunter2")}, Failed},
		"denied": {map[string]response{
			"GetSecretValue": secretValue(t, `{}`), "PutSecretValue": refuse(http.StatusBadRequest, "AccessDeniedException", "no"),
		}, NotAllowed},
	} {
		t.Run(name, func(t *testing.T) {
			change, err := newFakeAWS(t, each.aws).region("", saturday).SetSecret(t.Context(), "KEY", "new")
			if problem := ProblemOf(err); err == nil || change.Written || problem.Code != each.want || strings.Contains(problem.Message, "hunter2") {
				t.Errorf("got %+v", problem)
			}
		})
	}
}

// TestAFirstValueIsWritten has a secret whose stack was stopped before it wrote the placeholder.
func TestAFirstValueIsWritten(t *testing.T) {
	change, err := newFakeAWS(t, map[string]response{
		"GetSecretValue": refuse(http.StatusBadRequest, notFound, ""), "PutSecretValue": body(`{"VersionId": "first"}`),
	}).region("", saturday).SetSecret(t.Context(), "KEY", "new")
	if err != nil || !change.Written || change.UndoCommands(failure{Problem{Code: NotSteady}}) != nil {
		t.Errorf("%v, %+v", err, change)
	}
}
