// Package tfjson reads a synthesized stack and validates its references without Terraform or a provider.
package tfjson

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
)

// Stack is a Terraform configuration in JSON.
type Stack struct {
	Resources map[string]map[string]Block `json:"resource"`
	Data      map[string]map[string]Block `json:"data"`
	Locals    map[string]any              `json:"locals"`
	Variables map[string]Block            `json:"variable"`
	Outputs   map[string]Block            `json:"output"`
	Providers map[string][]Block          `json:"provider"`
	Imports   []Block                     `json:"import"`
	Removed   []Block                     `json:"removed"`
	Checks    map[string]Block            `json:"check"`
	Terraform Block                       `json:"terraform"`
}

// Block holds the arguments of a block.
type Block map[string]any

// Text returns a string argument, or "" if it is not set.
func (b Block) Text(argument string) string {
	text, _ := b[argument].(string)
	return text
}

// Read reads a stack from a file.
func Read(file string) (*Stack, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var stack Stack
	if err := json.Unmarshal(text, &stack); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return &stack, nil
}

// Each calls do for every resource, in the order of addresses.
func (s *Stack) Each(do func(kind, name string, resource Block)) {
	for _, kind := range slices.Sorted(maps.Keys(s.Resources)) {
		for _, name := range slices.Sorted(maps.Keys(s.Resources[kind])) {
			do(kind, name, s.Resources[kind][name])
		}
	}
}

// Addresses returns the addresses of all resources, sorted and without index.
func (s *Stack) Addresses() []string {
	var addresses []string
	s.Each(func(kind, name string, _ Block) { addresses = append(addresses, kind+"."+name) })
	slices.Sort(addresses)
	return addresses
}

// Resource returns a resource by its address, or nil.
func (s *Stack) Resource(address string) Block {
	kind, name, _ := strings.Cut(address, ".")
	return s.Resources[kind][name]
}

// elements returns everything in the stack that can refer or be referred to, by address.
func (s *Stack) elements() map[string]any {
	all := map[string]any{}
	s.Each(func(kind, name string, resource Block) { all[kind+"."+name] = map[string]any(resource) })
	for kind, named := range s.Data {
		for name, block := range named {
			all["data."+kind+"."+name] = map[string]any(block)
		}
	}
	for name, value := range s.Locals {
		all["local."+name] = value
	}
	for name, block := range s.Variables {
		all["var."+name] = block["validation"]
	}
	for name, block := range s.Outputs {
		all["output."+name] = map[string]any(block)
	}
	for _, block := range s.Imports {
		all["import."+block.Text("to")] = map[string]any(block)
	}
	for name, blocks := range s.Providers {
		for i, block := range blocks {
			all[fmt.Sprintf("provider.%s[%d]", name, i)] = map[string]any(block)
		}
	}
	return all
}
