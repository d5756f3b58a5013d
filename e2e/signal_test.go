//go:build e2e

package e2e

import (
	"bufio"
	"bytes"
	"io"
	"maps"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/cdtait/mcpfleet/e2e/standin"
)

// process is a program that is at work.
type process struct {
	*exec.Cmd
	out   bytes.Buffer
	lines *bufio.Scanner
}

// started starts make apply's program, whose Terraform comes to wait at an operation.
func (w *workspace) started(t *testing.T, more map[string]string, operation string) *process {
	t.Helper()
	if suite.real {
		t.Skip("only the stand-in can be paused")
	}
	environment := map[string]string{standin.PauseVariable: operation}
	maps.Copy(environment, more)
	p := &process{Cmd: w.stacksCommand(t, environment, "apply")}
	p.Stdout, p.Stderr = &p.out, nil
	said, err := p.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.lines = bufio.NewScanner(io.TeeReader(said, t.Output()))
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	for !w.world.Paused() {
		if !p.lines.Scan() {
			t.Fatalf("the apply ended before %s", operation)
		}
	}
	return p
}

// says waits for a line.
func (p *process) says(t *testing.T, text string) {
	t.Helper()
	for p.lines.Scan() {
		if strings.Contains(p.lines.Text(), text) {
			return
		}
	}
	t.Fatalf("the program ended without a word of %q", text)
}

func (p *process) signal(t *testing.T, signal syscall.Signal) {
	t.Helper()
	if err := p.Process.Signal(signal); err != nil {
		t.Fatal(err)
	}
}

// ended waits for the end, and answers what was printed with single spaces.
func (p *process) ended() (table string, status int) {
	for p.lines.Scan() { // until the pipe is closed
		continue
	}
	_ = p.Wait()
	return strings.Join(strings.Fields(p.out.String()), " "), p.ProcessState.ExitCode()
}

func TestAnInterruptedApplyFinishesWhatItIsAt(t *testing.T) {
	t.Parallel()
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			w := newWorkspace(t, "../examples/single-region.yaml")
			p := w.started(t, nil, "aws_lb:create")
			p.signal(t, signal)
			p.says(t, "Interrupt received")
			w.world.Resume()
			if table, status := p.ended(); status != 1 || table != "stack add change destroy dev-eu-central-1 interrupted" {
				t.Errorf("exit status %d: %s", status, table)
			}
			s := w.initialised(t, "dev-eu-central-1")
			made := s.addresses(t)
			if !slices.Contains(made, "aws_lb.main[0]") {
				t.Errorf("what was being made is not in the state: %v", made)
			}
			if slices.Contains(made, "aws_lb_listener.main[0]") {
				t.Errorf("the apply has gone on: %v", made)
			}
			if table, status := w.summary(t, nil, "apply"); status != 0 {
				t.Errorf("exit status %d: %s", status, table)
			}
			s.settled(t)
		})
	}
}

func TestASecondInterruptEndsAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, "../examples/single-region.yaml")
	p := w.started(t, nil, "aws_lb:create")
	p.signal(t, syscall.SIGINT)
	p.says(t, "Interrupt received")
	p.signal(t, syscall.SIGINT)
	if table, status := p.ended(); status != -1 || table != "" { // -1 is what a signal leaves
		t.Errorf("exit status %d: %s", status, table)
	}
	// Nobody has resumed it: Terraform went with the program, and what it was at with Terraform.
	if made := w.world.Things("eu-central-1", "aws_lb"); len(made) > 0 {
		t.Errorf("it went on: %v", made)
	}
	if table, status := w.summary(t, nil, "plan"); status != 2 {
		t.Errorf("exit status %d: %s", status, table)
	}
}
