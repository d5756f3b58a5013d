package standby

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
)

// PackageFile is the name of the function's deployment package, in the folder of the stack.
const PackageFile = "standby.zip"

// sources are the modules of the function.
var sources = []string{"budget.py", "cron.py", "standby.py"}

//go:embed function/budget.py function/cron.py function/standby.py
var modules embed.FS

// Package returns the function's deployment package. Its bytes are the same everywhere, because Terraform deploys the
// function again if they change: the files are not compressed, and have no time.
// https://docs.aws.amazon.com/lambda/latest/dg/python-package.html
func Package() []byte {
	var content bytes.Buffer
	archive := zip.NewWriter(&content)
	for _, name := range sources {
		header := &zip.FileHeader{Name: name, Method: zip.Store}
		header.SetMode(0o644)
		file := must(archive.CreateHeader(header))
		must(file.Write(must(modules.ReadFile("function/" + name))))
	}
	if err := archive.Close(); err != nil {
		panic(err)
	}
	return content.Bytes()
}

// must panics on an error, which nothing in memory has.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// packageHash returns the hash by which Lambda knows the package.
func packageHash() string {
	sum := sha256.Sum256(Package())
	return base64.StdEncoding.EncodeToString(sum[:])
}
