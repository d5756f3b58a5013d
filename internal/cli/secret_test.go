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

func TestSecretSetRefuses(t *testing.T) {
	useEndpoint(t, "http://127.0.0.1:1")
	file := fleetFile(t, fleetText("secret-b", "{}", threeRegions))
	want(t, run(t, tuesday, file, "secret", "set"), 2, "the value is empty; nothing is done")
	want(t, run(t, tuesday, file, "secret", "set", "OTHER"), 2, "no container asks for the key OTHER; there is API_KEY")
	want(t, run(t, tuesday, file, "secret", "set", "API_KEY", "value"), 2, "a value is never an argument")
}
