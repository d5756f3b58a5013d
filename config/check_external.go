package config

import (
	"maps"
	"slices"
)

func checkExternalSecrets(c checker, region *Region, container string, definition ContainerDefinition) {
	path := container + ".external_secrets"
	if !c.valid(path) {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(definition.ExternalSecrets)) {
		checkVariableName(c, join(path, name), name)
		checkExternalSecret(c, join(path, name), definition.ExternalSecrets[name], region.Name)
		for section, set := range map[string]map[string]string{"environment": definition.Environment, "secrets": definition.Secrets} {
			if _, twice := set[name]; twice {
				c.reject(join(path, name), name+" is in both "+section+" and external_secrets", "remove it from one of them")
			}
		}
	}
}

func checkExternalSecret(c checker, path string, secret ExternalSecret, region string) {
	for _, key := range []string{"secret_arn", "key", "version", "parameter", "kms_key"} {
		if !c.valid(join(path, key)) {
			return
		}
	}
	switch {
	case secret.SecretARN == "" && secret.Parameter == "":
		c.reject(path, "names neither a secret nor a parameter", "add secret_arn: <ARN of a secret>, or parameter: </name of a parameter>")
	case secret.SecretARN != "" && secret.Parameter != "":
		c.reject(path, "names a secret and a parameter", "remove one of secret_arn and parameter")
	case secret.Parameter != "" && secret.Key != "":
		c.reject(join(path, "key"), "applies only to secrets", "remove it; the variable gets the whole parameter")
	case secret.Parameter != "" && secret.Version != "":
		c.reject(join(path, "version"), "applies only to secrets", "remove it; the variable gets the current value")
	case secret.SecretARN != "":
		checkSecretRegion(c, join(path, "secret_arn"), secret.SecretARN, region)
	}
	checkKeyRegion(c, join(path, "kms_key"), secret.KMSKey, region)
}

// checkSecretRegion checks that a secret is in the region of the tasks that read it.
func checkSecretRegion(c checker, path, arn, region string) {
	checkARNRegion(c, path, arn, region, "secret", "Secrets Manager can replicate one")
}
