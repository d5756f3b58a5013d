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

func TestKeysAreDocumented(t *testing.T) {
	for _, key := range Keys() {
		if key.Doc == "" || !strings.HasSuffix(key.Doc, ".") || key.Example == "" {
			t.Errorf("%s has no description or example: %+v", key.Path, key)
		}
	}
}

// TestValuesAreValidated fails if a key accepts any value.
func TestValuesAreValidated(t *testing.T) {
	// checkedInCode are validated in check_*.go because tags cannot express their rules.
	checkedInCode := map[string]bool{
		"container.image": true, "container.entrypoint": true, "container.command": true, "container.health_check.command": true, "state.region": true, "dns.zone": true, "dns.name": true,
		"network.zones": true, "discovery.clients": true, "weekend.timezone": true, "weekend.skip": true, "weekend.extra": true,
	}
	eachKey(reflect.TypeFor[document](), "", func(path string, field reflect.StructField) {
		switch field.Type.Kind() {
		case reflect.Int, reflect.String, reflect.Slice:
			if each(field.Type) != "" {
				return // its keys are validated
			}
			tag := field.Tag
			limited := tag.Get("min") != "" || tag.Get("oneof") != "" || tag.Get("pattern") != "" || field.Type == reflect.TypeOf(Network{}.Subnets)
			if !limited && !checkedInCode[strings.Replace(strings.TrimPrefix(path, "defaults."), ".sidecars[]", "", 1)] {
				t.Errorf("%s accepts any value", path)
			}
		}
	})
}

// eachKey calls visit for every key of a struct, including sections and the keys in lists of them.
func eachKey(section reflect.Type, path string, visit func(path string, field reflect.StructField)) {
	for _, field := range keysOfSection(section) {
		below := join(path, field.Tag.Get("yaml"))
		visit(below, field)
		if isSection(field.Type) {
			eachKey(field.Type, below, visit)
		}
		if item := each(field.Type); item != "" {
			eachKey(field.Type.Elem(), below+item, visit)
		}
	}
}

// withScheduler begins a fleet file that can have a scheduler.
const withScheduler = "{state: {backend: s3, bucket: abc, region: eu-west-1}, defaults: {weekend: {enabled: true, destroy_albs: true}}, bootstrap: {"

// context holds fleet files for keys that are valid only together with other keys.
var context = map[string]string{
	"state.bucket": "state: {backend: s3, region: eu-west-1, bucket: %s}", "state.region": "state: {backend: s3, bucket: abc, region: %s}",
	"state.prefix": "state: {backend: s3, bucket: abc, region: eu-west-1, prefix: %s}", "state.kms_key": "state: {backend: s3, bucket: abc, region: eu-west-1, kms_key: %s}",
	"bootstrap.scheduler": withScheduler + "scheduler: %s}}", "bootstrap.source": withScheduler + "scheduler: aws, source: %s}}",
	"bootstrap.connection_arn":                         withScheduler + "scheduler: aws, source: repository, connection_arn: %s}}",
	"state.backend":                                    "state: {bucket: abc, region: eu-west-1, backend: %s}",
	"defaults.container.external_secrets.NAME.key":     "defaults: {container: {external_secrets: {A: {secret_arn: \"arn:aws:secretsmanager:eu-west-1:123456789012:secret:a-AbCdEf\", key: %s}}}}",
	"defaults.container.external_secrets.NAME.version": "defaults: {container: {external_secrets: {A: {secret_arn: \"arn:aws:secretsmanager:eu-west-1:123456789012:secret:a-AbCdEf\", version: %s}}}}",
	"defaults.container.external_secrets.NAME.kms_key": "defaults: {container: {external_secrets: {A: {parameter: /a, kms_key: %s}}}}",
	"defaults.container.ingress":                       "defaults: {container: {sidecars: [{name: proxy, image: ghcr.io/acme/proxy, port: 4180}], ingress: %s}}",
	"defaults.container.depends_on":                    "defaults: {container: {sidecars: [{name: collector, image: ghcr.io/acme/collector}], depends_on: %s}}",
	"defaults.network.cidr":                            "regions: {eu-west-1: {network: {cidr: %s}}}",
	"defaults.dns.enabled":                             "defaults: {dns: {zone: example.com, name: a, enabled: %s}}",
	"defaults.network.existing.vpc_id":                 "regions: {eu-west-2: {network: {existing: {public_subnets: [subnet-11111111, subnet-22222222], vpc_id: %s}}}}",
	"defaults.network.existing.public_subnets":         "regions: {eu-west-2: {network: {existing: {vpc_id: vpc-11111111, public_subnets: %s}}}}",
	"defaults.network.existing.task_subnets":           "regions: {eu-west-2: {network: {existing: {vpc_id: vpc-11111111, public_subnets: [subnet-11111111, subnet-22222222], task_subnets: %s}}}}",
	"defaults.network.zones":                           "regions: {ca-central-1: {network: {cidr: 10.0.0.0/16, zones: %s}}}",

	"defaults.volumes.NAME.path":                     "defaults: {volumes: {data: {path: %s}}}",
	"defaults.volumes.NAME.read_only":                "defaults: {volumes: {data: {path: /data, read_only: %s}}}",
	"defaults.volumes.NAME.owner":                    "defaults: {volumes: {data: {path: /data, owner: %s}}}",
	"defaults.volumes.NAME.existing.file_system_id":  "defaults: {volumes: {data: {path: /data, existing: {access_point_id: fsap-01234567, file_system_id: %s}}}}",
	"defaults.volumes.NAME.existing.access_point_id": "defaults: {volumes: {data: {path: /data, existing: {file_system_id: fs-01234567, access_point_id: %s}}}}",

	"defaults.task_role.statements[].actions":          "defaults: {task_role: {statements: [{resources: ['arn:aws:s3:::acme-data'], actions: %s}]}}",
	"defaults.task_role.statements[].resources":        "defaults: {task_role: {statements: [{actions: [s3:GetObject], resources: %s}]}}",
	"defaults.task_role.statements[].conditions":       "defaults: {task_role: {statements: [{actions: [s3:GetObject], resources: ['*'], conditions: %s}]}}",
	"defaults.logs.exec":                               "defaults: {container: {read_only: false}, logs: {exec: %s}}",
	"defaults.task_role.statements[].allow_everything": "defaults: {task_role: {statements: [{actions: ['*'], resources: ['*'], allow_everything: %s}]}}",
}

