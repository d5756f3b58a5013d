package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/cdtait/mcpfleet/help"
)

const repository = "../.."

// texts are the guides and the pages at the root, by path.
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

// commands are the command lines that a text tells its reader to type. Of a console only what
// follows a prompt is typed.
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

// words are a command's, from the program's name on; nil where the line does not run the program.
func words(line, program string) []string {
	line, _, _ = strings.Cut(line, "  #")
	for part := range strings.SplitSeq(line, "|") {
		part, _, _ = strings.Cut(part, " > ")
		fields := strings.Fields(strings.NewReplacer("'", "", `"`, "").Replace(part))
		for len(fields) > 0 && strings.Contains(fields[0], "=") {
			fields = fields[1:] // a variable that is set for the command
		}
		if len(fields) > 0 && strings.TrimPrefix(fields[0], "bin/") == program {
			return fields
		}
	}
	return nil
}

// stands are what a reader puts something of their own in place of.
var stands = regexp.MustCompile(`^([A-Z]+|…|<.*>)$`)

func TestGuidesNameCommandsThatThereAre(t *testing.T) {
	found := 0
	for file, text := range texts(t) {
		for _, line := range commands(text) {
			if typed := words(line, "mcpfleet"); typed != nil {
				found++
				mustBeTaken(t, file, typed)
			}
		}
	}
	if found < 50 {
		t.Errorf("only %d commands are found", found)
	}
}

// mustBeTaken holds a command line, as a page has it, to be one that the program takes.
func mustBeTaken(t *testing.T, file string, typed []string) {
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
	if slices.ContainsFunc(arguments, stands.MatchString) || isMenu(command) {
		return
	}
	if err := command.ValidateArgs(arguments); err != nil {
		t.Errorf("%s: %s: %v", file, line, err)
	}
}

// TestPipelinesNameCommandsThatThereAre reads what the shipped pipelines run of the program's source.
func TestPipelinesNameCommandsThatThereAre(t *testing.T) {
	for _, file := range []string{".github/workflows/deploy.yml", "examples/pipelines/gitlab-ci.yml"} {
		text, err := os.ReadFile(filepath.Join(repository, file))
		if err != nil {
			t.Fatal(err)
		}
		runs := regexp.MustCompile(`go run \./cmd/(mcpfleet .*)`).FindAllStringSubmatch(string(text), -1)
		if len(runs) == 0 {
			t.Errorf("%s runs nothing", file)
		}
		for _, run := range runs {
			mustBeTaken(t, file, words(run[1], "mcpfleet"))
		}
	}
}

// isMenu is a command whose verbs do the work.
func isMenu(command *cobra.Command) bool { return command.HasAvailableSubCommands() }

// TestOfflineCommandsOfGuidesWork runs what needs neither AWS nor Terraform, as it is written, on a
// copy of the shipped fleets.
func TestOfflineCommandsOfGuidesWork(t *testing.T) {
	withoutOwnPrices(t)
	offline := regexp.MustCompile(`^(check|help|cost( --config| --breakdown| --compare| --recommend| --html| diff|$)|weekend (enable|disable|cron))`)
	lines := map[string]bool{}
	for _, text := range texts(t) {
		for _, line := range commands(text) {
			if typed := words(line, "mcpfleet"); typed != nil && !slices.ContainsFunc(typed, stands.MatchString) {
				if rest := strings.Join(typed[1:], " "); offline.MatchString(rest) {
					lines[rest] = true
				}
			}
		}
	}
	if len(lines) < 12 {
		t.Errorf("only %d commands are found: %v", len(lines), lines)
	}
	shipped := map[string][]byte{}
	for name, from := range map[string]string{"regions.yaml": "regions.yaml", "old.yaml": "examples/weekend.yaml"} {
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
				if err := os.WriteFile(name, text, 0o644); err != nil {
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

func TestGuidesNameTargetsOfTheMakefile(t *testing.T) {
	makefile, err := os.ReadFile(filepath.Join(repository, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	for file, text := range texts(t) {
		for _, line := range commands(text) {
			for part := range strings.SplitSeq(line, "&&") {
				typed := words(part, "make")
				if len(typed) > 1 && !strings.Contains(string(makefile), "\n"+typed[1]+":") {
					t.Errorf("%s: %s: there is no such target", file, line)
				}
			}
		}
	}
}

var link = regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`)

func TestLinksOfGuidesLeadSomewhere(t *testing.T) {
	for file, text := range texts(t) {
		for _, found := range link.FindAllStringSubmatch(text, -1) {
			if _, err := os.Stat(filepath.Join(repository, filepath.Dir(file), found[1])); err != nil {
				t.Errorf("%s: %v", file, err)
			}
		}
	}
}
