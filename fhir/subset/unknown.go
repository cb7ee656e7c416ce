package subset

import (
	"strings"

	"claimwright/fhir/codec"
	"claimwright/fhir/spelling"
)

// Check refuses names in _elements that a resource type does not have: all but what must be there would be left out for a
// misspelt one. What is said of other types does not count. The error is an *outcome.Error with status 400.
func (f Form) Check(resourceType string) error {
	if f.kind != elements {
		return nil
	}
	t := codec.ResourceType(resourceType)
	if !t.Known() {
		return nil
	}
	for _, names := range [...][]string{f.names, f.typed[resourceType]} {
		for _, name := range names {
			if !has(t, name) {
				return refused("_elements", name, "an element of "+resourceType+nearest(t, name))
			}
		}
	}
	return nil
}

// has knows an element by its name, a choice also by the names that it has in instances.
func has(t codec.Type, name string) bool {
	return name == nameResourceType.String() || t.Element([]byte(name)).Exists() || t.Choices(name) != nil
}

func nearest(t codec.Type, name string) string {
	names := t.Names()
	for i := range names {
		names[i] = strings.TrimSuffix(names[i], "[x]")
	}
	if near := spelling.Nearest(name, names); near != "" {
		return ", perhaps " + near
	}
	return ""
}
