// Package config parses a fleet file (regions.yaml) into validated Go values.
//
// It rejects everything that AWS, Fargate or Terraform would reject later, and reports all mistakes at once
// with file, line and column. Code that has a *Fleet can rely on it: no other package validates again.
//
// The struct tags of Settings and document are the only definition of the file's keys. The decoder, the
// defaults, the JSON Schema, the key reference and the checks of single values all read them:
//
//	yaml      key
//	doc       description, in full sentences
//	default   value if the key is absent
//	required  "true": the key has no default and must be set
//	unless    key of the same section that makes a required key unnecessary
//	optional  "true": required keys below must be set only if the section is
//	partial   "true": required keys below may be set elsewhere
//	min, max  inclusive bounds of a number
//	oneof     allowed values, separated by commas
//	pattern   regular expression that a string must match, or each string of a map
//	maxlen    maximum length of a string, in characters
//	is        noun phrase for the value in messages ("a CIDR block")
//	unit      unit of a number
//	example   valid value
//	short     key below that a single value sets: https: false is short for https: {enabled: false}
//
// Checks that involve more than one key are in the check_*.go files.
//
// # Why not a YAML or JSON Schema library
//
// The messages are the point: each names the file, line, column and key, states what to write instead, and
// all are reported at once, also for values that a region inherits from the defaults. A strict decode stops at
// the first unknown field and does not name the key's path (yaml.v3 reports the line only; goccy/go-yaml adds
// the column), and a JSON Schema validator knows neither positions nor the nearest key, so the code that maps
// its errors to messages would replace the checks of single values line for line.
//
// The package does not import cdktf, jsii or an AWS SDK, so that the CLI starts without Node.
package config
