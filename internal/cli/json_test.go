package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/cdtait/mcpfleet/help"
	"github.com/cdtait/mcpfleet/naming"
)

// shipped returns the schema of a command's document, as shipped and without additional properties.
func shipped(t *testing.T, command string) []*jsonschema.Schema {
	t.Helper()
	text, err := os.ReadFile(schemaFile(command))
	if err != nil {
		t.Fatal(err)
	}
	var schemas []*jsonschema.Schema
	for name, change := range map[string]func(any) any{"open": func(node any) any { return node }, "closed": closed} {
		node, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		compiler := jsonschema.NewCompiler()
		compiler.AssertFormat()
		if err := compiler.AddResource(name, change(node)); err != nil {
			t.Fatal(err)
		}
		schema, err := compiler.Compile(name)
		if err != nil {
			t.Fatal(err)
		}
		schemas = append(schemas, schema)
	}
	return schemas
}

// checkResult validates the printed document and compares its ok with the exit status.
func checkResult(t *testing.T, command string, got result) {
	t.Helper()
	checkDocument(t, command, got.out)
	var document struct{ OK bool }
	if err := json.Unmarshal([]byte(got.out), &document); err == nil && document.OK != (got.status == 0) {
		t.Errorf("%s: ok does not match the exit status\n%v", command, got)
	}
}

func checkDocument(t *testing.T, command, text string) {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Errorf("%s: %v\n%s", command, err, text)
		return
	}
	for _, schema := range shipped(t, command) {
		if err := schema.Validate(document); err != nil {
			t.Errorf("%s: %v\n%s", command, err, text)
		}
	}
}

// commandLines are the command lines whose documents the tests validate. OLD and FILE are replaced by fleet
// files. Those that are missing have their own tests.
var commandLines = map[string]string{
	"alarms":             "alarms --timeout 2s",
	"capacity":           "capacity --yes --no-wait --timeout 2s",
	"check":              "check",
	"check --names":      "check --names",
	"cost":               "cost",
	"cost --compare":     "cost --compare",
	"cost --live":        "cost --live --timeout 2s",
	"cost --recommend":   "cost --recommend",
	"cost diff":          "cost diff OLD FILE",
	"deploy":             "deploy ghcr.io/cdtait/fmp-mcp-server:1.2.0 --yes --no-wait --timeout 2s",
	"doctor":             "doctor --timeout 2s",
	"history":            "history --timeout 2s",
	"drift":              "drift --timeout 2s",
	"events":             "events --timeout 2s",
	"metrics":            "metrics --timeout 2s",
	"open":               "open url --timeout 2s",
	"secret set":         "secret set --no-wait --timeout 2s",
	"secret status":      "secret status --timeout 2s",
	"prune":              "prune --yes --timeout 2s",
	"report":             "report --timeout 2s",
	"restart":            "restart --yes --no-wait --timeout 2s",
	"rollback":           "rollback --to 1 --yes --no-wait --timeout 2s",
	"scale":              "scale 2 --no-wait --timeout 2s",
	"smoke":              "smoke --timeout 2s",
	"status":             "status --timeout 2s",
	"tasks":              "tasks --timeout 2s",
	"undrain":            "undrain --yes --timeout 2s",
	"version":            "version",
	"weekend cron":       "weekend cron",
	"weekend cron --aws": "weekend cron --aws",
	"weekend disable":    "weekend disable --dry-run",
	"weekend down":       "weekend down --yes --no-wait --timeout 2s",
	"weekend enable":     "weekend enable --start 7 --dry-run",
	"weekend status":     "weekend status --timeout 2s",
	"weekend up":         "weekend up --no-wait --timeout 2s",
}

// jsonFleet returns a fleet with one deployed region and one region with missing prices.
func jsonFleet(t *testing.T, project string) (url, file string) {
	t.Helper()
	withoutUserPrices(t)
	url = awsURL(t)
	file = fleetFile(t, fleetText(project, "{enabled: true}", threeRegions+`  eu-south-1: {network: {cidr: 172.28.0.0/16}, usage: {log_gb: 0.5}}
`))
	seeded := seed(t, url, file, "eu-west-1")
	host(t, seeded["eu-west-1"].LoadBalancerDNS, mcpServer())
	return url, file
}

