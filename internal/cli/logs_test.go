package cli

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	logtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"github.com/cdtait/mcpfleet/internal/ops/opstest"
)

// write puts events into a region's log group. The first event is ago old.
func write(t *testing.T, url, region, group string, ago time.Duration, messages ...string) {
	t.Helper()
	writeTo(t, url, region, group, "mcp/mcp/0123456789abcdef0123456789abcdef", ago, messages...)
}

func writeTo(t *testing.T, url, region, group, stream string, ago time.Duration, messages ...string) {
	t.Helper()
	cfg, err := opstest.Config(t.Context(), url, region)
	if err != nil {
		t.Fatal(err)
	}
	client := cloudwatchlogs.NewFromConfig(cfg)
	_, _ = client.CreateLogStream(t.Context(), &cloudwatchlogs.CreateLogStreamInput{LogGroupName: &group, LogStreamName: &stream})
	at := time.Now().Add(-ago)
	var events []logtypes.InputLogEvent
	for i, message := range messages {
		events = append(events, logtypes.InputLogEvent{Timestamp: new(at.Add(time.Duration(i) * 2 * time.Second).UnixMilli()), Message: &message})
	}
	if _, err := client.PutLogEvents(t.Context(), &cloudwatchlogs.PutLogEventsInput{LogGroupName: &group, LogStreamName: &stream, LogEvents: events}); err != nil {
		t.Fatal(err)
	}
}

func TestLogsAreMergedByTime(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("logs-a", "{}", threeRegions))
	seed(t, url, file, "eu-west-1", "eu-west-2")
	write(t, url, "eu-west-1", "/ecs/logs-a-dev-eu-west-1-task", time.Minute, "one", "three")
	write(t, url, "eu-west-2", "/ecs/logs-a-dev-eu-west-2-task", 59*time.Second, "two", "four")
	write(t, url, "eu-west-2", "/ecs/logs-a-dev-eu-west-2-task", time.Hour, "long ago")
	got := run(t, time.Now(), file, "logs")
	want(t, got, 1, "us-east-1: not deployed: no log group /ecs/logs-a-dev-us-east-1-task")
	var words []string
	for line := range strings.Lines(got.out) {
		words = append(words, strings.Join(strings.Fields(line)[1:], " "))
	}
	if text := strings.Join(words, "; "); text != "eu-west-1 01234567 one; eu-west-2 01234567 two; eu-west-1 01234567 three; eu-west-2 01234567 four" {
		t.Errorf("got %s", text)
	}
	want(t, run(t, time.Now(), file, "logs", "--filter", "two", "--region", "eu-west-2", "--json"), 0, `"region":"eu-west-2"`, `"message":"two"`)
}

// TestLogsNameContainers has an emulator that does not filter by container. A test of package ops holds what is asked for.
func TestLogsNameContainers(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("logs-sidecar", "{}", `
  eu-west-1:
    network: {cidr: 10.0.0.0/16}
    container: {sidecars: [{name: proxy, image: nginx, log_prefix: web/proxy}]}`))
	seed(t, url, file, "eu-west-1")
	const group = "/ecs/logs-sidecar-dev-eu-west-1-task"
	writeTo(t, url, "eu-west-1", group, "ecs/logs-sidecar/0123456789abcdef", time.Minute, "served")
	writeTo(t, url, "eu-west-1", group, "web/proxy/proxy/0123456789abcdef", 50*time.Second, "passed on")
	want(t, run(t, time.Now(), file, "logs"), 0, "01234567 logs-sidecar served\n", "01234567 proxy passed on\n")
	want(t, run(t, time.Now(), file, "logs", "--container", "proxy", "--json"), 0, `"container":"proxy","message":"passed on"`)
	want(t, run(t, time.Now(), file, "logs", "--container", "proxi"), 2, `--container: the fleet's tasks have no container "proxi"; use proxy or server`)
}

func TestLogsReportNoEvents(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("logs-c", "{}", oneRegion))
	seed(t, url, file)
	write(t, url, "eu-west-1", "/ecs/logs-c-dev-eu-west-1-task", 30*time.Hour, "yesterday")
	got := run(t, time.Now(), file, "logs", "--filter", "ERROR")
	want(t, got, 0, "no log events in the last 10m match \"ERROR\"\n")
	if got.out != "" {
		t.Errorf("standard output has %q", got.out)
	}
	want(t, run(t, time.Now(), file, "logs", "--since", "1d"), 0, "no log events in the last 1d\n")
	for _, since := range []string{"2d", "1d12h", "1w"} {
		want(t, run(t, time.Now(), file, "logs", "--since", since), 0, "eu-west-1 01234567 yesterday\n")
	}
}

func TestLogsRejectInvalidSince(t *testing.T) {
	t.Parallel()
	file := fleetFile(t, fleetText("logs-d", "{}", oneRegion))
	for since, reason := range map[string]string{
		"0": "--since: 0 is not greater than zero; write 10m, 2h or 1d", "0d": "--since: 0d is not greater than zero", "-1h": "--since: -1h is not greater than zero",
		"yesterday": `--since: "yesterday" is not a duration; write 90s, 2h, 1d or 1w`, "1": `--since: "1" is not a duration`,
	} {
		want(t, run(t, saturday, file, "logs", "--since", since), 2, reason)
	}
}

