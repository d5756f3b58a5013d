package cli

import (
	"context"
	"io"
	"os"
	"strings"
)

// tokenVariable holds a token for the servers. There is no flag that takes one: everybody on the
// machine can read the arguments of a command.
const tokenVariable = "MCPFLEET_TOKEN" //nolint:gosec // the variable's name, not a token

// maxToken is more than the 8 KiB that servers take as a header.
const maxToken = 16 << 10

// readToken is the token that was given, "" where none was.
func (a *App) readToken(ctx context.Context, fromInput bool) (string, error) {
	if !fromInput {
		text := strings.TrimSpace(os.Getenv(tokenVariable))
		return text, checkToken(text, tokenVariable)
	}
	var text []byte
	var err error
	if isTerminal(a.In) {
		text, err = a.promptSecret(ctx, "token")
	} else {
		text, err = io.ReadAll(io.LimitReader(a.In, maxToken+1))
	}
	if err != nil {
		return "", err
	}
	token := strings.TrimSpace(string(text))
	if token == "" {
		return "", usagef("--token-stdin: standard input is empty; nothing is asked")
	}
	return token, checkToken(token, "--token-stdin")
}

// checkToken holds a token to what a header can carry, without repeating it.
func checkToken(token, from string) error {
	if len(token) > maxToken {
		return usagef("%s: the token is longer than 16 KiB; nothing is asked", from)
	}
	for _, character := range token {
		if character <= ' ' || character > '~' {
			return usagef("%s: a token has no spaces, line breaks or letters beyond ASCII; nothing is asked", from)
		}
	}
	return nil
}
