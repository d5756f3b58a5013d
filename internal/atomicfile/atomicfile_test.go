package atomicfile_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/cdtait/mcpfleet/internal/atomicfile"
)

func TestWritePreservesModeAndSymlinks(t *testing.T) {
	folder := t.TempDir()
	file, link := filepath.Join(folder, "real.yaml"), filepath.Join(folder, "link.yaml")
	if err := os.WriteFile(file, []byte("old"), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(file, link); err != nil {
		t.Fatal(err)
	}
	if err := atomicfile.Write(link, []byte("new")); err != nil {
		t.Fatal(err)
	}
	text, _ := os.ReadFile(file)
	info, _ := os.Stat(file)
	entries, _ := os.ReadDir(folder)
	if string(text) != "new" || info.Mode().Perm() != 0o640 || len(entries) != 2 {
		t.Errorf("%s, %v, %d files", text, info.Mode(), len(entries))
	}
}

func TestWriteErrorNamesTheFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "nowhere", "regions.yaml")
	err := atomicfile.Write(file, []byte("new"))
	if err == nil || err.Error() != "write "+file+": no such file or directory" || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

func TestWriteToADeviceKeepsIt(t *testing.T) {
	link := filepath.Join(t.TempDir(), "null")
	if err := os.Symlink(os.DevNull, link); err != nil {
		t.Fatal(err)
	}
	if err := atomicfile.Write(link, []byte("text")); err != nil {
		t.Error(err)
	}
	if info, err := os.Stat(link); err != nil || info.Mode().IsRegular() {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}
