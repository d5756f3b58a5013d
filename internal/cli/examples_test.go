package cli

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/cdtait/mcpfleet/internal/golden"
	"github.com/cdtait/mcpfleet/internal/untested"
)

// pagesWithOutput are the pages whose console blocks show the output of mcpfleet. Commands of other programs
// in these blocks do not run.
var pagesWithOutput = map[string]struct {
	// at is the time at which the commands run.
	at time.Time
	// fleet creates the page's fleet in AWS and changes to the folder of its fleet file.
	fleet func(t *testing.T)
	// dataOnly leaves out standard error.
	dataOnly bool
}{
	"README.md":               {at: saturday, fleet: shippedFleet},
	"help/cost.md":            {at: saturday, fleet: shippedFleet},
	"help/getting-started.md": {at: saturday, fleet: invalidFleet},
	"help/json.md":            {at: saturday, fleet: halfDeployedFleet, dataOnly: true},
	"help/observability.md":   {at: saturday, fleet: measuredFleet, dataOnly: true},
	"help/operations.md":      {at: saturday, fleet: workingFleet, dataOnly: true},
	"help/weekend.md":         {at: tuesday, fleet: sleepingFleet},
}

// example is a command line of mcpfleet after a prompt, with its output: all lines up to the next prompt, a
// blank line before it, or the end of the block.
var example = regexp.MustCompile("(?m)^\\$ mcpfleet .*\n(?:[^$`].*\n|\n)*")

// TestPagesShowRealOutput runs the commands of each page in order and compares their output with the page.
// With -update it writes the page.
func TestPagesShowRealOutput(t *testing.T) {
	withoutUserPrices(t)
	for file, page := range pagesWithOutput {
		t.Run(file, func(t *testing.T) {
			path, err := filepath.Abs(filepath.Join(repository, file))
			if err != nil {
				t.Fatal(err)
			}
			text := readShipped(t, file)
			if !example.MatchString(text) {
				t.Fatal("no example is found")
			}
			page.fleet(t)
			golden.Compare(t, path, []byte(example.ReplaceAllStringFunc(text, func(found string) string {
				line, _, _ := strings.Cut(found, "\n")
				return line + "\n" + outputOf(t, strings.TrimPrefix(line, "$ "), page.at, page.dataOnly)
			})))
		})
	}
}

// outputOf runs a command line and returns what a terminal would show. A shell runs what follows a pipe.
func outputOf(t *testing.T, line string, at time.Time, dataOnly bool) string {
	t.Helper()
	command, filter, piped := strings.Cut(line, " | ")
	var out, errs bytes.Buffer
	app := &App{In: strings.NewReader(""), Out: &out, Err: &out, Now: nowAt(at), Open: opener(t)}
	if dataOnly || piped {
		app.Err = &errs
	}
	Run(t.Context(), app, strings.Fields(command)[1:])
	if !piped {
		return out.String()
	}
	if program := strings.Fields(filter)[0]; !hasProgram(program) {
		untested.Skip(t, "the examples with "+program+": it is not installed")
	}
	shell := exec.CommandContext(t.Context(), "sh", "-c", filter)
	shell.Stdin = &out
	shown, err := shell.CombinedOutput()
	if err != nil {
		t.Errorf("%s: %v\n%s%s", line, err, shown, errs.String())
	}
	return string(shown)
}

func hasProgram(name string) bool {
	_, err := exec.LookPath(name)
	return err == nil
}

// readShipped returns a file of the repository.
func readShipped(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(repository, file))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// enterFolderOf changes to a folder that holds a fleet file with that text, and the shipped examples.
func enterFolderOf(t *testing.T, text string) (file string) {
	t.Helper()
	examples, err := filepath.Abs(filepath.Join(repository, "examples"))
	if err != nil {
		t.Fatal(err)
	}
	file = fleetFile(t, text)
	if err := os.Symlink(examples, filepath.Join(filepath.Dir(file), "examples")); err != nil {
		t.Fatal(err)
	}
	t.Chdir(filepath.Dir(file))
	return file
}

// deployShipped deploys regions.yaml once for all pages: eu-west-1 as the file describes it, and eu-west-2
// scaled to one task. us-east-1 is not deployed.
var deployShipped sync.Once

