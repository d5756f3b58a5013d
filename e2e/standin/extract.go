package standin

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
)

// Extract reads the schemas of the provider and of the given types from the bindings' npm package. Data
// sources have the prefix data., as in data.aws_route53_zone.
func Extract(archive string, types []string) (Schemas, error) {
	folders, err := unpack(archive)
	if err != nil {
		return Schemas{}, err
	}
	schemas := Schemas{Resources: map[string]Schema{}, DataSources: map[string]Schema{}}
	for _, files := range folders {
		match := typeName.FindStringSubmatch(files.script)
		switch {
		case match == nil:
			continue
		case match[1] == "aws":
			schemas.Version = providerVersion.FindStringSubmatch(files.script)[1]
			schemas.Provider = files.schema("AwsProvider")
			schemas.Provider.Attributes = slices.DeleteFunc(schemas.Provider.Attributes, func(a Attribute) bool { return a.Name == "alias" })
			continue
		}
		class, isData := className.FindStringSubmatch(files.script)[1], strings.Contains(files.script, "extends cdktf.TerraformDataSource")
		switch {
		case isData && slices.Contains(types, "data."+match[1]):
			schemas.DataSources[match[1]] = files.schema(class)
		case !isData && slices.Contains(types, match[1]):
			schemas.Resources[match[1]] = files.schema(class)
		}
	}
	for _, wanted := range types {
		name, isData := strings.CutPrefix(wanted, "data.")
		known := schemas.Resources
		if isData {
			known = schemas.DataSources
		}
		if _, found := known[name]; !found {
			return Schemas{}, fmt.Errorf("%s is not in the bindings", wanted)
		}
	}
	return schemas, nil
}

// binding holds the files of a resource in the npm package.
type binding struct{ script, declarations string }

func unpack(archive string) (map[string]*binding, error) {
	file, err := os.Open(archive)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		return nil, err
	}
	folders := map[string]*binding{}
	for entries := tar.NewReader(unzipped); ; {
		header, err := entries.Next()
		if errors.Is(err, io.EOF) {
			return folders, nil
		}
		if err != nil {
			return nil, err
		}
		folder, name := path.Split(header.Name)
		if !strings.HasPrefix(folder, "package/lib/") || (name != "index.js" && name != "index.d.ts") {
			continue
		}
		text, err := io.ReadAll(entries)
		if err != nil {
			return nil, err
		}
		if folders[folder] == nil {
			folders[folder] = &binding{}
		}
		if name == "index.js" {
			folders[folder].script = string(text)
		} else {
			folders[folder].declarations = string(text)
		}
	}
}

var (
	typeName        = regexp.MustCompile(`\.tfResourceType = "(\w+)"`)
	providerVersion = regexp.MustCompile(`providerVersion: '([\d.]+)'`)
	className       = regexp.MustCompile(`(?m)^class (\w+) extends cdktf\.Terraform(?:Resource|DataSource|Provider)`)
	argument        = regexp.MustCompile(`(?m)^ +(\w+): \{\n +value: (.+),\n +isBlock: (true|false),\n +type: "(\w+)",\n +storageClassType: "(\w+)",`)
	exported        = regexp.MustCompile(`// (\w+) - computed: true, optional: false, required: false\n +get \w+\(\) \{\n +return (.+);`)
	objectList      = regexp.MustCompile(`// (\w+) - computed: true, optional: false, required: false\n +this\._\w+ = new (\w+)List\(this, "\w+", (true|false)\)`)
	structMapper    = regexp.MustCompile(`(\w+)ToHclTerraform[,(]`)
	property        = regexp.MustCompile(`(?:this\._|struct\.)(\w+)`)
)

// schema returns the schema of the main class.
func (b *binding) schema(class string) Schema {
	schema := b.arguments(between(b.class(class), "synthesizeHclAttributes() {", "\n    }\n"), class+"Config")
	schema.Attributes = append(schema.Attributes, b.exports(class)...)
	return schema
}

// class returns the source of a class.
func (b *binding) class(name string) string {
	return between(b.script, "\nclass "+name+" extends ", "\n}\n")
}

// exports returns the computed attributes of a class.
func (b *binding) exports(class string) (attributes []Attribute) {
	text := b.class(class)
	for _, match := range exported.FindAllStringSubmatch(text, -1) {
		if kind := exportedType(match[2]); kind != "" {
			attributes = append(attributes, Attribute{Name: match[1], Type: kind, Computed: true})
		}
	}
	for _, match := range objectList.FindAllStringSubmatch(text, -1) {
		kind := map[string]string{"true": "set(object)", "false": "list(object)"}[match[3]]
		attributes = append(attributes, Attribute{Name: match[1], Type: kind, Fields: b.exports(match[2] + "OutputReference"), Computed: true})
	}
	return attributes
}

func exportedType(getter string) string {
	for prefix, kind := range map[string]string{
		"this.getStringAttribute(":    "string",
		"this.getNumberAttribute(":    "number",
		"this.getBooleanAttribute(":   "bool",
		"this.getListAttribute(":      "list(string)",
		"cdktf.Fn.tolist(":            "set(string)",
		"this.getStringMapAttribute(": "map(string)",
	} {
		if strings.HasPrefix(getter, prefix) {
			return kind
		}
	}
	return ""
}

func (b *binding) arguments(text, declaration string) Schema {
	var schema Schema
	for _, match := range argument.FindAllStringSubmatch(text, -1) {
		name, value, isBlock, kind, storage := match[1], match[2], match[3] == "true", match[4], match[5]
		required := b.required(declaration, property.FindStringSubmatch(value)[1])
		if storage == "any" {
			schema.Blocks = append(schema.Blocks, untyped[declaration+"."+name])
			continue
		}
		mapper := structMapper.FindStringSubmatch(value)
		if isBlock && mapper != nil && !strings.HasPrefix(storage, "string") {
			nested := mapper[1]
			schema.Blocks = append(schema.Blocks, Block{
				Name:    name,
				Nesting: nesting(kind),
				One:     !strings.Contains(value, "listMapperHcl"),
				Schema: b.arguments(between(b.script, "function "+nested+"ToHclTerraform(struct) {", "\n}\n"),
					strings.ToUpper(nested[:1])+nested[1:]),
			})
			continue
		}
		schema.Attributes = append(schema.Attributes, Attribute{
			Name: name, Type: argumentType(kind, storage), Required: required, Optional: !required,
		})
	}
	return schema
}

func nesting(kind string) string {
	if kind == "struct" {
		return "single"
	}
	return kind
}

func argumentType(kind, storage string) string {
	element := "string"
	switch {
	case strings.HasPrefix(storage, "number"):
		element = "number"
	case strings.HasPrefix(storage, "boolean"):
		element = "bool"
	}
	if kind == "simple" {
		return element
	}
	return kind + "(" + element + ")"
}

// required reports whether a property is required in its interface. Optional ones have a question mark.
func (b *binding) required(declaration, name string) bool {
	for _, start := range []string{"export interface " + declaration + " {", "export interface " + declaration + " extends cdktf.TerraformMetaArguments {"} {
		if body := between(b.declarations, start, "\n}\n"); body != "" {
			return strings.Contains(body, "readonly "+name+": ")
		}
	}
	return false
}

func between(text, begin, end string) string {
	_, rest, found := strings.Cut(text, begin)
	if !found {
		return ""
	}
	inner, _, _ := strings.Cut(rest, end)
	return inner
}
