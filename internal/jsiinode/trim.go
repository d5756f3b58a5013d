package jsiinode

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
)

// trimRevision is part of the key of the cache. Increase it when trim writes something else for the same package.
const trimRevision = 1

// trim copies an npm package that jsii generated, with only some of its submodules: their code, and their types in the
// assembly, which is jsii's description of the package. The submodules are named like their Go packages. Everything that
// could make the copy behave differently is an error.
// https://aws.github.io/jsii/specification/3-kernel-api/
func trim(to io.Writer, tarball io.Reader, name, version string, goPackages []string) error {
	files, err := gunzip(tarball)
	if err != nil {
		return err
	}
	defer files.close()
	p := pkg{name: name, version: version, submodules: map[string]bool{}, folders: map[string]string{}, code: map[string][]byte{}}
	for {
		header, err := files.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if err := p.read(header.Name, files, goPackages); err != nil {
			return fmt.Errorf("%s: %w", header.Name, err)
		}
	}
	if err := files.verify(); err != nil {
		return err
	}
	return p.write(to)
}

// archive decompresses while the reader parses.
type archive struct {
	*tar.Reader
	pipe *io.PipeReader
}

func gunzip(tarball io.Reader) (*archive, error) {
	decompressed, err := gzip.NewReader(tarball)
	if err != nil {
		return nil, err
	}
	from, to := io.Pipe()
	go func() {
		_, err := io.CopyBuffer(struct{ io.Writer }{to}, decompressed, make([]byte, 1<<20)) //nolint:gosec // from this program
		_ = to.CloseWithError(err)
	}()
	return &archive{tar.NewReader(from), from}, nil
}

// verify reads the rest, and with it the checksum.
func (a *archive) verify() error {
	_, err := io.Copy(io.Discard, a.pipe)
	return err
}

// close ends the goroutine that decompresses.
func (a *archive) close() { _ = a.pipe.Close() }

// pkg is what is kept of a package.
type pkg struct {
	name, version string
	// submodules are the names of the submodules, such as ecsService.
	submodules map[string]bool
	// folders are the folders of all submodules in lib, by their names.
	folders map[string]string
	// code are the files of all submodules by their folders. The index says which is whose, and may come last.
	code map[string][]byte
	// assembly and manifest are the contents of .jsii and package.json.
	assembly, manifest []byte
}

const root = "package/"

// read reads a file of the package if it may be needed.
func (p *pkg) read(file string, content io.Reader, goPackages []string) (err error) {
	switch folder, base := path.Split(strings.TrimPrefix(file, root+"lib/")); {
	case file == root+".jsii":
		p.assembly, err = p.trimAssembly(content, goPackages)
	case file == root+"package.json":
		p.manifest, err = io.ReadAll(content)
	case file == root+"lib/index.js":
		err = p.readIndex(content)
	case base == "index.js" && p.mayOwn(folder):
		p.code[path.Clean(folder)], err = io.ReadAll(content)
	}
	return err
}

// mayOwn reports whether a folder may be that of a submodule, before the index is read: ecs-service/ of ecsService. In
// the bindings, the assembly comes first.
func (p *pkg) mayOwn(folder string) bool {
	name := strings.ReplaceAll(strings.Trim(folder, "/"), "-", "")
	for submodule := range p.submodules {
		if strings.EqualFold(submodule, name) {
			return true
		}
	}
	return false
}

// export is how the index loads a submodule.
var export = regexp.MustCompile(`(?m)^exports\.(\w+) = require\("\./([\w-]+)"\);$`)

func (p *pkg) readIndex(content io.Reader) error {
	text, err := io.ReadAll(content)
	if err != nil {
		return err
	}
	for _, match := range export.FindAllSubmatch(text, -1) {
		p.folders[string(match[1])] = string(match[2])
	}
	return nil
}

// trimAssembly returns the assembly with only the types of the submodules, and without what is only for people.
func (p *pkg) trimAssembly(content io.Reader, goPackages []string) ([]byte, error) {
	decoder := json.NewDecoder(content)
	if err := expect(decoder, json.Delim('{')); err != nil {
		return nil, err
	}
	trimmed := map[string]any{}
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return nil, err
		}
		switch key {
		case "readme":
			err = decoder.Decode(new(json.RawMessage))
		case "submodules":
			trimmed["submodules"], err = p.trimSubmodules(decoder, goPackages)
		case "types":
			trimmed["types"], err = p.trimTypes(decoder)
		default:
			var value any
			err = decoder.Decode(&value)
			trimmed[key.(string)] = value
		}
		if err != nil {
			return nil, err
		}
	}
	if trimmed["name"] != p.name || trimmed["version"] != p.version {
		return nil, fmt.Errorf("it is %v %v instead of %s %s", trimmed["name"], trimmed["version"], p.name, p.version)
	}
	return json.Marshal(trimmed)
}

func expect(decoder *json.Decoder, token json.Token) error {
	found, err := decoder.Token()
	if err == nil && found != token {
		err = fmt.Errorf("found %v instead of %v", found, token)
	}
	return err
}

