package main

import (
	"strings"

	"github.com/cdtait/mcpfleet/config"
)

// Versions of what a build needs, the same as in examples/pipelines.
const (
	buildImage       = "aws/codebuild/amazonlinux-x86_64-standard:5.0"
	terraformVersion = "1.11.4"
)

// applyRoleVariable is the environment variable with the role that a build assumes.
const applyRoleVariable = "MCPFLEET_APPLY_ROLE"

// buildspec returns what a build does. Go downloads the toolchain of go.mod if the image has another. A failed apply is
// repeated once, because a throttled or dropped request is no reason to wake anybody.
//
// Programs prefer the configuration file to the credentials of the container, which may only assume the role.
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html
func buildspec() string {
	return strings.NewReplacer("<version>", terraformVersion, "<stacks>", config.StacksVariable, "<role>", applyRoleVariable).Replace(`version: 0.2
env:
  shell: bash
phases:
  install:
    runtime-versions:
      golang: latest
      nodejs: "22"
    commands:
      - cd /tmp
      - curl -fsSLO https://releases.hashicorp.com/terraform/<version>/terraform_<version>_linux_amd64.zip
      - curl -fsSL https://releases.hashicorp.com/terraform/<version>/terraform_<version>_SHA256SUMS | grep linux_amd64 | sha256sum -c -
      - unzip -qo terraform_<version>_linux_amd64.zip terraform -d /usr/local/bin
      - cd "$CODEBUILD_SRC_DIR"
  pre_build:
    commands:
      - aws configure set role_arn "$<role>"
      - aws configure set credential_source EcsContainer
      - aws configure set role_session_name scheduled-apply
  build:
    commands:
      - make synth
      - make apply STACKS="$<stacks>" || make apply STACKS="$<stacks>"
`)
}
