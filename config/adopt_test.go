package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// adoptingFleet writes a fleet file whose region adopts the text, with more settings of the region.
func adoptingFleet(t *testing.T, adoption, more string) (file, adopt string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "regions.yaml")
	adopt = filepath.Join(filepath.Dir(file), "adopt.json")
	fleet := "project: demo\nenvironment: dev\ndefaults:\n  container: {image: example/server}\nregions:\n  eu-west-1: {network: {cidr: 10.0.0.0/16}, adopt: adopt.json" + more + "}\n"
	for name, text := range map[string]string{file: fleet, adopt: adoption} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return file, adopt
}

func TestAdoptionFile(t *testing.T) {
	file, _ := adoptingFleet(t, `{"//": "note", "import": [{"to": "aws_lb.main[0]", "id": "arn:aws:x"}, {"to": "aws_route53_record.certificate[\"a.b\"]", "id": "Z_a"}],
		"moved": [{"from": "aws_vpc.this", "to": "aws_vpc.main"}]}`, "")
	fleet, _, err := Load(file)
	if err != nil {
		t.Fatal(err)
	}
	want := &Adoption{
		Imports: []Import{{"aws_lb.main[0]", "arn:aws:x"}, {`aws_route53_record.certificate["a.b"]`, "Z_a"}},
		Moves:   []Move{{"aws_vpc.this", "aws_vpc.main"}},
	}
	if difference := cmp.Diff(want, fleet.Regions[0].Adoption); difference != "" {
		t.Error(difference)
	}
}

func TestAdoptionFileIsChecked(t *testing.T) {
	const destroyed = ", weekend: {enabled: true, destroy_albs: true}"
	for name, each := range map[string]struct{ text, more, want string }{
		"empty":              {"", "", ":1:1: is empty; adopt names a file with Terraform's import and moved blocks as JSON"},
		"not an object":      {`[]`, "", ":1:1: is not an object; write {"},
		"not JSON":           {`{"import": [`, "", ": not valid YAML"},
		"a typo":             {"{\"imports\":\n []}", "", ":1:2: imports: is not a block of an adoption file; did you mean import?"},
		"not a list":         {`{"import": {}}`, "", ":1:12: import: is not a list"},
		"not an entry":       {`{"import": ["aws_vpc.main"]}`, "", ":1:13: import[0]: is not an object"},
		"an unknown key":     {`{"import": [{"to": "aws_vpc.main", "ids": "vpc-1"}]}`, "", ":1:36: import[0].ids: is not a key of import; did you mean id?"},
		"no ID":              {`{"import": [{"to": "aws_vpc.main"}]}`, "", ":1:13: import[0]: lacks id; add it"},
		"an empty ID":        {`{"import": [{"to": "aws_vpc.main", "id": ""}]}`, "", `import[0].id: "" is not an ID`},
		"a number":           {`{"import": [{"to": "aws_vpc.main", "id": 1}]}`, "", ":1:42: import[0].id: is not a string; put it in quotes"},
		"an expression":      {`{"import": [{"to": "aws_vpc.main", "id": "${var.id}"}]}`, "", `import[0].id: "${var.id}" is not an ID`},
		"no address":         {`{"import": [{"to": "the VPC", "id": "vpc-1"}]}`, "", `import[0].to: "the VPC" is not the address of a resource; write one like aws_vpc.main`},
		"an address twice":   {`{"import": [{"to": "aws_vpc.main", "id": "vpc-1"}, {"to": "aws_vpc.main", "id": "vpc-2"}]}`, "", ":1:52: import[1]: aws_vpc.main is imported twice"},
		"a move from no one": {`{"moved": [{"to": "aws_vpc.main"}]}`, "", "moved[0]: lacks from; add it"},
		"what comes and goes": {`{"import": [{"to": "aws_lb.main[0]", "id": "arn:x"}]}`, destroyed,
			"aws_lb.main[0] cannot be imported into a region whose load balancer comes and goes with the weekend window; adopt the region with weekend.destroy_albs: false"},
	} {
		t.Run(name, func(t *testing.T) {
			file, adopt := adoptingFleet(t, each.text, each.more)
			_, _, err := Load(file)
			if err == nil || !strings.HasPrefix(err.Error(), adopt+":") || !strings.Contains(err.Error(), each.want) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestAdoptionFileThatIsMissing(t *testing.T) {
	file, adopt := adoptingFleet(t, "{}", "")
	if err := os.Remove(adopt); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Load(file); err == nil || !strings.Contains(err.Error(), adopt+": ") {
		t.Errorf("got %v", err)
	}
}

func TestRegionsHaveTheirOwnAdoptionFiles(t *testing.T) {
	file, adopt := adoptingFleet(t, "{}", "")
	text := "project: demo\nenvironment: dev\ndefaults:\n  container: {image: example/server}\n  adopt: adopt.json\nregions:\n" +
		"  eu-west-1: {network: {cidr: 10.0.0.0/16}}\n  eu-west-2: {network: {cidr: 10.1.0.0/16}}\n"
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Load(file); err == nil || !strings.Contains(err.Error(), adopt+": is the adoption file of eu-west-1 and of eu-west-2; give each region a file of its own") {
		t.Errorf("got %v", err)
	}
}
