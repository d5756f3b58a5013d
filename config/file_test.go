package config

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestLoadReportsUnreadableFiles(t *testing.T) {
	folder := t.TempDir()
	large := filepath.Join(folder, "large.yaml")
	aliases := "a: &a [x,x,x,x,x,x,x,x]\n" + strings.Repeat("b: [*a,*a,*a,*a,*a,*a,*a,*a]\n", 10<<20/29)
	if err := os.WriteFile(large, []byte(aliases), 0o600); err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]string{
		folder:                               "is a directory; specify the fleet file in it, such as " + folder + "/regions.yaml",
		filepath.Join(folder, "absent.yaml"): "no such file; create it, or specify another with --config or MCPFLEET_CONFIG (cdktf and make read only MCPFLEET_CONFIG)",
		large:                                "is larger than 1 MiB",
	} {
		if _, _, err := Load(file); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: want %q, got %v", file, want, err)
		}
	}
}

func TestLoadFollowsSymlinks(t *testing.T) {
	link := filepath.Join(t.TempDir(), "fleet.yaml")
	target, err := filepath.Abs("../regions.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, link); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Load(link); err != nil {
		t.Error(err)
	}
}

func TestLoadRejectsSockets(t *testing.T) {
	folder, err := os.MkdirTemp("", "s") // the path of a socket is limited to about 100 characters
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	file := filepath.Join(folder, "s")
	listener, err := net.Listen("unix", file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	if _, _, err := Load(file); err == nil || !strings.Contains(err.Error(), "is a socket, not a file; specify a regular file") {
		t.Errorf("got %v", err)
	}
}
