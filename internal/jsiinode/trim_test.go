package jsiinode

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// files is a package with the submodules ecsService and vpc.
func files() map[string]string {
	return map[string]string{
		".jsii": `{"name": "aws", "version": "1.2.3", "readme": {"markdown": "long"}, "schema": "jsii/0.10.0",
			"submodules": {"aws.ecsService": {"readme": "long", "symbolId": "src/ecs-service/index:"}, "aws.vpc": {}},
			"types": {
				"aws.ecsService.EcsService": {"fqn": "aws.ecsService.EcsService", "docs": "long", "base": "cdktf.TerraformResource",
					"methods": [{"name": "put", "locationInModule": {"line": 1}, "type": {"fqn": "aws.ecsService.EcsServiceAlarms"}}]},
				"aws.ecsService.EcsServiceAlarms": {"fqn": "aws.ecsService.EcsServiceAlarms"},
				"aws.vpc.Vpc": {"fqn": "aws.vpc.Vpc"}}}`,
		"LICENSE":                  "text",
		"lib/ecs-service/index.js": `const cdktf = require("cdktf");`,
		"lib/index.js":             "exports.ecsService = require(\"./ecs-service\");\nexports.vpc = require(\"./vpc\");\n",
		"lib/vpc/index.js":         `const cdktf = require("cdktf"); // vpc`,
		"package.json":             `{"main": "lib/index.js"}`,
	}
}

// pack returns the files as a package, in the order of their names.
func pack(t testing.TB, files map[string]string) []byte {
	t.Helper()
	contents := map[string][]byte{}
	for name, text := range files {
		contents[name] = []byte(text)
	}
	var packed bytes.Buffer
	if err := writeTarball(&packed, contents); err != nil {
		t.Fatal(err)
	}
	return packed.Bytes()
}

func unpack(t testing.TB, tarball io.Reader) map[string]string {
	t.Helper()
	decompressed, err := gzip.NewReader(tarball)
	if err != nil {
		t.Fatal(err)
	}
	contents := map[string]string{}
	for reader := tar.NewReader(decompressed); ; {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return contents
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(reader)
		if err != nil {
			t.Fatal(err)
		}
		contents[strings.TrimPrefix(header.Name, root)] = string(text)
	}
}

func TestTrimKeepsTheSubmodulesWithoutDocs(t *testing.T) {
	var trimmed bytes.Buffer
	if err := trim(&trimmed, bytes.NewReader(pack(t, files())), "aws", "1.2.3", []string{"ecsservice"}); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		".jsii": `{"name":"aws","schema":"jsii/0.10.0","submodules":{"aws.ecsService":{"symbolId":"src/ecs-service/index:"}},"types":{` +
			`"aws.ecsService.EcsService":{"base":"cdktf.TerraformResource","fqn":"aws.ecsService.EcsService",` +
			`"methods":[{"name":"put","type":{"fqn":"aws.ecsService.EcsServiceAlarms"}}]},` +
			`"aws.ecsService.EcsServiceAlarms":{"fqn":"aws.ecsService.EcsServiceAlarms"}},"version":"1.2.3"}`,
		"lib/ecs-service.js": `const cdktf = require("cdktf");`,
		"lib/index.js": "\"use strict\";\nObject.defineProperty(exports, \"__esModule\", { value: true });\n" +
			"Object.defineProperty(exports, \"ecsService\", { enumerable: true, get: () => require(\"./ecs-service.js\") });\n",
		"package.json": `{"main": "lib/index.js"}`,
	}
	if difference := cmp.Diff(want, unpack(t, &trimmed)); difference != "" {
		t.Error(difference)
	}
}