func shippedFleet(t *testing.T) {
	t.Helper()
	url := awsURL(t)
	text := readShipped(t, "regions.yaml")
	deployShipped.Do(func() {
		seed(t, url, fleetFile(t, text), "eu-west-1")
		scaled := fleetFile(t, strings.Replace(text, "desired_count: 2", "desired_count: 1", 1))
		seed(t, url, scaled, "eu-west-2")
		for _, region := range []string{"eu-west-1", "eu-west-2"} {
			want(t, runWith(t, strings.NewReader("value"), saturday, scaled, "secret", "set", "--no-wait", "--region", region), 0)
		}
		want(t, run(t, saturday, scaled, "scale", "1", "--region", "eu-west-2"), 0)
	})
	enterFolderOf(t, text)
}

// workingFleet is shippedFleet with tasks and events, of which moto has none.
func workingFleet(t *testing.T) {
	t.Helper()
	shippedFleet(t)
	tasks := map[string]string{
		"eu-west-1": taskJSON("0b6f3c29a1e84d5f", "eu-west-1a", "RUNNING", "172.31.0.1", 3*24*time.Hour, "") + "," + taskJSON("7d21e0459cf34ab8", "eu-west-1b", "RUNNING", "172.31.0.2", 24*time.Minute, ""),
		"eu-west-2": taskJSON("c4a8f6137b2e4e90", "eu-west-2a", "RUNNING", "172.30.0.1", 3*24*time.Hour, ""),
	}
	stopped := map[string]string{
		"eu-west-1": stoppedJSON("3f90b7d2c6a14e15", 26*time.Minute, "Essential container in task exited", 137),
		"eu-west-2": stoppedJSON("95e4d0ab12c7488d", 40*time.Minute, "Scaling activity initiated by (deployment ecs-svc/4209617300829110233)", 143),
	}
	events := map[string][]any{
		"eu-west-1": {event(22*time.Minute, "has reached a steady state."), event(24*time.Minute, "has started 1 tasks: (task 7d21e0459cf34ab8).")},
		"eu-west-2": {event(39*time.Minute, "has reached a steady state.")},
	}
	intercept(t, awsURL(t), func(c call) bool {
		switch {
		case c.operation == "DescribeServices" && events[c.region] != nil:
			return writes(c, strings.Replace(string(c.forward()), `"events": []`, `"events": `+jsonLine(events[c.region]), 1))
		case c.operation == "ListTasks" && strings.Contains(c.body, `"desiredStatus":"STOPPED"`):
			return writes(c, `{"taskArns": ["arn:stopped"]}`)
		case c.operation == "ListTasks":
			return writes(c, `{"taskArns": ["arn:running"]}`)
		case c.operation == "DescribeTasks" && strings.Contains(c.body, "arn:running"):
			return writes(c, `{"tasks": [`+strings.ReplaceAll(tasks[c.region], "x:12", "x:1")+`]}`)
		case c.operation == "DescribeTasks":
			return writes(c, stopped[c.region])
		}
		return false
	})
}

// invalidFleet is regions.yaml with a memory size that Fargate does not offer. Nothing is deployed.
func invalidFleet(t *testing.T) {
	t.Helper()
	enterFolderOf(t, strings.Replace(readShipped(t, "regions.yaml"), "memory: 3072", "memory: 1024", 1))
}

// halfDeployedFleet has two regions: eu-west-1 is deployed without the secret's value, us-east-1 is not.
func halfDeployedFleet(t *testing.T) {
	t.Helper()
	url := awsURL(t)
	text := fleetText("fmp-mcp", "{}", oneRegion+"  us-east-1: {network: {cidr: 172.29.0.0/16}}\n")
	seed(t, url, enterFolderOf(t, strings.Replace(text, "environment: dev", "environment: staging", 1)), "eu-west-1")
}

// sleepingFleet is examples/weekend.yaml under another name, deployed and asleep.
func sleepingFleet(t *testing.T) {
	t.Helper()
	url := awsURL(t)
	file := enterFolderOf(t, strings.Replace(readShipped(t, "examples/weekend.yaml"), "project: fmp-mcp", "project: quotes", 1))
	seed(t, url, file)
	want(t, run(t, tuesday, file, "--yes", "weekend", "down"), 0)
}

// pictureWidth is the width of the README's picture in columns. GitHub shows it at a readable size.
const pictureWidth = 112

