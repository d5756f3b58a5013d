package config

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/distribution/reference"
)

// memoryByCPU are the memory sizes, in MiB, that Fargate has for each number of CPU units.
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

// CPUSizes are the numbers of CPU units that Fargate has, ascending.
func CPUSizes() []int { return slices.Sorted(maps.Keys(memoryByCPU)) }

// MemorySizes are the memory sizes that Fargate has for a number of CPU units, ascending, in MiB.
func MemorySizes(cpu int) []int { return slices.Clone(memoryByCPU[cpu]) }

// maxDefinition is what a task definition may weigh, in bytes; the rest of it stays below the margin.
//
// Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html
const maxDefinition = 64<<10 - 4<<10

var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

func checkContainer(c checker, region *Region) {
	container := region.Container
	if c.sound("container.image") {
		checkImage(c, container.Image)
	}
	if c.sound("container.cpu", "container.memory") && !slices.Contains(memoryByCPU[container.CPU], container.Memory) {
		c.refuse("container.memory",
			fmt.Sprintf("Fargate has no task of %d CPU units with %d MiB", container.CPU, container.Memory),
			fmt.Sprintf("with cpu: %d write one of %s", container.CPU, numbers(memoryByCPU[container.CPU])))
	}
	checkVariables(c, container)
	if port, err := strconv.Atoi(container.Environment["PORT"]); err == nil && port != container.Port && c.sound("container.port") {
		c.warn("container.environment.PORT",
			fmt.Sprintf("is %d while container.port is %d", port, container.Port),
			"health checks go to container.port; make the two agree")
	}
}

// checkImage holds a reference to the grammar of registries, which refuses what a pull would.
func checkImage(c checker, image string) {
	const advice = "write <registry>/<repository>:<tag> in lower case, such as ghcr.io/cdtait/fmp-mcp-server:1.2.0"
	_, err := reference.ParseNormalizedNamed(image)
	if err != nil || strings.TrimSpace(image) != image {
		reason := ""
		if err != nil {
			reason = ": " + err.Error()
		}
		c.refuse("container.image", fmt.Sprintf("%q is not an image reference%s", clip(image), reason), advice)
		return
	}
	if where, inECR := (Container{Image: image}).repository(); inECR && partition(where.region) != "aws" {
		c.refuse("container.image", fmt.Sprintf("is in ECR in %s, from where no commercial region may pull", where.region),
			"copy the image to a registry of a commercial region, and write that")
	}
}

func checkVariables(c checker, container Container) {
	weight := 0
	for _, name := range slices.Sorted(maps.Keys(container.Environment)) {
		weight += len(name) + len(container.Environment[name])
		checkVariableName(c, "container.environment."+name, name)
	}
	for _, name := range slices.Sorted(maps.Keys(container.Secrets)) {
		path, key := "container.secrets."+name, container.Secrets[name]
		weight += len(name) + len(key)
		checkVariableName(c, path, name)
		if _, plain := container.Environment[name]; plain {
			c.refuse(path, name+" is both a plain variable and a secret", "take it out of environment or out of secrets")
		}
	}
	if weight > maxDefinition {
		c.refuse("container.environment", fmt.Sprintf("environment and secrets take %d bytes", weight),
			"a task definition has room for 64 KiB; keep large values in a file or a store")
	}
}

func checkVariableName(c checker, path, name string) {
	if c.sound(path) && !variableName.MatchString(name) {
		c.refuse(path, fmt.Sprintf("%q is not a name for an environment variable", clip(name)), "write letters, digits and _, not starting with a digit")
	}
}

func numbers(list []int) string {
	words := make([]string, len(list))
	for i, number := range list {
		words[i] = strconv.Itoa(number)
	}
	return strings.Join(words, ", ")
}

// SecretKeys are the keys of the JSON secret that the container asks for, sorted, each once.
func (c Container) SecretKeys() []string {
	return slices.Compact(slices.Sorted(maps.Values(c.Secrets)))
}

// Size is a task's in words: 1 vCPU and 3 GB.
func (c Container) Size() string {
	units := func(number int) string { return strconv.FormatFloat(float64(number)/1024, 'f', -1, 64) }
	return units(c.CPU) + " vCPU and " + units(c.Memory) + " GB"
}
