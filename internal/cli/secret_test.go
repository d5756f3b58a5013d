package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"github.com/cdtait/mcpfleet/internal/ops/opstest"
	"github.com/cdtait/mcpfleet/internal/session"
)

const secretValue = "s3cr3t <&> value"

func TestSecretSetKeepsOtherKeysAndNeverPrintsTheValue(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("secret-a", "{}", "  eu-west-1: {network: {cidr: 10.0.0.0/16}}\n  us-east-1: {network: {cidr: 10.1.0.0/16}, weekend: {enabled: true}}\n"))
	seeded := seed(t, url, file)
	want(t, run(t, tuesday, file, "weekend", "down", "--yes", "--region", "us-east-1"), 0)
	want(t, run(t, tuesday, file, "secret", "status"), 1, "eu-west-1  API_KEY  placeholder")
	got := runWith(t, strings.NewReader(secretValue+"\n"), tuesday, file, "secret", "set")
	want(t, got, 0, "eu-west-1  API_KEY is set, new deployment, steady", "us-east-1  API_KEY is set; no tasks are running; the next ones will read it")
	status := run(t, tuesday, file, "secret", "status")
	want(t, status, 0, "eu-west-1  API_KEY  set")
	if strings.Contains(got.String()+status.String(), "s3cr3t") {
		t.Error("the value was printed")
	}
	current := currentSecret(t, url, "us-east-1", seeded["us-east-1"].SecretARN)
	if text := *current.SecretString; text != `{"API_KEY":"s3cr3t \u003c\u0026\u003e value","OTHER":"kept"}` {
		t.Errorf("the secret is %s", text)
	}
}

// TestSecretStatusReportsAddedKeyBeforeDeploy adds a second key to a fleet with one region whose secret is set,
// one whose secret is a placeholder, and one undeployed region.
func TestSecretStatusReportsAddedKeyBeforeDeploy(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	first := fleetText("secret-c", "{}", threeRegions)
	file := fleetFile(t, first)
	seed(t, url, file, "eu-west-1", "eu-west-2")
	want(t, runWith(t, strings.NewReader(secretValue), tuesday, file, "secret", "set", "--region", "eu-west-1"), 0)

	before := run(t, tuesday, file, "secret", "status", "--before-deploy")
	before.out = withoutTempDir(before.out)
	want(t, before, 0, "eu-west-1  API_KEY  set", "eu-west-2  API_KEY  placeholder", "us-east-1  API_KEY  not deployed",
		"eu-west-2: API_KEY is still set to the placeholder; mcpfleet secret set API_KEY --region eu-west-2 --config FOLDER/regions.yaml\n",
		"us-east-1: not deployed: no value in secret secret-c-dev-us-east-1-api-key; MCPFLEET_CONFIG=FOLDER/regions.yaml npx cdktf deploy dev-us-east-1\n")
	want(t, run(t, tuesday, file, "secret", "status"), 1)

	added := fleetFile(t, strings.Replace(first, "{FMP_API_KEY: API_KEY}", "{FMP_API_KEY: API_KEY, OTHER_KEY: OTHER_KEY}", 1))
	for _, region := range []string{"eu-west-1", "eu-west-2"} {
		want(t, run(t, tuesday, added, "secret", "status", "--before-deploy", "--region", region), 1, region+"  OTHER_KEY  missing",
			region+": the secret has no value for OTHER_KEY, so no new task can start; mcpfleet secret set OTHER_KEY --region "+region+" --config ")
	}
	want(t, run(t, tuesday, added, "secret", "status", "--before-deploy", "--region", "us-east-1"), 0, "us-east-1  OTHER_KEY  not deployed")

	want(t, runWith(t, strings.NewReader(secretValue), tuesday, added, "secret", "set", "OTHER_KEY", "--no-wait", "--region", "eu-west-1"), 0)
	want(t, run(t, tuesday, added, "secret", "status", "--before-deploy", "--region", "eu-west-1"), 0, "eu-west-1  OTHER_KEY  set")
}

func TestSecretWithoutValueDoesNotBlockDeploy(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("secret-d", "{}", oneRegion))
	cfg, err := opstest.Config(t.Context(), url, "eu-west-1")
	if err != nil {
		t.Fatal(err)
	}
	// The state after an apply that was interrupted between the secret and its first version.
	if _, err := secretsmanager.NewFromConfig(cfg).CreateSecret(t.Context(), &secretsmanager.CreateSecretInput{Name: new("secret-d-dev-eu-west-1-api-key")}); err != nil {
		t.Fatal(err)
	}
	want(t, run(t, tuesday, file, "secret", "status", "--before-deploy"), 0, "eu-west-1  API_KEY  not deployed")
}

