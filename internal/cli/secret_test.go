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

const hush = "s3cr3t <&> value"

func TestSecretSetKeepsOtherKeysAndNeverPrintsTheValue(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("secret-a", "{}", "  eu-west-1: {network: {cidr: 10.0.0.0/16}}\n  us-east-1: {network: {cidr: 10.1.0.0/16}, weekend: {enabled: true}}\n"))
	made := seed(t, url, file)
	want(t, run(t, tuesday, file, "weekend", "down", "--yes", "--region", "us-east-1"), 0)
	want(t, run(t, tuesday, file, "secret", "status"), 1, "eu-west-1  API_KEY  placeholder")
	got := runWith(t, strings.NewReader(hush+"\n"), tuesday, file, "secret", "set")
	want(t, got, 0, "eu-west-1  API_KEY is set, new deployment, steady", "us-east-1  API_KEY is set; no task runs; the next ones read it")
	status := run(t, tuesday, file, "secret", "status")
	want(t, status, 0, "eu-west-1  API_KEY  set")
	if strings.Contains(got.String()+status.String(), "s3cr3t") {
		t.Error("the value is printed")
	}
	answer := currentSecret(t, url, "us-east-1", made["us-east-1"].SecretARN)
	if text := *answer.SecretString; text != `{"API_KEY":"s3cr3t \u003c\u0026\u003e value","OTHER":"kept"}` {
		t.Errorf("the secret is %s", text)
	}
}

// TestAKeyThatIsAddedLaterIsMissedBeforeADeploy adds a second key to a fleet of which one region is
// deployed and set, one is deployed, and one is not.
func TestAKeyThatIsAddedLaterIsMissedBeforeADeploy(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	first := fleetText("secret-c", "{}", threeRegions)
	file := fleetFile(t, first)
	seed(t, url, file, "eu-west-1", "eu-west-2")
	want(t, runWith(t, strings.NewReader(hush), tuesday, file, "secret", "set", "--region", "eu-west-1"), 0)

	before := run(t, tuesday, file, "secret", "status", "--before-deploy")
	before.out = withoutFolder(before.out)
	want(t, before, 0, "eu-west-1  API_KEY  set", "eu-west-2  API_KEY  placeholder", "us-east-1  API_KEY  not deployed",
		"eu-west-2: API_KEY is still the placeholder; mcpfleet secret set API_KEY --region eu-west-2 --config FOLDER/regions.yaml\n",
		"us-east-1: not deployed: there is no value in the secret secret-c-dev-us-east-1-api-key; MCPFLEET_CONFIG=FOLDER/regions.yaml npx cdktf deploy dev-us-east-1\n")
	want(t, run(t, tuesday, file, "secret", "status"), 1)

	added := fleetFile(t, strings.Replace(first, "{FMP_API_KEY: API_KEY}", "{FMP_API_KEY: API_KEY, OTHER_KEY: OTHER_KEY}", 1))
	for _, region := range []string{"eu-west-1", "eu-west-2"} {
		want(t, run(t, tuesday, added, "secret", "status", "--before-deploy", "--region", region), 1, region+"  OTHER_KEY  missing",
			region+": the secret has no value for OTHER_KEY, without which no new task can start; mcpfleet secret set OTHER_KEY --region "+region+" --config ")
	}
	want(t, run(t, tuesday, added, "secret", "status", "--before-deploy", "--region", "us-east-1"), 0, "us-east-1  OTHER_KEY  not deployed")

	want(t, runWith(t, strings.NewReader(hush), tuesday, added, "secret", "set", "OTHER_KEY", "--no-wait", "--region", "eu-west-1"), 0)
	want(t, run(t, tuesday, added, "secret", "status", "--before-deploy", "--region", "eu-west-1"), 0, "eu-west-1  OTHER_KEY  set")
}

