package config

import "github.com/cdtait/mcpfleet/naming"

// Place is where the state of a region's stack is: the path of a file, or s3://bucket/key.
func (s State) Place(names naming.Names) string {
	if s.Backend == "local" {
		return names.StateFile()
	}
	return "s3://" + s.Bucket + "/" + s.Prefix + "/" + names.StateFile()
}
