//go:build !linux

package opstest

import "syscall"

func dieWithParent() *syscall.SysProcAttr { return nil }
