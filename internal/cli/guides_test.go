package cli

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/cdtait/mcpfleet/help"
)

const repository = "../.."

// texts returns the guides and the Markdown files at the root, by path.
func texts(t *testing.T) map[string]string {
	t.Helper()
	files := []string{"README.md", "CONTRIBUTING.md"}
	for _, topic := range help.Topics() {
		files = append(files, "help/"+topic+".md")
	}
	all := map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile(filepath.Join(repository, file))
		if err != nil {
			t.Fatal(err)
		}
		all[file] = string(text)
	}
	return all
}

var (
	fence  = regexp.MustCompile("(?ms)^ *```(sh|console)\n(.*?)^ *```")
	inline = regexp.MustCompile("`((?:bin/)?mcpfleet [^`]+|make [^`]+)`")
)

// commands returns the command lines in a text. In a console block, these are the lines with a prompt.
func commands(text string) (lines []string) {
	for _, block := range fence.FindAllStringSubmatch(text, -1) {
		for line := range strings.Lines(block[2]) {
			typed, prompted := strings.CutPrefix(strings.TrimSpace(line), "$ ")
			if block[1] == "sh" || prompted {
				lines = append(lines, typed)
			}
		}
	}
	for _, span := range inline.FindAllStringSubmatch(text, -1) {
		lines = append(lines, strings.Join(strings.Fields(span[1]), " "))
	}
	return lines
}

// words returns the words of a command from the program's name on, or nil if the line does not run the
// program.
func words(line, program string) []string {
	line, _, _ = strings.Cut(line, "  #")
	for part := range strings.SplitSeq(line, "|") {
		part, _, _ = strings.Cut(part, " > ")
		fields := strings.Fields(strings.NewReplacer("'", "", `"`, "").Replace(part))
		for len(fields) > 0 && strings.Contains(fields[0], "=") {
			fields = fields[1:] // an environment variable
		}
		if len(fields) > 0 && strings.TrimPrefix(fields[0], "bin/") == program {
			return fields
		}
	}
	return nil
}

// placeholder matches words that the reader replaces.
var placeholder = regexp.MustCompile(`^([A-Z]+|…|<.*>)$`)

func TestGuidesUseExistingCommands(t *testing.T) {
	found := 0
	for file, text := range texts(t) {
		for _, line := range commands(text) {
			if typed := words(line, "mcpfleet"); typed != nil {
				found++
				checkCommandLine(t, file, typed)
			}
		}
	}
	if found < 50 {
		t.Errorf("found only %d commands", found)
	}
}

// checkCommandLine checks that the program accepts a command line of a page.
func checkCommandLine(t *testing.T, file string, typed []string) {
	t.Helper()
	line := strings.Join(typed, " ")
	command, rest, err := (&App{}).root().Find(typed[1:])
	if err != nil {
		t.Errorf("%s: %s: %v", file, line, err)
		return
	}
	if err := command.ParseFlags(rest); err != nil {
		t.Errorf("%s: %s: %v", file, line, err)
		return
	}
	arguments := command.Flags().Args()
	if slices.ContainsFunc(arguments, placeholder.MatchString) || command.HasAvailableSubCommands() {
		return
	}
	if err := command.ValidateArgs(arguments); err != nil {
		t.Errorf("%s: %s: %v", file, line, err)
	}
}

// TestPipelinesUseExistingCommands checks the commands that the shipped pipelines run with go run.
func TestPipelinesUseExistingCommands(t *testing.T) {
	for _, file := range []string{".github/workflows/deploy.yml", "examples/pipelines/gitlab-ci.yml"} {
		text, err := os.ReadFile(filepath.Join(repository, file))
		if err != nil {
			t.Fatal(err)
		}
		runs := regexp.MustCompile(`go run \./cmd/(mcpfleet .*)`).FindAllStringSubmatch(string(text), -1)
		if len(runs) == 0 {
			t.Errorf("%s does not run mcpfleet", file)
		}
		for _, run := range runs {
			checkCommandLine(t, file, words(run[1], "mcpfleet"))
		}
	}
}

// TestOfflineCommandsInGuidesWork runs the commands that need neither AWS nor Terraform on a copy of the
// shipped fleets.
func TestOfflineCommandsInGuidesWork(t *testing.T) {
	withoutUserPrices(t)
	offline := regexp.MustCompile(`^(check|help|cost( --config| --breakdown| --compare| --recommend| --html| diff|$)|weekend (enable|disable|cron))`)
	lines := map[string]bool{}
	for _, text := range texts(t) {
		for _, line := range commands(text) {
			if typed := words(line, "mcpfleet"); typed != nil && !slices.ContainsFunc(typed, placeholder.MatchString) {
				if rest := strings.Join(typed[1:], " "); offline.MatchString(rest) {
					lines[rest] = true
				}
			}
		}
	}
	if len(lines) < 12 {
		t.Errorf("found only %d commands: %v", len(lines), lines)
	}
	shipped := map[string][]byte{}
	for name, from := range map[string]string{"regions.yaml": "regions.yaml", "old.yaml": "examples/weekend.yaml", "examples/scheduler.yaml": "examples/scheduler.yaml"} {
		text, err := os.ReadFile(filepath.Join(repository, from))
		if err != nil {
			t.Fatal(err)
		}
		shipped[name] = text
	}
	for line := range lines {
		t.Run(line, func(t *testing.T) {
			t.Chdir(t.TempDir())
			for name, text := range shipped {
				if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, text, 0o644)); err != nil {
					t.Fatal(err)
				}
			}
			var out, errs bytes.Buffer
			app := &App{In: strings.NewReader(""), Out: &out, Err: &errs, Now: nowAt(priced)}
			arguments := strings.Fields(line)
			if slices.Contains([]string{"enable", "disable"}, arguments[min(1, len(arguments)-1)]) {
				arguments = append(arguments, "--yes")
			}
			if status := Run(t.Context(), app, arguments); status != 0 {
				t.Errorf("status %d\n%s%s", status, out.String(), errs.String())
			}
		})
	}
}

func TestGuidesUseExistingMakeTargets(t *testing.T) {
	makefile, err := os.ReadFile(filepath.Join(repository, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	for file, text := range texts(t) {
		for _, line := range commands(text) {
			for part := range strings.SplitSeq(line, "&&") {
				typed := words(part, "make")
				if len(typed) > 1 && !strings.Contains(string(makefile), "\n"+typed[1]+":") {
					t.Errorf("%s: %s: no such target", file, line)
				}
			}
		}
	}
}

var link = regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`)

func TestGuideLinksResolve(t *testing.T) {
	for file, text := range texts(t) {
		for _, found := range link.FindAllStringSubmatch(text, -1) {
			if _, err := os.Stat(filepath.Join(repository, filepath.Dir(file), found[1])); err != nil {
				t.Errorf("%s: %v", file, err)
			}
		}
	}
}
