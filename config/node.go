package config

import "go.yaml.in/yaml/v3"

// Entry returns a mapping's key and value by name, or nil if the mapping does not contain the key or the
// node is not a mapping.
func Entry(mapping *yaml.Node, name string) (key, value *yaml.Node) {
	if mapping == nil || mapping.Kind != yaml.MappingNode {
		return nil, nil
	}
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == name {
			return mapping.Content[i], mapping.Content[i+1]
		}
	}
	return nil, nil
}

// Lookup returns the value at a path of keys below a node, or nil if it does not exist.
func Lookup(node *yaml.Node, path ...string) *yaml.Node {
	for _, key := range path {
		if _, node = Entry(node, key); node == nil {
			return nil
		}
	}
	return node
}
