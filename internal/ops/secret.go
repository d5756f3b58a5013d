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

// KeyState is the state of a key of the JSON secret. It does not reveal the key's value.
type KeyState string

// States of a key.
const (
	KeySet         KeyState = "set"
	KeyPlaceholder KeyState = "placeholder"
	// KeyMissing is a key without a value in a secret that has a value. No apply adds it.
	KeyMissing KeyState = "missing"
	// KeyNotDeployed is a key of a secret that has no value. The next apply writes the placeholder.
	KeyNotDeployed KeyState = "not deployed"
	// KeyDeleted is a key of a secret that is scheduled for deletion.
	KeyDeleted KeyState = "scheduled for deletion"
)

// Staging labels of secret versions.
const (
	currentLabel  = "AWSCURRENT"
	previousLabel = "AWSPREVIOUS"
	// placeholderLabel is the label that constructs/secrets attaches to the version with the placeholders.
	placeholderLabel = "placeholder"
)

// secretState is what AWS says of the whole secret.
type secretState struct {
	// state is "" if the container uses no secret.
	state   KeyState
	changed *time.Time
	// key is the KMS key that encrypts the secret, "" for AWS's own.
	key string
}

// secretState infers from the staging labels whether the secret was ever set, without reading its value: the
// stack creates the first version with placeholders, and setting a value creates another version. The labels
// do not cover individual keys, or a key that was added later.
func (r *Region) secretState(ctx context.Context) (secretState, error) {
	if len(r.Container.SecretKeys()) == 0 {
		return secretState{}, nil
	}
	secret, err := r.secrets.DescribeSecret(ctx, &secretsmanager.DescribeSecretInput{SecretId: new(r.Names.Secret())})
	switch {
	case hasCode(err, notFound):
		return secretState{state: KeyNotDeployed}, nil
	case err != nil:
		return secretState{}, err
	}
	seen := secretState{KeyDeleted, secret.LastChangedDate, value(secret.KmsKeyId)}
	if secret.DeletedDate == nil {
		seen.state = stateFromLabels(secret.VersionIdsToStages)
	}
	return seen, nil
}

// stateFromLabels returns the state of a secret, given the labels of its versions.
func stateFromLabels(versions map[string][]string) KeyState {
	state := KeyNotDeployed
	for _, labels := range versions {
		switch {
		case !slices.Contains(labels, currentLabel):
		case slices.Contains(labels, placeholderLabel): // also if a user has restored it
			return KeyPlaceholder
		default:
			state = KeySet
		}
	}
	// A stack created before placeholderLabel existed has one version until its secret is set.
	all := slices.Concat(slices.Collect(maps.Values(versions))...)
	if state == KeySet && !slices.Contains(all, previousLabel) && !slices.Contains(all, placeholderLabel) {
		return KeyPlaceholder
	}
	return state
}

// keyProblem returns the problem with a key in the given state and its fix. It returns false for a key that
// is set.
func (r *Region) keyProblem(key string, state KeyState) (Problem, bool) {
	set := r.fix(VerbSecretSet, key)
	switch state {
	case KeyPlaceholder:
		return Problem{SecretPlaceholder, key + " is still set to the placeholder", set}, true
	case KeyMissing:
		return Problem{SecretKeyMissing, "the secret has no value for " + key + ", so no new task can start", set}, true
	case KeyNotDeployed:
		return Problem{SecretWithoutValue, "not deployed: no value in secret " + r.Names.Secret(), r.deploy()}, true
	case KeyDeleted:
		return Problem{SecretDeleted, "the secret " + r.Names.Secret() + " is scheduled for deletion, so no new task can start",
			Fix{Verb: VerbAWS, Region: r.Name, Arguments: []string{"secretsmanager", "restore-secret", "--secret-id", r.Names.Secret()}}}, true
	}
	return Problem{}, false
}

// secretProblems returns the problems of the whole secret.
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
		problem.Message = "the secret still contains placeholders"
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

// secretVersion is the current version of a secret. Its values must not leave this file.
type secretVersion struct {
	id     string
	values map[string]any
}

// secretVersion reads the current version. It names the label because the pipeline roles may read no other
// version.
func (r *Region) secretVersion(ctx context.Context) (version secretVersion, err error) {
	output, err := r.secrets.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: new(r.Names.Secret()), VersionStage: new(currentLabel)})
	if err != nil {
		return version, err
	}
	version.id = value(output.VersionId)
	decoder := json.NewDecoder(strings.NewReader(value(output.SecretString)))
	decoder.UseNumber() // keeps long numbers unchanged
	if err := decoder.Decode(&version.values); err != nil || version.values == nil {
		// The parser's error could quote the value.
		return version, fmt.Errorf("the secret %s is not a JSON object", r.Names.Secret())
	}
	return version, nil
}

// SecretStatus is the status of a region's secret, without its values.
type SecretStatus struct {
	Region  string      `json:"-"`
	Changed *time.Time  `json:"changed,omitempty"`
	Keys    []KeyStatus `json:"keys"`

	Problems []Problem `json:"-"`
}

