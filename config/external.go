package config

import "slices"

// ExternalSecret is a secret or parameter that somebody else manages.
//
// Sources: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html and
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-ssm-paramstore.html
type ExternalSecret struct {
	SecretARN string `yaml:"secret_arn" pattern:"^arn:aws:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@-]+$" is:"the ARN of a secret in AWS Secrets Manager" example:"arn:aws:secretsmanager:eu-west-1:123456789012:secret:reports-db-AbCdEf" doc:"ARN of a secret in AWS Secrets Manager, in the same region."`
	Key       string `yaml:"key" pattern:"^[A-Za-z0-9_.-]+$" is:"a key of the JSON secret (letters, digits, and _ . -)" example:"password" doc:"Key of the value in the secret, which is a JSON object. Default: the variable gets the whole secret."`
	Version   string `yaml:"version" pattern:"^[A-Za-z0-9-]{32,64}$" is:"the ID of a version (32 to 64 letters, digits and hyphens)" example:"9d4cb84b-ad69-40c0-a0ab-cead36b967e8" doc:"ID of the secret's version. Default: the current one."`
	Parameter string `yaml:"parameter" pattern:"^(/[A-Za-z0-9_.-]+)+$" maxlen:"1011" is:"the name of a parameter that begins with /" example:"/reports/db-password" doc:"Name of a parameter in AWS Systems Manager Parameter Store, in the same account and region."`
	KMSKey    string `yaml:"kms_key" pattern:"^arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$" is:"the ARN of a KMS key" example:"arn:aws:kms:eu-west-1:123456789012:key/12345678-90ab-cdef-1234-567890abcdef" doc:"KMS key that encrypts the secret or parameter, by its ARN, in the same region. Default: AWS's own key."`
}

// Reference returns what a task definition has for the variable: the secret's ARN, with key and version if there are
// any, or the parameter's ARN in a region of an account.
func (s ExternalSecret) Reference(region, account string) string {
	switch {
	case s.Parameter != "":
		return s.ARN(region, account)
	case s.Key != "" || s.Version != "":
		return s.SecretARN + ":" + s.Key + "::" + s.Version
	}
	return s.SecretARN
}

// ARN returns the ARN of the secret, or of the parameter in a region of an account.
func (s ExternalSecret) ARN(region, account string) string {
	if s.Parameter != "" {
		return "arn:aws:ssm:" + region + ":" + account + ":parameter" + s.Parameter
	}
	return s.SecretARN
}

// External is what a task reads of one service: secrets or parameters, and the keys that encrypt them. The lists are
// sorted and without duplicates.
type External struct{ ARNs, KeyARNs []string }

// ExternalSecrets returns the secrets that somebody else manages.
func (r Region) ExternalSecrets() External {
	return r.external("", func(secret ExternalSecret) bool { return secret.Parameter == "" })
}

// Parameters returns the parameters. The account is an ID, or an expression for it.
func (r Region) Parameters(account string) External {
	return r.external(account, func(secret ExternalSecret) bool { return secret.Parameter != "" })
}

func (r Region) external(account string, wanted func(ExternalSecret) bool) (all External) {
	for _, definition := range r.Container.definitions() {
		for _, secret := range definition.ExternalSecrets {
			if !wanted(secret) {
				continue
			}
			all.ARNs = append(all.ARNs, secret.ARN(r.Name, account))
			if secret.KMSKey != "" {
				all.KeyARNs = append(all.KeyARNs, secret.KMSKey)
			}
		}
	}
	slices.Sort(all.ARNs)
	slices.Sort(all.KeyARNs)
	return External{slices.Compact(all.ARNs), slices.Compact(all.KeyARNs)}
}
