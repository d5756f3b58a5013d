// Package session opens AWS sessions.
package session

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/smithy-go/logging"
)

const (
	// attempts is the maximum number of attempts of a request that is throttled or fails on the server,
	// unless AWS_MAX_ATTEMPTS or the profile sets another. The SDK backs off between attempts.
	attempts = 5
	// dialTimeout is short so that an unreachable region does not delay the results of the others.
	dialTimeout = 5 * time.Second
)

// Opener returns a configuration with credentials for a region. It is Open, or a replacement in tests.
type Opener func(ctx context.Context, region string) (aws.Config, error)

// ErrNoCredentials means that no AWS credentials were found.
var ErrNoCredentials = errors.New("no AWS credentials")

// Open loads the configuration and finds credentials through the SDK's default chain.
func Open(ctx context.Context, region string) (aws.Config, error) {
	client := awshttp.NewBuildableClient().WithDialerOptions(func(dialer *net.Dialer) { dialer.Timeout = dialTimeout })
	// The SDK's log messages are either in its errors too, or of no use to an operator.
	cfg, err := awsconfig.LoadDefaultConfig(ctx, awsconfig.WithRegion(region), awsconfig.WithHTTPClient(client), awsconfig.WithLogger(logging.Nop{}))
	if err != nil {
		return aws.Config{}, fmt.Errorf("cannot load the AWS configuration: %w", err)
	}
	if cfg.RetryMaxAttempts == 0 {
		cfg.RetryMaxAttempts = attempts
	}
	if cfg.Credentials == nil {
		return aws.Config{}, noCredentials("none found")
	}
	if _, err := cfg.Credentials.Retrieve(ctx); err != nil {
		if ctx.Err() != nil {
			return aws.Config{}, ctx.Err()
		}
		if strings.Contains(err.Error(), "EC2 IMDS") { // the instance role is the last provider in the chain
			return aws.Config{}, noCredentials("none found")
		}
		return aws.Config{}, noCredentials(Cause(err))
	}
	return cfg, nil
}

// Profile returns the name of the profile that Open uses, "" for the default. The SDK does not report it.
func Profile() string { return cmp.Or(os.Getenv("AWS_PROFILE"), os.Getenv("AWS_DEFAULT_PROFILE")) }

func noCredentials(reason string) error {
	return fmt.Errorf("%w; export AWS_PROFILE=…, or sign in with aws sso login (%s)", ErrNoCredentials, reason)
}
