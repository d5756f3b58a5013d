// Package diagram draws a fleet from its file: regions, zones, load balancers, tasks, domain names and the
// weekly schedule. It is pure: a fleet goes in and text comes out, always the same bytes for the same fleet.
//
// The CLI may import the package. It imports config, schedule and internal/text, and knows neither the AWS
// API nor CDKTF.
package diagram
