package config

import (
	"regexp"
	"testing"
)

const workerARN = "arn:aws:ecr:eu-west-1:123456789012:repository/tools/worker.next"

func TestContainerRepository(t *testing.T) {
	for image, want := range map[string]string{
		"123456789012.dkr.ecr.eu-west-1.amazonaws.com/tools/worker.next:2.4.1":       workerARN,
		"123456789012.dkr.ecr.eu-west-1.amazonaws.com/tools/worker.next":             workerARN,
		"123456789012.dkr.ecr.eu-west-1.amazonaws.com/tools/worker.next:2@sha256:ab": workerARN,
		"123456789012.dkr.ecr-fips.eu-west-1.amazonaws.com/tools/worker.next:2":      workerARN,
		"123456789012.dkr-ecr.eu-west-1.on.aws/tools/worker.next:2":                  workerARN,
		"123456789012.dkr-ecr-fips.eu-west-1.on.aws/tools/worker.next@sha256:ab":     workerARN,
		"123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/a:1":                       "arn:aws-cn:ecr:cn-north-1:123456789012:repository/a",
		"123456789012.dkr-ecr.cn-north-1.on.amazonwebservices.com.cn/a:1":            "arn:aws-cn:ecr:cn-north-1:123456789012:repository/a",
		"123456789012.dkr.ecr.us-gov-west-1.amazonaws.com/a:1":                       "arn:aws-us-gov:ecr:us-gov-west-1:123456789012:repository/a",
		"public.ecr.aws/nginx/nginx:latest":                                          "",
		"ghcr.io/cdtait/fmp-mcp-server:latest":                                       "",
		"nginx":                                                                      "",
		"12345.dkr.ecr.eu-west-1.amazonaws.com/a:1":                                  "",
		"ghcr.io/123456789012.dkr-ecr.eu-west-1.on.aws":                              "",
		"123456789012.dkr-ecr.eu-west-1.on.awsome.io/a":                              "",
	} {
		container := ContainerDefinition{Image: image}
		if got := container.RepositoryARN(); got != want {
			t.Errorf("%s: got %q, want %q", image, got, want)
		}
		if inECR := regexp.MustCompile(PrivateImages).MatchString(image); inECR != (want != "") {
			t.Errorf("%s: in ECR is %v", image, inECR)
		}
		if pattern := container.RepositoryImages(); want != "" && !regexp.MustCompile(pattern).MatchString(image) || want == "" && pattern != "" {
			t.Errorf("%s does not match the pattern of its own repository, %s", image, pattern)
		}
	}
}
