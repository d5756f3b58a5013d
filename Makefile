# make synth and make test need Go, Node.js and make; everything else they fetch into this folder.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# TERRAFORM=tofu takes OpenTofu everywhere; without it that is what a machine without Terraform takes.

# No tool here reports to anyone.
export CHECKPOINT_DISABLE := 1

GOLANGCI_LINT_VERSION := v2.14.0
GOLANGCI_LINT := .cache/bin/golangci-lint-$(GOLANGCI_LINT_VERSION)
ACTIONLINT_VERSION := v1.7.9
ACTIONLINT := .cache/bin/actionlint-$(ACTIONLINT_VERSION)
GORELEASER_VERSION := v2.16.0
GORELEASER := .cache/bin/goreleaser-$(GORELEASER_VERSION)
GOVULNCHECK_VERSION := v1.9.0
GOVULNCHECK := .cache/bin/govulncheck-$(GOVULNCHECK_VERSION)

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

node_modules: package.json package-lock.json
	npm ci --ignore-scripts --no-audit --no-fund
	@touch node_modules

# Always: go build knows what is up to date.
.PHONY: bin/stacks
bin/stacks:
	@go build -o $@ ./cmd/stacks

# CI=true keeps the CDKTF CLI from drawing a spinner where nobody watches it turn.
.PHONY: synth
synth: node_modules bin/stacks ## Turn regions.yaml into one Terraform stack per region
	@test -t 1 || export CI=true; npx cdktf synth
	@echo "Stacks, and the file that Terraform reads of each:"
	@for stack in $$(bin/stacks list); do echo "  $$stack  cdktf.out/stacks/$$stack/cdk.tf.json"; done

.PHONY: plan
plan: synth ## Plan every stack with Terraform and sum up; STACKS='dev-*' plans some
	@bin/stacks plan $(STACKS)

.PHONY: apply
apply: bin/stacks ## Apply every synthesized stack, without asking; STACKS='dev-*' applies some
	@bin/stacks apply $(STACKS)

# What a test could not test here, for want of something, is in this file.
export MCPFLEET_UNTESTED := $(CURDIR)/.cache/untested
say-untested = ! test -e $(MCPFLEET_UNTESTED) || sort -u $(MCPFLEET_UNTESTED) | sed 's/^/not tested here: /'

.PHONY: test
test: ## Run the tests
	@mkdir -p .cache && rm -f $(MCPFLEET_UNTESTED)
	go test -timeout 30m ./...
	@$(say-untested)

# Chromium has to be there; .ci/run installs it where it may.
.PHONY: pages
pages: ## Look at the pages in a browser: phone, tablet and desk, light and dark
	@mkdir -p .cache && rm -f $(MCPFLEET_UNTESTED)
	go test -tags browser -timeout 30m -run 'InABrowser$$|^TestFaultsAreFound$$' ./internal/cli ./internal/browser
	@$(say-untested)

# make test asks for an answer where it may become another, which finds nearly every mistake in a fraction of the time.
.PHONY: sweep
sweep: ## Hold weekend windows against Terraform, AWS's cron and each other at every hour of two years
	@mkdir -p .cache && rm -f $(MCPFLEET_UNTESTED)
	go test -tags sweep -timeout 60m ./schedule
	go test -tags sweep -timeout 60m -run "^TestEverybodyAgrees" .
	@$(say-untested)

# The packages that start goroutines. e2e has a target of its own, and node_modules is npm's.
racing = $$(grep -rlE '\.Go\(|^\s+go \S+\(' --include='*.go' --exclude-dir={.cache,e2e,node_modules} . | xargs -n1 dirname | sort -u)

.PHONY: race
race: ## Run the tests of what works at once under the race detector
	@mkdir -p .cache && rm -f $(MCPFLEET_UNTESTED)
	go test -race -timeout 30m $(racing)
	@$(say-untested)

# checkov is installed into .cache by the test.
.PHONY: security
security: ## Hold every stack of every fleet to checkov's checks
	@mkdir -p .cache && rm -f $(MCPFLEET_UNTESTED)
	go test -tags security -timeout 30m -run '^TestCheckov$$' . ./bootstrap
	@$(say-untested)

.PHONY: e2e
e2e: node_modules ## Run real Terraform over the stacks; E2E_PROVIDER=real takes the real provider
	@mkdir -p .cache && rm -f $(MCPFLEET_UNTESTED)
	cd e2e && go test -tags e2e -count=1 -timeout 40m -parallel 4
	@$(say-untested)

.PHONY: fuzz
fuzz: ## Fuzz what is parsed, 30 seconds each
	go test ./config -run '^$$' -fuzz '^FuzzParse$$' -fuzztime 30s
	go test ./cost -run '^$$' -fuzz '^FuzzParse$$' -fuzztime 30s
	go test ./internal/hcl -run '^$$' -fuzz '^FuzzLiteral$$' -fuzztime 30s
	go test ./internal/ops -run '^$$' -fuzz '^FuzzEditWeekend$$' -fuzztime 30s

.PHONY: golden
golden: ## Write the golden files anew; read the difference before you commit it
	go test . ./bootstrap ./config ./diagram ./internal/cli -update

.PHONY: lint
lint: $(GOLANGCI_LINT) $(ACTIONLINT) ## Check format, vet and lint, pipelines too
	@test -z "$$(gofmt -l .)" || { gofmt -d .; echo "run make fmt"; exit 1; }
	go vet -tags browser,e2e,security,sweep ./...
	$(GOLANGCI_LINT) run
	$(ACTIONLINT)

.PHONY: vulnerabilities
vulnerabilities: $(GOVULNCHECK) ## Look for known vulnerabilities; needs vuln.go.dev
	$(GOVULNCHECK) ./...

$(GOVULNCHECK):
	GOBIN=$(CURDIR)/.cache/bin go install golang.org/x/vuln/cmd/govulncheck@$(GOVULNCHECK_VERSION)
	mv .cache/bin/govulncheck $@

$(ACTIONLINT):
	GOBIN=$(CURDIR)/.cache/bin go install github.com/rhysd/actionlint/cmd/actionlint@$(ACTIONLINT_VERSION)
	mv .cache/bin/actionlint $@

$(GOLANGCI_LINT):
	GOBIN=$(CURDIR)/.cache/bin go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_LINT_VERSION)
	mv .cache/bin/golangci-lint $@

.PHONY: release
release: $(GORELEASER) ## Build the programs of the tag that is checked out, and draft its release
	$(GORELEASER) release --clean

$(GORELEASER):
	GOBIN=$(CURDIR)/.cache/bin go install github.com/goreleaser/goreleaser/v2@$(GORELEASER_VERSION)
	mv .cache/bin/goreleaser $@

.PHONY: fmt
fmt: $(GOLANGCI_LINT) ## Format the Go files
	$(GOLANGCI_LINT) fmt

.PHONY: clean
clean: ## Remove what the other targets made, but no state
	rm -rf .cache bin bootstrap/cdktf.out cdktf.out dist node_modules