// KeyStatus is the state of one key.
type KeyStatus struct {
	Key   string   `json:"key"`
	State KeyState `json:"state"`
}

// BlocksDeploy reports whether a deploy would, or if the secret cannot be read might, result in tasks that
// cannot start. A secret that does not exist yet does not stop the deploy that creates it.
func (s SecretStatus) BlocksDeploy() bool {
	unseen := len(s.Keys) == 0 && len(s.Problems) > 0
	return unseen || slices.ContainsFunc(s.Keys, func(key KeyStatus) bool { return key.State == KeyMissing || key.State == KeyDeleted })
}

// SecretStatus returns the state of every key that the region's container references. It reads the secret,
// because the labels of its versions do not cover individual keys.
func (r *Region) SecretStatus(ctx context.Context) SecretStatus {
	status := SecretStatus{Region: r.Name, Keys: []KeyStatus{}}
	seen, err := r.secretState(ctx)
	var version secretVersion
	if err == nil && (seen.state == KeySet || seen.state == KeyPlaceholder) {
		version, err = r.secretVersion(ctx)
	}
	if err != nil {
		status.Problems = []Problem{ProblemOf(err)}
		return status
	}
	status.Changed = seen.changed
	for _, key := range r.Container.SecretKeys() {
		each := KeyStatus{key, seen.state}
		if version.values != nil {
			each.State = keyState(version.values, key)
		}
		status.Keys = append(status.Keys, each)
		problem, wrong := r.keyProblem(key, each.State)
		said := slices.ContainsFunc(status.Problems, func(other Problem) bool { return other.Message == problem.Message })
		if wrong && !said {
			status.Problems = append(status.Problems, problem)
		}
	}
	return status
}

// SecretChange is the result of SetSecret.
type SecretChange struct {
	// Written is false if the key already had the value.
	Written bool
	// undo restores the old value and restarts the tasks. It is empty if there was no old value.
	undo []Fix
}

// badValueCodes are the problems that a bad value may cause. A user who interrupts the wait may have noticed
// one.
var badValueCodes = []Code{NotSteady, NoTaskStarts, DeploymentFailed, RolledBack, Interrupted}

// UndoCommands returns the commands that restore the old value, if the new one may have caused the error.
func (c SecretChange) UndoCommands(err error) []Fix {
	if !slices.Contains(badValueCodes, ProblemOf(err).Code) {
		return nil
	}
	return c.undo
}

// SetSecret sets one key and keeps the others.
func (r *Region) SetSecret(ctx context.Context, key, secret string) (change SecretChange, err error) {
	before, err := r.secretVersion(ctx)
	if hasCode(err, notFound) {
		// Either the secret does not exist, or it has no value yet. PutSecretValue tells the two apart.
		before, err = secretVersion{values: map[string]any{}}, nil
	}
	if err != nil {
		return change, r.secretFailure(ctx, key, err)
	}
	if before.values[key] == secret {
		return change, nil
	}
	hadValue := keyState(before.values, key) == KeySet
	before.values[key] = secret
	text, err := json.Marshal(before.values)
	if err != nil {
		return change, errors.New("cannot encode the secret's other keys")
	}
	output, err := r.secrets.PutSecretValue(ctx, &secretsmanager.PutSecretValueInput{SecretId: new(r.Names.Secret()), SecretString: new(string(text))})
	if hasCode(err, notFound) {
		return change, r.notDeployed("secret " + r.Names.Secret())
	}
	if err != nil {
		return change, r.secretFailure(ctx, key, err)
	}
	change.Written = true
	if hadValue {
		change.undo = r.undoSecret(before.id, value(output.VersionId))
	}
	return change, nil
}

// secretFailure explains an error. Secrets Manager reports a scheduled deletion with a code that it also uses
// for other errors.
func (r *Region) secretFailure(ctx context.Context, key string, err error) error {
	if !hasCode(err, "InvalidRequestException") {
		return err
	}
	if seen, unseen := r.secretState(ctx); unseen != nil || seen.state != KeyDeleted {
		return err
	}
	problem, _ := r.keyProblem(key, KeyDeleted)
	return failure{problem}
}

// undoSecret returns the commands that make an earlier version current and restart the tasks, which read the
// secret only when they start.
func (r *Region) undoSecret(earlier, later string) []Fix {
	return []Fix{
		{Verb: VerbAWS, Region: r.Name, Arguments: []string{
			"secretsmanager", "update-secret-version-stage", "--secret-id", r.Names.Secret(), "--version-stage", currentLabel,
			"--move-to-version-id", earlier, "--remove-from-version-id", later,
		}},
		{Verb: VerbAWS, Region: r.Name, Arguments: []string{
			"ecs", "update-service", "--cluster", r.Names.Cluster(), "--service", r.Names.Service(), "--force-new-deployment",
		}},
	}
}
