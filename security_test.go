//go:build security

package main

import (
	"slices"
	"testing"

	"github.com/cdtait/mcpfleet/constructs/accesslogs"
	"github.com/cdtait/mcpfleet/constructs/answer"
	"github.com/cdtait/mcpfleet/constructs/ecs"
	"github.com/cdtait/mcpfleet/constructs/filesystem"
	"github.com/cdtait/mcpfleet/constructs/flowlogs"
	"github.com/cdtait/mcpfleet/constructs/iam"
	"github.com/cdtait/mcpfleet/constructs/loadbalancer"
	"github.com/cdtait/mcpfleet/constructs/logs"
	"github.com/cdtait/mcpfleet/constructs/network"
	"github.com/cdtait/mcpfleet/constructs/secrets"
	"github.com/cdtait/mcpfleet/constructs/security"
	"github.com/cdtait/mcpfleet/constructs/standby"
	"github.com/cdtait/mcpfleet/constructs/waf"
	"github.com/cdtait/mcpfleet/internal/checkov/checkovtest"
)

func TestCheckov(t *testing.T) {
	files := map[string]string{}
	for _, each := range fleets {
		for stack, file := range each.stacks {
			files[name(each.file)+"/"+stack] = file
		}
	}
	checkovtest.Check(t, files, slices.Concat(
		network.Accepted, security.Accepted, loadbalancer.Accepted, logs.Accepted, secrets.Accepted, iam.Accepted, ecs.Accepted, waf.Accepted, flowlogs.Accepted, filesystem.Accepted, accesslogs.Accepted, answer.Accepted, standby.Accepted))
}