func TestUnreadableSecretBlocksDeploy(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("secret-e", "{}", oneRegion))
	seed(t, url, file)
	intercept(t, url, func(c call) bool {
		return c.operation == "GetSecretValue" && c.fail(400, "AccessDeniedException", "User: x is not authorized to perform: secretsmanager:GetSecretValue")
	})
	want(t, run(t, tuesday, file, "secret", "status", "--before-deploy"), 1,
		"eu-west-1  not allowed\n",
		"eu-west-1: GetSecretValue: not allowed: User: x is not authorized to perform: secretsmanager:GetSecretValue; grant the credentials permission")
}

// TestSecretSetRejectsUnknownKeyFirst checks that neither the credentials nor the value are read.
func TestSecretSetRejectsUnknownKeyFirst(t *testing.T) {
	file := fleetFile(t, fleetText("secret-b", "{}", threeRegions))
	for _, each := range []struct {
		arguments []string
		reason    string
	}{
		{[]string{"OTHER"}, "no container uses the key OTHER; the keys are API_KEY"},
		{[]string{"API_KEY", "value"}, "a value cannot be an argument"},
	} {
		in, errs := strings.NewReader(secretValue), &bytes.Buffer{}
		app := &App{In: in, Out: errs, Err: errs, Now: nowAt(tuesday), Open: func(context.Context, string) (aws.Config, error) {
			t.Errorf("credentials were loaded with %q", each.arguments)
			return aws.Config{}, session.ErrNoCredentials
		}}
		if status := Run(t.Context(), app, append([]string{"--config", file, "secret", "set"}, each.arguments...)); status != 2 {
			t.Errorf("got status %d with %q", status, each.arguments)
		}
		if !strings.Contains(errs.String(), each.reason) || in.Len() != len(secretValue) {
			t.Errorf("%d bytes of the value are unread: %s", in.Len(), errs)
		}
	}
}

func TestReadSecretRejectsInvalidValues(t *testing.T) {
	for value, reason := range map[string]string{
		"": "empty", "\n": "empty", "   ": "only white space", " \t\u00a0\n": "only white space",
		"PLACEHOLDER": "is a placeholder", "REPLACE_ME": "is a placeholder", "change-me\n": "is a placeholder", "<your-api-key>": "is a placeholder", "XXXXXXXX": "is a placeholder",
		"****": "is a placeholder", "null\n": "is a placeholder", "TODO": "is a placeholder",
		"caf\xe9": "not UTF-8", "\xff\xfek\x00": "not UTF-8", "key\x00": "control character", "\x1b[Akey": "control character", "\ufeffkey": "control character", "k\ufffdy": "not converted correctly",
		"-----BEGIN PRIVATE KEY-----\n":  "first line of a PEM block",
		strings.Repeat("k", maxSecret+1): "longer than 64 KiB",
	} {
		_, err := (&App{In: strings.NewReader(value), Err: io.Discard}).readSecret(t.Context(), "API_KEY")
		if err == nil || exitStatus(err) != 2 || !strings.Contains(err.Error(), reason) {
			t.Errorf("%.20q: %v", value, err)
		}
		if trimmed := strings.TrimSpace(value); err != nil && trimmed != "" && strings.Contains(err.Error(), trimmed) {
			t.Errorf("the value was printed: %v", err)
		}
	}
}

func TestReadSecretKeepsValue(t *testing.T) {
	const pem = "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----"
	for given, want := range map[string]string{
		"key": "key", "key\n": "key", "key\r\n": "key", "key\n\n": "key\n", pem + "\n": pem, "sk-xxx-1": "sk-xxx-1", "changeme2": "changeme2", "ключ 🔑": "ключ 🔑",
		" key": " key", `"key"`: `"key"`,
	} {
		var errs bytes.Buffer
		got, err := (&App{In: strings.NewReader(given), Err: &errs}).readSecret(t.Context(), "API_KEY")
		if err != nil || got != want {
			t.Errorf("%q is %q, %v", given, got, err)
		}
		if warned := errs.Len() > 0; warned != (strings.TrimSpace(want) != want) {
			t.Errorf("%q: %q", given, &errs)
		}
	}
}

