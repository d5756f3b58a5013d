package cli

import (
	"context"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"

	"github.com/cdtait/mcpfleet/internal/untested"
)

// terminalSession is a command that runs on a pseudo-terminal, and what it has written there.
type terminalSession struct {
	t      *testing.T
	screen *os.File
	done   chan int
	// interrupt is Ctrl-C.
	interrupt context.CancelFunc

	mutex sync.Mutex
	seen  strings.Builder
}

// startTerminal runs a command line on a terminal of its own.
func startTerminal(t *testing.T, at time.Time, file string, arguments ...string) *terminalSession {
	t.Helper()
	screen, terminal, err := pty.Open()
	if err != nil {
		untested.Skip(t, "commands on a terminal: "+err.Error())
	}
	if err := pty.Setsize(terminal, &pty.Winsize{Rows: 30, Cols: 120}); err != nil {
		t.Fatal(err)
	}
	ctx, interrupt := context.WithCancel(t.Context())
	p := &terminalSession{t: t, screen: screen, done: make(chan int, 1), interrupt: interrupt}
	go p.record()
	go func() {
		app := &App{In: terminal, Out: terminal, Err: terminal, Now: nowAt(at), Interval: time.Millisecond, Open: opener(t)}
		p.done <- Run(ctx, app, append([]string{"--config", file}, arguments...))
	}()
	t.Cleanup(func() { _ = screen.Close() })
	return p
}

func (p *terminalSession) record() {
	buffer := make([]byte, 4096)
	for {
		n, err := p.screen.Read(buffer)
		if err != nil {
			return
		}
		p.mutex.Lock()
		p.seen.Write(buffer[:n])
		p.mutex.Unlock()
	}
}

func (p *terminalSession) text() string {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return p.seen.String()
}

// terminalTimeout is for a machine that is busy with other tests, and for the race detector: it makes the menu
// ten times as slow.
const terminalTimeout = 2 * time.Minute

func (p *terminalSession) waitFor(words string) {
	p.t.Helper()
	for deadline := time.Now().Add(terminalTimeout); !strings.Contains(p.text(), words); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			p.t.Fatalf("%q does not appear in\n%q", words, p.text())
		}
	}
}

func (p *terminalSession) send(keys string) {
	p.t.Helper()
	if _, err := p.screen.WriteString(keys); err != nil {
		p.t.Fatal(err)
	}
}

func (p *terminalSession) wantExit(status int) {
	p.t.Helper()
	select {
	case got := <-p.done:
		if got != status {
			p.t.Errorf("status is %d, not %d:\n%s", got, status, p.text())
		}
	case <-time.After(terminalTimeout):
		p.t.Fatalf("it does not end:\n%q", p.text())
	}
}

func TestTheMenuDoesWhatIsChosen(t *testing.T) {
	t.Parallel()
	file := fleetFile(t, fleetText("menu-a", "{enabled: true}", oneRegion))
	p := startTerminal(t, saturday, file, "weekend")
	p.waitFor("What is to be done?")
	down := ""
	for _, entry := range entries {
		p.waitFor(entry.text)
		if entry.text == "Cron set-up" {
			p.send(down + "\r")
			break
		}
		down += "\x1b[B"
	}
	p.waitFor("No region needs a cron job")
	p.wantExit(0)
}

func TestTheMenuCanBeLeft(t *testing.T) {
	t.Parallel()
	if raceDetector {
		t.Skip("bubbletea 1 and 2 close the terminal while it is being read, where a key ends the program")
	}
	for command, key := range map[string]string{"weekend": "\x03", "cost": "\x1b"} {
		p := startTerminal(t, saturday, fleetFile(t, fleetText("menu-b", "{}", oneRegion)), command)
		p.waitFor("What is to be done?")
		p.send(key)
		p.wantExit(0)
	}
}

func TestNoMenuInAPipe(t *testing.T) {
	t.Parallel()
	want(t, run(t, saturday, fleetFile(t, fleetText("menu-c", "{}", oneRegion)), "weekend"), 0, "Usage:\n  mcpfleet weekend")
}

func TestAConfirmationIsNoByDefault(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("terminal-a", "{}", oneRegion))
	seed(t, url, file)
	p := startTerminal(t, saturday, file, "scale", "0")
	p.waitFor("terminal-a dev, account 123456789012 as user/moto: stop every task in eu-west-1? [y/N] ")
	p.send("\r")
	p.waitFor("aborted; nothing has changed")
	p.wantExit(1)
	p = startTerminal(t, saturday, file, "scale", "0")
	p.waitFor("[y/N] ")
	p.send("y\r")
	p.waitFor("set to 0 tasks, stopped")
	p.wantExit(0)
}

// TestRowsAppearAsRegionsAnswer has one of three that does not, before the others are on the screen.
func TestRowsAppearAsRegionsAnswer(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("terminal-c", "{}", threeRegions))
	seed(t, url, file, "eu-west-1", "eu-west-2")
	waiting, release := context.WithCancel(t.Context())
	defer release()
	intercept(t, url, func(c call) bool {
		if c.region == "us-east-1" {
			<-waiting.Done()
		}
		return false
	})
	p := startTerminal(t, saturday, file, "status", "--timeout", "10m")
	p.waitFor("eu-west-1  always on  2")
	p.waitFor("eu-west-2  always on  2")
	p.waitFor("us-east-1  …")
	release()
	p.waitFor("us-east-1  always on  not deployed")
	p.waitFor("not shown at this width: ADDRESS")
	p.wantExit(1)
}

// TestCtrlCAtAQuestionEndsTheCommand is the signal's context, as a test's terminal sends no signal.
func TestCtrlCAtAQuestionEndsTheCommand(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("terminal-d", "{}", oneRegion))
	seed(t, url, file)
	p := startTerminal(t, saturday, file, "scale", "0")
	p.waitFor("[y/N] ")
	p.interrupt()
	p.waitFor("aborted; nothing has changed")
	p.wantExit(1)
}

func TestASecretIsAskedForWithoutEcho(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("terminal-b", "{}", oneRegion))
	seed(t, url, file)
	p := startTerminal(t, saturday, file, "secret", "set")
	p.waitFor("API_KEY: ")
	p.send("hush-hush\r")
	p.waitFor("API_KEY is set, new deployment, steady")
	p.wantExit(0)
	if strings.Contains(p.text(), "hush-hush") {
		t.Error("the value is echoed")
	}
}
