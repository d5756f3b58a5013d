package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// stoppedJSON is a ListTasks or DescribeTasks response with one task, which stopped before saturday.
func stoppedJSON(id string, ago time.Duration, reason string, exitCode int) string {
	return fmt.Sprintf(`{"taskArns": ["arn:%s"], "tasks": [{"taskArn": "arn:aws:ecs:eu-west-1:1:task/cluster/%[1]s", "lastStatus": "STOPPED", "stoppedAt": %d, "stoppedReason": %s,
		"containers": [{"name": "server", "exitCode": %d}]}]}`, id, seconds(saturday.Add(-ago)), jsonLine(reason), exitCode)
}

// describes writes a DescribeServices response with the given service events, newest first.
func (c call) describes(t testing.TB, events ...any) bool {
	t.Helper()
	text, err := json.Marshal(map[string]any{"services": []any{map[string]any{"status": "ACTIVE", "desiredCount": 2, "events": events}}})
	if err != nil {
		t.Error(err)
	}
	return writes(c, string(text))
}

// isTaskList reports whether a request is about tasks.
func (c call) isTaskList() bool { return c.operation == "ListTasks" || c.operation == "DescribeTasks" }

// happenings are events in eu-west-1 and eu-west-2. The other region denies the request.
func happenings(t testing.TB) func(c call) bool {
	return func(c call) bool {
		switch {
		case c.service != "ecs":
			return false
		case c.region == "us-east-1":
			return c.fail(http.StatusBadRequest, "AccessDeniedException", "no")
		case c.region == "eu-west-1" && c.isTaskList():
			return writes(c, stoppedJSON("0123456789", 20*time.Minute, "Essential container in task \x1b[2Jexited", 137))
		case c.region == "eu-west-2" && c.isTaskList():
			return writes(c, stoppedJSON("abcdefghij", 5*time.Minute, "Scaling activity initiated by (deployment ecs-svc/7)", 143))
		case c.region == "eu-west-1":
			return c.describes(t, event(19*time.Minute, "has started 1 tasks."), event(2*time.Hour, "has reached a steady state."))
		}
		return c.describes(t, event(30*time.Minute, "has begun draining connections."))
	}
}

func TestEventsAreMergedByTime(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("events-a", "{}", threeRegions))
	intercept(t, url, happenings(t))
	got := run(t, saturday, file, "events")
	want(t, got, 1, "us-east-1: DescribeServices: not allowed: no; grant the credentials permission")
	if want := `2026-11-28T11:30:00.000Z eu-west-2 service has begun draining connections.
2026-11-28T11:40:00.000Z eu-west-1 task 01234567 stopped: Essential container in task �[2Jexited; exit code 137
2026-11-28T11:41:00.000Z eu-west-1 service has started 1 tasks.
2026-11-28T11:55:00.000Z eu-west-2 task abcdefgh was stopped for scaling or a new deployment: Scaling activity initiated by (deployment ecs-svc/7); exit code 143
`; got.out != want {
		t.Errorf("got\n%s", got.out)
	}
	want(t, run(t, saturday, file, "events", "--since", "1d", "--region", "eu-west-1"), 0, "2026-11-28T10:00:00.000Z eu-west-1 service has reached a steady state.\n")
}

func TestEventsJSON(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("events-b", "{}", threeRegions))
	intercept(t, url, happenings(t))
	got := run(t, saturday, file, "events", "--json")
	want(t, got, 1, `"code": "not_allowed"`, `"since": "2026-11-28T11:00:00Z"`)
	checkResult(t, "events", got)
	if strings.Contains(got.err, "not allowed") {
		t.Errorf("the problem is in the document and on standard error:\n%s", got.err)
	}
	var document eventsDocument
	if err := json.Unmarshal([]byte(got.out), &document); err != nil {
		t.Fatal(err)
	}
	if len(document.Events) != 4 || *document.Events[1].Stop.Containers[0].ExitCode != 137 || document.Events[1].Stop.Deliberate || !document.Events[3].Stop.Deliberate {
		t.Errorf("got %s", got.out)
	}
}

func TestEventsReportNone(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("events-c", "{}", oneRegion))
	seed(t, url, file)
	got := run(t, saturday, file, "events", "--since", "10m")
	want(t, got, 0, "no events in the last 10m\n")
	if got.out != "" {
		t.Errorf("standard output has %q", got.out)
	}
	missing := fleetFile(t, fleetText("events-d", "{}", oneRegion))
	want(t, run(t, saturday, missing, "events"), 1, "eu-west-1: not deployed: no cluster events-d-dev-eu-west-1-cluster; MCPFLEET_CONFIG="+missing+" npx cdktf deploy dev-eu-west-1")
	want(t, run(t, saturday, file, "events", "--since", "0"), 2, "--since: 0 is not greater than zero; write 10m, 2h or 1d")
}

