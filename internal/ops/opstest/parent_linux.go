package opstest

import "syscall"

// dieWithParent ends the server even where a test program is killed.
func dieWithParent() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