func TestSecretSetInvalidValueChangesNothing(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("secret-f", "{}", oneRegion))
	seed(t, url, file)
	intercept(t, url, func(c call) bool {
		if c.operation == "PutSecretValue" || c.operation == "UpdateService" {
			t.Errorf("%s was called", c.operation)
		}
		return false
	})
	want(t, runWith(t, strings.NewReader("REPLACE_ME\n"), tuesday, file, "secret", "set"), 2, "mcpfleet: the value is a placeholder; enter the real value; no secret was changed\n")
}

// currentSecret returns the current version of a secret.
func currentSecret(t *testing.T, url, region, id string) *secretsmanager.GetSecretValueOutput {
	t.Helper()
	output, err := secretsClient(t, url, region).GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: &id})
	if err != nil {
		t.Fatal(err)
	}
	return output
}

func secretsClient(t *testing.T, url, region string) *secretsmanager.Client {
	t.Helper()
	cfg, err := opstest.Config(t.Context(), url, region)
	if err != nil {
		t.Fatal(err)
	}
	return secretsmanager.NewFromConfig(cfg)
}

// rollBack simulates an ECS rollback of a region's next deployment, while the old tasks keep running.
func rollBack(t *testing.T, url, region string) {
	t.Helper()
	var requests atomic.Int32
	intercept(t, url, func(c call) bool {
		switch {
		case c.region != region:
			return false
		case c.operation == "DescribeServices":
			_, _ = c.w.Write(bytes.Replace(c.forward(), []byte(`"pendingCount": 0`), []byte(`"pendingCount": 1`), 1))
			return true
		case c.operation != "ListServiceDeployments":
			return false
		}
		status := "IN_PROGRESS"
		if requests.Add(1) > 1 {
			status = "ROLLBACK_IN_PROGRESS"
		}
		_, _ = c.w.Write([]byte(deployment(status, "the circuit breaker threshold was exceeded", time.Minute)))
		return true
	})
}

func TestSecretSetStopsAtFirstUnhealthyRegion(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("secret-g", "{}", threeRegions))
	seeded := seed(t, url, file)
	want(t, runWith(t, strings.NewReader("good"), saturday, file, "secret", "set", "--parallel"), 0, "us-east-1  API_KEY is set, new deployment, steady")
	good := map[string]string{}
	for region, each := range seeded {
		good[region] = *currentSecret(t, url, region, each.SecretARN).VersionId
	}
	rollBack(t, url, "eu-west-2")
	got := runWith(t, strings.NewReader("bad"), saturday, file, "secret", "set")
	bad := *currentSecret(t, url, "eu-west-2", seeded["eu-west-2"].SecretARN).VersionId
	undo := "\nTo roll back eu-west-2:\n  aws secretsmanager update-secret-version-stage --secret-id secret-g-dev-eu-west-2-api-key --version-stage AWSCURRENT --move-to-version-id " +
		good["eu-west-2"] + " --remove-from-version-id " + bad + " --region eu-west-2\n" +
		"  aws ecs update-service --cluster secret-g-dev-eu-west-2-cluster --service secret-g-dev-eu-west-2-service --force-new-deployment --region eu-west-2\n"
	want(t, got, 1, "eu-west-1  API_KEY is set, new deployment, steady\n",
		"eu-west-2  API_KEY is set, new deployment; the deployment started 1 min ago was rolled back, and revision 1 is running: the circuit breaker threshold was exceeded; mcpfleet logs --since 1h --region eu-west-2 --config ", undo,
		"us-east-1  not changed; mcpfleet secret set API_KEY --region us-east-1 --config ")
	if now := *currentSecret(t, url, "us-east-1", seeded["us-east-1"].SecretARN).VersionId; now != good["us-east-1"] {
		t.Error("us-east-1 was changed")
	}

	// The commands are also in the JSON document.
	rollBack(t, url, "eu-west-2")
	again := runWith(t, strings.NewReader("worse"), saturday, file, "secret", "set", "--region", "eu-west-2", "--json")
	want(t, again, 1, `"undo": [`, `"command": "aws secretsmanager update-secret-version-stage --secret-id secret-g-dev-eu-west-2-api-key `, `"code": "rolled_back"`)
	bad = *currentSecret(t, url, "eu-west-2", seeded["eu-west-2"].SecretARN).VersionId

	// The printed commands restore the old value.
	if _, err := secretsClient(t, url, "eu-west-2").UpdateSecretVersionStage(t.Context(), &secretsmanager.UpdateSecretVersionStageInput{
		SecretId: &seeded["eu-west-2"].SecretARN, VersionStage: new("AWSCURRENT"), MoveToVersionId: new(good["eu-west-2"]), RemoveFromVersionId: &bad,
	}); err != nil {
		t.Fatal(err)
	}
	want(t, run(t, saturday, file, "secret", "status", "--region", "eu-west-2"), 0, "eu-west-2  API_KEY  set")

	// Setting the same value creates no new version, so the previous version is kept.
	before := *currentSecret(t, url, "eu-west-1", seeded["eu-west-1"].SecretARN).VersionId
	want(t, runWith(t, strings.NewReader("bad"), saturday, file, "secret", "set", "--region", "eu-west-1"), 0, "eu-west-1  API_KEY already has this value, new deployment, steady\n")
	if now := *currentSecret(t, url, "eu-west-1", seeded["eu-west-1"].SecretARN).VersionId; now != before {
		t.Error("there is a new version")
	}
}