// TestStatusPicture draws the README's picture of a terminal from the output of mcpfleet status.
func TestStatusPicture(t *testing.T) {
	path, err := filepath.Abs(filepath.Join(repository, "docs/status.svg"))
	if err != nil {
		t.Fatal(err)
	}
	shippedFleet(t)
	output := strings.ReplaceAll(onTerminal(t, pictureWidth, "status"), "\r\n", "\n")
	// The warning about HTTPS is wider than the picture.
	output = regexp.MustCompile("(?m)^warning: .*\n").ReplaceAllString(output, "")
	golden.Compare(t, path, []byte(terminalSVG(t, "mcpfleet status", output)))
}

// TestCostPicture writes docs/cost.svg, the top of the page that mcpfleet cost --html writes.
func TestCostPicture(t *testing.T) {
	text, err := os.ReadFile(costPage(t, filepath.Join(repository, "examples/weekend.yaml")))
	if err != nil {
		t.Fatal(err)
	}
	page := string(text)
	style, top := between(t, page, "<style>", "</style>"), between(t, page, "<main>", "<h2>Weekly schedule</h2>")
	// The rule for the page's own drawings would resize the picture.
	const drawings = "svg { display: block; width: 100%; height: 2.1rem; }"
	if !strings.Contains(style, drawings) {
		t.Fatalf("the style lacks %q", drawings)
	}
	const width, height = 1000, 560
	picture := fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%[1]d" height="%[2]d" role="img" aria-label="mcpfleet cost --html">
<style>%s</style>
<foreignObject width="%[1]d" height="%[2]d"><body xmlns="http://www.w3.org/1999/xhtml"><main>%[4]s</main></body></foreignObject>
</svg>
`, width, height, strings.Replace(style, drawings, "", 1), top)
	for decoder := xml.NewDecoder(strings.NewReader(picture)); ; {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("the picture is not XML: %v", err)
		}
	}
	golden.Compare(t, filepath.Join(repository, "docs/cost.svg"), []byte(picture))
}

// between returns the text between two others.
func between(t *testing.T, text, begin, end string) string {
	t.Helper()
	_, rest, found := strings.Cut(text, begin)
	inner, _, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatalf("the text lacks %q or %q", begin, end)
	}
	return inner
}

// terminalSVG draws a terminal in which a command has printed its output.
func terminalSVG(t *testing.T, command, output string) string {
	t.Helper()
	if output != ansi.Strip(output) {
		t.Fatalf("the output has escape sequences: %q", output)
	}
	const charWidth, lineHeight, margin, bar = 7.8, 19, 18, 34
	lines := strings.Split(strings.TrimRight(output, "\n"), "\n")
	width := 2*margin + int(math.Ceil(charWidth*pictureWidth))
	height := bar + lineHeight*(len(lines)+1) + margin
	var svg strings.Builder
	line := func(row int, class, text string) {
		if text == "" {
			return
		}
		var escaped bytes.Buffer
		if err := xml.EscapeText(&escaped, []byte(text)); err != nil {
			t.Fatal(err)
		}
		// The length keeps the columns aligned in every font.
		fmt.Fprintf(&svg, `<text x="%d" y="%d" class="%s" textLength="%.1f" lengthAdjust="spacingAndGlyphs" xml:space="preserve">%s</text>`+"\n",
			margin, bar+lineHeight*(row+1)-5, class, charWidth*float64(ansi.StringWidth(text)), escaped.String())
	}
	fmt.Fprintf(&svg, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" aria-label="Terminal: %s">
<style>
text { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; fill: #d6dae0; }
.prompt { fill: #8fd18f; } .header { fill: #8aa4c8; }
</style>
<rect width="%d" height="%d" rx="8" fill="#161b22"/>
<circle cx="20" cy="18" r="5" fill="#ff5f57"/><circle cx="38" cy="18" r="5" fill="#febc2e"/><circle cx="56" cy="18" r="5" fill="#28c840"/>
`, width, height, command, width, height)
	line(0, "prompt", "$ "+command)
	for i, text := range lines {
		class := "output"
		if strings.HasPrefix(text, "REGION ") {
			class = "header"
		}
		line(i+1, class, text)
	}
	svg.WriteString("</svg>\n")
	return svg.String()
}
