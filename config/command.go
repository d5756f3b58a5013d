package config

import (
	"os"
	"regexp"
	"strings"
)

// Command returns a command line that runs the CDKTF app on a fleet file. The app reads the file's name from
// MCPFLEET_CONFIG.
func Command(file, line string) string {
	if IsDefault(file) {
		return line
	}
	return "MCPFLEET_CONFIG=" + Quote(file) + " " + line
}

// IsDefault reports whether commands read this file by default. It is false if MCPFLEET_CONFIG is set, even
// to the same file, because a printed command may be pasted into a shell without the variable.
func IsDefault(file string) bool {
	return file == DefaultFile && os.Getenv("MCPFLEET_CONFIG") == ""
}

// plainWord matches words that need no quoting in a shell.
var plainWord = regexp.MustCompile(`^[A-Za-z0-9_@%+=:,./-]+$`)

// Quote quotes a string as one word for a POSIX shell.
func Quote(word string) string {
	if plainWord.MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