// TestTrimRejects lists what could make the copy behave differently.
func TestTrimRejects(t *testing.T) {
	replace := func(file, before, after string) func(map[string]string) {
		return func(files map[string]string) { files[file] = strings.Replace(files[file], before, after, 1) }
	}
	for _, test := range []struct {
		name   string
		change func(map[string]string)
		want   string
	}{
		{"another version", replace(".jsii", "1.2.3", "1.2.4"), "package/.jsii: it is aws 1.2.4 instead of aws 1.2.3"},
		{"another package", replace(".jsii", `"name": "aws"`, `"name": "gcp"`), "package/.jsii: it is gcp 1.2.3 instead of aws 1.2.3"},
		{"no such submodule", replace(".jsii", `"aws.ecsService": {`, `"aws.ecs": {`), "package/.jsii: there is no submodule ecsservice"},
		{"two submodules of one Go package", replace(".jsii", `"aws.vpc": {}`, `"aws.ecsservice": {}`), "package/.jsii: two submodules are named ecsservice"},
		{"a type that is not kept", replace(".jsii", `"fqn": "aws.ecsService.EcsServiceAlarms"}}]`, `"fqn": "aws.vpc.Vpc"}}]`),
			"package/.jsii: aws.ecsService.EcsService refers to aws.vpc.Vpc"},
		{"types first", replace(".jsii", `"submodules"`, `"types": {}, "submodules"`), "package/.jsii: the types come before the submodules"},
		{"types that are a list", replace(".jsii", `"types": {`, `"types": [{`), "package/.jsii: found [ instead of {"},
		{"an assembly that is not JSON", func(files map[string]string) { files[".jsii"] = "gzip" }, "package/.jsii: invalid character 'g' looking for beginning of value"},
		{"no assembly", func(files map[string]string) { delete(files, ".jsii") }, "it has no .jsii, package.json or lib/index.js"},
		{"no index", func(files map[string]string) { delete(files, "lib/index.js") }, "it has no .jsii, package.json or lib/index.js"},
		{"another index", replace("lib/index.js", `require("./ecs-service")`, `import("./ecs-service")`), "there is no code of ecsService"},
		{"code that loads more", replace("lib/ecs-service/index.js", "cdktf\")", "../vpc\")"), `ecsService loads "../vpc"`},
		{"code that loads what it computes", replace("lib/ecs-service/index.js", `require("cdktf")`, `require(name)`), "ecsService loads name"},
	} {
		t.Run(test.name, func(t *testing.T) {
			changed := files()
			test.change(changed)
			err := trim(io.Discard, bytes.NewReader(pack(t, changed)), "aws", "1.2.3", []string{"ecsservice"})
			if err == nil || err.Error() != test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

func TestTrimOfADamagedPackage(t *testing.T) {
	packed := pack(t, files())
	for length := range packed {
		if err := trim(io.Discard, bytes.NewReader(packed[:length]), "aws", "1.2.3", []string{"ecsservice"}); err == nil {
			t.Errorf("no error if only %d of %d bytes are there", length, len(packed))
		}
	}
}

// TestTrimOfTheBindings compares the trimmed bindings with the whole package.
func TestTrimOfTheBindings(t *testing.T) {
	version, goPackages := wanted()
	var packed bytes.Buffer
	if err := trim(&packed, bytes.NewReader(tarball), bindings, version, goPackages); err != nil {
		t.Fatal(err)
	}
	trimmed, whole := unpack(t, &packed), unpack(t, bytes.NewReader(tarball))
	for file, text := range trimmed {
		if folder, isCode := strings.CutSuffix(file, ".js"); isCode && file != "lib/index.js" && text != whole[folder+"/index.js"] {
			t.Errorf("%s differs", file)
		}
	}
	type assembly struct {
		JSIIVersion string         `json:"jsiiVersion"`
		Types       map[string]any `json:"types"`
	}
	var kept, all assembly
	for _, each := range []struct {
		text   string
		parsed *assembly
	}{{trimmed[".jsii"], &kept}, {whole[".jsii"], &all}} {
		if err := json.Unmarshal([]byte(each.text), each.parsed); err != nil {
			t.Fatal(err)
		}
	}
	maps.DeleteFunc(all.Types, func(fqn string, _ any) bool {
		submodule, _, _ := strings.Cut(strings.TrimPrefix(fqn, bindings+"."), ".")
		return !slices.Contains(goPackages, strings.ToLower(submodule))
	})
	for fqn := range all.Types {
		all.Types[fqn] = withoutDocs(all.Types[fqn])
	}
	if len(kept.Types) == 0 || kept.JSIIVersion != all.JSIIVersion || !cmp.Equal(kept.Types, all.Types) {
		t.Errorf("%d types of %d, jsii %s of %s", len(kept.Types), len(all.Types), kept.JSIIVersion, all.JSIIVersion)
	}
	if len(packed.Bytes()) > len(tarball)/10 {
		t.Errorf("the trimmed bindings have %d of %d bytes", packed.Len(), len(tarball))
	}
}

// FuzzTrim verifies that a package of somebody else is trimmed or rejected, and that what is trimmed can be trimmed again.
func FuzzTrim(f *testing.F) {
	valid := files()
	f.Add(valid[".jsii"], valid["lib/index.js"], valid["lib/ecs-service/index.js"])
	f.Add(`{"submodules": {"aws.ecsService": 1}, "types": {"aws.ecsService.X": null}}`, `exports.ecsService = require("./x");`, "")
	f.Fuzz(func(t *testing.T, assembly, index, code string) {
		changed := files()
		changed[".jsii"], changed["lib/index.js"], changed["lib/ecs-service/index.js"] = assembly, index, code
		var trimmed bytes.Buffer
		if err := trim(&trimmed, bytes.NewReader(pack(t, changed)), "aws", "1.2.3", []string{"ecsservice"}); err != nil {
			return
		}
		again := files()
		again[".jsii"] = unpack(t, &trimmed)[".jsii"]
		if err := trim(io.Discard, bytes.NewReader(pack(t, again)), "aws", "1.2.3", []string{"ecsservice"}); err != nil {
			t.Error(err)
		}
	})
}
