package config

import "github.com/cdtait/mcpfleet/naming"

// Location returns the location of a stack's Terraform state: a file path, or s3://bucket/key.
func (s State) Location(names naming.Names) string {
	if s.Backend == "local" {
		return names.StateFile()
	}
	return "s3://" + s.Bucket + "/" + s.Prefix + "/" + names.StateFile()
}
