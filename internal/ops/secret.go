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
	// untouched is the label that constructs/secrets gives the version with the placeholders.
	untouched = "placeholder"
)

// secretState tells from the labels of the secret's versions whether it was ever set. It reads no
// value: the first version is the placeholder of the stack's, and whoever sets a value leaves it
// behind. Of single keys, and of one that was added later, the labels say nothing.
func (r *Region) secretState(ctx context.Context) (state KeyState, changed *time.Time, err error) {
	if len(r.Container.SecretKeys()) == 0 {
		return "", nil, nil
	}
	secret, err := r.secrets.DescribeSecret(ctx, &secretsmanager.DescribeSecretInput{SecretId: new(r.Names.Secret())})
	switch {
	case hasCode(err, notFound):
		return KeyNotDeployed, nil, nil
	case err != nil:
		return "", nil, err
	case secret.DeletedDate != nil:
		return KeyDeleted, secret.LastChangedDate, nil
	}
	return labelled(secret.VersionIdsToStages), secret.LastChangedDate, nil
}

// labelled is the state of a secret whose versions have these labels.
func labelled(versions map[string][]string) KeyState {
	state := KeyNotDeployed
	for _, labels := range versions {
		switch {
		case !slices.Contains(labels, current):
		case slices.Contains(labels, untouched): // also where somebody has gone back to it
			return KeyPlaceholder
		default:
			state = KeySet
		}
	}
	// A stack that was made before the label has one version until its secret is set.
	all := slices.Concat(slices.Collect(maps.Values(versions))...)
	if state == KeySet && !slices.Contains(all, previous) && !slices.Contains(all, untouched) {
		return KeyPlaceholder
	}
	return state
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

// secretVersion is the current version of a secret. Its values never leave this file.
type secretVersion struct {
	id     string
	values map[string]any
}

// secretVersion asks for the label by its name, as the pipelines' roles are allowed no other version.
func (r *Region) secretVersion(ctx context.Context) (version secretVersion, err error) {
	answer, err := r.secrets.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: new(r.Names.Secret()), VersionStage: new(current)})
	if err != nil {
		return version, err
	}
	version.id = value(answer.VersionId)
	decoder := json.NewDecoder(strings.NewReader(value(answer.SecretString)))
	decoder.UseNumber() // so that a long number is written back as it was
	if err := decoder.Decode(&version.values); err != nil || version.values == nil {
		// The parser's own words could quote the value.
		return version, fmt.Errorf("the secret %s is not a JSON object", r.Names.Secret())
	}
	return version, nil
}

// SecretStatus is what can be said of one region's secret.
type SecretStatus struct {
	Region  string      `json:"-"`
	Changed *time.Time  `json:"changed,omitempty"`
	Keys    []KeyStatus `json:"keys"`

	Problems []Problem `json:"-"`
}

// KeyStatus is what can be said of one key.
type KeyStatus struct {
	Key   string   `json:"key"`
	State KeyState `json:"state"`
}

// StopsDeploy says whether a deploy would, or for all that can be seen could, end in tasks that cannot
// start. A secret that is not there yet does not stop the deploy that makes it.
func (s SecretStatus) StopsDeploy() bool {
	unseen := len(s.Keys) == 0 && len(s.Problems) > 0
	return unseen || slices.ContainsFunc(s.Keys, func(key KeyStatus) bool { return key.State == KeyMissing || key.State == KeyDeleted })
}

// SecretStatus answers for every key that the region's container asks for. It has to read the secret,
// as the labels of its versions say nothing of single keys.
func (r *Region) SecretStatus(ctx context.Context) SecretStatus {
	status := SecretStatus{Region: r.Name, Keys: []KeyStatus{}}
	state, changed, err := r.secretState(ctx)
	var version secretVersion
	if err == nil && (state == KeySet || state == KeyPlaceholder) {
		version, err = r.secretVersion(ctx)
	}
	if err != nil {
		status.Problems = []Problem{ProblemOf(err)}
		return status
	}
	status.Changed = changed
	for _, key := range r.Container.SecretKeys() {
		each := KeyStatus{key, state}
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

// SecretChange is what SetSecret has done.
type SecretChange struct {
	// Written is false where the secret had the value already.
	Written bool
	// undo puts the old value back, and starts the tasks anew. It is empty where there was no value.
	undo []Fix
}

// suspect are what happens to tasks that cannot work with a value. Whoever stops waiting may have seen it.
var suspect = []Code{NotSteady, NoTaskStarts, DeploymentFailed, RolledBack, Interrupted}

// UndoneAfter is how to go back after an error that the new value may be the cause of.
func (c SecretChange) UndoneAfter(err error) []Fix {
	if !slices.Contains(suspect, ProblemOf(err).Code) {
		return nil
	}
	return c.undo
}

// SetSecret sets one key and keeps the others.
func (r *Region) SetSecret(ctx context.Context, key, secret string) (change SecretChange, err error) {
	before, err := r.secretVersion(ctx)
	if hasCode(err, notFound) {
		// Either there is no secret, or it has no value yet; writing tells the two apart.
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
		return change, errors.New("the secret's other keys cannot be written back")
	}
	answer, err := r.secrets.PutSecretValue(ctx, &secretsmanager.PutSecretValueInput{SecretId: new(r.Names.Secret()), SecretString: new(string(text))})
	if hasCode(err, notFound) {
		return change, r.notDeployed("secret " + r.Names.Secret())
	}
	if err != nil {
		return change, r.secretFailure(ctx, key, err)
	}
	change.Written = true
	if hadValue {
		change.undo = r.undoSecret(before.id, value(answer.VersionId))
	}
	return change, nil
}

// secretFailure is what an error of a secret's means. That it is about to be deleted Secrets Manager
// tells by a code that it has for other things too.
func (r *Region) secretFailure(ctx context.Context, key string, err error) error {
	if !hasCode(err, "InvalidRequestException") {
		return err
	}
	if state, _, unseen := r.secretState(ctx); unseen != nil || state != KeyDeleted {
		return err
	}
	problem, _ := r.keyProblem(key, KeyDeleted)
	return failure{problem}
}

// undoSecret makes an earlier version the current one again. Tasks read it only when they start.
func (r *Region) undoSecret(earlier, later string) []Fix {
	return []Fix{
		{Verb: VerbAWS, Region: r.Name, Arguments: []string{
			"secretsmanager", "update-secret-version-stage", "--secret-id", r.Names.Secret(), "--version-stage", current,
			"--move-to-version-id", earlier, "--remove-from-version-id", later,
		}},
		{Verb: VerbAWS, Region: r.Name, Arguments: []string{
			"ecs", "update-service", "--cluster", r.Names.Cluster(), "--service", r.Names.Service(), "--force-new-deployment",
		}},
	}
}
