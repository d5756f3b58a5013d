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

// process is a running program.
type process struct {
	*exec.Cmd
	out bytes.Buffer
	// lines receives the lines of stderr, and is closed when the process exits.
	lines chan string
}

// startApply runs stacks apply until Terraform waits for the response to an operation.
func (w *workspace) startApply(t *testing.T, more map[string]string, operation string) *process {
	t.Helper()
	hold := w.aws.HoldAll(operation)
	t.Cleanup(w.aws.Release)
	p := &process{Cmd: w.stacksCommand(t, more, "apply"), lines: make(chan string, 10_000)}
	p.Stdout, p.Stderr = &p.out, nil
	stderr, err := p.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(p.lines)
		for scanner := bufio.NewScanner(stderr); scanner.Scan(); {
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

// waitFor waits for a line that contains the text.
func (p *process) waitFor(t *testing.T, text string) {
	t.Helper()
	for line := range p.lines {
		if strings.Contains(line, text) {
			return
		}
	}
	t.Fatalf("the process exited without printing %q", text)
}

func (p *process) signal(t *testing.T, signal syscall.Signal) {
	t.Helper()
	if err := p.Process.Signal(signal); err != nil {
		t.Fatal(err)
	}
}

// freezeProvider suspends the provider, so it no longer responds.
func (p *process) freezeProvider(t *testing.T) {
	t.Helper()
	var providers []int
	for _, pid := range children(t, p.Process.Pid) {
		providers = append(providers, children(t, pid)...)
	}
	if len(providers) == 0 {
		t.Fatal("no provider is running")
	}
	for _, provider := range providers {
		if err := syscall.Kill(provider, syscall.SIGSTOP); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = syscall.Kill(provider, syscall.SIGKILL) })
	}
}

// children returns the child processes of a process, from /proc.
func children(t *testing.T, parent int) (pids []int) {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		line, err := os.ReadFile(file)
		if err != nil { // the process has exited
			continue
		}
		// pid (name) state ppid; the name may contain spaces and parentheses. See proc_pid_stat(5).
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

// wait waits for the process to exit. It returns the output with white space collapsed.
func (p *process) wait() (table string, status int) {
	for range p.lines { // until the pipe is closed
		continue
	}
	_ = p.Wait()
	return strings.Join(strings.Fields(p.out.String()), " "), p.ProcessState.ExitCode()
}

// TestInterruptedApply interrupts Terraform while AWS creates a load balancer. The provider cancels the call,
// so the load balancer exists but is not in the state, and the next apply imports it.
func TestInterruptedApply(t *testing.T) {
	t.Parallel()
	needsAWS(t, "recovery from an interrupted apply")
	w := newWorkspace(t, "../examples/single-region.yaml")
	p := w.startApply(t, nil, "elasticloadbalancing.CreateLoadBalancer")
	p.signal(t, syscall.SIGTERM)
	p.waitFor(t, "Interrupt received")
	// The provider cancels the request. A response before that would leave a tainted load balancer in the state.
	table, status := p.wait()
	w.aws.Release()
	if status != 1 || table != "stack add change destroy dev-eu-central-1 interrupted" {
		t.Errorf("exit status %d: %s", status, table)
	}
	s := w.initialize(t, "dev-eu-central-1")
	created := s.addresses(t)
	if !slices.Contains(created, "aws_lb_target_group.main") {
		t.Errorf("the target group is not in the state: %v", created)
	}
	if slices.Contains(created, "aws_lb_listener.main[0]") {
		t.Errorf("the apply did not stop: %v", created)
	}
	s.apply(t)
}

// TestSecondInterrupt interrupts an apply twice while Terraform waits for a frozen provider. Otherwise the
// apply might stop after the first interrupt before it receives the second.
func TestSecondInterrupt(t *testing.T) {
	t.Parallel()
	needsAWS(t, "second interrupt kills an apply")
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		untested.Skip(t, "second interrupt kills an apply: needs /proc, as on Linux")
	}
	w := newWorkspace(t, "../examples/single-region.yaml")
	p := w.startApply(t, nil, "elasticloadbalancing.CreateLoadBalancer")
	p.freezeProvider(t)
	p.signal(t, syscall.SIGINT)
	p.waitFor(t, terraform.Interrupted)
	p.signal(t, syscall.SIGINT)
	if table, status := p.wait(); status != -1 || table != "" { // -1 means killed by a signal
		t.Errorf("exit status %d: %s", status, table)
	}
}
