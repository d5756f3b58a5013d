package cli

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"github.com/cdtait/mcpfleet/internal/ops/opstest"
)

const hush = "s3cr3t <&> value"

func TestSecretSetKeepsOtherKeysAndNeverPrintsTheValue(t *testing.T) {
	url := awsURL(t)
	file := fleetFile(t, fleetText("secret-a", "{}", "  eu-west-1: {network: {cidr: 10.0.0.0/16}}\n  us-east-1: {network: {cidr: 10.1.0.0/16}, weekend: {enabled: true}}\n"))
	made := seed(t, url, file)
	want(t, run(t, tuesday, file, "weekend", "down", "--yes", "--region", "us-east-1"), 0)
	want(t, run(t, tuesday, file, "secret", "status"), 1, "eu-west-1  API_KEY  placeholder")
	got := runWith(t.Context(), strings.NewReader(hush+"\n"), tuesday, file, "secret", "set")
	want(t, got, 0, "eu-west-1  API_KEY is set, new deployment, steady", "us-east-1  API_KEY is set; no task runs; the next ones read it")
	status := run(t, tuesday, file, "secret", "status")
	want(t, status, 0, "eu-west-1  API_KEY  set")
	if strings.Contains(got.String()+status.String(), "s3cr3t") {
		t.Error("the value is printed")
	}
	cfg, err := opstest.Config(t.Context(), url, "us-east-1")
	if err != nil {
		t.Fatal(err)
	}
	answer, err := secretsmanager.NewFromConfig(cfg).GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: &made["us-east-1"].SecretARN})
	if err != nil {
		t.Fatal(err)
	}
	if text := *answer.SecretString; text != `{"API_KEY":"s3cr3t \u003c\u0026\u003e value","OTHER":"kept"}` {
		t.Errorf("the secret is %s", text)
	}
}

// TestAKeyThatIsAddedLaterIsMissedBeforeADeploy adds a second key to a fleet of which one region is
// deployed and set, one is deployed, and one is not.
func TestAKeyThatIsAddedLaterIsMissedBeforeADeploy(t *testing.T) {
	url := awsURL(t)
	first := fleetText("secret-c", "{}", threeRegions)
	file := fleetFile(t, first)
	seed(t, url, file, "eu-west-1", "eu-west-2")
	want(t, runWith(t.Context(), strings.NewReader(hush), tuesday, file, "secret", "set", "--region", "eu-west-1"), 0)

	before := run(t, tuesday, file, "secret", "status", "--before-deploy")
	want(t, before, 0, "eu-west-1  API_KEY  set", "eu-west-2  API_KEY  placeholder", "us-east-1  API_KEY  not deployed",
		"eu-west-2: API_KEY is still the placeholder; mcpfleet secret set API_KEY --region eu-west-2\n",
		"us-east-1: not deployed: there is no value in the secret secret-c-dev-us-east-1-api-key; npx cdktf deploy dev-us-east-1\n")
	want(t, run(t, tuesday, file, "secret", "status"), 1)

	added := fleetFile(t, strings.Replace(first, "{FMP_API_KEY: API_KEY}", "{FMP_API_KEY: API_KEY, OTHER_KEY: OTHER_KEY}", 1))
	for _, region := range []string{"eu-west-1", "eu-west-2"} {
		missing := "the secret has no value for OTHER_KEY, without which no new task can start"
		fix := "mcpfleet secret set OTHER_KEY --region " + region
		want(t, run(t, tuesday, added, "secret", "status", "--before-deploy", "--region", region), 1,
			region+"  OTHER_KEY  missing", region+": "+missing+"; "+fix+"\n")
		want(t, run(t, tuesday, added, "doctor", "--region", region), 1, "secret: "+missing+"\n      fix: "+fix+"\n")
		want(t, run(t, tuesday, added, "status", "--region", region), 1, missing+"; "+fix)
	}
	want(t, run(t, tuesday, added, "secret", "status", "--before-deploy", "--region", "us-east-1"), 0, "us-east-1  OTHER_KEY  not deployed")

	want(t, runWith(t.Context(), strings.NewReader(hush), tuesday, added, "secret", "set", "OTHER_KEY", "--no-wait", "--region", "eu-west-1"), 0)
	want(t, run(t, tuesday, added, "secret", "status", "--before-deploy", "--region", "eu-west-1"), 0, "eu-west-1  OTHER_KEY  set")
}

func TestASecretWithoutAValueStopsNoDeploy(t *testing.T) {
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
	url := awsURL(t)
	file := fleetFile(t, fleetText("secret-e", "{}", oneRegion))
	seed(t, url, file)
	between(t, url, func(c call) bool {
		return c.operation == "GetSecretValue" && c.fail(400, "AccessDeniedException", "User: x is not authorized to perform: secretsmanager:GetSecretValue")
	})
	want(t, run(t, tuesday, file, "secret", "status", "--before-deploy"), 1,
		"eu-west-1  GetSecretValue: not allowed: User: x is not authorized to perform: secretsmanager:GetSecretValue")
}

func TestSecretSetRefuses(t *testing.T) {
	useEndpoint(t, "http://127.0.0.1:1")
	file := fleetFile(t, fleetText("secret-b", "{}", threeRegions))
	want(t, run(t, tuesday, file, "secret", "set"), 2, "the value is empty; nothing is done")
	want(t, run(t, tuesday, file, "secret", "set", "OTHER"), 2, "no container asks for the key OTHER; there is API_KEY")
	want(t, run(t, tuesday, file, "secret", "set", "API_KEY", "value"), 2, "a value is never an argument")
}
