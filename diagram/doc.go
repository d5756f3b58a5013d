// Package diagram draws a fleet from its file: regions, zones, load balancers, tasks, names and the
// week. It is pure: a fleet goes in and text comes out, the same bytes every time.
//
// The operations CLI may import the package. It imports config, naming and schedule, and knows neither
// AWS's API nor CDKTF.
package diagram
