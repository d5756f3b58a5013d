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
)

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

// keyFinding says what a key's state means to the tasks, and what sets it right. There is nothing to
// say of one that is set.
func (r *Region) keyFinding(key string, state KeyState) Finding {
	set := r.command("secret set " + key)
	switch state {
	case KeyPlaceholder:
		return Finding{Problem: key + " is still the placeholder", Fix: set}
	case KeyMissing:
		return Finding{Problem: "the secret has no value for " + key + ", without which no new task can start", Fix: set}
	case KeyNotDeployed:
		return Finding{Problem: "not deployed: there is no value in the secret " + r.Names.Secret(), Fix: r.deploy()}
	}
	return Finding{}
}

// secretFindings are those of every key.
func (r *Region) secretFindings(states map[string]KeyState) (findings []Finding) {
	for _, key := range slices.Sorted(maps.Keys(states)) {
		finding := r.keyFinding(key, states[key])
		if finding != (Finding{}) && !slices.Contains(findings, finding) {
			findings = append(findings, finding)
		}
	}
	return findings
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
	answer, err := r.secrets.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: new(r.Names.Secret()), VersionStage: new("AWSCURRENT")})
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
	Region  string     `json:"region"`
	Key     string     `json:"key,omitempty"`
	State   KeyState   `json:"state,omitempty"`
	Changed *time.Time `json:"changed,omitempty"`
	Problem string     `json:"problem,omitempty"`
	Fix     string     `json:"fix,omitempty"`
}

// StopsDeploy says whether a deploy would, or for all that can be seen could, end in tasks that cannot
// start. A secret that is not there yet does not stop the deploy that makes it.
func (s SecretStatus) StopsDeploy() bool { return s.State == KeyMissing || s.State == "" }

// SecretStatus answers for every key that the region's container asks for.
func (r *Region) SecretStatus(ctx context.Context) (statuses []SecretStatus) {
	states, err := r.secretKeys(ctx)
	if err != nil {
		return []SecretStatus{{Region: r.Name, Problem: Reason(err)}}
	}
	if len(states) == 0 {
		return nil
	}
	described, err := r.secrets.DescribeSecret(ctx, &secretsmanager.DescribeSecretInput{SecretId: new(r.Names.Secret())})
	for _, key := range slices.Sorted(maps.Keys(states)) {
		finding := r.keyFinding(key, states[key])
		status := SecretStatus{Region: r.Name, Key: key, State: states[key], Problem: finding.Problem, Fix: finding.Fix}
		switch {
		case err == nil:
			status.Changed = described.LastChangedDate
		case status.Problem == "":
			status.Problem = Reason(err)
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
		return notDeployed{r.Names.Stack(), "secret " + r.Names.Secret()}
	}
	return err
}
