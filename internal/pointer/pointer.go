// Package pointer makes the pointers that provider calls take of collections. Those of single
// values are made with new.
package pointer

// Strings points at a list and at each of its items.
func Strings(list ...string) *[]*string {
	pointers := make([]*string, len(list))
	for i := range list {
		pointers[i] = &list[i]
	}
	return &pointers
}

// Map points at a map and at each of its values.
func Map(entries map[string]string) *map[string]*string {
	pointers := make(map[string]*string, len(entries))
	for key, value := range entries {
		pointers[key] = &value
	}
	return &pointers
}

// NameTag is the one tag that is not the provider's default.
func NameTag(name string) *map[string]*string {
	return Map(map[string]string{"Name": name})
}
