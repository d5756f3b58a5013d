// Package session opens the way to AWS.
package session

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/smithy-go/logging"
)

const (
	// attempts are made of a request that is throttled or that AWS fails, unless AWS_MAX_ATTEMPTS or
	// the profile says otherwise. The SDK waits longer before each.
	attempts = 5
	// dialTimeout is short: a region that cannot be reached must not hold up the others' answers.
	dialTimeout = 5 * time.Second
)

// Opener finds credentials for a region: Open, or what a test puts in its place.
type Opener func(ctx context.Context, region string) (aws.Config, error)

// ErrNoCredentials is why nothing can be asked of AWS.
var ErrNoCredentials = errors.New("no AWS credentials")

// Open finds credentials by the SDK's own chain, once for all regions.
func Open(ctx context.Context, region string) (aws.Config, error) {
	client := awshttp.NewBuildableClient().WithDialerOptions(func(dialer *net.Dialer) { dialer.Timeout = dialTimeout })
	// What the SDK would log is either in its errors, too, or of no use to an operator.
	cfg, err := awsconfig.LoadDefaultConfig(ctx, awsconfig.WithRegion(region), awsconfig.WithHTTPClient(client), awsconfig.WithLogger(logging.Nop{}))
	if err != nil {
		return aws.Config{}, fmt.Errorf("the AWS configuration cannot be used: %w", err)
	}
	if cfg.RetryMaxAttempts == 0 {
		cfg.RetryMaxAttempts = attempts
	}
	if cfg.Credentials == nil {
		return aws.Config{}, noCredentials("none are set")
	}
	if _, err := cfg.Credentials.Retrieve(ctx); err != nil {
		if ctx.Err() != nil {
			return aws.Config{}, ctx.Err()
		}
		if strings.Contains(err.Error(), "EC2 IMDS") { // nothing but the machine's own role was left to try
			return aws.Config{}, noCredentials("none are set")
		}
		return aws.Config{}, noCredentials(Cause(err))
	}
	return cfg, nil
}

func noCredentials(reason string) error {
	return fmt.Errorf("%w; export AWS_PROFILE=…, or sign in with aws sso login (%s)", ErrNoCredentials, reason)
}
