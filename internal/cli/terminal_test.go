package cli

import (
	"context"
	"io"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"

	"github.com/cdtait/mcpfleet/internal/untested"
)

// terminalSession is a command running on a pseudo-terminal, and its output.
type terminalSession struct {
	t      *testing.T
	screen *os.File
	done   chan int
	// interrupt simulates Ctrl-C.
	interrupt context.CancelFunc

	mutex  sync.Mutex
	output strings.Builder
}

// startTerminal starts a command line on a new pseudo-terminal.
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
	session := &terminalSession{t: t, screen: screen, done: make(chan int, 1), interrupt: interrupt}
	go session.record()
	go func() {
		app := &App{In: terminal, Out: terminal, Err: terminal, Now: nowAt(at), Interval: time.Millisecond, Open: opener(t)}
		session.done <- Run(ctx, app, append([]string{"--config", file}, arguments...))
	}()
	t.Cleanup(func() { _ = screen.Close() })
	return session
}

func (s *terminalSession) record() {
	buffer := make([]byte, 4096)
	for {
		n, err := s.screen.Read(buffer)
		if err != nil {
			return
		}
		s.mutex.Lock()
		s.output.Write(buffer[:n])
		s.mutex.Unlock()
	}
}

func (s *terminalSession) text() string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.output.String()
}

// terminalTimeout is long because of other tests running at the same time and the race detector, which makes
// the menu ten times slower.
const terminalTimeout = 2 * time.Minute

func (s *terminalSession) waitFor(text string) {
	s.t.Helper()
	for deadline := time.Now().Add(terminalTimeout); !strings.Contains(s.text(), text); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			s.t.Fatalf("%q did not appear in\n%q", text, s.text())
		}
	}
}

func (s *terminalSession) send(keys string) {
	s.t.Helper()
	if _, err := s.screen.WriteString(keys); err != nil {
		s.t.Fatal(err)
	}
}

func (s *terminalSession) wantExit(status int) {
	s.t.Helper()
	select {
	case got := <-s.done:
		if got != status {
			s.t.Errorf("got status %d, want %d:\n%s", got, status, s.text())
		}
	case <-time.After(terminalTimeout):
		s.t.Fatalf("the command did not exit:\n%q", s.text())
	}
}

// onTerminal returns what a command prints on a terminal. On one of two rows it prints only the complete table.
func onTerminal(t *testing.T, width uint16, arguments ...string) string {
	t.Helper()
	screen, terminal, err := pty.Open()
	if err != nil {
		untested.Skip(t, "commands on a terminal: "+err.Error())
	}
	t.Cleanup(func() { _ = screen.Close() })
	if err := pty.Setsize(terminal, &pty.Winsize{Rows: 2, Cols: width}); err != nil {
		t.Fatal(err)
	}
	shown := make(chan []byte)
	go func() {
		text, _ := io.ReadAll(screen) // ends with an error when the terminal closes
		shown <- text
	}()
	Run(t.Context(), &App{In: strings.NewReader(""), Out: terminal, Err: terminal, Now: nowAt(saturday), Open: opener(t)}, arguments)
	if err := terminal.Close(); err != nil {
		t.Fatal(err)
	}
	return string(<-shown)
}

func TestMenuRunsSelectedCommand(t *testing.T) {
	t.Parallel()
	file := fleetFile(t, fleetText("menu-a", "{enabled: true}", oneRegion))
	terminal := startTerminal(t, saturday, file, "weekend")
	terminal.waitFor("What do you want to do?")
	down := ""
	for _, entry := range menuEntries {
		terminal.waitFor(entry.text)
		if entry.text == "Print a crontab" {
			terminal.send(down + "\r")
			break
		}
		down += "\x1b[B"
	}
	terminal.waitFor("No region needs a cron job")
	terminal.wantExit(0)
}

func TestMenuCanBeCanceled(t *testing.T) {
	t.Parallel()
	if raceDetector {
		t.Skip("bubbletea 1 and 2 close the terminal during a read if a key ends the program")
	}
	for command, key := range map[string]string{"weekend": "\x03", "cost": "\x1b"} {
		terminal := startTerminal(t, saturday, fleetFile(t, fleetText("menu-b", "{}", oneRegion)), command)
		terminal.waitFor("What do you want to do?")
		terminal.send(key)
		terminal.wantExit(0)
	}
}

func TestNoMenuWithoutTerminal(t *testing.T) {
	t.Parallel()
	want(t, run(t, saturday, fleetFile(t, fleetText("menu-c", "{}", oneRegion)), "weekend"), 0, "Usage:\n  mcpfleet weekend")
}

func TestConfirmationDefaultsToNo(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("terminal-a", "{}", oneRegion))
	seed(t, url, file)
	terminal := startTerminal(t, saturday, file, "scale", "0")
	terminal.waitFor("terminal-a dev, account 123456789012 as user/moto: Stop all tasks in eu-west-1? [y/N] ")
	terminal.send("\r")
	terminal.waitFor("aborted; nothing has changed")
	terminal.wantExit(1)
	terminal = startTerminal(t, saturday, file, "scale", "0")
	terminal.waitFor("[y/N] ")
	terminal.send("y\r")
	terminal.waitFor("set to 0 tasks, stopped")
	terminal.wantExit(0)
}

// TestStatusShowsPartialResults blocks one of three regions until the others are on the screen.
func TestStatusShowsPartialResults(t *testing.T) {
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
	terminal := startTerminal(t, saturday, file, "status", "--timeout", "10m")
	terminal.waitFor("eu-west-1  always on  2")
	terminal.waitFor("eu-west-2  always on  2")
	terminal.waitFor("us-east-1  …")
	release()
	terminal.waitFor("us-east-1  always on  not deployed")
	terminal.waitFor("not shown at this width: ADDRESS")
	terminal.wantExit(1)
}

// TestCtrlCAtConfirmationAborts cancels the context, because a test's terminal sends no signal.
func TestCtrlCAtConfirmationAborts(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("terminal-d", "{}", oneRegion))
	seed(t, url, file)
	terminal := startTerminal(t, saturday, file, "scale", "0")
	terminal.waitFor("[y/N] ")
	terminal.interrupt()
	terminal.waitFor("aborted; nothing has changed")
	terminal.wantExit(1)
}

func TestSecretPromptDoesNotEcho(t *testing.T) {
	t.Parallel()
	url := awsURL(t)
	file := fleetFile(t, fleetText("terminal-b", "{}", oneRegion))
	seed(t, url, file)
	terminal := startTerminal(t, saturday, file, "secret", "set")
	terminal.waitFor("API_KEY: ")
	terminal.send("secret-value\r")
	terminal.waitFor("API_KEY is set, new deployment, steady")
	terminal.wantExit(0)
	if strings.Contains(terminal.text(), "secret-value") {
		t.Error("the value was echoed")
	}
}
