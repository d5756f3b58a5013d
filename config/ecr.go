package config

import (
	"fmt"
	"regexp"
	"strings"
)

// registry returns a regular expression for the host names of a private ECR registry: with or without IPv6,
// and with or without FIPS. Terraform and Go read it alike, and it needs no escaping in HCL.
//
// Sources: https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html and
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-requests.html
func registry(account, region string) string {
	return "^" + account + "[.]dkr[.-]ecr(?:-fips)?[.]" + region + "[.](?:amazonaws[.]com(?:[.]cn)?|on[.]aws|on[.]amazonwebservices[.]com[.]cn)/"
}

// PrivateImages is a regular expression that matches the images of every private ECR registry. Images in the
// ECR public gallery need no permissions.
var PrivateImages = registry("[0-9]{12}", "[a-z0-9-]+")

// repository is a repository in a private ECR registry.
type repository struct{ account, region, name string }

var privateRepository = regexp.MustCompile(registry("([0-9]{12})", "([a-z0-9-]+)") + "([^:@]+)")

// images returns a regular expression that matches the repository's images behind that of a registry.
func (r repository) images(registry string) string {
	return registry + strings.ReplaceAll(r.name, ".", "[.]") + "(?:[:@]|$)"
}

// repository returns the image's repository and reports whether it is in a private ECR registry.
func (d ContainerDefinition) repository() (repo repository, inECR bool) {
	match := privateRepository.FindStringSubmatch(d.Image)
	if match == nil {
		return repository{}, false
	}
	return repository{account: match[1], region: match[2], name: match[3]}, true
}

// RepositoryARN returns the ARN of the image's ECR repository, or "" if the image is not in ECR.
func (d ContainerDefinition) RepositoryARN() string {
	repo, inECR := d.repository()
	if !inECR {
		return ""
	}
	return fmt.Sprintf("arn:%s:ecr:%s:%s:repository/%s", partition(repo.region), repo.region, repo.account, repo.name)
}

// RepositoryImages returns a regular expression that matches the images in the same ECR repository, or "" if
// the image is not in ECR.
func (d ContainerDefinition) RepositoryImages() string {
	repo, inECR := d.repository()
	if !inECR {
		return ""
	}
	return repo.images(registry(repo.account, repo.region))
}

// EndpointImages returns a regular expression that matches the images in the same ECR repository by the only host
// name that VPC endpoints serve for IPv4 clients without FIPS. It matches nothing if the image is not in ECR.
//
// Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
func (d ContainerDefinition) EndpointImages() string {
	repo, _ := d.repository()
	return repo.images("^" + repo.account + "[.]dkr[.]ecr[.]" + repo.region + "[.]amazonaws[.]com/")
}

// partition returns the AWS partition of a region. IAM roles are not valid across partitions.
func partition(region string) string {
	switch {
	case strings.HasPrefix(region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(region, "us-gov-"):
		return "aws-us-gov"
	}
	return "aws"
}
