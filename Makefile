# make synth and make test need Go, Node.js and make. They download everything else into this folder.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# Set TERRAFORM=tofu to use OpenTofu. It is also used if Terraform is not installed.

# Disable version checks and telemetry.
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

# Phony, because go build tracks what is up to date.
.PHONY: bin/stacks
bin/stacks:
	@go build -o $@ ./cmd/stacks

# CI=true disables the spinner of the CDKTF CLI if the output is not a terminal.
.PHONY: synth
synth: node_modules bin/stacks ## Synthesize a Terraform stack for each region of regions.yaml
	@test -t 1 || export CI=true; npx cdktf synth
	@echo "Stacks and their Terraform configurations:"
	@for stack in $$(bin/stacks list); do echo "  $$stack  cdktf.out/stacks/$$stack/cdk.tf.json"; done

.PHONY: plan
plan: synth ## Plan all stacks and print a summary; STACKS='dev-*' selects stacks
	@bin/stacks plan $(STACKS)

.PHONY: apply
apply: bin/stacks ## Apply all synthesized stacks without confirmation; STACKS='dev-*' selects stacks
	@bin/stacks apply $(STACKS)

# Skipped tests write their reasons to this file.
export MCPFLEET_UNTESTED := $(CURDIR)/.cache/untested
print-untested = ! test -e $(MCPFLEET_UNTESTED) || sort -u $(MCPFLEET_UNTESTED) | sed 's/^/not tested here: /'

.PHONY: test
test: ## Run the tests
	@mkdir -p .cache && rm -f $(MCPFLEET_UNTESTED)
	go test -timeout 30m ./...
	@$(print-untested)

# Needs Chromium, which .ci/run installs if possible.
.PHONY: pages
pages: ## Test the pages in a browser: phone, tablet and desktop, light and dark
	@mkdir -p .cache && rm -f $(MCPFLEET_UNTESTED)
	go test -tags browser -timeout 30m -run 'InABrowser$$|^TestFaultsAreFound$$' ./internal/cli ./internal/browser
	@$(print-untested)

# make test only checks the times when a state may change, which finds nearly all bugs in a fraction of the
# time.
.PHONY: sweep
sweep: ## Compare weekend windows with Terraform, AWS's cron and each other at every hour of two years
	@mkdir -p .cache && rm -f $(MCPFLEET_UNTESTED)
	go test -tags sweep -timeout 60m ./schedule
	go test -tags sweep -timeout 60m -run "^TestStateAgreement$$" .
	@$(print-untested)

# make test simulates some weeks.
.PHONY: simulate
simulate: ## Run fleets through two years of windows, and of runs that go wrong, and print the worst minutes
	go test -tags simulation -timeout 30m -count=1 -v -run '^TestSimulation' .

# Packages that start goroutines. e2e has a separate target.
racing = $$(grep -rlE '\.Go\(|^\s+go \S+\(' --include='*.go' --exclude-dir={.cache,e2e,node_modules} . | xargs -n1 dirname | sort -u)

.PHONY: race
race: ## Run the tests of concurrent code with the race detector
	@mkdir -p .cache && rm -f $(MCPFLEET_UNTESTED)
	go test -race -timeout 30m $(racing)
	@$(print-untested)

# The test installs checkov into .cache.
.PHONY: security
security: ## Scan the stacks of all fleets with checkov
	@mkdir -p .cache && rm -f $(MCPFLEET_UNTESTED)
	go test -tags security -timeout 30m -run '^TestCheckov$$' . ./bootstrap
	@$(print-untested)

# The tests mostly wait for AWS to create something, so more of them run at once than there are cores.
.PHONY: e2e
e2e: node_modules ## Run Terraform on the stacks; E2E_PROVIDER=real uses the real AWS provider
	@mkdir -p .cache && rm -f $(MCPFLEET_UNTESTED)
	cd e2e && go test -tags e2e -count=1 -timeout 60m -parallel 8
	@$(print-untested)

.PHONY: fuzz
fuzz: ## Run each fuzz test for 30 seconds
	go test ./config -run '^$$' -fuzz '^FuzzParse$$' -fuzztime 30s
	go test ./cost -run '^$$' -fuzz '^FuzzParse$$' -fuzztime 30s
	go test ./internal/hcl -run '^$$' -fuzz '^FuzzLiteral$$' -fuzztime 30s
	go test ./internal/jsiinode -run '^$$' -fuzz '^FuzzTrim$$' -fuzztime 30s
	go test ./internal/ops -run '^$$' -fuzz '^FuzzEditWeekend$$' -fuzztime 30s

# Each is a ratio within one run, because machines differ.
.PHONY: bench
bench: node_modules ## Compare the time and memory of a synth with jsii as it is, and with JavaScript
	go test -run '^$$' -bench . -benchtime 5x -timeout 60m . ./internal/cli

.PHONY: golden
golden: ## Update the golden files; review the diff before you commit it
	go test . ./bootstrap ./config ./diagram ./internal/cli -update

.PHONY: lint
lint: $(GOLANGCI_LINT) $(ACTIONLINT) ## Check formatting, and lint the code and the workflows
	@test -z "$$(gofmt -l .)" || { gofmt -d .; echo "run make fmt"; exit 1; }
	go vet -tags browser,e2e,security,sweep,simulation ./...
	$(GOLANGCI_LINT) run
	$(ACTIONLINT)

.PHONY: vulnerabilities
vulnerabilities: $(GOVULNCHECK) ## Check for known vulnerabilities; needs access to vuln.go.dev
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
release: $(GORELEASER) ## Build the binaries of the checked out tag and draft its release
	$(GORELEASER) release --clean

$(GORELEASER):
	GOBIN=$(CURDIR)/.cache/bin go install github.com/goreleaser/goreleaser/v2@$(GORELEASER_VERSION)
	mv .cache/bin/goreleaser $@

.PHONY: fmt
fmt: $(GOLANGCI_LINT) ## Format the Go files
	$(GOLANGCI_LINT) fmt

.PHONY: clean
clean: ## Remove generated files, except states
	rm -rf .cache bin bootstrap/cdktf.out cdktf.out dist node_modules