func TestSecretSetContinuesAfterUnchangedRegion(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("secret-h", "{}", threeRegions))
	seed(t, url, file, "eu-west-2", "us-east-1")
	intercept(t, url, func(c call) bool {
		return c.region == "eu-west-2" && c.operation == "PutSecretValue" && c.fail(400, "AccessDeniedException", "no")
	})
	want(t, runWith(t, strings.NewReader(secretValue), tuesday, file, "secret", "set", "--no-wait"), 1,
		"eu-west-1  not deployed: no secret secret-h-dev-eu-west-1-api-key; ", "eu-west-2  PutSecretValue: not allowed: no; ", "us-east-1  API_KEY is set, new deployment\n")
}

// TestSecretSetDoesNotRestorePlaceholder checks that no undo is offered for the first value.
func TestSecretSetDoesNotRestorePlaceholder(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("secret-i", "{}", oneRegion))
	seed(t, url, file)
	rollBack(t, url, "eu-west-1")
	got := runWith(t, strings.NewReader(secretValue), saturday, file, "secret", "set")
	want(t, got, 1, "eu-west-1  API_KEY is set, new deployment; the deployment started 1 min ago was rolled back")
	if strings.Contains(got.out, "update-secret-version-stage") {
		t.Error(got)
	}
}

func TestSecretSetReportsCompletedStepsOnCtrlC(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("secret-j", "{}", threeRegions))
	seed(t, url, file)
	want(t, runWith(t, strings.NewReader("one"), tuesday, file, "secret", "set", "--parallel"), 0)
	ctx, stop := context.WithCancel(t.Context())
	intercept(t, url, func(c call) bool {
		if c.operation != "DescribeServices" || c.region != "eu-west-2" {
			return false
		}
		_, _ = c.w.Write(bytes.Replace(c.forward(), []byte(`"runningCount": 2`), []byte(`"runningCount": 1`), 1))
		return true
	})
	errs := &watchedBuffer{words: []string{"eu-west-2: 1 of 2 tasks run", "\x00"}, first: stop}
	var out bytes.Buffer
	app := &App{In: strings.NewReader("two"), Out: &out, Err: errs, Now: nowAt(tuesday), Interval: time.Millisecond, Open: opener(t)}
	status := Run(ctx, app, []string{"--config", file, "secret", "set"})
	want(t, result{out.String(), errs.text, status}, 1, "eu-west-1  API_KEY is set, new deployment, steady\n", "eu-west-2  API_KEY is set, new deployment; interrupted\n", "To roll back eu-west-2:\n  aws secretsmanager update-secret-version-stage ",
		"us-east-1  not changed; ", "completed steps stay in effect")
}

// TestOnlySecretStatusReadsValues checks that the other commands work without permission to read secrets.
func TestOnlySecretStatusReadsValues(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("secret-k", "{enabled: true}", oneRegion))
	seed(t, url, file)
	var reads atomic.Int32
	intercept(t, url, func(c call) bool {
		if c.operation == "GetSecretValue" {
			reads.Add(1)
		}
		return false
	})
	want(t, run(t, saturday, file, "status", "--json"), 1, `"secret": "placeholder"`, `"code": "secret_placeholder"`)
	want(t, run(t, saturday, file, "doctor"), 1, "API_KEY is still set to the placeholder\n      fix: mcpfleet secret set API_KEY --region eu-west-1 --config ")
	run(t, saturday, file, "weekend", "status")
	run(t, saturday, file, "logs")
	if reads.Load() > 0 {
		t.Errorf("the secret was read %d times", reads.Load())
	}
	want(t, run(t, saturday, file, "secret", "status"), 1, "eu-west-1  API_KEY  placeholder")
	if reads.Load() != 1 {
		t.Errorf("secret status read the secret %d times", reads.Load())
	}
	want(t, runWith(t, strings.NewReader(secretValue), saturday, file, "secret", "set", "--no-wait"), 0)
	reads.Store(0)
	want(t, run(t, saturday, file, "status", "--json"), 0, `"secret": "set"`)
	if reads.Load() > 0 {
		t.Errorf("the secret was read %d times once it was set", reads.Load())
	}
}

