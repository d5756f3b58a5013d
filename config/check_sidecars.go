package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/cdtait/mcpfleet/internal/text"
)

// maxContainers is how many containers a task can have:
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html
const maxContainers = 10

// leastMemory is the smallest memory limit of a container in MiB:
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
const leastMemory = 6

func checkSidecars(c checker, region *Region) {
	container := region.Container
	if !c.valid("container.sidecars") {
		return
	}
	if len(container.Sidecars) >= maxContainers {
		c.reject("container.sidecars", fmt.Sprintf("lists %d sidecars, but a task can have %d beside the server", len(container.Sidecars), maxContainers-1), "remove some of them")
		return
	}
	checkSidecarNames(c, region)
	checkPorts(c, container)
	checkIngress(c, container)
	checkShares(c, container)
	checkDependencies(c, container)
}

func checkSidecarNames(c checker, region *Region) {
	first := map[string]int{}
	for i, sidecar := range region.Container.Sidecars {
		path := sidecarPath(i) + ".name"
		if !c.valid(path) {
			continue
		}
		if earlier, twice := first[sidecar.Name]; twice {
			c.reject(path, fmt.Sprintf("%s is also the name of sidecars[%d]", sidecar.Name, earlier), "give each sidecar a name of its own")
		}
		first[sidecar.Name] = i
		if sidecar.Name == ServerContainer || sidecar.Name == region.Names.Container() {
			c.reject(path, fmt.Sprintf("%q is the server's own container", sidecar.Name), "use another name")
		}
	}
}

// checkPorts rejects ports that two containers listen on: they share the addresses of the task.
//
// Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-networking.html
func checkPorts(c checker, container Container) {
	taken := map[int]string{container.Port: "the server"}
	for i, sidecar := range container.Sidecars {
		path := sidecarPath(i) + ".port"
		if sidecar.Port == 0 || !c.valid("container.port", path) {
			continue
		}
		if owner, conflict := taken[sidecar.Port]; conflict {
			c.reject(path, fmt.Sprintf("%d is the port of %s, and the containers of a task share its ports", sidecar.Port, owner), "use another port")
			continue
		}
		taken[sidecar.Port] = sidecar.Name
	}
}

func checkIngress(c checker, container Container) {
	if container.Ingress == "" || !c.valid("container.ingress") {
		return
	}
	at := slices.IndexFunc(container.Sidecars, func(sidecar Sidecar) bool { return sidecar.Name == container.Ingress })
	switch {
	case len(container.Sidecars) == 0:
		c.reject("container.ingress", "the task has no sidecar", "add the one that clients connect to in container.sidecars, or remove ingress")
	case at < 0:
		c.reject("container.ingress", fmt.Sprintf("%q is not a sidecar", truncate(container.Ingress)), suggest(container.Ingress, container.sidecarNames()))
	case container.Sidecars[at].Port == 0 && c.valid(sidecarPath(at)+".port"):
		c.reject(sidecarPath(at)+".port", "is missing, but clients connect to "+container.Ingress, "add port: <the port that it listens on>")
	}
}

// checkShares rejects shares of the sidecars that leave the server nothing of the task.
//
// Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html#container_definition_environment
func checkShares(c checker, container Container) {
	cpu, memory := 0, 0
	for i, sidecar := range container.Sidecars {
		cpuPath, memoryPath := sidecarPath(i)+".cpu", sidecarPath(i)+".memory"
		if !c.valid(cpuPath, memoryPath, "container.cpu", "container.memory") {
			return
		}
		cpu, memory = cpu+sidecar.CPU, memory+sidecar.Memory
		if sidecar.CPU > 0 && cpu >= container.CPU {
			c.reject(cpuPath, fmt.Sprintf("the sidecars' shares add up to %d of the task's %d CPU units, which leaves the server none", cpu, container.CPU), "use less, or raise container.cpu")
			return
		}
		if sidecar.Memory > 0 && memory >= container.Memory {
			c.reject(memoryPath, fmt.Sprintf("the sidecars' limits add up to %d of the task's %d MiB, which leaves the server none", memory, container.Memory), "use less, or raise container.memory")
			return
		}
		if sidecar.Memory > 0 && sidecar.Memory < leastMemory {
			c.reject(memoryPath, fmt.Sprintf("%d MiB are less than a container can have", sidecar.Memory), fmt.Sprintf("use at least %d, or 0 for no limit", leastMemory))
		}
		if sidecar.Memory > 0 && sidecar.TmpSize >= sidecar.Memory && c.valid(sidecarPath(i)+".tmp_size") {
			c.reject(memoryPath, fmt.Sprintf("%d MiB do not hold the sidecar's /tmp of %d MiB", sidecar.Memory, sidecar.TmpSize), "raise memory, or lower tmp_size")
		}
	}
}

// dependent is a container with what it depends on.
type dependent struct {
	name, path string
	dependsOn  map[string]string
}

func (c Container) dependents() []dependent {
	all := []dependent{{ServerContainer, "container.depends_on", c.DependsOn}}
	for i, sidecar := range c.Sidecars {
		all = append(all, dependent{sidecar.Name, sidecarPath(i) + ".depends_on", sidecar.DependsOn})
	}
	return all
}

// checkDependencies rejects dependencies that ECS does not accept: on containers that the task does not have, in a
// cycle, and on a condition that the other container cannot reach.
//
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html
func checkDependencies(c checker, container Container) {
	names, valid := container.ContainerNames(), true
	for _, each := range container.dependents() {
		for _, on := range slices.Sorted(maps.Keys(each.dependsOn)) {
			path := join(each.path, on)
			if !c.valid(path) {
				continue
			}
			if !slices.Contains(names, on) {
				c.reject(path, fmt.Sprintf("%q is not a container of the task", truncate(on)), suggest(on, names))
				valid = false
				continue
			}
			checkDependency(c, path, container, on, each.dependsOn[on])
		}
	}
	if !valid {
		return
	}
	for _, each := range container.dependents() {
		if cycle := container.cycle(each.name, each.name, nil); cycle != nil {
			c.reject(join(each.path, cycle[1]), "the containers wait for each other: "+strings.Join(cycle, " -> "), "remove one of these dependencies")
			return
		}
	}
}

func checkDependency(c checker, path string, container Container, on, condition string) {
	essential, check := true, container.HealthCheck
	if sidecar := container.sidecar(on); sidecar != nil {
		essential, check = sidecar.Essential, sidecar.HealthCheck
	}
	switch {
	case condition == dependsOnHealthy && len(check.Command) == 0:
		c.reject(path, on+" has no health check, so it never becomes healthy", "add health_check: {command: [<program>]} to it, or use start")
	case essential && (condition == dependsOnComplete || condition == dependsOnSuccess):
		c.reject(path, on+" is essential, so the task would stop when it exits", "set essential: false for it, or use "+text.Join([]string{"start", dependsOnHealthy}, " or "))
	}
}

// cycle returns the way from a container back to another, by name, nil if there is none.
func (c Container) cycle(from, to string, seen []string) []string {
	if slices.Contains(seen, from) {
		return nil
	}
	at := slices.IndexFunc(c.dependents(), func(each dependent) bool { return each.name == from })
	if at < 0 {
		return nil
	}
	for _, on := range slices.Sorted(maps.Keys(c.dependents()[at].dependsOn)) {
		if on == to {
			return []string{from, to}
		}
		if rest := c.cycle(on, to, append(seen, from)); rest != nil {
			return append([]string{from}, rest...)
		}
	}
	return nil
}
