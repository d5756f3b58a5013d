// Command terraform-provider-aws is the stand-in for the AWS provider.
package main

import (
	"log"

	"github.com/cdtait/mcpfleet/e2e/standin"
)

func main() {
	if err := standin.Serve(); err != nil {
		log.Fatal(err)
	}
}
