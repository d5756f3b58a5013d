package config

import (
	"os"
	"regexp"
	"strings"
)

// Command is a command line for the CDKTF app on a fleet file, which it takes from MCPFLEET_CONFIG.
func Command(file, line string) string {
	if IsDefault(file) {
		return line
	}
	return "MCPFLEET_CONFIG=" + Quote(file) + " " + line
}

// IsDefault says whether commands read a file where they are told of none, whatever the environment of
// who pastes them.
func IsDefault(file string) bool {
	return file == DefaultFile && os.Getenv("MCPFLEET_CONFIG") == ""
}

// plainWord is one that a shell takes as it is.
var plainWord = regexp.MustCompile(`^[A-Za-z0-9_@%+=:,./-]+$`)

// Quote makes one word of a POSIX shell's.
func Quote(word string) string {
	if plainWord.MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