func TestSecretScheduledForDeletion(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("secret-l", "{}", oneRegion))
	seeded := seed(t, url, file)
	if _, err := secretsClient(t, url, "eu-west-1").DeleteSecret(t.Context(), &secretsmanager.DeleteSecretInput{SecretId: &seeded["eu-west-1"].SecretARN}); err != nil {
		t.Fatal(err)
	}
	problem := "the secret secret-l-dev-eu-west-1-api-key is scheduled for deletion, so no new task can start"
	fix := "aws secretsmanager restore-secret --secret-id secret-l-dev-eu-west-1-api-key --region eu-west-1"
	want(t, run(t, tuesday, file, "status"), 1, "eu-west-1: "+problem+"; "+fix+"\n")
	want(t, run(t, tuesday, file, "doctor"), 1, problem+"\n      fix: "+fix+"\n")
	want(t, run(t, tuesday, file, "secret", "status"), 1, "eu-west-1  API_KEY  scheduled for deletion", "eu-west-1: "+problem+"; "+fix+"\n")
	want(t, run(t, tuesday, file, "secret", "status", "--before-deploy", "--json"), 1, `"code": "secret_scheduled_for_deletion"`, `"command": "`+fix+`"`)
	want(t, runWith(t, strings.NewReader(secretValue), tuesday, file, "secret", "set"), 1, "eu-west-1  "+problem+"; "+fix+"\n")

	if _, err := secretsClient(t, url, "eu-west-1").RestoreSecret(t.Context(), &secretsmanager.RestoreSecretInput{SecretId: &seeded["eu-west-1"].SecretARN}); err != nil {
		t.Fatal(err)
	}
	want(t, run(t, tuesday, file, "secret", "status"), 1, "eu-west-1  API_KEY  placeholder")
}

func TestSecretStatusWithHangingRegion(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("secret-m", "{}", threeRegions))
	seed(t, url, file)
	intercept(t, url, func(c call) bool { return c.region == "us-east-1" && c.hang(t) })
	want(t, run(t, tuesday, file, "secret", "status", "--timeout", "1s"), 1, "eu-west-1  API_KEY  placeholder", "us-east-1  timed out\n", "us-east-1: no response in time; try again, or raise --timeout")
}

func TestSecretStatusShowsPartialResults(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("secret-o", "{}", threeRegions))
	seed(t, url, file, "eu-west-1", "eu-west-2")
	intercept(t, url, func(c call) bool { return c.region == "us-east-1" && c.hang(t) })
	terminal := startTerminal(t, tuesday, file, "secret", "status", "--timeout", "2s")
	terminal.waitFor("eu-west-1  API_KEY  placeholder")
	terminal.waitFor("us-east-1  …\r\n")
	terminal.wantExit(1)
	terminal.waitFor("us-east-1  timed out\r\n")
}

func TestSecretStatusJSONHasOneEntryPerRegion(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, strings.Replace(fleetText("secret-n", "{}", oneRegion), "{FMP_API_KEY: API_KEY}", "{FMP_API_KEY: API_KEY, OTHER_KEY: OTHER_KEY}", 1))
	seed(t, url, file)
	var got struct {
		Schema  int
		OK      bool
		Regions []struct {
			Region   string
			OK       bool
			Changed  time.Time
			Keys     []struct{ Key, State string }
			Problems []struct {
				Code string
				Fix  struct{ Command string }
			}
		}
	}
	output := run(t, tuesday, file, "secret", "status", "--json")
	if err := json.Unmarshal([]byte(output.out), &got); err != nil {
		t.Fatal(err)
	}
	if got.Schema != 1 || got.OK || len(got.Regions) != 1 || len(got.Regions[0].Keys) != 2 || len(got.Regions[0].Problems) != 2 || got.Regions[0].Changed.IsZero() {
		t.Errorf("got %+v", got)
	}
	if key := got.Regions[0].Keys[1]; key.Key != "OTHER_KEY" || key.State != "placeholder" || got.Regions[0].Problems[1].Code != "secret_placeholder" {
		t.Errorf("got %+v", got)
	}
}
