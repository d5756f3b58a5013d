package access

import (
	"strings"

	"github.com/cdtait/mcpfleet/internal/awspolicy"
)

// The backend's permissions: https://developer.hashicorp.com/terraform/language/backend/s3#permissions-required

// stateToPlan reads, and locks as a plan does.
func stateToPlan(fleet Fleet) []awspolicy.Statement {
	result := []awspolicy.Statement{
		// Without a condition: only who may list the bucket is told that a state is not there yet,
		// instead of being refused.
		// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
		awspolicy.Allow("ListStates", []string{"arn:aws:s3:::" + fleet.State.Bucket}, "s3:ListBucket"),
		awspolicy.Allow("ReadStates", []string{fleet.stateKeys(".tfstate")}, "s3:GetObject"),
		awspolicy.Allow("LockStates", []string{fleet.stateKeys(".tfstate.tflock")}, "s3:DeleteObject", "s3:GetObject", "s3:PutObject"),
	}
	if fleet.State.KMSKey != "" {
		result = append(result, stateKey(fleet))
	}
	return result
}

// stateToApply writes too. A state is never deleted, not even by a destroy.
func stateToApply(fleet Fleet) []awspolicy.Statement {
	return append(stateToPlan(fleet), awspolicy.Allow("WriteStates", []string{fleet.stateKeys(".tfstate")}, "s3:PutObject"))
}

// stateKeys are the keys of the stacks' states, and of no other environment's.
func (f Fleet) stateKeys(suffix string) string {
	return "arn:aws:s3:::" + f.State.Bucket + "/" + f.State.Prefix + "/terraform." + f.Environment + "-*" + suffix
}

// stateKey is the use of the key by S3, for the states and for their locks. A policy cannot name a
// key by its alias; a condition can.
// https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
func stateKey(fleet Fleet) awspolicy.Statement {
	region, account, name := fleet.State.Region, fleet.Account, fleet.State.KMSKey
	if parts := strings.SplitN(name, ":", 6); len(parts) == 6 {
		region, account, name = parts[3], parts[4], parts[5]
	}
	key, alias := "key/"+strings.TrimPrefix(name, "key/"), ""
	if strings.HasPrefix(name, "alias/") {
		key, alias = "key/*", name
	}
	result := awspolicy.Allow("KeyOfTheStates", []string{"arn:aws:kms:" + region + ":" + account + ":" + key}, "kms:Decrypt", "kms:GenerateDataKey")
	result.Condition = awspolicy.Condition{"StringEquals": {"kms:ViaService": awspolicy.References("s3." + fleet.State.Region + ".amazonaws.com")}}
	if alias != "" {
		result.Condition["ForAnyValue:StringEquals"] = map[string]any{"kms:ResourceAliases": awspolicy.References(alias)}
	}
	return result
}
