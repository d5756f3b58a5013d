//go:build simulation

package main

// simulatedSpans returns the two years.
func simulatedSpans() [][2]minute { return [][2]minute{{24 * 60, simulatedMinutes}} }

const simulatedSeeds = 1
