// Package view formats values for people: tables, pages for a terminal or Markdown, and HTML pages.
// It is pure: values go in and text comes out.
//
// internal/cli and internal/plan import it. It imports config, cost, schedule and internal/text. It prints
// nothing, prompts for nothing, and knows neither the command line nor the AWS API.
package view
