package jsiinode

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"os"
	"path/filepath"
	"time"

	"github.com/cdtait/mcpfleet/internal/atomicfile"
)

//go:embed runtime.js
var runtimeJS []byte

// keep is how long trimmed bindings of other versions stay in the cache.
const keep = 30 * 24 * time.Hour

// cachedRuntime returns the path of runtime.js in the cache.
func cachedRuntime() (string, error) {
	folder, err := cacheFolder()
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(runtimeJS)
	file := filepath.Join(folder, "runtime-"+hex.EncodeToString(sum[:8])+".js")
	if found, err := os.ReadFile(file); err == nil && bytes.Equal(found, runtimeJS) { //nolint:gosec // the cache is the user's own
		return file, nil
	}
	return file, atomicfile.Write(file, runtimeJS)
}

// cached returns what a file of the cache has. If there is none, or its checksum is wrong, it is made. Programs that run at
// the same time make the same file.
func cached(name string, make func() ([]byte, error)) ([]byte, error) {
	folder, err := cacheFolder()
	if err != nil {
		return nil, err
	}
	file := filepath.Join(folder, name)
	if found, err := os.ReadFile(file); err == nil && len(found) > sha256.Size { //nolint:gosec // the cache is the user's own
		content := found[sha256.Size:]
		if sum := sha256.Sum256(content); bytes.Equal(sum[:], found[:sha256.Size]) {
			return content, nil
		}
	}
	content, err := make()
	if err != nil {
		return nil, err
	}
	prune(folder)
	sum := sha256.Sum256(content)
	return content, atomicfile.Write(file, append(sum[:], content...))
}

// cacheFolder returns the folder of the cache, which is in the user's cache directory.
func cacheFolder() (string, error) {
	parent, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	folder := filepath.Join(parent, "mcpfleet", "jsii")
	return folder, os.MkdirAll(folder, 0o755) //nolint:gosec // nothing in it is secret
}

// prune removes old bindings, and what killed programs left of some. They are a megabyte each.
func prune(folder string) {
	files, _ := filepath.Glob(filepath.Join(folder, "*bindings-*"))
	for _, file := range files {
		if info, err := os.Stat(file); err == nil && time.Since(info.ModTime()) > keep {
			_ = os.Remove(file)
		}
	}
}
