package config

import (
	"fmt"
	"strings"
)

// checkKeys validates the KMS keys of the secret and the log group.
func checkKeys(c checker, region *Region) {
	checkKeyRegion(c, "logs.kms_key", region.Logs.KMSKey, region.Name)
	if !checkKeyRegion(c, "secrets.kms_key", region.Secrets.KMSKey, region.Name) || !c.valid("container.secrets") {
		return
	}
	if region.Secrets.KMSKey != "" && len(region.Container.SecretKeys()) == 0 {
		c.warn("secrets.kms_key", "has no effect, because the region has no secret", "add container.secrets, or remove kms_key")
		region.Secrets.KMSKey = ""
	}
}

// checkKeyRegion checks that a key is in the region of what it encrypts. It reports whether it is.
//
// Source: https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html
func checkKeyRegion(c checker, path, arn, region string) bool {
	if !c.valid(path) || !strings.HasPrefix(arn, "arn:") {
		return c.valid(path)
	}
	return checkARNRegion(c, path, arn, region, "key", "a multi-Region key has an ARN in each of its regions")
}

// checkARNRegion checks that what an ARN names is in the region, and reports whether it is. The noun says what it is,
// the remark how to get one there.
func checkARNRegion(c checker, path, arn, region, noun, remark string) bool {
	in := regionOf(arn)
	if in == region {
		return true
	}
	c.reject(path, fmt.Sprintf("the %s is in %s, but %s needs one in its own region", noun, in, region),
		fmt.Sprintf("set regions.%s.%s to a %s in %s; %s", region, path, noun, region, remark))
	return false
}

// regionOf returns the region in a valid ARN.
func regionOf(arn string) string { return strings.Split(arn, ":")[3] }

// CustomerKey returns the ARN of the key that encrypts the secret, or "" if it is AWS's.
func (s Secrets) CustomerKey() string {
	if strings.HasPrefix(s.KMSKey, "arn:") {
		return s.KMSKey
	}
	return ""
}
