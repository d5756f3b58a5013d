package jsiinode

import (
	"os"
	"testing"
)

func TestMain(m *testing.M) {
	status := m.Run()
	Close()
	os.Exit(status)
}
