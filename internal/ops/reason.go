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

// meanings explains AWS error codes. Codes that are not listed are reported as they are.
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

// Reason describes in one line why a request failed. The same cause gives the same line for every request,
// except for missing permissions, where the line names the operation.
func Reason(err error) string {
	var api smithy.APIError
	var response *awshttp.ResponseError
	var network net.Error
	switch {
	case errors.Is(err, context.Canceled):
		return "interrupted"
	case errors.As(err, &api):
		return apiReason(err, api)
	case errors.As(err, &response) && response.HTTPStatusCode() > 0:
		return fmt.Sprintf("AWS returned HTTP %d%s", response.HTTPStatusCode(), afterAttempts(err))
	case errors.Is(err, context.DeadlineExceeded):
		return "no response in time"
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
		return fmt.Sprintf("AWS returned HTTP %d%s", httpStatus(err), afterAttempts(err))
	}
	return operation(err) + strings.TrimSuffix(code+": "+oneLine(api.ErrorMessage()), ": ")
}

// apiCode maps an AWS error code to a problem code by what an operator can do about it.
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

// httpStatus returns the HTTP status of the AWS response, 0 if there was none.
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
		return fmt.Sprintf(" after %d attempts", most.Attempt)
	}
	return ""
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// hasCode reports whether err is an AWS error with one of the codes.
func hasCode(err error, codes ...string) bool {
	api, ok := errors.AsType[smithy.APIError](err)
	return ok && slices.Contains(codes, api.ErrorCode())
}
