package config

import (
	"bytes"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/cdtait/mcpfleet/internal/golden"
)

func TestEveryKeyIsDescribed(t *testing.T) {
	for _, key := range Keys() {
		if key.Doc == "" || !strings.HasSuffix(key.Doc, ".") || key.Example == "" {
			t.Errorf("%s lacks a sentence or an example: %+v", key.Path, key)
		}
	}
}

// TestEveryNumberAndTextHasALimit holds every value to some check: a new key without one fails.
func TestEveryNumberAndTextHasALimit(t *testing.T) {
	// checkedTogether are held to limits that take more than a tag, in check_*.go.
	checkedTogether := map[string]bool{
		"container.image": true, "state.region": true, "dns.zone": true, "dns.name": true,
		"network.zones": true, "weekend.timezone": true, "weekend.skip": true, "weekend.extra": true,
	}
	var walk func(section reflect.Type, path string)
	walk = func(section reflect.Type, path string) {
		for i := range section.NumField() {
			field := section.Field(i)
			below := join(path, field.Tag.Get("yaml"))
			switch field.Type.Kind() {
			case reflect.Struct:
				if !isText(reflect.New(field.Type).Elem()) {
					walk(field.Type, below)
				}
			case reflect.Int, reflect.String, reflect.Slice:
				tag := field.Tag
				limited := tag.Get("min") != "" || tag.Get("oneof") != "" || tag.Get("pattern") != "" || field.Type == reflect.TypeOf(Network{}.Subnets)
				if !limited && !checkedTogether[strings.TrimPrefix(below, "defaults.")] {
					t.Errorf("%s takes anything", below)
				}
			}
		}
	}
	walk(reflect.TypeFor[document](), "")
}

// TestEveryExampleIsRight writes each key's example into a fleet and reads it.
func TestEveryExampleIsRight(t *testing.T) {
	// together are examples that only make sense beside others.
	together := map[string]string{
		"state.bucket": "state: {backend: s3, region: eu-west-1, bucket: %s}", "state.region": "state: {backend: s3, bucket: abc, region: %s}",
		"state.prefix": "state: {backend: s3, bucket: abc, region: eu-west-1, prefix: %s}", "state.kms_key": "state: {backend: s3, bucket: abc, region: eu-west-1, kms_key: %s}",
		"state.backend":          "state: {bucket: abc, region: eu-west-1, backend: %s}",
		"defaults.dns.enabled":   "defaults: {dns: {zone: example.com, name: a, enabled: %s}}",
		"defaults.network.zones": "regions: {ca-central-1: {network: {cidr: 10.0.0.0/16, zones: %s}}}",
	}
	for _, key := range Keys() {
		line := together[key.Path]
		if line == "" {
			line = strings.ReplaceAll(key.Path, ".", ": {") + ": %s" + strings.Repeat("}", strings.Count(key.Path, "."))
		}
		var base, extra yaml.Node
		if err := yaml.Unmarshal([]byte(minimal), &base); err != nil {
			t.Fatal(err)
		}
		if err := yaml.Unmarshal(fmt.Appendf(nil, line, key.Example), &extra); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		s := &source{paths: map[*yaml.Node]string{}}
		text, err := yaml.Marshal(s.merge(base.Content[0], extra.Content[0]))
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := Parse(key.Path, text); err != nil {
			t.Errorf("%v in\n%s", err, text)
		}
	}
}

// TestTheGuideListsEveryKey keeps what stands between the guide's markers what the tags say.
func TestTheGuideListsEveryKey(t *testing.T) {
	const file, begin, end = "../help/configuration.md", "<!-- keys: begin -->\n", "<!-- keys: end -->"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(text), begin)
	_, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatalf("%s lacks %q or %q", file, begin, end)
	}
	golden.Compare(t, file, []byte(before+begin+guide()+end+after))
}

// angled are words such as alias/<name>, which Markdown would take for a tag.
var angled = regexp.MustCompile(`[^\s` + "`" + `(]*<\w+>[^\s` + "`" + `),;]*`)

func guide() string {
	var text bytes.Buffer
	section := ""
	for _, key := range Keys() {
		path := strings.TrimPrefix(key.Path, "defaults.")
		if heading, _, _ := strings.Cut(path, "."); heading != section {
			section = heading
			fmt.Fprintf(&text, "\n## %s\n\n", section)
		}
		facts := []string{key.Type}
		if key.Range != "" && key.Range != "true, false" {
			facts = append(facts, key.Range)
		}
		if key.Default == "required" {
			facts = append(facts, "required")
		} else if key.Default != "" {
			facts = append(facts, "default `"+key.Default+"`")
		}
		if key.Example != key.Default {
			facts = append(facts, "for example `"+key.Example+"`")
		}
		line := fmt.Sprintf("- `%s`: %s\n  Value: %s.\n", path, key.Doc, strings.Join(facts, "; "))
		text.WriteString(angled.ReplaceAllString(line, "`$0`"))
	}
	return strings.TrimPrefix(text.String(), "\n")
}
