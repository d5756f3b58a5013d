package cli

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	logtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"github.com/cdtait/mcpfleet/internal/ops/opstest"
)

// write puts events into a region's log, the first of them some time ago.
func write(t *testing.T, url, region, group string, ago time.Duration, messages ...string) {
	t.Helper()
	cfg, err := opstest.Config(t.Context(), url, region)
	if err != nil {
		t.Fatal(err)
	}
	client, stream := cloudwatchlogs.NewFromConfig(cfg), "mcp/mcp/0123456789abcdef0123456789abcdef"
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

func TestLogsOfAllRegionsAreMergedByTime(t *testing.T) {
	url := awsURL(t)
	file := fleetFile(t, fleetText("logs-a", "{}", threeRegions))
	seed(t, url, file, "eu-west-1", "eu-west-2")
	write(t, url, "eu-west-1", "/ecs/logs-a-dev-eu-west-1-task", time.Minute, "one", "three")
	write(t, url, "eu-west-2", "/ecs/logs-a-dev-eu-west-2-task", 59*time.Second, "two", "four")
	write(t, url, "eu-west-2", "/ecs/logs-a-dev-eu-west-2-task", time.Hour, "long ago")
	got := run(t, time.Now(), file, "logs")
	want(t, got, 1, "us-east-1: not deployed: there is no log group /ecs/logs-a-dev-us-east-1-task")
	var words []string
	for line := range strings.Lines(got.out) {
		words = append(words, strings.Join(strings.Fields(line)[1:], " "))
	}
	if text := strings.Join(words, "; "); text != "eu-west-1 01234567 one; eu-west-2 01234567 two; eu-west-1 01234567 three; eu-west-2 01234567 four" {
		t.Errorf("got %s", text)
	}
	want(t, run(t, time.Now(), file, "logs", "--filter", "two", "--region", "eu-west-2", "--json"), 0, `"region":"eu-west-2"`, `"message":"two"`)
}

func TestLogsAreFollowed(t *testing.T) {
	url := awsURL(t)
	file := fleetFile(t, fleetText("logs-b", "{}", "  eu-west-1: {network: {cidr: 10.0.0.0/16}}\n"))
	seed(t, url, file)
	group := "/ecs/logs-b-dev-eu-west-1-task"
	write(t, url, "eu-west-1", group, time.Minute, "before")
	ctx, stop := context.WithCancel(t.Context())
	out := &untilSeen{words: []string{"before", "after"}, seen: stop, first: func() { write(t, url, "eu-west-1", group, 0, "after") }}
	app := &App{In: strings.NewReader(""), Out: out, Err: out, Now: time.Now, Interval: time.Millisecond}
	if status := Run(ctx, app, []string{"--config", file, "logs", "--follow"}); status != 0 {
		t.Errorf("status %d: %s", status, out.text)
	}
	if strings.Count(out.text, "before") != 1 || strings.Count(out.text, "after") != 1 {
		t.Errorf("got %s", out.text)
	}
}

// untilSeen does something at the first word, and stops at the last.
type untilSeen struct {
	text        string
	words       []string
	first, seen func()
}

func (u *untilSeen) Write(text []byte) (int, error) {
	u.text += string(text)
	if strings.Contains(string(text), u.words[0]) {
		u.first()
	}
	if strings.Contains(string(text), u.words[1]) {
		u.seen()
	}
	return len(text), nil
}