func TestLogsWithHangingRegion(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("logs-e", "{}", threeRegions))
	seed(t, url, file, "eu-west-1", "eu-west-2")
	write(t, url, "eu-west-1", "/ecs/logs-e-dev-eu-west-1-task", time.Minute, "one")
	write(t, url, "eu-west-2", "/ecs/logs-e-dev-eu-west-2-task", time.Second, "two")
	intercept(t, url, func(c call) bool { return c.region == "us-east-1" && c.hang(t) })
	got := run(t, time.Now(), file, "logs", "--timeout", "1s")
	want(t, got, 1, "eu-west-1 01234567 one\n", "eu-west-2 01234567 two\n")
	if _, rest, _ := strings.Cut(got.err, "\n"); rest != "logs-e dev, account 123456789012 as user/moto\nus-east-1: no response in time; try again, or raise --timeout\n" {
		t.Errorf("standard error has %s", got.err)
	}
}

func TestLogsFollowDoesNotWaitForSlowRegions(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("logs-f", "{}", threeRegions))
	seed(t, url, file, "eu-west-1", "eu-west-2")
	write(t, url, "eu-west-1", "/ecs/logs-f-dev-eu-west-1-task", time.Minute, "healthy")
	var requests atomic.Int32
	written := make(chan struct{})
	intercept(t, url, func(c call) bool {
		if c.region != "us-east-1" {
			return false
		}
		if requests.Add(1) < 3 {
			return c.fail(400, "AccessDeniedException", "no")
		}
		write(t, url, "eu-west-1", "/ecs/logs-f-dev-eu-west-1-task", 0, "last")
		close(written)
		return c.hang(t)
	})
	ctx, stop := context.WithCancel(t.Context())
	// The timeout is longer than the test, so the test fails if follow waits for the hanging region.
	out := &watchedBuffer{words: []string{"healthy", "last"}, first: func() {}, second: stop}
	app := &App{In: strings.NewReader(""), Out: out, Err: out, Now: time.Now, Interval: time.Millisecond, Open: opener(t)}
	if status := Run(ctx, app, []string{"--config", file, "logs", "--follow", "--timeout", "1h"}); status != 0 {
		t.Errorf("status %d: %s", status, out.text)
	}
	<-written // the event may be read before its writer has the response
	if strings.Count(out.text, "us-east-1: FilterLogEvents: not allowed: no; ") != 1 {
		t.Errorf("the region's error is not printed exactly once: %s", out.text)
	}
}

func TestLogsJSONIsOneObjectPerLine(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("logs-g", "{}", oneRegion))
	seed(t, url, file)
	write(t, url, "eu-west-1", "/ecs/logs-g-dev-eu-west-1-task", time.Minute, "a <b> & \x1b[31mred\u009b\nsecond line\n", "next")
	got := run(t, time.Now(), file, "logs", "--json")
	want(t, got, 0, "a <b> & ")
	var messages []string
	for line := range strings.Lines(got.out) {
		var event struct {
			Schema                int
			Region, Task, Message string
			Time                  time.Time
		}
		if err := json.Unmarshal([]byte(line), &event); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if event.Schema != 1 || event.Region != "eu-west-1" || event.Task != "01234567" || event.Time.IsZero() {
			t.Errorf("got %s", line)
		}
		messages = append(messages, event.Message)
	}
	if want := []string{"a <b> & \x1b[31mred\u009b\nsecond line", "next"}; !slices.Equal(messages, want) {
		t.Errorf("got %q", messages)
	}
}

// TestLogsReplaceControlCharactersOnTerminal compares the output to a file with the output to a terminal.
func TestLogsReplaceControlCharactersOnTerminal(t *testing.T) {
	url := awsURL(t)
	file := fleetFile(t, fleetText("logs-h", "{}", oneRegion))
	seed(t, url, file)
	write(t, url, "eu-west-1", "/ecs/logs-h-dev-eu-west-1-task", time.Minute, "Traceback:\n\tat \x1b[2Jline 1\n")
	want(t, run(t, time.Now(), file, "logs"), 0, "01234567 Traceback:\n\tat \x1b[2Jline 1\n")
	t.Setenv("NO_COLOR", "1")
	terminal := startTerminal(t, time.Now(), file, "logs")
	terminal.wantExit(0)
	terminal.waitFor("01234567 Traceback:\r\n\tat �[2Jline 1\r\n")
}

func TestLogsFollow(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("logs-b", "{}", "  eu-west-1: {network: {cidr: 10.0.0.0/16}}\n"))
	seed(t, url, file)
	group := "/ecs/logs-b-dev-eu-west-1-task"
	write(t, url, "eu-west-1", group, time.Minute, "before")
	ctx, stop := context.WithCancel(t.Context())
	out := &watchedBuffer{words: []string{"before", "after"}, second: stop, first: func() { write(t, url, "eu-west-1", group, 0, "after") }}
	app := &App{In: strings.NewReader(""), Out: out, Err: out, Now: time.Now, Interval: time.Millisecond, Open: opener(t)}
	if status := Run(ctx, app, []string{"--config", file, "logs", "--follow"}); status != 0 {
		t.Errorf("status %d: %s", status, out.text)
	}
	if strings.Count(out.text, "before") != 1 || strings.Count(out.text, "after") != 1 {
		t.Errorf("got %s", out.text)
	}
}

// watchedBuffer is a concurrent output buffer that calls first or second when the first or second of its words
// is written.
type watchedBuffer struct {
	mutex         sync.Mutex
	text          string
	words         []string
	first, second func()
}

func (b *watchedBuffer) Write(text []byte) (int, error) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.text += string(text)
	if strings.Contains(string(text), b.words[0]) {
		b.first()
	}
	if strings.Contains(string(text), b.words[1]) {
		b.second()
	}
	return len(text), nil
}
