package access

import (
	"strings"

	"github.com/cdtait/mcpfleet/internal/awspolicy"
)

// Permissions of the S3 backend:
// https://developer.hashicorp.com/terraform/language/backend/s3#permissions-required

// stateToPlan returns statements to read and lock states.
func stateToPlan(fleet Fleet) []awspolicy.Statement {
	result := []awspolicy.Statement{
		// There is no condition on the prefix: without s3:ListBucket, reading a state that does not exist yet
		// returns 403 instead of 404.
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

// stateToApply returns statements to read, lock and write states. Terraform never deletes a state, not even
// after a destroy.
func stateToApply(fleet Fleet) []awspolicy.Statement {
	return append(stateToPlan(fleet), awspolicy.Allow("WriteStates", []string{fleet.stateKeys(".tfstate")}, "s3:PutObject"))
}

// stateKeys returns a pattern for the objects of the environment's states.
func (f Fleet) stateKeys(suffix string) string {
	return "arn:aws:s3:::" + f.State.Bucket + "/" + f.State.Prefix + "/terraform." + f.Environment + "-*" + suffix
}

// stateKey returns a statement that allows S3 to use the KMS key for states and lock files. An alias cannot
// be a policy's resource, so it is matched by a condition.
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
