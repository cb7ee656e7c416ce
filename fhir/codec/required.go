package codec

import "slices"

// IsRequired tells whether every resource of a type has an element, named as FHIRPath does ("status", "value" for
// value[x]). It is false for what is no resource type or no element of it.
func IsRequired(resourceType, element string) bool {
	t := compiled().resources[resourceType]
	if t == nil {
		return false
	}
	i := slices.IndexFunc(t.slots, func(s slot) bool { return s.name == element })
	return i >= 0 && t.required.has(uint8(i))
}
