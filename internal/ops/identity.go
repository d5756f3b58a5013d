package ops

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// Identity is the caller's AWS identity.
type Identity struct {
	Account string `json:"account,omitempty"`
	ARN     string `json:"identity,omitempty"`
}

// Identity returns the identity of the credentials. The request needs no permissions.
func (f *Fleet) Identity(ctx context.Context) (Identity, error) {
	output, err := f.caller.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return Identity{}, err
	}
	return Identity{value(output.Account), value(output.Arn)}, nil
}

// Name returns the last part of the ARN, such as user/alice or assumed-role/deploy/alice.
func (i Identity) Name() string { return i.ARN[strings.LastIndex(i.ARN, ":")+1:] }
