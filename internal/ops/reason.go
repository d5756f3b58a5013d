package ops

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"

	"github.com/cdtait/mcpfleet/internal/session"
)

// meanings are what AWS's error codes mean to an operator. A code that is not here speaks for itself.
var meanings = map[string]struct {
	code Code
	text string
}{
	"UnrecognizedClientException": {CredentialsInvalid, "the region is not enabled for the account, or the credentials are not valid"},
	"InvalidClientTokenId":        {CredentialsInvalid, "the region is not enabled for the account, or the credentials are not valid"},
	"AuthFailure":                 {CredentialsInvalid, "the region is not enabled for the account, or the credentials are not valid"},
	"OptInRequired":               {CredentialsInvalid, "the region is not enabled for the account"},
	"InvalidSignatureException":   {CredentialsInvalid, "the secret access key is not valid, or the machine's clock is wrong"},
	"SignatureDoesNotMatch":       {CredentialsInvalid, "the secret access key is not valid, or the machine's clock is wrong"},
	"ExpiredToken":                {CredentialsExpired, "the credentials have expired"},
	"ExpiredTokenException":       {CredentialsExpired, "the credentials have expired"},
	"RequestExpired":              {CredentialsExpired, "the credentials have expired"},
}

// Reason says in one line why a request failed. The same cause gives the same line, whichever
// request met it, except where it is about what may be asked.
func Reason(err error) string {
	var api smithy.APIError
	var response *awshttp.ResponseError
	var network net.Error
	switch {
	case errors.Is(err, context.Canceled):
		return "stopped"
	case errors.As(err, &api):
		return apiReason(err, api)
	case errors.As(err, &response) && response.HTTPStatusCode() > 0:
		return fmt.Sprintf("AWS answered %d%s", response.HTTPStatusCode(), afterAttempts(err))
	case errors.Is(err, context.DeadlineExceeded):
		return "no answer in time"
	case errors.As(err, &network):
		return "unreachable: " + session.Cause(err)
	}
	return session.Cause(err)
}

func apiReason(err error, api smithy.APIError) string {
	code := api.ErrorCode()
	switch apiCode(err, code) {
	case Throttled:
		return "throttled by AWS" + afterAttempts(err)
	case CredentialsInvalid, CredentialsExpired:
		return meanings[code].text + " (" + code + ")"
	case NotAllowed:
		return operation(err) + "not allowed: " + oneLine(api.ErrorMessage())
	case AWSError:
		return fmt.Sprintf("AWS answered %d%s", httpStatus(err), afterAttempts(err))
	}
	return operation(err) + strings.TrimSuffix(code+": "+oneLine(api.ErrorMessage()), ": ")
}

// apiCode sorts AWS's error codes by what an operator can do about them.
func apiCode(err error, code string) Code {
	if _, throttled := retry.DefaultThrottleErrorCodes[code]; throttled {
		return Throttled
	}
	if meaning, known := meanings[code]; known {
		return meaning.code
	}
	switch {
	case denied(code):
		return NotAllowed
	case httpStatus(err) >= 500:
		return AWSError
	}
	return Failed
}

// httpStatus is the HTTP status of AWS's answer, 0 where there was none.
func httpStatus(err error) int {
	var response *awshttp.ResponseError
	if errors.As(err, &response) {
		return response.HTTPStatusCode()
	}
	return 0
}

func denied(code string) bool {
	return strings.HasPrefix(code, "AccessDenied") || code == "UnauthorizedOperation" || code == "UnauthorizedAccess"
}

func operation(err error) string {
	if operation, ok := errors.AsType[*smithy.OperationError](err); ok {
		return operation.Operation() + ": "
	}
	return ""
}

func afterAttempts(err error) string {
	if most, ok := errors.AsType[*retry.MaxAttemptsError](err); ok {
		return fmt.Sprintf(", %d times", most.Attempt)
	}
	return ""
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// hasCode says whether AWS answered with one of the codes.
func hasCode(err error, codes ...string) bool {
	api, ok := errors.AsType[smithy.APIError](err)
	return ok && slices.Contains(codes, api.ErrorCode())
}