func TestASecretWithoutAValueStopsNoDeploy(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("secret-d", "{}", oneRegion))
	cfg, err := opstest.Config(t.Context(), url, "eu-west-1")
	if err != nil {
		t.Fatal(err)
	}
	// An apply was stopped between the secret and its first version.
	if _, err := secretsmanager.NewFromConfig(cfg).CreateSecret(t.Context(), &secretsmanager.CreateSecretInput{Name: new("secret-d-dev-eu-west-1-api-key")}); err != nil {
		t.Fatal(err)
	}
	want(t, run(t, tuesday, file, "secret", "status", "--before-deploy"), 0, "eu-west-1  API_KEY  not deployed")
}

func TestWhatCannotBeSeenStopsADeploy(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("secret-e", "{}", oneRegion))
	seed(t, url, file)
	intercept(t, url, func(c call) bool {
		return c.operation == "GetSecretValue" && c.fail(400, "AccessDeniedException", "User: x is not authorized to perform: secretsmanager:GetSecretValue")
	})
	want(t, run(t, tuesday, file, "secret", "status", "--before-deploy"), 1,
		"eu-west-1  not allowed\n",
		"eu-west-1: GetSecretValue: not allowed: User: x is not authorized to perform: secretsmanager:GetSecretValue; allow the credentials")
}

// TestAKeyIsRefusedBeforeAnythingElse holds that neither credentials are looked for nor a value.
func TestAKeyIsRefusedBeforeAnythingElse(t *testing.T) {
	file := fleetFile(t, fleetText("secret-b", "{}", threeRegions))
	for _, each := range []struct {
		arguments []string
		why       string
	}{
		{[]string{"OTHER"}, "no container asks for the key OTHER; there is API_KEY"},
		{[]string{"API_KEY", "value"}, "a value is never an argument"},
	} {
		in, errs := strings.NewReader(hush), &bytes.Buffer{}
		app := &App{In: in, Out: errs, Err: errs, Now: nowAt(tuesday), Open: func(context.Context, string) (aws.Config, error) {
			t.Errorf("credentials are looked for with %q", each.arguments)
			return aws.Config{}, session.ErrNoCredentials
		}}
		if status := Run(t.Context(), app, append([]string{"--config", file, "secret", "set"}, each.arguments...)); status != 2 {
			t.Errorf("status is %d with %q", status, each.arguments)
		}
		if !strings.Contains(errs.String(), each.why) || in.Len() != len(hush) {
			t.Errorf("%d bytes are left of the value: %s", in.Len(), errs)
		}
	}
}

func TestWhatIsNoValueIsRefused(t *testing.T) {
	for value, why := range map[string]string{
		"": "empty", "\n": "empty", "   ": "nothing but white space", " \t\u00a0\n": "nothing but white space",
		"PLACEHOLDER": "stands in", "REPLACE_ME": "stands in", "change-me\n": "stands in", "<your-api-key>": "stands in", "XXXXXXXX": "stands in",
		"****": "stands in", "null\n": "stands in", "TODO": "stands in",
		"caf\xe9": "not UTF-8", "\xff\xfek\x00": "not UTF-8", "key\x00": "control character", "\x1b[Akey": "control character", "\ufeffkey": "control character", "k\ufffdy": "converted badly",
		"-----BEGIN PRIVATE KEY-----\n":  "first line of several",
		strings.Repeat("k", maxSecret+1): "longer than the 64 KiB",
	} {
		_, err := (&App{In: strings.NewReader(value), Err: io.Discard}).readSecret(t.Context(), "API_KEY")
		if err == nil || exitStatus(err) != 2 || !strings.Contains(err.Error(), why) {
			t.Errorf("%.20q: %v", value, err)
		}
		if trimmed := strings.TrimSpace(value); err != nil && trimmed != "" && strings.Contains(err.Error(), trimmed) {
			t.Errorf("the value is printed: %v", err)
		}
	}
}

