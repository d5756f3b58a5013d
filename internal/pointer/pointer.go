// Package pointer returns pointers to collections and optional values, as the provider bindings require. For other
// single values, use new.
package pointer

// NotEmpty returns a pointer to the text, or nil if it is empty. CDKTF omits a nil.
func NotEmpty(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// Strings returns a pointer to a list of pointers to the items.
func Strings(list ...string) *[]*string {
	pointers := make([]*string, len(list))
	for i := range list {
		pointers[i] = &list[i]
	}
	return &pointers
}

// Map returns a pointer to a map of pointers to the values.
func Map(entries map[string]string) *map[string]*string {
	pointers := make(map[string]*string, len(entries))
	for key, value := range entries {
		pointers[key] = &value
	}
	return &pointers
}

// NameTag returns the Name tag. All other tags are default tags of the provider.
func NameTag(name string) *map[string]*string {
	return Map(map[string]string{"Name": name})
}
