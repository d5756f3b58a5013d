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

// maxEnvironmentSize is the limit in bytes for environment, secrets and commands. A task definition is limited to
// 64 KiB, of which 4 KiB is reserved for everything else in it.
//
// Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html
const maxEnvironmentSize = 64<<10 - 4<<10

var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

func checkContainer(c checker, region *Region) {
	container := region.Container
	if c.valid("container.cpu", "container.memory") && !slices.Contains(memoryByCPU[container.CPU], container.Memory) {
		c.reject("container.memory",
			fmt.Sprintf("Fargate does not support %d CPU units with %d MiB of memory", container.CPU, container.Memory),
			fmt.Sprintf("with cpu: %d, use one of %s", container.CPU, text.Join(memoryByCPU[container.CPU], ", ")))
	}
	for path, definition := range container.definitions() {
		checkDefinition(c, region, path, definition)
	}
	checkSize(c, container)
	checkTmp(c, container)
	checkSidecars(c, region)
	if port, err := strconv.Atoi(container.Environment["PORT"]); err == nil && port != container.Port && c.valid("container.port") {
		c.warn("container.environment.PORT",
			fmt.Sprintf("is %d, but container.port is %d", port, container.Port),
			"health checks use container.port, so make the two match")
	}
}

// checkDefinition validates one container of the task. The path is that of the container in a region.
func checkDefinition(c checker, region *Region, path string, definition ContainerDefinition) {
	if c.valid(path + ".image") {
		checkImage(c, path+".image", definition)
	}
	checkPullSecret(c, region, path, definition)
	checkExternalSecrets(c, region, path, definition)
	checkVariables(c, path, definition)
	checkPrograms(c, path, definition)
	checkUser(c, path, definition)
}

// checkImage validates an image reference by the registry grammar, so that it fails here and not in a pull.
func checkImage(c checker, path string, definition ContainerDefinition) {
	const advice = "use <registry>/<repository>:<tag> in lower case, such as ghcr.io/cdtait/fmp-mcp-server:1.2.0"
	image := definition.Image
	_, err := reference.ParseNormalizedNamed(image)
	if err != nil || strings.TrimSpace(image) != image {
		reason := ""
		if err != nil {
			reason = ": " + err.Error()
		}
		c.reject(path, fmt.Sprintf("%q is not a valid image reference%s", truncate(image), reason), advice)
		return
	}
	if repo, inECR := definition.repository(); inECR && partition(repo.region) != "aws" {
		c.reject(path, fmt.Sprintf("is in ECR in %s, which commercial regions cannot pull from", repo.region),
			"copy the image to a registry in a commercial region and use that")
	}
}

func checkPullSecret(c checker, region *Region, container string, definition ContainerDefinition) {
	path := container + ".pull_secret_arn"
	if definition.PullSecretARN == "" || !c.valid(path, container+".image") {
		return
	}
	if _, inECR := definition.repository(); inECR {
		c.reject(path, "the image is in ECR, which needs no login", "remove it; the execution role may pull from the repository")
		return
	}
	checkSecretRegion(c, path, definition.PullSecretARN, region.Name)
}

func checkVariables(c checker, container string, definition ContainerDefinition) {
	for _, name := range slices.Sorted(maps.Keys(definition.Environment)) {
		checkVariableName(c, container+".environment."+name, name)
	}
	for _, name := range slices.Sorted(maps.Keys(definition.Secrets)) {
		path := container + ".secrets." + name
		checkVariableName(c, path, name)
		if _, plain := definition.Environment[name]; plain {
			c.reject(path, name+" is in both environment and secrets", "remove it from one of them")
		}
	}
}

func checkSize(c checker, container Container) {
	size := 0
	for _, definition := range container.definitions() {
		for _, word := range slices.Concat(definition.Entrypoint, definition.Command, definition.HealthCheck.Command) {
			size += len(word)
		}
		for _, variables := range []map[string]string{definition.Environment, definition.Secrets} {
			for name, value := range variables {
				size += len(name) + len(value)
			}
		}
	}
	if size > maxEnvironmentSize {
		c.reject("container.environment", fmt.Sprintf("environment, secrets and commands add up to %d bytes", size),
			"a task definition is limited to 64 KiB; keep large values in a file or an external store")
	}
}

func checkVariableName(c checker, path, name string) {
	if c.valid(path) && !variableName.MatchString(name) {
		c.reject(path, fmt.Sprintf("%q is not a valid environment variable name", truncate(name)), "use letters, digits and _, not starting with a digit")
	}
}

// checkPrograms validates the lists that name a program to run, and that a health check has one.
func checkPrograms(c checker, container string, definition ContainerDefinition) {
	command := container + ".health_check.command"
	for path, words := range map[string][]string{
		container + ".entrypoint": definition.Entrypoint, command: definition.HealthCheck.Command,
	} {
		if len(words) > 0 && words[0] == "" && c.valid(path) {
			c.reject(path+"[0]", "is empty", "begin the list with a program, such as /app/server")
		}
	}
	if check := definition.HealthCheck.Command; len(check) > 0 && c.valid(command) {
		switch check[0] {
		case "CMD", "NONE":
			c.reject(command+"[0]", check[0]+" is not a program", "begin the list with the program, without "+check[0])
		case "CMD-SHELL":
			c.reject(command+"[0]", "CMD-SHELL is not a program", `name the image's shell, such as [/bin/sh, -c, "test -e /tmp/ready"]`)
		}
	}
	if c.isSet(command) {
		return
	}
	for _, key := range []string{"interval", "timeout", "retries", "start_period"} {
		if path := container + ".health_check." + key; c.changes(path) {
			c.warn(path, "has no effect, because there is no command to check with", "add command, or remove "+key)
		}
	}
}

func checkUser(c checker, container string, definition ContainerDefinition) {
	user := container + ".user"
	if !c.valid(user, container+".allow_root") || definition.AllowRoot || !definition.runsAsRoot() {
		return
	}
	c.reject(user, fmt.Sprintf("%q is root", definition.User),
		"use a user without privileges, such as \"1000\", or set allow_root: true if the image needs root")
}

// runsAsRoot reports whether the fleet file sets root as the user, by name or by number.
func (d ContainerDefinition) runsAsRoot() bool {
	user, _, _ := strings.Cut(d.User, ":")
	number, err := strconv.Atoi(user)
	return user == "root" || (err == nil && number == 0)
}

func checkTmp(c checker, container Container) {
	size := 0
	for path, definition := range container.definitions() {
		path += ".tmp_size"
		if !c.valid(path, "container.memory") {
			return
		}
		if size += definition.TmpSize; size >= container.Memory {
			c.reject(path, fmt.Sprintf("%d MiB do not fit in a task with %d MiB of memory", size, container.Memory),
				"use less, raise memory, or set tmp_size: 0 and read_only: false to write to the disk")
			return
		}
	}
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