func TestAValueIsKeptAsItIs(t *testing.T) {
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

func TestARefusedValueChangesNothing(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("secret-f", "{}", oneRegion))
	seed(t, url, file)
	intercept(t, url, func(c call) bool {
		if c.operation == "PutSecretValue" || c.operation == "UpdateService" {
			t.Errorf("%s is called", c.operation)
		}
		return false
	})
	want(t, runWith(t, strings.NewReader("REPLACE_ME\n"), tuesday, file, "secret", "set"), 2, "mcpfleet: the value only stands in for one; give the real one; nothing is done\n")
}

// currentSecret is a region's current version.
func currentSecret(t *testing.T, url, region, id string) *secretsmanager.GetSecretValueOutput {
	t.Helper()
	answer, err := secretsOf(t, url, region).GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: &id})
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

func secretsOf(t *testing.T, url, region string) *secretsmanager.Client {
	t.Helper()
	cfg, err := opstest.Config(t.Context(), url, region)
	if err != nil {
		t.Fatal(err)
	}
	return secretsmanager.NewFromConfig(cfg)
}

// rollBack lets ECS roll the next deployment of a region back, as it does where tasks cannot work with
// a value: the old ones go on running.
func rollBack(t *testing.T, url, region string) {
	t.Helper()
	var looks atomic.Int32
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
		if looks.Add(1) > 1 {
			status = "ROLLBACK_IN_PROGRESS"
		}
		_, _ = c.w.Write([]byte(deployment(status, "the circuit breaker threshold was exceeded", time.Minute)))
		return true
	})
}

func TestTheFirstUnhealthyRegionStopsASecret(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("secret-g", "{}", threeRegions))
	made := seed(t, url, file)
	want(t, runWith(t, strings.NewReader("good"), saturday, file, "secret", "set", "--parallel"), 0, "us-east-1  API_KEY is set, new deployment, steady")
	good := map[string]string{}
	for region, each := range made {
		good[region] = *currentSecret(t, url, region, each.SecretARN).VersionId
	}
	rollBack(t, url, "eu-west-2")
	got := runWith(t, strings.NewReader("bad"), saturday, file, "secret", "set")
	bad := *currentSecret(t, url, "eu-west-2", made["eu-west-2"].SecretARN).VersionId
	back := "\nTo go back in eu-west-2:\n  aws secretsmanager update-secret-version-stage --secret-id secret-g-dev-eu-west-2-api-key --version-stage AWSCURRENT --move-to-version-id " +
		good["eu-west-2"] + " --remove-from-version-id " + bad + " --region eu-west-2\n" +
		"  aws ecs update-service --cluster secret-g-dev-eu-west-2-cluster --service secret-g-dev-eu-west-2-service --force-new-deployment --region eu-west-2\n"
	want(t, got, 1, "eu-west-1  API_KEY is set, new deployment, steady\n",
		"eu-west-2  API_KEY is set, new deployment; the deployment of 1 min ago was rolled back, and revision 1 runs: the circuit breaker threshold was exceeded; mcpfleet logs --since 1h --region eu-west-2 --config ", back,
		"us-east-1  not changed; mcpfleet secret set API_KEY --region us-east-1 --config ")
	if now := *currentSecret(t, url, "us-east-1", made["us-east-1"].SecretARN).VersionId; now != good["us-east-1"] {
		t.Error("us-east-1 is changed")
	}

	// For scripts it is data.
	rollBack(t, url, "eu-west-2")
	again := runWith(t, strings.NewReader("worse"), saturday, file, "secret", "set", "--region", "eu-west-2", "--json")
	want(t, again, 1, `"undo": [`, `"command": "aws secretsmanager update-secret-version-stage --secret-id secret-g-dev-eu-west-2-api-key `, `"code": "rolled_back"`)
	bad = *currentSecret(t, url, "eu-west-2", made["eu-west-2"].SecretARN).VersionId

	// What is printed does go back.
	if _, err := secretsOf(t, url, "eu-west-2").UpdateSecretVersionStage(t.Context(), &secretsmanager.UpdateSecretVersionStageInput{
		SecretId: &made["eu-west-2"].SecretARN, VersionStage: new("AWSCURRENT"), MoveToVersionId: new(good["eu-west-2"]), RemoveFromVersionId: &bad,
	}); err != nil {
		t.Fatal(err)
	}
	want(t, run(t, saturday, file, "secret", "status", "--region", "eu-west-2"), 0, "eu-west-2  API_KEY  set")

	// The same value again is no new version: the one of before stays the one to go back to.
	before := *currentSecret(t, url, "eu-west-1", made["eu-west-1"].SecretARN).VersionId
	want(t, runWith(t, strings.NewReader("bad"), saturday, file, "secret", "set", "--region", "eu-west-1"), 0, "eu-west-1  API_KEY has this value already, new deployment, steady\n")
	if now := *currentSecret(t, url, "eu-west-1", made["eu-west-1"].SecretARN).VersionId; now != before {
		t.Error("there is another version")
	}
}

