package expression

// Resource is the Root of a path that starts at the resource that holds the context, written "%resource".
const Resource = "%resource"

// Path is one alternative of a union.
type Path struct {
	// Root is the resource type that the path starts with, Resource, or empty when it starts at the context.
	Root string
	// Steps lead from the root to the elements; none means the root itself.
	Steps []Step
	// Truth marks "p.exists() and p != false": the path stands for whether there is such an element that is not false.
	Truth bool
}

// Step goes from an element to those of its children that have a name, and keeps the ones that pass the filters.
type Step struct {
	// Name is the child's name as in FHIRPath, so "value" for value[x].
	Name string
	// As is the type that a choice is narrowed to; empty for an element that is no choice, or a choice of any type.
	As string
	// Index keeps the child at that position alone; -1 keeps all.
	Index int
	// Where keeps the children whose element of this name is the text Equals; empty keeps all.
	Where, Equals string
	// Resolves keeps the references to a resource of this type; empty keeps all.
	Resolves string
	// URL keeps the extension with this url; only for the name "extension".
	URL string
}