// fleetWith returns a fleet file in which a key has a value.
func fleetWith(t *testing.T, key, value string) string {
	t.Helper()
	return merged(t, nested(key, value))
}

// nested returns a dotted key with its value as a line of YAML. [] makes a list with one item.
func nested(key, value string) string {
	key, rest, more := strings.Cut(key, ".")
	if !more {
		return key + ": " + value
	}
	below := "{" + nested(rest, value) + "}"
	if list, isList := strings.CutSuffix(key, "[]"); isList {
		return list + ": [" + below + "]"
	}
	return key + ": " + below
}

// fleetInContext is like fleetWith, but adds the other keys that the key requires.
func fleetInContext(t *testing.T, key, value string) string {
	t.Helper()
	if ofSidecar, found := strings.CutPrefix(key, "defaults.container.sidecars[]."); found {
		return merged(t, inSidecar(ofSidecar, value))
	}
	if line := context[key]; line != "" {
		return merged(t, fmt.Sprintf(line, value))
	}
	return fleetWith(t, key, value)
}

// inSidecar returns the key of a sidecar as part of a fleet file, with the keys that every sidecar has, and those that the
// same key of the server's container requires.
func inSidecar(key, value string) string {
	keys := nested(key, value)
	if line := context["defaults.container."+key]; line != "" && strings.HasPrefix(key, "external_secrets.") {
		keys = strings.TrimSuffix(strings.TrimPrefix(fmt.Sprintf(line, value), "defaults: {container: {"), "}}")
	}
	for name, other := range map[string]string{"name": "proxy", "image": "ghcr.io/acme/proxy"} {
		if name != key {
			keys += ", " + name + ": " + other
		}
	}
	return "defaults: {container: {sidecars: [{name: collector, image: ghcr.io/acme/collector}, {" + keys + "}]}}"
}

// merged returns the minimal fleet file overridden by part of a fleet file.
func merged(t *testing.T, part string) string {
	t.Helper()
	var base, extra yaml.Node
	if err := yaml.Unmarshal([]byte(minimal), &base); err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal([]byte(part), &extra); err != nil {
		t.Fatalf("%s: %v", part, err)
	}
	s := &source{paths: map[*yaml.Node]string{}}
	text, err := yaml.Marshal(s.merge(base.Content[0], extra.Content[0]))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestKeyReference compares the key reference between the markers in the guide with the struct tags.
func TestKeyReference(t *testing.T) {
	const file, begin, end = "../help/configuration.md", "<!-- keys: begin -->\n", "<!-- keys: end -->"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(text), begin)
	_, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatalf("%s does not contain %q or %q", file, begin, end)
	}
	golden.Compare(t, file, []byte(before+begin+keyReference()+end+after))
}

// placeholder matches words such as alias/<name>, which Markdown would parse as HTML.
var placeholder = regexp.MustCompile(`[^\s` + "`" + `(]*<\w+>[^\s` + "`" + `),;]*`)

// keyReference leaves out the keys that sidecars have in common with the server's container.
func keyReference() string {
	var text bytes.Buffer
	section, repeated := "", map[string]bool{}
	eachKey(reflect.TypeFor[ContainerDefinition](), "container.sidecars[]", func(path string, _ reflect.StructField) { repeated[path] = true })
	for _, key := range Keys() {
		path := strings.TrimPrefix(key.Path, "defaults.")
		if repeated[path] {
			continue
		}
		if heading, _, _ := strings.Cut(path, "."); heading != section {
			section = heading
			fmt.Fprintf(&text, "\n## %s\n\n", section)
		}
		facts := []string{key.Type}
		if key.Range != "" && key.Range != "true, false" {
			facts = append(facts, key.Range)
		}
		if strings.HasPrefix(key.Default, "required") {
			facts = append(facts, key.Default)
		} else if key.Default != "" {
			facts = append(facts, "default `"+key.Default+"`")
		}
		if key.Example != key.Default {
			facts = append(facts, "for example `"+key.Example+"`")
		}
		line := fmt.Sprintf("- `%s`: %s\n  Value: %s.\n", path, key.Doc, strings.Join(facts, "; "))
		text.WriteString(placeholder.ReplaceAllString(line, "`$0`"))
	}
	return strings.TrimPrefix(text.String(), "\n")
}