func TestARegionThatCannotBeChangedStopsNoOther(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("secret-h", "{}", threeRegions))
	seed(t, url, file, "eu-west-2", "us-east-1")
	intercept(t, url, func(c call) bool {
		return c.region == "eu-west-2" && c.operation == "PutSecretValue" && c.fail(400, "AccessDeniedException", "no")
	})
	want(t, runWith(t, strings.NewReader(hush), tuesday, file, "secret", "set", "--no-wait"), 1,
		"eu-west-1  not deployed: there is no secret secret-h-dev-eu-west-1-api-key; ", "eu-west-2  PutSecretValue: not allowed: no; ", "us-east-1  API_KEY is set, new deployment\n")
}

// TestThereIsNoWayBackToAPlaceholder holds that a first value that does not work is not taken back.
func TestThereIsNoWayBackToAPlaceholder(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("secret-i", "{}", oneRegion))
	seed(t, url, file)
	rollBack(t, url, "eu-west-1")
	got := runWith(t, strings.NewReader(hush), saturday, file, "secret", "set")
	want(t, got, 1, "eu-west-1  API_KEY is set, new deployment; the deployment of 1 min ago was rolled back")
	if strings.Contains(got.out, "update-secret-version-stage") {
		t.Error(got)
	}
}

func TestCtrlCInASecretSaysWhatIsDone(t *testing.T) {
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
	errs := &untilSeen{words: []string{"eu-west-2: 1 of 2 tasks run", "\x00"}, first: stop}
	var out bytes.Buffer
	app := &App{In: strings.NewReader("two"), Out: &out, Err: errs, Now: nowAt(tuesday), Interval: time.Millisecond, Open: opener(t)}
	status := Run(ctx, app, []string{"--config", file, "secret", "set"})
	want(t, result{out.String(), errs.text, status}, 1, "eu-west-1  API_KEY is set, new deployment, steady\n", "eu-west-2  API_KEY is set, new deployment; stopped\n", "To go back in eu-west-2:\n  aws secretsmanager update-secret-version-stage ",
		"us-east-1  not changed; ", "what is listed as done stays done")
}

// TestOnlySecretStatusReadsAValue holds that whoever looks at a fleet needs no right to its secrets.
func TestOnlySecretStatusReadsAValue(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("secret-k", "{enabled: true}", oneRegion))
	seed(t, url, file)
	var read atomic.Int32
	intercept(t, url, func(c call) bool {
		if c.operation == "GetSecretValue" {
			read.Add(1)
		}
		return false
	})
	want(t, run(t, saturday, file, "status", "--json"), 1, `"secret": "placeholder"`, `"code": "secret_placeholder"`)
	want(t, run(t, saturday, file, "doctor"), 1, "API_KEY is still the placeholder\n      fix: mcpfleet secret set API_KEY --region eu-west-1 --config ")
	run(t, saturday, file, "weekend", "status")
	run(t, saturday, file, "logs")
	if read.Load() > 0 {
		t.Errorf("the secret's value is read %d times", read.Load())
	}
	want(t, run(t, saturday, file, "secret", "status"), 1, "eu-west-1  API_KEY  placeholder")
	if read.Load() != 1 {
		t.Errorf("secret status reads the value %d times", read.Load())
	}
	want(t, runWith(t, strings.NewReader(hush), saturday, file, "secret", "set", "--no-wait"), 0)
	read.Store(0)
	want(t, run(t, saturday, file, "status", "--json"), 0, `"secret": "set"`)
	if read.Load() > 0 {
		t.Errorf("the secret's value is read %d times once it is set", read.Load())
	}
}

