package store

import "slices"

// Access says what a reader may see. The zero value sees nothing, so that a forgotten access denies. An Access is
// immutable and safe for concurrent use.
type Access struct {
	principal string
	system    bool
	all       bool
	labels    []string
}

// System is the server's own access, for heads, guards and scheme: everything, internal records included.
func System() Access { return Access{principal: "system", system: true, all: true} }

// Everything is the access of a principal who may see every resource.
func Everything(principal string) Access { return Access{principal: principal, all: true} }

// Nothing is the access of a principal who may see nothing.
func Nothing(principal string) Access { return Access{principal: principal} }

// Labelled is the access of a principal who may see the resources that carry at least one of the labels.
func Labelled(principal string, labels ...string) Access {
	sorted := slices.Clone(labels)
	slices.Sort(sorted)
	return Access{principal: principal, labels: slices.Compact(sorted)}
}

// Principal names the reader; cursors are bound to it.
func (a Access) Principal() string { return a.principal }

// All tells that no resource is hidden; backends then skip the label filter.
func (a Access) All() bool { return a.all }

// DeniesAll tells that nothing can be seen; backends then answer without touching the database.
func (a Access) DeniesAll() bool { return !a.all && len(a.labels) == 0 }

// Labels are the labels that open a resource, sorted; meaningless when All.
func (a Access) Labels() []string { return a.labels }

// Allows judges a resource by its labels.
func (a Access) Allows(labels []string) bool {
	if a.all {
		return true
	}
	for _, l := range labels {
		if _, found := slices.BinarySearch(a.labels, l); found {
			return true
		}
	}
	return false
}

// AllowsInternal judges an internal record by its space.
func (a Access) AllowsInternal(s Space) bool {
	return a.system || s == SpaceGuard && !a.DeniesAll()
}
