package ops

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"github.com/cdtait/mcpfleet/naming"
)

// KeyState is what can be said of a key of the JSON secret without showing its value.
type KeyState string

// States of a key.
const (
	KeySet         KeyState = "set"
	KeyPlaceholder KeyState = "placeholder"
	// KeyMissing is a key without a value in a secret that has one: no apply adds it.
	KeyMissing KeyState = "missing"
	// KeyNotDeployed is a key of a secret without any value: the next apply writes the placeholder.
	KeyNotDeployed KeyState = "not deployed"
	// KeyDeleted is a key of a secret that Secrets Manager is about to delete.
	KeyDeleted KeyState = "scheduled for deletion"
)

// The staging labels of a secret's versions.
const (
	current  = "AWSCURRENT"
	previous = "AWSPREVIOUS"
)

// secretState tells from the labels of the secret's versions whether it was ever set. It reads no
// value: the first version is the placeholder of the stack's, and whoever sets a value leaves it
// behind as the previous one.
func (r *Region) secretState(ctx context.Context) (state KeyState, changed *time.Time, err error) {
	if len(r.Container.SecretKeys()) == 0 {
		return "", nil, nil
	}
	secret, err := r.secrets.DescribeSecret(ctx, &secretsmanager.DescribeSecretInput{SecretId: new(r.Names.Secret())})
	if hasCode(err, notFound) {
		return KeyNotDeployed, nil, nil
	}
	if err != nil {
		return "", nil, err
	}
	labels := slices.Concat(slices.Collect(maps.Values(secret.VersionIdsToStages))...)
	switch {
	case secret.DeletedDate != nil:
		return KeyDeleted, secret.LastChangedDate, nil
	case slices.Contains(labels, previous):
		return KeySet, secret.LastChangedDate, nil
	case slices.Contains(labels, current):
		return KeyPlaceholder, secret.LastChangedDate, nil
	}
	return KeyNotDeployed, nil, nil
}

// secretKeys says of every key that the container asks for whether it is set.
func (r *Region) secretKeys(ctx context.Context) (map[string]KeyState, error) {
	keys := r.Container.SecretKeys()
	if len(keys) == 0 {
		return nil, nil
	}
	values, err := r.secretValues(ctx)
	if err != nil && !hasCode(err, notFound) {
		return nil, err
	}
	states := map[string]KeyState{}
	for _, key := range keys {
		states[key] = KeyNotDeployed
		if err == nil {
			states[key] = keyState(values, key)
		}
	}
	return states, nil
}

// keyProblem says what a key's state means to the tasks, and what sets it right. There is nothing to
// say of one that is set.
func (r *Region) keyProblem(key string, state KeyState) (Problem, bool) {
	set := r.fix(VerbSecretSet, key)
	switch state {
	case KeyPlaceholder:
		return Problem{SecretPlaceholder, key + " is still the placeholder", set}, true
	case KeyMissing:
		return Problem{SecretKeyMissing, "the secret has no value for " + key + ", without which no new task can start", set}, true
	case KeyNotDeployed:
		return Problem{SecretWithoutValue, "not deployed: there is no value in the secret " + r.Names.Secret(), r.deploy()}, true
	case KeyDeleted:
		return Problem{SecretDeleted, "the secret " + r.Names.Secret() + " is scheduled for deletion, so no new task can start",
			Fix{Verb: VerbAWS, Region: r.Name, Arguments: []string{"secretsmanager", "restore-secret", "--secret-id", r.Names.Secret()}}}, true
	}
	return Problem{}, false
}

// secretProblems are those of the whole secret's state.
func (r *Region) secretProblems(state KeyState) []Problem {
	keys := r.Container.SecretKeys()
	if state == "" {
		return nil
	}
	problem, wrong := r.keyProblem(keys[0], state)
	switch {
	case !wrong:
		return nil
	case state == KeyPlaceholder && len(keys) > 1:
		problem.Message = "the secret still holds the placeholders"
		problem.Fix = r.fix(VerbSecretStatus)
	}
	return []Problem{problem}
}

const notFound = "ResourceNotFoundException"

func keyState(values map[string]any, key string) KeyState {
	switch text, isText := values[key].(string); {
	case values[key] == nil, isText && text == "":
		return KeyMissing
	case isText && text == naming.SecretPlaceholder:
		return KeyPlaceholder
	}
	return KeySet
}

// secretValues never leave this file. The label is asked for by its name, as the pipelines' roles are
// allowed no other version.
func (r *Region) secretValues(ctx context.Context) (map[string]any, error) {
	answer, err := r.secrets.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: new(r.Names.Secret()), VersionStage: new(current)})
	if err != nil {
		return nil, err
	}
	var values map[string]any
	decoder := json.NewDecoder(strings.NewReader(value(answer.SecretString)))
	decoder.UseNumber() // so that a long number is written back as it was
	if err := decoder.Decode(&values); err != nil || values == nil {
		// The parser's own words could quote the value.
		return nil, fmt.Errorf("the secret %s is not a JSON object", r.Names.Secret())
	}
	return values, nil
}

// SecretStatus is what can be said of one key in one region.
type SecretStatus struct {
	Region  string     `json:"-"`
	Key     string     `json:"key,omitempty"`
	State   KeyState   `json:"state,omitempty"`
	Changed *time.Time `json:"changed,omitempty"`

	Problems []Problem `json:"-"`
}

// StopsDeploy says whether a deploy would, or for all that can be seen could, end in tasks that cannot
// start. A secret that is not there yet does not stop the deploy that makes it.
func (s SecretStatus) StopsDeploy() bool {
	return s.State == KeyMissing || s.State == KeyDeleted || s.State == ""
}

// SecretStatus answers for every key that the region's container asks for. It has to read the secret,
// as the labels of its versions say nothing of single keys.
func (r *Region) SecretStatus(ctx context.Context) (statuses []SecretStatus) {
	state, changed, err := r.secretState(ctx)
	states := map[string]KeyState{}
	switch {
	case err != nil:
	case state == KeySet || state == KeyPlaceholder:
		states, err = r.secretKeys(ctx)
	default:
		for _, key := range r.Container.SecretKeys() {
			states[key] = state
		}
	}
	if err != nil {
		return []SecretStatus{{Region: r.Name, Problems: []Problem{ProblemOf(err)}}}
	}
	if len(states) == 0 {
		return nil
	}
	for _, key := range slices.Sorted(maps.Keys(states)) {
		status := SecretStatus{Region: r.Name, Key: key, State: states[key], Changed: changed}
		if problem, wrong := r.keyProblem(key, states[key]); wrong {
			status.Problems = append(status.Problems, problem)
		}
		statuses = append(statuses, status)
	}
	return statuses
}

// SetSecret sets one key and keeps the others.
func (r *Region) SetSecret(ctx context.Context, key, secret string) error {
	values, err := r.secretValues(ctx)
	if hasCode(err, notFound) {
		// Either there is no secret, or it has no value yet; writing tells the two apart.
		values, err = map[string]any{}, nil
	}
	if err != nil {
		return err
	}
	values[key] = secret
	text, err := json.Marshal(values)
	if err != nil {
		return errors.New("the secret's other keys cannot be written back")
	}
	_, err = r.secrets.PutSecretValue(ctx, &secretsmanager.PutSecretValueInput{SecretId: new(r.Names.Secret()), SecretString: new(string(text))})
	if hasCode(err, notFound) {
		return r.notDeployed("secret " + r.Names.Secret())
	}
	return err
}
