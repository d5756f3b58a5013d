//go:build !sweep

package main

// skips leaves out minutes between those at which an answer may change, and the minute before each: edges
// and leads are at multiples of five.
func skips(minute int) bool { return minute%5 != 0 && (minute+100)%5 != 4 }
