package cli

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/cdtait/mcpfleet/help"
	"github.com/cdtait/mcpfleet/internal/untested"
)

// shipped is the schema of a command's document, once as it ships and once without room for a field
// that it does not name.
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

// mustBe holds the document that a command printed to its schema, and its verdict to the exit status.
func mustBe(t *testing.T, command string, got result) {
	t.Helper()
	mustBeDocument(t, command, got.out)
	var said struct{ OK bool }
	if err := json.Unmarshal([]byte(got.out), &said); err == nil && said.OK != (got.status == 0) {
		t.Errorf("%s: ok is not what the exit status is\n%v", command, got)
	}
}

func mustBeDocument(t *testing.T, command, text string) {
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

// asked are the command lines whose documents the tests look at. OLD and FILE stand for fleet files.
// Logs and prices have tests of their own.
var asked = map[string]string{
	"check":            "check",
	"check --names":    "check --names",
	"cost":             "cost",
	"cost --compare":   "cost --compare",
	"cost --live":      "cost --live --timeout 2s",
	"cost --recommend": "cost --recommend",
	"cost diff":        "cost diff OLD FILE",
	"doctor":           "doctor --timeout 2s",
	"secret set":       "secret set --no-wait --timeout 2s",
	"secret status":    "secret status --timeout 2s",
	"scale":            "scale 2 --no-wait --timeout 2s",
	"smoke":            "smoke --timeout 2s",
	"status":           "status --timeout 2s",
	"version":          "version",
	"weekend cron":     "weekend cron",
	"weekend disable":  "weekend disable --dry-run",
	"weekend down":     "weekend down --yes --no-wait --timeout 2s",
	"weekend enable":   "weekend enable --start 7 --dry-run",
	"weekend status":   "weekend status --timeout 2s",
	"weekend up":       "weekend up --no-wait --timeout 2s",
}

// jsonFleet is a fleet of which one region is deployed; of another, prices are missing.
func jsonFleet(t *testing.T, project string) (url, file string) {
	t.Helper()
	withoutOwnPrices(t)
	url = awsURL(t)
	file = fleetFile(t, fleetText(project, "{enabled: true}", threeRegions+`  eu-south-1: {network: {cidr: 172.28.0.0/16}, usage: {log_gb: 0.5}}
`))
	made := seed(t, url, file, "eu-west-1")
	host(t, made["eu-west-1"].LoadBalancerDNS, mcpServer())
	return url, file
}

func askedAs(t *testing.T, command, file string) []string {
	t.Helper()
	words := strings.Fields(asked[command])
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

// ask runs a command line, of which only version has no use for a fleet file.
func ask(t *testing.T, command, file string, arguments ...string) result {
	t.Helper()
	if command != "version" {
		return runWith(t, strings.NewReader("value"), saturday, file, arguments...)
	}
	var out, errs bytes.Buffer
	status := Run(t.Context(), &App{In: strings.NewReader(""), Out: &out, Err: &errs, Now: nowAt(saturday)}, []string{"version", "--json"})
	return result{out.String(), errs.String(), status}
}

func TestEveryDocumentIsAsItsSchemaSays(t *testing.T) {
	if missing := slices.DeleteFunc(slices.Collect(maps.Keys(documents)), func(command string) bool {
		return asked[command] != "" || command == "logs" || command == "cost refresh"
	}); len(missing) > 0 {
		t.Errorf("nobody asks %v", missing)
	}
	url, file := jsonFleet(t, "json-a")
	intercept(t, url, func(c call) bool { return c.operation == "GetCostAndUsage" && writes(c, billed) })
	want(t, runWith(t, strings.NewReader("value"), saturday, file, "secret", "set", "--no-wait", "--region", "eu-west-1"), 0)
	for _, command := range slices.Sorted(maps.Keys(asked)) {
		got := ask(t, command, file, append(askedAs(t, command, file), "--region", "eu-west-1")...)
		want(t, got, 0)
		mustBe(t, command, got)
	}
}

func writes(c call, text string) bool {
	_, err := c.w.Write([]byte(text))
	return err == nil
}

// TestEveryDocumentOfAFailureIsAsItsSchemaSays asks all at once, as most wait for the region that hangs.
func TestEveryDocumentOfAFailureIsAsItsSchemaSays(t *testing.T) {
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
	answers := map[string]result{}
	var mutex sync.Mutex
	var asking sync.WaitGroup
	for command := range asked {
		arguments := askedAs(t, command, file)
		if command == "secret set" {
			// It waits longer for a region that hangs.
			arguments = append(arguments, "--region", "eu-south-1", "--region", "eu-west-2")
		}
		asking.Go(func() {
			got := ask(t, command, file, arguments...)
			mutex.Lock()
			defer mutex.Unlock()
			answers[command] = got
		})
	}
	asking.Wait()
	for command, got := range answers {
		mustBe(t, command, got)
	}
	for code, line := range map[string]string{
		"not_deployed": "status --region eu-south-1 --timeout 1m", "not_allowed": "status --region eu-west-2 --timeout 1m", "timed_out": "status --region us-east-1 --timeout 200ms",
	} {
		got := run(t, saturday, file, append(strings.Fields(line), "--json")...)
		want(t, got, 1, `"code": "`+code+`"`)
		mustBe(t, "status", got)
	}
	want(t, answers["cost"], 0, `"lower_bound": true`, `"code": "price_missing"`, `"command": "mcpfleet cost refresh --region eu-south-1 --config `)
	want(t, answers["cost --live"], 1, `"rate": null`, `"billed_problem": {`)
	want(t, answers["cost diff"], 0)
}

func TestRefreshIsAsItsSchemaSays(t *testing.T) {
	withoutOwnPrices(t)
	products := irish()
	file := fleetFile(t, fleetText("json-c", "{}", oneRegion))
	for status := range 2 {
		priceList(t, products)
		got := run(t, priced, file, "cost", "refresh", "--prices", filepath.Join(t.TempDir(), "prices.csv"), "--json")
		want(t, got, status, `"was": 0.04048`)
		mustBe(t, "cost refresh", got)
		products["AmazonVPC"] = nil
	}
}

func TestAnEventIsAsItsSchemaSays(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("json-e", "{}", oneRegion))
	seed(t, url, file)
	write(t, url, "eu-west-1", "/ecs/json-e-dev-eu-west-1-task", time.Minute, "one\ttwo", `{"level": "error"}`)
	got := run(t, time.Now(), file, "logs", "--json")
	want(t, got, 0, `"message":"one\ttwo"`)
	for line := range strings.Lines(got.out) {
		mustBeDocument(t, "logs", line)
	}
}

func TestWatchedStatusIsADocumentALine(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("json-d", "{}", oneRegion))
	seed(t, url, file)
	ctx, stop := context.WithCancel(t.Context())
	looks := 0
	out := &untilSeen{words: []string{`"regions":[`, "\x00"}, first: func() {
		if looks++; looks == 2 {
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
		mustBeDocument(t, "status", line)
		if !strings.Contains(line, `"at":"2026-11-28T12:00:00Z"`) {
			t.Error(line)
		}
	}
}

// TestAMistakeIsNoDocument of the command line, of the fleet file or of the credentials.
func TestAMistakeIsNoDocument(t *testing.T) {
	withoutCredentials(t)
	for line, status := range map[string]int{"status --every 0s": 2, "check --region us-west-9": 2, "doctor": 3} {
		got := run(t, saturday, "../../regions.yaml", append(strings.Fields(line), "--json")...)
		if want(t, got, status, "mcpfleet: "); got.out != "" {
			t.Errorf("%s: standard output has %s", line, got.out)
		}
	}
}

// TestTheGuideHasEveryCode and none besides.
func TestTheGuideHasEveryCode(t *testing.T) {
	var listed []string
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\| ").FindAllStringSubmatch(section(t, "## Codes"), -1) {
		listed = append(listed, row[1])
	}
	slices.Sort(listed)
	if known := codes(t); !slices.Equal(listed, known) {
		t.Errorf("the guide has\n%v, there are\n%v", listed, known)
	}
}

// TestTheGuideHasEveryCommandWithADocument and its schema.
func TestTheGuideHasEveryCommandWithADocument(t *testing.T) {
	text := section(t, "## What each command adds")
	for command := range documents {
		if !strings.Contains(text, "`"+command+"`") {
			t.Errorf("the guide says nothing of %s", command)
		}
	}
}

// section is a part of the guide, up to the next heading of its kind.
func section(t *testing.T, heading string) string {
	t.Helper()
	_, rest, found := strings.Cut(help.Text("json"), "\n"+heading+"\n")
	if !found {
		t.Fatalf("the guide has no %s", heading)
	}
	text, _, _ := strings.Cut(rest, "\n## ")
	return text
}

// TestTheGuidesExamplesAreReal runs each in the folder of a fleet of two regions, of which one is deployed.
func TestTheGuidesExamplesAreReal(t *testing.T) {
	if _, err := exec.LookPath("jq"); err != nil {
		untested.Skip(t, "the examples of help/json.md: jq is not installed")
	}
	withoutOwnPrices(t)
	url := awsURL(t)
	text := strings.Replace(fleetText("fmp-mcp", "{}", oneRegion+"  us-east-1: {network: {cidr: 172.29.0.0/16}}\n"), "environment: dev", "environment: staging", 1)
	file := fleetFile(t, text)
	seed(t, url, file, "eu-west-1")
	t.Chdir(filepath.Dir(file))
	examples := regexp.MustCompile(`(?m)^\$ mcpfleet (.*?)(?: \| (jq .*))?\n((?:[^$`+"`"+`\n].*\n)*)`).FindAllStringSubmatch(help.Text("json"), -1)
	if len(examples) < 5 {
		t.Errorf("only %d examples are found", len(examples))
	}
	for _, example := range examples {
		var out, errs bytes.Buffer
		Run(t.Context(), &App{In: strings.NewReader(""), Out: &out, Err: &errs, Now: nowAt(saturday), Open: opener(t)}, strings.Fields(example[1]))
		jq := exec.CommandContext(t.Context(), "sh", "-c", cmp.Or(example[2], "cat"))
		jq.Stdin = &out
		shown, err := jq.CombinedOutput()
		if err != nil || string(shown) != example[3] {
			t.Errorf("%s | %s: %v\ngot\n%swant\n%s%s", example[1], example[2], err, shown, example[3], errs.String())
		}
	}
}
