package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/ops/opstest"
	"github.com/cdtait/mcpfleet/internal/session"
	"github.com/cdtait/mcpfleet/internal/untested"
)

// saturday is inside the weekend window of the tests' fleets, tuesday outside.
var (
	saturday = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	tuesday  = time.Date(2026, 11, 24, 2, 0, 0, 0, time.UTC)
)

var moto struct {
	sync.Once
	server *opstest.Moto
	err    error
}

// awsURL returns the endpoint of the moto server, which all tests share.
func awsURL(t testing.TB) string {
	t.Helper()
	moto.Do(func() { moto.server, moto.err = opstest.StartMoto() })
	if errors.Is(moto.err, opstest.ErrNoMoto) {
		untested.Skip(t, "commands against an AWS API: "+moto.err.Error())
	}
	if moto.err != nil {
		t.Fatal(moto.err)
	}
	useEndpoint(t, moto.server.URL)
	return moto.server.URL
}

// endpoints maps a test's name to the AWS endpoint of its commands. Parallel tests cannot use environment
// variables for this.
var endpoints sync.Map

// useEndpoint sets the AWS endpoint for the commands of a test and its subtests.
func useEndpoint(t testing.TB, url string) {
	endpoints.Store(t.Name(), url)
}

// opener returns a function that uses the endpoint of a test or its parent, or session.Open if there is none.
func opener(t testing.TB) session.Opener {
	return func(ctx context.Context, region string) (aws.Config, error) {
		for name := t.Name(); name != ""; name = name[:max(strings.LastIndex(name, "/"), 0)] {
			if url, known := endpoints.Load(name); known {
				cfg, err := opstest.Config(ctx, url.(string), region)
				cfg.RetryMaxAttempts = 2
				return cfg, err
			}
		}
		return session.Open(ctx, region)
	}
}

// withoutCredentials hides the machine's AWS credentials and settings from the test.
func withoutCredentials(t *testing.T) {
	t.Helper()
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_PROFILE": "", "AWS_SESSION_TOKEN": "",
		"AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
	} {
		t.Setenv(name, value)
	}
}

// fleetFile writes a fleet file for one test. Tests share a server, so each needs a unique project name.
func fleetFile(t testing.TB, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "regions.yaml")
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

func fleetText(project, weekend, regions string) string {
	return fmt.Sprintf(`project: %s
environment: dev
defaults:
  container:
    image: ghcr.io/cdtait/fmp-mcp-server:1.2.0
    environment: {PORT: "8001", STATELESS: "true"}
    secrets: {FMP_API_KEY: API_KEY}
  weekend: %s
regions:
%s`, project, weekend, regions)
}

const threeRegions = `  eu-west-1: {network: {cidr: 172.31.0.0/16}}
  eu-west-2: {network: {cidr: 172.30.0.0/16}}
  us-east-1: {network: {cidr: 172.29.0.0/16}}
`

// seed creates the resources of a fleet file, in all regions or only the named ones.
func seed(t testing.TB, url, file string, only ...string) map[string]*opstest.Seeded {
	t.Helper()
	fleet, _, err := config.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	seeded := map[string]*opstest.Seeded{}
	for _, region := range fleet.Regions {
		if len(only) > 0 && !strings.Contains(strings.Join(only, " "), region.Name) {
			continue
		}
		if seeded[region.Name], err = opstest.Seed(t.Context(), url, region); err != nil {
			t.Fatal(err)
		}
	}
	return seeded
}

// result is the output and exit status of a command.
type result struct {
	out, err string
	status   int
}

func (r result) String() string { return fmt.Sprintf("status %d\n%s%s", r.status, r.out, r.err) }

// run runs a command line in-process.
func run(t testing.TB, at time.Time, file string, arguments ...string) result {
	t.Helper()
	return runWith(t, strings.NewReader(""), at, file, arguments...)
}

func runWith(t testing.TB, in *strings.Reader, at time.Time, file string, arguments ...string) result {
	var out, errs bytes.Buffer
	app := &App{In: in, Out: &out, Err: &errs, Now: nowAt(at), Interval: time.Millisecond, Open: opener(t), Transport: internet.transport}
	status := Run(t.Context(), app, append([]string{"--config", file}, arguments...))
	return result{out.String(), errs.String(), status}
}

// fleetPath matches the paths of files written by fleetFile.
var fleetPath = regexp.MustCompile(`/\S+/regions\.yaml`)

// withoutTempDir replaces the fleet file's directory, which differs between runs.
func withoutTempDir(output string) string {
	return fleetPath.ReplaceAllString(output, "FOLDER/regions.yaml")
}

func want(t *testing.T, got result, status int, parts ...string) {
	t.Helper()
	if got.status != status {
		t.Errorf("want status %d:\n%v", status, got)
	}
	for _, part := range parts {
		if !strings.Contains(got.out+got.err, part) {
			t.Errorf("%q is not in\n%v", part, got)
		}
	}
}

// suite runs the tests with setup and teardown.
type suite struct{ *testing.M }

func (s suite) Run() int {
	stop := internet.serve()
	defer stop()
	defer func() {
		if moto.server != nil {
			moto.server.Stop()
		}
	}()
	return s.M.Run()
}

func TestMain(m *testing.M) {
	testscript.Main(suite{m}, map[string]func(){"mcpfleet": program})
}

// program is the mcpfleet command of the scripts. It runs in its own process, and NOW sets its clock.
func program() {
	app := &App{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Now: time.Now, Interval: time.Millisecond}
	if at, err := time.Parse(time.RFC3339, os.Getenv("NOW")); err == nil {
		app.Now = nowAt(at)
	}
	os.Exit(Run(context.Background(), app, os.Args[1:]))
}

func nowAt(at time.Time) func() time.Time { return func() time.Time { return at } }
