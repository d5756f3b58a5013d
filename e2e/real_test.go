//go:build e2e

package e2e

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53"

	"github.com/cdtait/mcpfleet/internal/ops/opstest"
	"github.com/cdtait/mcpfleet/internal/tfjson"
)

// hostedZones are those that the examples' records belong to.
var hostedZones = []string{"example.com"}

// startRealProvider makes sure that Terraform finds the real provider by its own rules, and that
// there is an AWS API: the one at AWS_ENDPOINT_URL, or moto's server. The error says in one line why
// there is none.
func startRealProvider(ctx context.Context) (stop func(), err error) {
	if err := findProvider(ctx); err != nil {
		return nil, err
	}
	stop, endpoint := func() {}, os.Getenv("AWS_ENDPOINT_URL")
	if endpoint == "" {
		moto, err := opstest.StartMoto()
		if err != nil {
			return nil, err
		}
		proxy := httptest.NewServer(withTags(moto.URL))
		stop, endpoint = func() { proxy.Close(); moto.Stop() }, proxy.URL
	}
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL":          endpoint,
		"AWS_EC2_METADATA_DISABLED": "true",
		"AWS_ACCESS_KEY_ID":         cmp.Or(os.Getenv("AWS_ACCESS_KEY_ID"), "test"),
		"AWS_SECRET_ACCESS_KEY":     cmp.Or(os.Getenv("AWS_SECRET_ACCESS_KEY"), "test"),
	} {
		suite.environment[name] = value
	}
	if err := makeHostedZones(ctx, endpoint); err != nil {
		stop()
		return nil, err
	}
	return stop, nil
}

// findProvider initialises a configuration with nothing but the pinned provider.
func findProvider(ctx context.Context) error {
	stack, err := tfjson.Read("../testdata/stacks/regions/dev-eu-west-1.tf.json")
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "mcpfleet-provider-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	text, err := json.Marshal(map[string]any{"terraform": map[string]any{"required_providers": stack.Terraform["required_providers"]}})
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(folder, "main.tf.json"), text, 0o644); err != nil {
		return err
	}
	command := exec.CommandContext(ctx, suite.terraform, "init", "-no-color", "-input=false")
	command.Dir = folder
	if output, err := command.CombinedOutput(); err != nil {
		_, reason, _ := strings.Cut(string(output), "Error: ")
		reason, _, _ = strings.Cut(reason, "\n")
		return fmt.Errorf("terraform does not find the provider: %s", reason)
	}
	return nil
}

func makeHostedZones(ctx context.Context, endpoint string) error {
	cfg, err := opstest.Config(ctx, endpoint, "us-east-1")
	if err != nil {
		return err
	}
	for _, zone := range hostedZones {
		_, err := route53.NewFromConfig(cfg).CreateHostedZone(ctx, &route53.CreateHostedZoneInput{
			Name: aws.String(zone), CallerReference: aws.String("e2e"),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// withTags stands before moto's server, which does not know the tags of a scalable target; the
// provider would ask for many minutes. It remembers those that a target is registered with.
func withTags(server string) http.Handler {
	target, err := url.Parse(server)
	if err != nil {
		panic(err) // it was made by the test
	}
	onward := httputil.NewSingleHostReverseProxy(target)
	var lock sync.Mutex
	var tags json.RawMessage
	return http.HandlerFunc(func(writer http.ResponseWriter, request *http.Request) {
		_, operation, _ := strings.Cut(request.Header.Get("X-Amz-Target"), "AnyScaleFrontendService.")
		body, err := io.ReadAll(request.Body)
		if err != nil {
			http.Error(writer, err.Error(), http.StatusBadRequest)
			return
		}
		request.Body = io.NopCloser(bytes.NewReader(body))
		lock.Lock()
		defer lock.Unlock()
		switch operation {
		case "RegisterScalableTarget", "TagResource":
			var asked struct{ Tags json.RawMessage }
			if json.Unmarshal(body, &asked) == nil && asked.Tags != nil {
				tags = asked.Tags
			}
		case "ListTagsForResource":
			writer.Header().Set("Content-Type", "application/x-amz-json-1.1")
			_ = json.NewEncoder(writer).Encode(map[string]any{"Tags": tags})
			return
		}
		onward.ServeHTTP(writer, request)
	})
}
