package config

import "strings"

// checker validates what the struct tags cannot express, mostly values that depend on each other. It
// skips values that failed to decode: the decoder has already reported them.
type checker struct{ *decoder }

// valid reports whether no problem has been found at any of the paths or at a key that contains it.
func (c checker) valid(paths ...string) bool {
	for _, path := range paths {
		for failed := range c.failed {
			if path == failed || failed == "" || strings.HasPrefix(path, failed+".") {
				return false
			}
		}
	}
	return true
}

// isSet reports whether the fleet file sets the key.
func (c checker) isSet(path string) bool { return c.nodes[path] != nil }

// changes reports whether the fleet file sets the key to a valid value other than its default. Where a key has no
// effect, its default is accepted, because check --resolved prints it.
func (c checker) changes(path string) bool { return c.changed[path] && c.valid(path) }

func (c checker) reject(path, message, advice string) {
	node, label := c.locate(path)
	c.failed[path] = true
	c.problem(node, label, message, advice)
}

func (c checker) warn(path, message, advice string) {
	node, label := c.locate(path)
	c.warning(node, label, message, advice)
}

func checkFleet(d *decoder, fleet *Fleet) {
	c := checker{d}
	// A load balancer name cannot begin with internal-, nor a security group name with sg-.
	for _, reserved := range []string{"internal", "sg"} {
		if fleet.Project == reserved || strings.HasPrefix(fleet.Project, reserved+"-") {
			c.reject("project", "AWS reserves names that begin with "+reserved+"-", "begin the project name with another word")
		}
	}
	checkState(c, &fleet.State, fleet.Project)
}

func checkState(c checker, state *State, project string) {
	if !c.valid("state", "state.backend") {
		return
	}
	if state.Backend == "local" {
		for _, key := range []string{"bucket", "region", "prefix", "kms_key"} {
			if c.isSet("state." + key) {
				c.reject("state."+key, "applies only to the s3 backend", "set backend: s3, or remove "+key)
			}
		}
		return
	}
	if state.Bucket == "" && c.valid("state.bucket") {
		c.reject("state.bucket", "is missing", "add bucket: <bucket name>")
	}
	// Dots: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
	if strings.Contains(state.Bucket, "..") {
		c.reject("state.bucket", "has two dots in a row", "use the name of an existing bucket")
	}
	switch {
	case !c.valid("state.region"):
	case state.Region == "":
		c.reject("state.region", "is missing", "add region: <the bucket's region>")
	case !isKnownRegion(state.Region):
		c.reject("state.region", `"`+truncate(state.Region)+`" is not a commercial AWS region`, suggest(state.Region, RegionNames()))
	}
	if state.Prefix == "" {
		state.Prefix = project
	}
}

func checkRegion(d *decoder, region *Region) {
	c := checker{d}
	checkContainer(c, region)
	checkVolumes(c, region)
	checkTaskRole(c, region)
	checkAutoscaling(c, region)
	checkCapacity(c, region)
	checkDeployment(c, region)
	checkKeys(c, region)
	checkSessions(c, region)
	checkLoadBalancer(c, region)
	checkDNS(c, region)
	checkHTTPS(c, region)
	checkAccess(c, region)
	checkPaths(c, region)
	checkWAF(c, region)
	checkNetwork(c, region)
	checkFlowLogs(c, region)
	checkExec(c, region)
	checkAccessLogs(c, region)
	checkDiscovery(c, region)
	checkWeekend(c, region)
	checkAnswer(c, region)
	checkWake(c, region)
	checkUsage(c, region)
	checkAlarms(c, region)
}
