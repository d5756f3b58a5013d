// Package config reads a fleet file (regions.yaml) and answers with validated Go values.
//
// Everything that AWS, Fargate or Terraform would refuse later is refused here, all at once, with
// file, line and column. Whoever holds a *Fleet may rely on it: no other package validates again.
//
// The struct tags of fleet.go are the only description of the file's keys. The decoder, the
// defaults and the checks of single values all read them:
//
//	yaml      the key
//	doc       what it means, in one sentence
//	default   the value of an absent key
//	required  "true": there is no default, the key has to be written
//	partial   "true": what is required below may come from elsewhere
//	min, max  inclusive bounds of a number
//	oneof     the only values allowed, separated by commas
//	pattern   the regular expression that a text has to match, or each text of a map
//	maxlen    the most characters a text may have
//	is        what the value is, in words, for messages ("a CIDR block")
//	unit      what a number counts
//	example   a value that is right
//
// What takes more than one key to judge is in the check_*.go files.
//
// The package imports neither cdktf nor jsii nor an AWS SDK, so that the operations CLI starts
// without Node.
package config
