package config

import (
	"fmt"
	"regexp"
	"strings"
)

// registry is a private registry of ECR under any of its names: with IPv6 or without, with FIPS or
// without. Terraform reads the expression as Go does, and nothing in it has to be escaped.
//
// Sources: https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html and
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-requests.html
func registry(account, region string) string {
	return "^" + account + "[.]dkr[.-]ecr(?:-fips)?[.]" + region + "[.](?:amazonaws[.]com(?:[.]cn)?|on[.]aws|on[.]amazonwebservices[.]com[.]cn)/"
}

// PrivateImages is a regular expression for the images of every private registry of ECR. ECR's public
// gallery needs no permission.
var PrivateImages = registry("[0-9]{12}", "[a-z0-9-]+")

// repository is a repository of a private registry of ECR.
type repository struct{ account, region, name string }

var privateRepository = regexp.MustCompile(registry("([0-9]{12})", "([a-z0-9-]+)") + "([^:@]+)")

// repository is the image's in ECR; there is none where the image is elsewhere.
func (c Container) repository() (where repository, inECR bool) {
	match := privateRepository.FindStringSubmatch(c.Image)
	if match == nil {
		return repository{}, false
	}
	return repository{account: match[1], region: match[2], name: match[3]}, true
}

// RepositoryARN is the ARN of the image's repository in ECR, or "" if it is elsewhere.
func (c Container) RepositoryARN() string {
	where, inECR := c.repository()
	if !inECR {
		return ""
	}
	return fmt.Sprintf("arn:%s:ecr:%s:%s:repository/%s", partition(where.region), where.region, where.account, where.name)
}

// RepositoryImages is a regular expression for the images of the same repository in ECR, or "" if the
// image is elsewhere.
func (c Container) RepositoryImages() string {
	where, inECR := c.repository()
	if !inECR {
		return ""
	}
	return registry(where.account, where.region) + strings.ReplaceAll(where.name, ".", "[.]") + "(?:[:@]|$)"
}

// partition is the part of AWS that a region is in, whose roles are good for nothing in another.
func partition(region string) string {
	switch {
	case strings.HasPrefix(region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(region, "us-gov-"):
		return "aws-us-gov"
	}
	return "aws"
}
