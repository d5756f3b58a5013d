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

// saturday is within the weekend window of the tests' fleets, tuesday is not.
var (
	saturday = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	tuesday  = time.Date(2026, 11, 24, 2, 0, 0, 0, time.UTC)
)

var moto struct {
	sync.Once
	server *opstest.Moto
	err    error
}

// awsURL is the endpoint of a moto server, one for all tests.
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

// endpoints are those that the commands of a test ask, by the test's name: tests run at once, so they
// cannot set the environment.
var endpoints sync.Map

// useEndpoint has the commands of a test, and of its subtests, ask a server.
func useEndpoint(t testing.TB, url string) {
	endpoints.Store(t.Name(), url)
}

// opener finds the server of a test, or of the test around it. Where there is none it is the program's own.
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

// withoutCredentials keeps the test from whatever credentials and settings the machine has.
func withoutCredentials(t *testing.T) {
	t.Helper()
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_PROFILE": "", "AWS_SESSION_TOKEN": "",
		"AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
	} {
		t.Setenv(name, value)
	}
}

// fleetFile writes a fleet file for one test: a project of its own keeps tests that share a server
// apart.
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

// seed makes what the file describes, in all regions or in those that are named.
func seed(t testing.TB, url, file string, only ...string) map[string]*opstest.Seeded {
	t.Helper()
	fleet, _, err := config.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	made := map[string]*opstest.Seeded{}
	for _, region := range fleet.Regions {
		if len(only) > 0 && !strings.Contains(strings.Join(only, " "), region.Name) {
			continue
		}
		if made[region.Name], err = opstest.Seed(t.Context(), url, region); err != nil {
			t.Fatal(err)
		}
	}
	return made
}

// result is what a command line said and answered.
type result struct {
	out, err string
	status   int
}

func (r result) String() string { return fmt.Sprintf("status %d\n%s%s", r.status, r.out, r.err) }

// run runs a command line as a plain function.
func run(t testing.TB, at time.Time, file string, arguments ...string) result {
	t.Helper()
	return runWith(t, strings.NewReader(""), at, file, arguments...)
}

func runWith(t testing.TB, in *strings.Reader, at time.Time, file string, arguments ...string) result {
	var out, errs bytes.Buffer
	app := &App{In: in, Out: &out, Err: &errs, Now: nowAt(at), Interval: time.Millisecond, Open: opener(t)}
	status := Run(t.Context(), app, append([]string{"--config", file}, arguments...))
	return result{out.String(), errs.String(), status}
}

// folder is where fleetFile puts files.
var folder = regexp.MustCompile(`/\S+/regions\.yaml`)

// withoutFolder is an output without the names that differ from run to run.
func withoutFolder(output string) string {
	return folder.ReplaceAllString(output, "FOLDER/regions.yaml")
}

func want(t *testing.T, got result, status int, parts ...string) {
	t.Helper()
	if got.status != status {
		t.Errorf("status is not %d:\n%v", status, got)
	}
	for _, part := range parts {
		if !strings.Contains(got.out+got.err, part) {
			t.Errorf("%q is not in\n%v", part, got)
		}
	}
}

// suite is the tests with what surrounds them.
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

// program is the command as a script runs it: a process of its own, whose clock the script sets.
func program() {
	app := &App{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Now: time.Now, Interval: time.Millisecond}
	if at, err := time.Parse(time.RFC3339, os.Getenv("NOW")); err == nil {
		app.Now = nowAt(at)
	}
	os.Exit(Run(context.Background(), app, os.Args[1:]))
}

func nowAt(at time.Time) func() time.Time { return func() time.Time { return at } }
