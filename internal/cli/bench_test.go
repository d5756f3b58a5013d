package cli

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cdtait/mcpfleet/config"
)

// awsDelay is how long the benchmark's AWS takes over every answer.
const awsDelay = 30 * time.Millisecond

// slowAWS answers as a fleet that is well, and takes its time.
func slowAWS(b *testing.B) {
	answers := map[string]string{
		"DescribeServices":        `{"services": [{"status": "ACTIVE", "desiredCount": 2, "runningCount": 2, "taskDefinition": "arn:task:1", "loadBalancers": [{"targetGroupArn": "arn:tg"}]}]}`,
		"DescribeTaskDefinition":  `{"taskDefinition": {"revision": 1}}`,
		"DescribeScalableTargets": `{"ScalableTargets": []}`,
		"DescribeScheduledAction": `{"ScheduledActions": []}`,
		"GetSecretValue":          `{"SecretString": "{\"API_KEY\": \"x\"}"}`,
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(awsDelay)
		target := r.Header.Get("X-Amz-Target")
		if answer, known := answers[target[strings.LastIndex(target, ".")+1:]]; known {
			_, _ = w.Write([]byte(answer))
			return
		}
		_, _ = w.Write([]byte("<Response><DescribeTargetHealthResult><TargetHealthDescriptions/></DescribeTargetHealthResult></Response>"))
	}))
	b.Cleanup(server.Close)
	useEndpoint(b, server.URL)
}

// BenchmarkStatus compares all commercial regions with one: they are asked at once, so the ratio
// should be near 1.
func BenchmarkStatus(b *testing.B) {
	slowAWS(b)
	var regions strings.Builder
	for i, name := range config.RegionNames() {
		fmt.Fprintf(&regions, "  %s: {network: {cidr: 10.%d.0.0/16}}\n", name, i)
	}
	all := fleetFile(b, fleetText("bench", "{}", regions.String()))
	one := fleetFile(b, fleetText("bench", "{}", oneRegion))
	took := func(file string) time.Duration {
		began := time.Now()
		run(b, saturday, file, "status")
		return time.Since(began)
	}
	var allTook, oneTook time.Duration
	for b.Loop() {
		allTook += took(all)
		oneTook += took(one)
	}
	b.ReportMetric(float64(len(config.RegionNames())), "regions")
	b.ReportMetric(float64(allTook)/float64(oneTook), "times-one-region")
}

// BenchmarkStart is how long the program takes to start, read the fleet file and end.
func BenchmarkStart(b *testing.B) {
	program := filepath.Join(b.TempDir(), "mcpfleet")
	if output, err := exec.Command("go", "build", "-o", program, "github.com/cdtait/mcpfleet/cmd/mcpfleet").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, output)
	}
	var took time.Duration
	count := 0
	for b.Loop() {
		began := time.Now()
		if output, err := exec.Command(program, "--config", "../../regions.yaml", "check").CombinedOutput(); err != nil {
			b.Fatalf("%v\n%s", err, output)
		}
		took += time.Since(began)
		count++
	}
	const goal = 50 * time.Millisecond
	b.ReportMetric(float64(took)/float64(count)/float64(goal), "times-50ms")
}