func jsonArguments(t *testing.T, command, file string) []string {
	t.Helper()
	words := strings.Fields(commandLines[command])
	for i, word := range words {
		switch word {
		case "OLD":
			words[i] = fleetFile(t, fleetText("json", "{}", oneRegion))
		case "FILE":
			words[i] = file
		}
	}
	return append(words, "--json")
}

// runJSON runs a command line. It omits --config for version, which does not support it.
func runJSON(t *testing.T, command, file string, arguments ...string) result {
	t.Helper()
	if command != "version" {
		return runWith(t, strings.NewReader("value"), saturday, file, arguments...)
	}
	var out, errs bytes.Buffer
	status := Run(t.Context(), &App{In: strings.NewReader(""), Out: &out, Err: &errs, Now: nowAt(saturday)}, []string{"version", "--json"})
	return result{out.String(), errs.String(), status}
}

func TestDocumentsMatchSchemas(t *testing.T) {
	if missing := slices.DeleteFunc(slices.Collect(maps.Keys(documents)), func(command string) bool {
		return commandLines[command] != "" || slices.Contains([]string{"adopt", "cost refresh", "drain", "events --follow", "logs", "watch"}, command)
	}); len(missing) > 0 {
		t.Errorf("no command line for %v", missing)
	}
	url, file := jsonFleet(t, "json-a")
	intercept(t, url, func(c call) bool {
		return c.operation == "GetCostAndUsage" && writes(c, billed) || c.operation == "GetMetricData" && calm.answer(c, naming.Names{Project: "json-a", Environment: "dev"}, saturday)
	})
	want(t, runWith(t, strings.NewReader("value"), saturday, file, "secret", "set", "--no-wait", "--region", "eu-west-1"), 0)
	for _, command := range slices.Sorted(maps.Keys(commandLines)) {
		got := runJSON(t, command, file, append(jsonArguments(t, command, file), "--region", "eu-west-1")...)
		want(t, got, 0)
		checkResult(t, command, got)
	}
}

func writes(c call, text string) bool {
	_, err := c.w.Write([]byte(text))
	return err == nil
}

// TestFailureDocumentsMatchSchemas runs the commands concurrently, because most wait for a hanging region.
func TestFailureDocumentsMatchSchemas(t *testing.T) {
	url, file := jsonFleet(t, "json-b")
	intercept(t, url, func(c call) bool {
		switch {
		case c.service == "sts":
			return false
		case c.region == "eu-west-2":
			return c.fail(400, "AccessDeniedException", "User: arn:aws:iam::123456789012:user/a is not authorized")
		case c.region == "us-east-1":
			return c.hang(t)
		}
		return false
	})
	results := map[string]result{}
	var mutex sync.Mutex
	var running sync.WaitGroup
	for command := range commandLines {
		arguments := jsonArguments(t, command, file)
		if command == "secret set" {
			// secret set waits longer for a hanging region.
			arguments = append(arguments, "--region", "eu-south-1", "--region", "eu-west-2")
		}
		running.Go(func() {
			got := runJSON(t, command, file, arguments...)
			mutex.Lock()
			defer mutex.Unlock()
			results[command] = got
		})
	}
	running.Wait()
	for command, got := range results {
		checkResult(t, command, got)
	}
	for code, line := range map[string]string{
		"not_deployed": "status --region eu-south-1 --timeout 1m", "not_allowed": "status --region eu-west-2 --timeout 1m", "timed_out": "status --region us-east-1 --timeout 200ms",
	} {
		got := run(t, saturday, file, append(strings.Fields(line), "--json")...)
		want(t, got, 1, `"code": "`+code+`"`)
		checkResult(t, "status", got)
	}
	want(t, results["cost"], 0, `"lower_bound": true`, `"code": "price_missing"`, `"command": "mcpfleet cost refresh --region eu-south-1 --config `)
	want(t, results["cost --live"], 1, `"rate": null`, `"billed_problem": {`)
	want(t, results["cost diff"], 0)
}

