package search

import "claimwright/fhir/registry"

// Confine narrows the query to what is in a compartment (R4 compartmentdefinition.html): the resource that the compartment
// is about, and what refers to it by one of the parameters that the definition lists for the query's type. It answers
// false where the type cannot be in that compartment.
func (q *Query) Confine(c *registry.CompartmentDefinition, id string) bool {
	about := c.Type + "/" + id
	var anyOf []Condition
	if q.Type == c.Type {
		anyOf = append(anyOf, Condition{Kind: HasID, Text: id})
	}
	for _, name := range c.Params(q.Type) {
		anyOf = append(anyOf, Condition{Kind: HasTerm, Param: name, Text: about})
	}
	if len(anyOf) == 0 {
		return false
	}
	q.Where = append(q.Where, Clause{AnyOf: anyOf})
	q.Compartment = about
	return true
}

// CompartmentTypes are the resource types that can be in a compartment, sorted.
func CompartmentTypes(c *registry.CompartmentDefinition) []string {
	var names []string
	for _, name := range registry.Types() {
		if name == c.Type || c.Params(name) != nil {
			names = append(names, name)
		}
	}
	return names
}
