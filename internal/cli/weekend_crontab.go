package cli

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cdtait/mcpfleet/config"
	"github.com/cdtait/mcpfleet/internal/ops"
)

// crontabHead says what a reader of the crontab wonders about.
const crontabHead = `# Weekend mode of %s: applies at the edges of the window, by mcpfleet weekend cron. Run late, twice or at a
# wrong hour an apply changes nothing. What it says is in weekend.log.
#
# A cron counts hours in its host's time zone, and not every cron knows CRON_TZ. So a line runs every quarter of
# an hour and goes on where the clock in UTC (weekday.month-day.hour:minute, five minutes of grace) shows an edge:
# right in every zone, in summer and in winter.
#
# A cron's job has nothing of your shell's: neither its PATH nor its credentials. Name a profile that needs no
# sign-in as AWS_PROFILE=…, unless the host itself has a role in AWS.
SHELL=/bin/sh
`

// crontab is what a host's cron runs, whatever the host's time zone.
func (a *App) crontab(job cronJob) (string, error) {
	folder, err := filepath.Abs(".")
	if err != nil {
		return "", err
	}
	if _, err := os.Stat("cdktf.json"); err != nil {
		a.progressf("warning: there is no cdktf.json in %s; give the command in the folder of the fleet's repository", folder)
	}
	if strings.ContainsAny(folder+a.file, "\n\r") {
		return "", usagef("a crontab has no way to write a line break, and there is one in the name of %q or %q", folder, a.file)
	}
	var text strings.Builder
	fmt.Fprintf(&text, crontabHead, job.environment)
	for _, variable := range a.cronEnvironment() {
		text.WriteString(variable + "\n")
	}
	lines, err := cronJobLines(ops.Dues(job.regions, a.Now(), time.UTC), a.cronCommand(folder, job.stacks))
	if err != nil {
		return "", err
	}
	text.WriteString(strings.Join(lines, "\n") + "\n")
	return text.String(), nil
}

func (a *App) cronCommand(folder string, stacks []string) string {
	deploy := "npx cdktf deploy --auto-approve " + strings.Join(stacks, " ")
	if a.file != config.DefaultFile {
		deploy = "MCPFLEET_CONFIG=" + cronWord(a.file) + " " + deploy
	}
	return fmt.Sprintf("{ cd %s && %s; } >>%s 2>&1", cronWord(folder), deploy, cronWord(filepath.Join(folder, "weekend.log")))
}

// cronWord is one word of the shell's in a crontab. A percent sign ends the command there unless a
// backslash stands before it, which some crons take away and others leave to the shell: so it stands
// outside of the quotes, where the shell takes it away. Some crons make one backslash of two, so no two
// are neighbours.
func cronWord(word string) string {
	return "'" + strings.NewReplacer("'", `'\''`, "%", `'\%'`, `\`, `\''`).Replace(word) + "'"
}

const (
	// mostOfCommand is what Debian's cron keeps of a command (MAX_COMMAND in its cron.h). It cuts off
	// the rest without a word.
	mostOfCommand = 998
	// quarter is the step, in minutes, of the offsets of all time zones: the minutes past it are the
	// same everywhere.
	quarter = 15
)

// cronJobLines run a command when it is due. Times with the same minute of a quarter share a line, as
// far as one goes.
func cronJobLines(dues []ops.Due, command string) (lines []string, err error) {
	patterns := map[int][]string{}
	for _, due := range dues {
		minute := due.Minute % quarter
		patterns[minute] = append(patterns[minute], duePattern(due))
	}
	for _, minute := range slices.Sorted(maps.Keys(patterns)) {
		for left := patterns[minute]; len(left) > 0; {
			taken := len(left)
			for taken > 0 && len(guarded(left[:taken], command)) > mostOfCommand {
				taken--
			}
			if taken == 0 {
				return nil, usagef("the crontab's line would have more than the %d characters that Debian's cron keeps: give the command in a folder with a shorter path, or take --format github or gitlab", mostOfCommand)
			}
			lines = append(lines, fmt.Sprintf("%d,%d,%d,%d * * * * %s", minute, minute+quarter, minute+2*quarter, minute+3*quarter, guarded(left[:taken], command)))
			left = left[taken:]
		}
	}
	return lines, nil
}

// guarded runs a command only when the clock in UTC matches one of the patterns.
func guarded(patterns []string, command string) string {
	return `case $(date -u +\%u.\%m-\%d.\%H:\%M) in ` + strings.Join(patterns, "|") + ") " + command + ";; esac"
}

// duePattern matches a time as guarded has it, and up to four minutes later, within the ten of the hour:
// what cron starts may start late.
func duePattern(due ops.Due) string {
	days := fmt.Sprintf("?.%02d-%02d", int(due.Month), due.Day)
	if len(due.Weekdays) > 0 {
		var numbers []string
		for _, day := range due.Weekdays {
			numbers = append(numbers, strconv.Itoa((int(day)+6)%7+1)) // Sunday is 7 to date
		}
		slices.Sort(numbers)
		days = "[" + strings.Join(numbers, "") + "].*"
	}
	ones := due.Minute % 10
	return fmt.Sprintf("%s.%02d:%d[%d-%d]", days, due.Hour, due.Minute/10, ones, min(ones+4, 9))
}

// carried are the variables of the shell's that an apply goes by, and that hold no secret.
var carried = []string{"AWS_PROFILE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "TERRAFORM_BINARY_NAME"}

// cronEnvironment are the lines that give a job what it needs of the shell's environment.
func (a *App) cronEnvironment() (lines []string) {
	path, missing := cronPath(os.Getenv("PATH"), []string{"npx", "node", "go", cmp.Or(os.Getenv("TERRAFORM_BINARY_NAME"), "terraform")})
	if len(missing) > 0 {
		a.progressf("warning: %s cannot be found here; write the folder into the crontab's PATH", strings.Join(missing, ", "))
	}
	values := map[string]string{"PATH": path}
	for _, name := range carried {
		values[name] = os.Getenv(name)
	}
	for _, name := range append([]string{"PATH"}, carried...) {
		value, ok := cronValue(values[name])
		if !ok {
			a.progressf("warning: %s is left out, as a crontab has no way to write it: %q", name, values[name])
		}
		if ok && value != "" {
			lines = append(lines, name+"="+value)
		}
	}
	return lines
}

// bareValue needs no quotes in a crontab.
var bareValue = regexp.MustCompile(`^[A-Za-z0-9_./:@+,-]*$`)

// cronValue is the value of a variable in a crontab, which knows quotes around it and no escapes.
func cronValue(value string) (written string, ok bool) {
	switch {
	case bareValue.MatchString(value):
		return value, true
	case strings.ContainsAny(value, "\n\r"):
		return "", false
	case !strings.Contains(value, `"`):
		return `"` + value + `"`, true
	case !strings.Contains(value, "'"):
		return "'" + value + "'", true
	}
	return "", false
}

// cronPath is what of a PATH the programs are in, and where every machine has its own.
func cronPath(path string, programs []string) (folders string, missing []string) {
	standard := []string{"/usr/local/bin", "/usr/bin", "/bin"}
	wanted := slices.Clone(standard)
	for _, program := range programs {
		file, err := exec.LookPath(program)
		if err != nil {
			missing = append(missing, program)
			continue
		}
		wanted = append(wanted, filepath.Dir(file))
	}
	var found []string
	for _, folder := range append(filepath.SplitList(path), standard...) {
		folder = filepath.Clean(folder)
		if slices.Contains(wanted, folder) && !slices.Contains(found, folder) {
			found = append(found, folder)
		}
	}
	return strings.Join(found, ":"), missing
}
