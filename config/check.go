package config

import "strings"

// checker judges what takes more than one value to judge. It says nothing about a value that could
// not be read, as that has been said already.
type checker struct{ *decoder }

func (c checker) sound(paths ...string) bool {
	for _, path := range paths {
		for failed := range c.failed {
			if path == failed || failed == "" || strings.HasPrefix(path, failed+".") {
				return false
			}
		}
	}
	return true
}

func (c checker) written(path string) bool { return c.nodes[path] != nil }

func (c checker) refuse(path, message, advice string) {
	node, label := c.place(path)
	c.failed[path] = true
	c.problem(node, label, message, advice)
}

func (c checker) warn(path, message, advice string) {
	node, label := c.place(path)
	c.warning(node, label, message, advice)
}

func checkFleet(d *decoder, fleet *Fleet) {
	c := checker{d}
	// A load balancer's name may not begin with internal-, a security group's not with sg-.
	for _, reserved := range []string{"internal", "sg"} {
		if fleet.Project == reserved || strings.HasPrefix(fleet.Project, reserved+"-") {
			c.refuse("project", "AWS reserves names that begin with "+reserved+"-", "choose another first word")
		}
	}
	checkState(c, &fleet.State, fleet.Project)
}

func checkState(c checker, state *State, project string) {
	if !c.sound("state", "state.backend") {
		return
	}
	if state.Backend == "local" {
		for _, key := range []string{"bucket", "region", "prefix", "kms_key"} {
			if c.written("state." + key) {
				c.refuse("state."+key, "belongs to the s3 backend", "write backend: s3, or leave "+key+" out")
			}
		}
		return
	}
	if state.Bucket == "" && c.sound("state.bucket") {
		c.refuse("state.bucket", "is missing", "write bucket: <the bucket's name>")
	}
	// Dots: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
	if strings.Contains(state.Bucket, "..") {
		c.refuse("state.bucket", "has two dots in a row", "write the name of an existing bucket")
	}
	switch {
	case !c.sound("state.region"):
	case state.Region == "":
		c.refuse("state.region", "is missing", "write region: <the bucket's region>")
	case !isKnownRegion(state.Region):
		c.refuse("state.region", `"`+clip(state.Region)+`" is not a commercial AWS region`, suggest(state.Region, RegionNames()))
	}
	if state.Prefix == "" {
		state.Prefix = project
	}
}

func checkRegion(d *decoder, region *Region) {
	c := checker{d}
	checkContainer(c, region)
	checkSessions(c, region)
	checkLoadBalancer(c, region)
	checkNetwork(c, region)
	checkDiscovery(c, region)
	checkDNS(c, region)
	checkWeekend(c, region)
}
