//go:build !sweep

package main

// skipMinute skips minutes without a state change. Windows and leads start and end at multiples of five
// minutes, so it keeps those and the minutes before.
func skipMinute(minute int) bool { return minute%5 != 0 && (minute+100)%5 != 4 }
