package config

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/distribution/reference"

	"github.com/cdtait/mcpfleet/internal/text"
)

// memoryByCPU maps CPU units to the memory sizes, in MiB, that Fargate supports with them.
//
// Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
var memoryByCPU = map[int][]int{
	256:   {512, 1024, 2048},
	512:   steps(1024, 4096, 1024),
	1024:  steps(2048, 8192, 1024),
	2048:  steps(4096, 16384, 1024),
	4096:  steps(8192, 30720, 1024),
	8192:  steps(16384, 61440, 4096),
	16384: steps(32768, 122880, 8192),
}

func steps(from, to, by int) []int {
	var sizes []int
	for size := from; size <= to; size += by {
		sizes = append(sizes, size)
	}
	return sizes
}

// CPUSizes returns the task CPU sizes that Fargate supports, in CPU units and ascending order.
func CPUSizes() []int { return slices.Sorted(maps.Keys(memoryByCPU)) }

// MemorySizes returns the memory sizes that Fargate supports for a number of CPU units, in MiB and
// ascending order.
func MemorySizes(cpu int) []int { return slices.Clone(memoryByCPU[cpu]) }

// maxEnvironmentSize is the limit in bytes for environment and secrets. A task definition is limited to
// 64 KiB, of which 4 KiB is reserved for everything else in it.
//
// Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html
const maxEnvironmentSize = 64<<10 - 4<<10

var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

func checkContainer(c checker, region *Region) {
	container := region.Container
	if c.valid("container.image") {
		checkImage(c, container.Image)
	}
	if c.valid("container.cpu", "container.memory") && !slices.Contains(memoryByCPU[container.CPU], container.Memory) {
		c.reject("container.memory",
			fmt.Sprintf("Fargate does not support %d CPU units with %d MiB of memory", container.CPU, container.Memory),
			fmt.Sprintf("with cpu: %d, use one of %s", container.CPU, text.Join(memoryByCPU[container.CPU], ", ")))
	}
	checkVariables(c, container)
	if port, err := strconv.Atoi(container.Environment["PORT"]); err == nil && port != container.Port && c.valid("container.port") {
		c.warn("container.environment.PORT",
			fmt.Sprintf("is %d, but container.port is %d", port, container.Port),
			"health checks use container.port, so make the two match")
	}
}

// checkImage validates an image reference by the registry grammar, so that it fails here and not in a pull.
func checkImage(c checker, image string) {
	const advice = "use <registry>/<repository>:<tag> in lower case, such as ghcr.io/cdtait/fmp-mcp-server:1.2.0"
	_, err := reference.ParseNormalizedNamed(image)
	if err != nil || strings.TrimSpace(image) != image {
		reason := ""
		if err != nil {
			reason = ": " + err.Error()
		}
		c.reject("container.image", fmt.Sprintf("%q is not a valid image reference%s", truncate(image), reason), advice)
		return
	}
	if repo, inECR := (Container{Image: image}).repository(); inECR && partition(repo.region) != "aws" {
		c.reject("container.image", fmt.Sprintf("is in ECR in %s, which commercial regions cannot pull from", repo.region),
			"copy the image to a registry in a commercial region and use that")
	}
}

func checkVariables(c checker, container Container) {
	size := 0
	for _, name := range slices.Sorted(maps.Keys(container.Environment)) {
		size += len(name) + len(container.Environment[name])
		checkVariableName(c, "container.environment."+name, name)
	}
	for _, name := range slices.Sorted(maps.Keys(container.Secrets)) {
		path, key := "container.secrets."+name, container.Secrets[name]
		size += len(name) + len(key)
		checkVariableName(c, path, name)
		if _, plain := container.Environment[name]; plain {
			c.reject(path, name+" is in both environment and secrets", "remove it from one of them")
		}
	}
	if size > maxEnvironmentSize {
		c.reject("container.environment", fmt.Sprintf("environment and secrets add up to %d bytes", size),
			"a task definition is limited to 64 KiB; keep large values in a file or an external store")
	}
}

func checkVariableName(c checker, path, name string) {
	if c.valid(path) && !variableName.MatchString(name) {
		c.reject(path, fmt.Sprintf("%q is not a valid environment variable name", truncate(name)), "use letters, digits and _, not starting with a digit")
	}
}

// SecretKeys returns the keys of the JSON secret that the container uses, sorted and without duplicates.
func (c Container) SecretKeys() []string {
	return slices.Compact(slices.Sorted(maps.Values(c.Secrets)))
}

// ARM reports whether the tasks run on ARM processors.
func (c Container) ARM() bool { return c.Architecture == "arm64" }

// Size describes the size of a task, such as "1 vCPU and 3 GB", or "1 vCPU and 3 GB on ARM".
func (c Container) Size() string {
	units := func(number int) string { return strconv.FormatFloat(float64(number)/1024, 'f', -1, 64) }
	size := units(c.CPU) + " vCPU and " + units(c.Memory) + " GB"
	if c.ARM() {
		return size + " on ARM"
	}
	return size
}