// trimSubmodules decides which submodules are kept. A Go package is named like its submodule, in lower case.
func (p *pkg) trimSubmodules(decoder *json.Decoder, goPackages []string) (any, error) {
	var all map[string]any
	if err := decoder.Decode(&all); err != nil {
		return nil, err
	}
	kept := map[string]any{}
	found := map[string]bool{}
	for fqn, value := range all {
		submodule := strings.TrimPrefix(fqn, p.name+".")
		if goPackage := strings.ToLower(submodule); slices.Contains(goPackages, goPackage) {
			if found[goPackage] {
				return nil, fmt.Errorf("two submodules are named %s", goPackage)
			}
			kept[fqn], found[goPackage], p.submodules[submodule] = withoutDocs(value), true, true
		}
	}
	for _, goPackage := range goPackages {
		if !found[goPackage] {
			return nil, fmt.Errorf("there is no submodule %s", goPackage)
		}
	}
	return kept, nil
}

// trimTypes returns the types of the submodules. They may only refer to each other and to other packages.
func (p *pkg) trimTypes(decoder *json.Decoder) (any, error) {
	if len(p.submodules) == 0 {
		return nil, errors.New("the types come before the submodules")
	}
	if err := expect(decoder, json.Delim('{')); err != nil {
		return nil, err
	}
	kept := map[string]any{}
	for decoder.More() {
		fqn, err := decoder.Token()
		if err != nil {
			return nil, err
		}
		var text json.RawMessage
		if err := decoder.Decode(&text); err != nil {
			return nil, err
		}
		if !p.owns(fqn.(string)) {
			continue
		}
		var value any
		if err := json.Unmarshal(text, &value); err != nil {
			return nil, err
		}
		value = withoutDocs(value)
		if err := p.checkReferences(fqn.(string), value); err != nil {
			return nil, err
		}
		kept[fqn.(string)] = value
	}
	return kept, expect(decoder, json.Delim('}'))
}

// owns reports whether a type is in one of the submodules.
func (p *pkg) owns(fqn string) bool {
	submodule, _, _ := strings.Cut(strings.TrimPrefix(fqn, p.name+"."), ".")
	return p.submodules[submodule]
}

// withoutDocs removes documentation and source positions.
func withoutDocs(value any) any {
	switch value := value.(type) {
	case map[string]any:
		for key, item := range value {
			if key == "docs" || key == "locationInModule" || key == "readme" {
				delete(value, key)
			} else {
				value[key] = withoutDocs(item)
			}
		}
	case []any:
		for i := range value {
			value[i] = withoutDocs(value[i])
		}
	}
	return value
}

// checkReferences returns an error if something refers to a type that is not kept.
func (p *pkg) checkReferences(fqn string, value any) error {
	switch value := value.(type) {
	case map[string]any:
		for _, item := range value {
			if err := p.checkReferences(fqn, item); err != nil {
				return err
			}
		}
	case []any:
		for _, item := range value {
			if err := p.checkReferences(fqn, item); err != nil {
				return err
			}
		}
	case string:
		if strings.HasPrefix(value, p.name+".") && !p.owns(value) {
			return fmt.Errorf("%s refers to %s", fqn, value)
		}
	}
	return nil
}

// load is how the code of a submodule loads another package.
var load = regexp.MustCompile(`\brequire\((.*?)\)`)

// write writes the package. The new index loads a submodule when it is first used.
func (p *pkg) write(to io.Writer) error {
	if p.assembly == nil || p.manifest == nil || len(p.folders) == 0 {
		return errors.New("it has no .jsii, package.json or lib/index.js")
	}
	index := bytes.NewBufferString("\"use strict\";\nObject.defineProperty(exports, \"__esModule\", { value: true });\n")
	files := map[string][]byte{".jsii": p.assembly, "package.json": p.manifest}
	for submodule := range p.submodules {
		folder := p.folders[submodule]
		code, found := p.code[folder]
		if !found {
			return fmt.Errorf("there is no code of %s", submodule)
		}
		for _, match := range load.FindAllSubmatch(code, -1) {
			if string(match[1]) != `"cdktf"` {
				return fmt.Errorf("%s loads %s", submodule, match[1])
			}
		}
		files["lib/"+folder+".js"] = code
	}
	for _, submodule := range sorted(p.submodules) {
		fmt.Fprintf(index, "Object.defineProperty(exports, %q, { enumerable: true, get: () => require(%q) });\n", submodule, "./"+p.folders[submodule]+".js")
	}
	files["lib/index.js"] = index.Bytes()
	return writeTarball(to, files)
}

func writeTarball(to io.Writer, files map[string][]byte) error {
	compressed := gzip.NewWriter(to)
	writer := tar.NewWriter(compressed)
	for _, file := range sorted(files) {
		if err := writer.WriteHeader(&tar.Header{Name: root + file, Mode: 0o644, Size: int64(len(files[file]))}); err != nil {
			return err
		}
		if _, err := writer.Write(files[file]); err != nil {
			return err
		}
	}
	return errors.Join(writer.Close(), compressed.Close())
}

func sorted[V any](entries map[string]V) []string { return slices.Sorted(maps.Keys(entries)) }
