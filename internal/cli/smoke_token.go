package cli

import (
	"context"
	"io"
	"os"
	"strings"
)

// tokenVariable is the environment variable with a token for the servers. There is no flag for it, because
// all users of a machine can read the arguments of a process.
const tokenVariable = "MCPFLEET_TOKEN" //nolint:gosec // the variable's name, not a token

// maxToken exceeds the 8 KiB that servers accept as a header.
const maxToken = 16 << 10

// readToken returns the token, or "" if there is none.
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
		return "", usagef("--token-stdin: standard input is empty; no request was sent")
	}
	return token, checkToken(token, "--token-stdin")
}

// checkToken returns an error if a token is not valid in a header. The error does not contain the token.
func checkToken(token, from string) error {
	if len(token) > maxToken {
		return usagef("%s: the token is longer than 16 KiB; no request was sent", from)
	}
	for _, character := range token {
		if character <= ' ' || character > '~' {
			return usagef("%s: the token contains a space, a line break or a non-ASCII character; no request was sent", from)
		}
	}
	return nil
}
