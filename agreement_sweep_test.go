//go:build sweep

package main

// skips leaves out no minute.
func skips(int) bool { return false }
