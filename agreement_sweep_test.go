//go:build sweep

package main

// skipMinute skips no minute.
func skipMinute(int) bool { return false }
