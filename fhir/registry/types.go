package registry

import "slices"

// Types gives the names of all R4 resource types that can have instances, sorted; Resource and DomainResource are not
// among them.
func Types() []string { return resourceTypes }

// IsType tells whether a name is one of Types.
func IsType(name string) bool {
	_, found := slices.BinarySearch(resourceTypes, name)
	return found
}
