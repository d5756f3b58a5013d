package config

// checkExec rejects ECS Exec if no container can have it: its agent writes to the file system of the container.
//
// Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
func checkExec(c checker, region *Region) {
	if !region.Logs.ExecEnabled() || !c.valid("logs.exec", "container.read_only", "container.sidecars") {
		return
	}
	for _, container := range region.Container.definitions() {
		if !container.ReadOnly {
			return
		}
	}
	c.reject("logs.exec", "needs a container that is not read-only: the agent of ECS Exec writes to its file system", "set container.read_only: false, or that of the sidecar in which to run commands")
}
