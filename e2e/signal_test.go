//go:build e2e

package e2e

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/cdtait/mcpfleet/internal/terraform"
	"github.com/cdtait/mcpfleet/internal/untested"
)

// process is a program that is at work.
type process struct {
	*exec.Cmd
	out bytes.Buffer
	// lines are those that it writes to standard error, closed at its end.
	lines chan string
}

// started starts make apply's program, whose Terraform comes to wait for the answer to an operation.
func (w *workspace) started(t *testing.T, more map[string]string, operation string) *process {
	t.Helper()
	hold := w.aws.HoldAll(operation)
	t.Cleanup(w.aws.Release)
	p := &process{Cmd: w.stacksCommand(t, more, "apply"), lines: make(chan string, 10_000)}
	p.Stdout, p.Stderr = &p.out, nil
	said, err := p.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(p.lines)
		for scanner := bufio.NewScanner(said); scanner.Scan(); {
			p.lines <- scanner.Text()
		}
	}()
	for {
		select {
		case <-hold.Reached:
			return p
		case line, more := <-p.lines:
			if !more {
				t.Fatalf("the apply ended before %s", operation)
			}
			t.Log(line)
		}
	}
}

// says waits for a line.
func (p *process) says(t *testing.T, text string) {
	t.Helper()
	for line := range p.lines {
		if strings.Contains(line, text) {
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

// freezeProvider stops the provider where it is, which answers nothing from then on.
func (p *process) freezeProvider(t *testing.T) {
	t.Helper()
	var providers []int
	for _, pid := range children(t, p.Process.Pid) {
		providers = append(providers, children(t, pid)...)
	}
	if len(providers) == 0 {
		t.Fatal("no provider runs")
	}
	for _, provider := range providers {
		if err := syscall.Kill(provider, syscall.SIGSTOP); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = syscall.Kill(provider, syscall.SIGKILL) })
	}
}

// children are the processes that a process has started, by Linux's /proc.
func children(t *testing.T, parent int) (pids []int) {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		line, err := os.ReadFile(file)
		if err != nil { // it has ended since
			continue
		}
		// pid (name) state ppid, of which the name may have spaces and brackets: proc_pid_stat(5).
		rest := string(line[bytes.LastIndexByte(line, ')')+1:])
		var state string
		var ppid int
		if _, err := fmt.Sscan(rest, &state, &ppid); err != nil {
			t.Fatal(file, ": ", err)
		}
		if ppid == parent {
			pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(file)))
			pids = append(pids, pid)
		}
	}
	return pids
}

// ended waits for the end, and answers what was printed with single spaces.
func (p *process) ended() (table string, status int) {
	for range p.lines { // until the pipe is closed
		continue
	}
	_ = p.Wait()
	return strings.Join(strings.Fields(p.out.String()), " "), p.ProcessState.ExitCode()
}

// TestAnInterruptedApplyStopsAndTheNextTakesOver interrupts Terraform while AWS makes a load balancer. The
// provider gives up the call, so that AWS has what no state knows.
func TestAnInterruptedApplyStopsAndTheNextTakesOver(t *testing.T) {
	t.Parallel()
	needsAWS(t, "that an interrupted apply stops, and the next takes over")
	w := newWorkspace(t, "../examples/single-region.yaml")
	p := w.started(t, nil, "elasticloadbalancing.CreateLoadBalancer")
	p.signal(t, syscall.SIGTERM)
	p.says(t, "Interrupt received")
	w.aws.Release()
	if table, status := p.ended(); status != 1 || table != "stack add change destroy dev-eu-central-1 interrupted" {
		t.Errorf("exit status %d: %s", status, table)
	}
	s := w.initialised(t, "dev-eu-central-1")
	made := s.addresses(t)
	if !slices.Contains(made, "aws_lb_target_group.main") {
		t.Errorf("what was made before is not in the state: %v", made)
	}
	if slices.Contains(made, "aws_lb_listener.main[0]") {
		t.Errorf("the apply has gone on: %v", made)
	}
	s.apply(t)
}

// TestASecondInterruptEndsAtOnce does so while Terraform waits for a provider that gives up nothing: with
// one that does, the first interrupt may have ended the program before the second comes.
func TestASecondInterruptEndsAtOnce(t *testing.T) {
	t.Parallel()
	needsAWS(t, "that a second interrupt ends an apply at once")
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		untested.Skip(t, "that a second interrupt ends an apply at once: Linux, whose /proc names the provider")
	}
	w := newWorkspace(t, "../examples/single-region.yaml")
	p := w.started(t, nil, "elasticloadbalancing.CreateLoadBalancer")
	p.freezeProvider(t)
	p.signal(t, syscall.SIGINT)
	p.says(t, terraform.Interrupted)
	p.signal(t, syscall.SIGINT)
	if table, status := p.ended(); status != -1 || table != "" { // -1 is what a signal leaves
		t.Errorf("exit status %d: %s", status, table)
	}
}