func TestEventsWithHangingAndFailingRegion(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("events-e", "{}", threeRegions))
	others := happenings(t)
	intercept(t, url, func(c call) bool {
		switch {
		case c.region == "us-east-1":
			return c.hang(t)
		case c.region == "eu-west-2" && c.service == "ecs":
			return c.fail(http.StatusInternalServerError, "ServerException", "")
		}
		return others(c)
	})
	want(t, run(t, saturday, file, "events", "--timeout", "1s"), 1, "eu-west-1 service has started 1 tasks.\n",
		"eu-west-2: AWS returned HTTP 500 after 2 attempts; try again", "us-east-1: no response in time; try again, or raise --timeout\n")
}

// follow runs events --follow until the second word is printed.
func follow(t *testing.T, file string, words []string, arguments ...string) (out string, errs string) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	written := &watchedBuffer{words: words, first: func() {}, second: stop}
	var problems lockedBuffer
	app := &App{In: strings.NewReader(""), Out: written, Err: &problems, Now: nowAt(saturday), Interval: time.Millisecond, Open: opener(t)}
	if status := Run(ctx, app, append([]string{"--config", file, "events", "--follow"}, arguments...)); status != 0 {
		t.Errorf("status %d: %s%s", status, written.text, problems.String())
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		t.Errorf("%q is never printed", words[1])
	}
	return written.text, problems.String()
}

// lockedBuffer is a concurrent buffer.
type lockedBuffer struct {
	mutex sync.Mutex
	bytes.Buffer
}

func (b *lockedBuffer) Write(text []byte) (int, error) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.Buffer.Write(text)
}

// TestEventsFollow prints each event once. The task is listed in every poll, and an event arrives later. One region denies
// every request, and one never responds.
func TestEventsFollow(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("events-f", "{}", threeRegions))
	for _, arguments := range [][]string{nil, {"--json"}} {
		var polls, denied atomic.Int32
		intercept(t, url, func(c call) bool {
			switch {
			case c.service != "ecs":
				return false
			case c.region == "us-east-1":
				return c.hang(t)
			case c.region == "eu-west-2":
				if c.operation == "DescribeServices" {
					denied.Add(1)
				}
				return c.fail(http.StatusBadRequest, "AccessDeniedException", "no")
			case c.isTaskList():
				return writes(c, stoppedJSON("0123456789", 20*time.Minute, "Essential container in task exited", 1))
			}
			events := []any{event(30*time.Minute, "before."), event(2*time.Hour, "too old.")}
			if polls.Add(1) > 2 && denied.Load() > 2 { // the reason of the first poll is on standard error by then
				events = append([]any{event(time.Second, "after.")}, events...)
			}
			return c.describes(t, events...)
		})
		// The timeout is longer than the test, so the test fails if follow waits for the hanging region.
		out, errs := follow(t, file, []string{"before.", "after."}, append(arguments, "--timeout", "1h")...)
		for _, word := range []string{"before.", "Essential container in task exited", "after."} {
			if strings.Count(out, word) != 1 {
				t.Errorf("%q is not printed exactly once:\n%s", word, out)
			}
		}
		if strings.Contains(out, "too old") || strings.Count(errs, "eu-west-2: DescribeServices: not allowed: no") != 1 {
			t.Errorf("got\n%s%s", out, errs)
		}
		if len(arguments) > 0 {
			for line := range strings.Lines(out) {
				checkDocument(t, "events --follow", line)
			}
		}
	}
}

// TestEventsFollowPrintsLateTasks has a task that ECS lists only after a newer event of the service.
func TestEventsFollowPrintsLateTasks(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("events-g", "{}", oneRegion))
	var polls atomic.Int32
	intercept(t, url, func(c call) bool {
		switch {
		case c.service != "ecs":
			return false
		case c.isTaskList() && polls.Load() < 3:
			return writes(c, `{"taskArns": []}`)
		case c.isTaskList():
			return writes(c, stoppedJSON("0123456789", 20*time.Minute, "Essential container in task exited", 1))
		}
		polls.Add(1)
		return c.describes(t, event(time.Second, "newer."))
	})
	if out, _ := follow(t, file, []string{"newer.", "01234567 stopped"}); strings.Count(out, "newer.") != 1 {
		t.Errorf("got %s", out)
	}
}
