package ops

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// Identity is who asks AWS, and in which account.
type Identity struct {
	Account string `json:"account,omitempty"`
	ARN     string `json:"identity,omitempty"`
}

// Identity asks AWS who the credentials are. Nobody has to be allowed to ask that.
func (f *Fleet) Identity(ctx context.Context) (Identity, error) {
	answer, err := f.caller.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return Identity{}, err
	}
	return Identity{value(answer.Account), value(answer.Arn)}, nil
}

// Name is the end of the ARN: user/alice, assumed-role/deploy/alice.
func (i Identity) Name() string { return i.ARN[strings.LastIndex(i.ARN, ":")+1:] }
