package jsiinode

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strings"
	_ "unsafe" // for go:linkname

	constructs "github.com/aws/constructs-go/constructs/v10/jsii"
	jsii "github.com/aws/jsii-runtime-go/runtime"
	_ "github.com/cdktf/cdktf-provider-aws-go/aws/v19/jsii" // has the tarball
	cdktf "github.com/hashicorp/terraform-cdk-go/cdktf/jsii"
)

const bindings = "@cdktf/provider-aws"

// tarball is the npm package of the bindings, which their Go package embeds and loads into jsii, but does not export.
//
//go:linkname tarball github.com/cdktf/cdktf-provider-aws-go/aws/v19/jsii.tarball
var tarball []byte

// bindingsText has the version of the bindings and the Go packages of theirs that the apps import, one a line. A test
// compares it with the imports, and go test . -update writes it.
//
//go:embed bindings.txt
var bindingsText string

// wanted returns what is in bindingsText.
func wanted() (version string, goPackages []string) {
	lines := strings.Fields(bindingsText)
	return lines[0], lines[1:]
}

// loadBindings loads the trimmed bindings into jsii. When the bindings then load themselves, jsii already has a package of
// this name and version.
func loadBindings() {
	if !fast() {
		return
	}
	version, goPackages := wanted()
	trimmed, err := cachedBindings(version, goPackages)
	if err != nil {
		stepAside(err)
		return
	}
	constructs.Initialize()
	cdktf.Initialize()
	jsii.Load(bindings, version, trimmed)
}

// cachedBindings returns the trimmed bindings, from the cache if they are there.
func cachedBindings(version string, goPackages []string) ([]byte, error) {
	// The last 8 bytes of a gzip file are the checksum and the length of its content.
	// https://datatracker.ietf.org/doc/html/rfc1952#section-2.3.1
	content := tarball[max(0, len(tarball)-8):]
	key := sha256.Sum256(fmt.Appendf(nil, "%d %x %s", trimRevision, content, bindingsText))
	return cached("bindings-"+hex.EncodeToString(key[:8]), func() ([]byte, error) {
		var trimmed bytes.Buffer
		if err := trim(&trimmed, bytes.NewReader(tarball), bindings, version, goPackages); err != nil {
			return nil, fmt.Errorf("the bindings %s are not as expected: %w", version, err)
		}
		return trimmed.Bytes(), nil
	})
}

// missing is jsii's message about a type of a submodule that the trimmed bindings do not have.
var missing = regexp.MustCompile(`Type '(` + regexp.QuoteMeta(bindings) + `\.[\w.]+)' not found`)

// retryIfMissing restarts the program with all bindings if the trimmed ones lack a type, so that an app that imports
// another package works before bindings.txt is written again.
func retryIfMissing(message string) {
	found := missing.FindStringSubmatch(message)
	if found == nil || !fast() {
		return
	}
	stepAside(errors.New("bindings.txt lacks " + found[1] + "; run make golden"))
	restart()
}