func TestCostRefreshDocumentMatchesSchema(t *testing.T) {
	withoutUserPrices(t)
	products := euWest1Prices()
	file := fleetFile(t, fleetText("json-c", "{}", oneRegion))
	for status := range 2 {
		priceList(t, products)
		got := run(t, priced, file, "cost", "refresh", "--prices", filepath.Join(t.TempDir(), "prices.csv"), "--json")
		want(t, got, status, `"was": 0.04048`)
		checkResult(t, "cost refresh", got)
		products["AmazonVPC"] = nil
	}
}

func TestLogEventsMatchSchema(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("json-e", "{}", oneRegion))
	seed(t, url, file)
	write(t, url, "eu-west-1", "/ecs/json-e-dev-eu-west-1-task", time.Minute, "one\ttwo", `{"level": "error"}`)
	got := run(t, time.Now(), file, "logs", "--json")
	want(t, got, 0, `"message":"one\ttwo"`)
	for line := range strings.Lines(got.out) {
		checkDocument(t, "logs", line)
	}
}

func TestStatusWatchPrintsOneDocumentPerLine(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("json-d", "{}", oneRegion))
	seed(t, url, file)
	ctx, stop := context.WithCancel(t.Context())
	refreshes := 0
	out := &watchedBuffer{words: []string{`"regions":[`, "\x00"}, first: func() {
		if refreshes++; refreshes == 2 {
			stop()
		}
	}}
	var errs bytes.Buffer
	app := &App{In: strings.NewReader(""), Out: out, Err: &errs, Now: nowAt(saturday), Open: opener(t)}
	if status := Run(ctx, app, []string{"--config", file, "status", "--watch", "--every", "1s", "--json"}); status != 0 {
		t.Errorf("status %d\n%s", status, errs.String())
	}
	lines := strings.Split(strings.TrimSuffix(out.text, "\n"), "\n")
	if len(lines) != 2 {
		t.Errorf("%d lines\n%s", len(lines), out.text)
	}
	for _, line := range lines {
		checkDocument(t, "status", line)
		if !strings.Contains(line, `"at":"2026-11-28T12:00:00Z"`) {
			t.Error(line)
		}
	}
}

// TestErrorsPrintNoDocument checks errors in the command line, the fleet file and the credentials.
func TestErrorsPrintNoDocument(t *testing.T) {
	withoutCredentials(t)
	for line, status := range map[string]int{"status --every 0s": 2, "check --region us-west-9": 2, "doctor": 3} {
		got := run(t, saturday, "../../regions.yaml", append(strings.Fields(line), "--json")...)
		if want(t, got, status, "mcpfleet: "); got.out != "" {
			t.Errorf("%s: standard output has %s", line, got.out)
		}
	}
}

// TestGuideListsAllCodes compares the codes in the guide with the constants.
func TestGuideListsAllCodes(t *testing.T) {
	var listed []string
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\| ").FindAllStringSubmatch(section(t, "## Codes"), -1) {
		listed = append(listed, row[1])
	}
	slices.Sort(listed)
	if known := codes(t); !slices.Equal(listed, known) {
		t.Errorf("the guide has\n%v, want\n%v", listed, known)
	}
}

func TestGuideListsAllDocuments(t *testing.T) {
	text := section(t, "## What each command adds")
	for command := range documents {
		if !strings.Contains(text, "`"+command+"`") {
			t.Errorf("the guide does not mention %s", command)
		}
	}
}

// section returns a section of the guide, up to the next heading of the same level.
func section(t *testing.T, heading string) string {
	t.Helper()
	_, rest, found := strings.Cut(help.Text("json"), "\n"+heading+"\n")
	if !found {
		t.Fatalf("the guide lacks %s", heading)
	}
	text, _, _ := strings.Cut(rest, "\n## ")
	return text
}
