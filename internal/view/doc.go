// Package view makes what people read of values: tables, pages for a terminal and for Markdown, and the
// page of what a fleet costs. It is pure: values go in and text comes out.
//
// Only internal/cli may import it. It imports config, cost and schedule, prints nothing, asks nobody, and
// knows neither the command line nor AWS's API.
package view
