package cli

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cdtait/mcpfleet/config"
)

// awsDelay is the latency of every response of the benchmark's AWS server.
const awsDelay = 30 * time.Millisecond

// slowAWS serves the API responses of a healthy fleet with a delay.
func slowAWS(b *testing.B) {
	responses := map[string]string{
		"DescribeServices":        `{"services": [{"status": "ACTIVE", "desiredCount": 2, "runningCount": 2, "taskDefinition": "arn:task:1", "loadBalancers": [{"targetGroupArn": "arn:tg"}]}]}`,
		"DescribeTaskDefinition":  `{"taskDefinition": {"revision": 1}}`,
		"DescribeScalableTargets": `{"ScalableTargets": []}`,
		"DescribeScheduledAction": `{"ScheduledActions": []}`,
		"GetSecretValue":          `{"SecretString": "{\"API_KEY\": \"x\"}"}`,
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(awsDelay)
		target := r.Header.Get("X-Amz-Target")
		if response, known := responses[target[strings.LastIndex(target, ".")+1:]]; known {
			_, _ = w.Write([]byte(response))
			return
		}
		_, _ = w.Write([]byte("<Response><DescribeTargetHealthResult><TargetHealthDescriptions/></DescribeTargetHealthResult></Response>"))
	}))
	b.Cleanup(server.Close)
	useEndpoint(b, server.URL)
}

// BenchmarkStatus compares all commercial regions with one. They are queried concurrently, so the ratio
// should be near 1.
func BenchmarkStatus(b *testing.B) {
	slowAWS(b)
	var regions strings.Builder
	for i, name := range config.RegionNames() {
		fmt.Fprintf(&regions, "  %s: {network: {cidr: 10.%d.0.0/16}}\n", name, i)
	}
	all := fleetFile(b, fleetText("bench", "{}", regions.String()))
	one := fleetFile(b, fleetText("bench", "{}", oneRegion))
	elapsed := func(file string) time.Duration {
		start := time.Now()
		run(b, saturday, file, "status")
		return time.Since(start)
	}
	var allElapsed, oneElapsed time.Duration
	for b.Loop() {
		allElapsed += elapsed(all)
		oneElapsed += elapsed(one)
	}
	b.ReportMetric(float64(len(config.RegionNames())), "regions")
	b.ReportMetric(float64(allElapsed)/float64(oneElapsed), "times-one-region")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkStart compares reading a fleet file, as a process, with a program that does nothing.
func BenchmarkStart(b *testing.B) {
	folder := b.TempDir()
	program, nothing := filepath.Join(folder, "mcpfleet"), filepath.Join(folder, "nothing")
	source := nothing + ".go"
	if err := os.WriteFile(source, []byte("package main\n\nfunc main() {}\n"), 0o644); err != nil {
		b.Fatal(err)
	}
	for built, from := range map[string]string{program: "github.com/cdtait/mcpfleet/cmd/mcpfleet", nothing: source} {
		if output, err := exec.Command("go", "build", "-o", built, from).CombinedOutput(); err != nil {
			b.Fatalf("%v\n%s", err, output)
		}
	}
	elapsed := func(name string, arguments ...string) time.Duration {
		start := time.Now()
		if output, err := exec.Command(name, arguments...).CombinedOutput(); err != nil {
			b.Fatalf("%v\n%s", err, output)
		}
		return time.Since(start)
	}
	var check, empty time.Duration
	for b.Loop() {
		check += elapsed(program, "--config", "../../regions.yaml", "check")
		empty += elapsed(nothing)
	}
	b.ReportMetric(float64(check)/float64(empty), "times-an-empty-program")
	b.ReportMetric(0, "ns/op")
}