func TestASecretThatIsAboutToBeDeletedIsRestored(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("secret-l", "{}", oneRegion))
	made := seed(t, url, file)
	if _, err := secretsOf(t, url, "eu-west-1").DeleteSecret(t.Context(), &secretsmanager.DeleteSecretInput{SecretId: &made["eu-west-1"].SecretARN}); err != nil {
		t.Fatal(err)
	}
	problem := "the secret secret-l-dev-eu-west-1-api-key is scheduled for deletion, so no new task can start"
	fix := "aws secretsmanager restore-secret --secret-id secret-l-dev-eu-west-1-api-key --region eu-west-1"
	want(t, run(t, tuesday, file, "status"), 1, "eu-west-1: "+problem+"; "+fix+"\n")
	want(t, run(t, tuesday, file, "doctor"), 1, problem+"\n      fix: "+fix+"\n")
	want(t, run(t, tuesday, file, "secret", "status"), 1, "eu-west-1  API_KEY  scheduled for deletion", "eu-west-1: "+problem+"; "+fix+"\n")
	want(t, run(t, tuesday, file, "secret", "status", "--before-deploy", "--json"), 1, `"code": "secret_scheduled_for_deletion"`, `"command": "`+fix+`"`)
	want(t, runWith(t, strings.NewReader(hush), tuesday, file, "secret", "set"), 1, "eu-west-1  "+problem+"; "+fix+"\n")

	if _, err := secretsOf(t, url, "eu-west-1").RestoreSecret(t.Context(), &secretsmanager.RestoreSecretInput{SecretId: &made["eu-west-1"].SecretARN}); err != nil {
		t.Fatal(err)
	}
	want(t, run(t, tuesday, file, "secret", "status"), 1, "eu-west-1  API_KEY  placeholder")
}

func TestASecretThatHangsIsARowAfterTheTimeout(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("secret-m", "{}", threeRegions))
	seed(t, url, file)
	intercept(t, url, func(c call) bool { return c.region == "us-east-1" && c.hang(t) })
	want(t, run(t, tuesday, file, "secret", "status", "--timeout", "1s"), 1, "eu-west-1  API_KEY  placeholder", "us-east-1  timed out\n", "us-east-1: no answer in time; try again, or wait longer with --timeout")
}

func TestSecretsAppearAsTheyCome(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("secret-o", "{}", threeRegions))
	seed(t, url, file, "eu-west-1", "eu-west-2")
	intercept(t, url, func(c call) bool { return c.region == "us-east-1" && c.hang(t) })
	p := startTerminal(t, tuesday, file, "secret", "status", "--timeout", "2s")
	p.waitFor("eu-west-1  API_KEY  placeholder")
	p.waitFor("us-east-1  …\r\n")
	p.wantExit(1)
	p.waitFor("us-east-1  timed out\r\n")
}

func TestSecretStatusIsOneEntryARegion(t *testing.T) {
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
	answer := run(t, tuesday, file, "secret", "status", "--json")
	if err := json.Unmarshal([]byte(answer.out), &got); err != nil {
		t.Fatal(err)
	}
	if got.Schema != 1 || got.OK || len(got.Regions) != 1 || len(got.Regions[0].Keys) != 2 || len(got.Regions[0].Problems) != 2 || got.Regions[0].Changed.IsZero() {
		t.Errorf("got %+v", got)
	}
	if key := got.Regions[0].Keys[1]; key.Key != "OTHER_KEY" || key.State != "placeholder" || got.Regions[0].Problems[1].Code != "secret_placeholder" {
		t.Errorf("got %+v", got)
	}
}
