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
	"github.com/cdtait/mcpfleet/schedule"
)

// crontabHead is the comment at the top of the crontab.
const crontabHead = `# Weekend mode of %s: applies when the window opens and closes. Printed by mcpfleet weekend cron. An apply that
# runs late, twice or at another time changes nothing. The output goes to weekend.log.
#
# Cron runs in the host's time zone, and not every cron supports CRON_TZ. Each line therefore runs every 15
# minutes and applies only if the current UTC time (weekday.month-day.hour:minute, up to five minutes late) is a
# time at which a window opens or closes. This works in every time zone, also with daylight saving time.
#
# Cron jobs do not inherit your shell's PATH or credentials. Set AWS_PROFILE=… to a profile that needs no
# sign-in, unless the host has an AWS role.
SHELL=/bin/sh
`

// crontab returns a crontab that works in any time zone.
func (a *App) crontab(job cronJob) (string, error) {
	directory, err := filepath.Abs(".")
	if err != nil {
		return "", err
	}
	if _, err := os.Stat("cdktf.json"); err != nil {
		a.progressf("warning: there is no cdktf.json in %s; run this command in the directory of the fleet's repository", directory)
	}
	if strings.ContainsAny(directory+a.file, "\n\r") {
		return "", usagef("a crontab cannot contain a line break, but the path %q or %q does", directory, a.file)
	}
	var text strings.Builder
	fmt.Fprintf(&text, crontabHead, job.environment)
	for _, variable := range a.cronEnvironment() {
		text.WriteString(variable + "\n")
	}
	lines, err := cronJobLines(applyTimes(job.regions, a.Now(), time.UTC), a.cronCommand(directory, job.stacks))
	if err != nil {
		return "", err
	}
	text.WriteString(strings.Join(lines, "\n") + "\n")
	return text.String(), nil
}

func (a *App) cronCommand(directory string, stacks []string) string {
	deploy := "npx cdktf deploy --auto-approve " + strings.Join(stacks, " ")
	if a.file != config.DefaultFile {
		deploy = "MCPFLEET_CONFIG=" + cronQuote(a.file) + " " + deploy
	}
	return fmt.Sprintf("{ cd %s && %s; } >>%s 2>&1", cronQuote(directory), deploy, cronQuote(filepath.Join(directory, "weekend.log")))
}

// cronQuote quotes a word for the shell in a crontab. There, an unescaped percent sign ends the command. Some
// crons remove the backslash of an escaped one and others pass it to the shell, so it is placed outside the
// quotes, where the shell removes it. Some crons replace two backslashes by one, so two are never adjacent.
func cronQuote(word string) string {
	return "'" + strings.NewReplacer("'", `'\''`, "%", `'\%'`, `\`, `\''`).Replace(word) + "'"
}

const (
	// maxCronCommand is the maximum length of a command in Debian's cron (MAX_COMMAND in its cron.h), which
	// silently truncates longer ones.
	maxCronCommand = 998
	// quarter divides the UTC offsets of all time zones, in minutes: the minute modulo quarter is the same in
	// every zone.
	quarter = 15
)

// cronJobLines returns crontab lines that run a command when it is due. Times with the same minute modulo
// quarter share a line, up to the maximum length.
func cronJobLines(dues []schedule.Due, command string) (lines []string, err error) {
	patterns := map[int][]string{}
	for _, due := range dues {
		minute := due.Minute % quarter
		patterns[minute] = append(patterns[minute], duePattern(due))
	}
	for _, minute := range slices.Sorted(maps.Keys(patterns)) {
		for remaining := patterns[minute]; len(remaining) > 0; {
			taken := len(remaining)
			for taken > 0 && len(guardedCommand(remaining[:taken], command)) > maxCronCommand {
				taken--
			}
			if taken == 0 {
				return nil, usagef("a line of the crontab would exceed the %d characters that Debian's cron supports; run the command in a directory with a shorter path, or use --format github or gitlab", maxCronCommand)
			}
			lines = append(lines, fmt.Sprintf("%d,%d,%d,%d * * * * %s", minute, minute+quarter, minute+2*quarter, minute+3*quarter, guardedCommand(remaining[:taken], command)))
			remaining = remaining[taken:]
		}
	}
	return lines, nil
}

// guardedCommand returns a command that runs only if the UTC time matches one of the patterns.
func guardedCommand(patterns []string, command string) string {
	return `case $(date -u +\%u.\%m-\%d.\%H:\%M) in ` + strings.Join(patterns, "|") + ") " + command + ";; esac"
}

// duePattern returns a shell pattern for a time in the format of guardedCommand. It also matches up to four
// minutes later within the same ten minutes, because cron may start a job late.
func duePattern(due schedule.Due) string {
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

// inheritedVariables are the environment variables that affect an apply and contain no secret.
var inheritedVariables = []string{"AWS_PROFILE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "TERRAFORM_BINARY_NAME"}

// cronEnvironment returns the crontab lines that set the environment of a job.
func (a *App) cronEnvironment() (lines []string) {
	path, missing := cronPath(os.Getenv("PATH"), []string{"npx", "node", "go", cmp.Or(os.Getenv("TERRAFORM_BINARY_NAME"), "terraform")})
	if len(missing) > 0 {
		a.progressf("warning: cannot find %s; add the directory to PATH in the crontab", strings.Join(missing, ", "))
	}
	values := map[string]string{"PATH": path}
	for _, name := range inheritedVariables {
		values[name] = os.Getenv(name)
	}
	for _, name := range append([]string{"PATH"}, inheritedVariables...) {
		value, ok := cronValue(values[name])
		if !ok {
			a.progressf("warning: %s is omitted because a crontab cannot contain its value: %q", name, values[name])
		}
		if ok && value != "" {
			lines = append(lines, name+"="+value)
		}
	}
	return lines
}

// unquotedValue matches values that need no quotes in a crontab.
var unquotedValue = regexp.MustCompile(`^[A-Za-z0-9_./:@+,-]*$`)

// cronValue quotes the value of a variable for a crontab, which supports quotes but no escapes.
func cronValue(value string) (quoted string, ok bool) {
	switch {
	case unquotedValue.MatchString(value):
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

// cronPath reduces a PATH to the standard directories and those that contain the programs. It also returns
// the programs that it cannot find.
func cronPath(path string, programs []string) (directories string, missing []string) {
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
	for _, directory := range append(filepath.SplitList(path), standard...) {
		directory = filepath.Clean(directory)
		if slices.Contains(wanted, directory) && !slices.Contains(found, directory) {
			found = append(found, directory)
		}
	}
	return strings.Join(found, ":"), missing
}
