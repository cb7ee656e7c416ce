package registry

import "slices"

// CompartmentDefinition says which search parameters put a resource into a compartment.
type CompartmentDefinition struct {
	// Type is the resource type that the compartment is about: Patient, Encounter, Practitioner, RelatedPerson, Device.
	Type    string
	members []member
}

// member is a resource type of a compartment and the parameters that put it there.
type member struct {
	name   string
	params []string
}

// Compartment finds a compartment by the type it is about.
func Compartment(name string) (*CompartmentDefinition, bool) {
	for i := range compartments {
		if compartments[i].Type == name {
			return &compartments[i], true
		}
	}
	return nil, false
}

// Compartments gives the types that compartments are about, sorted.
func Compartments() []string {
	names := make([]string, len(compartments))
	for i := range compartments {
		names[i] = compartments[i].Type
	}
	return names
}

// Params gives the search parameters of a resource type any of which puts a resource into the compartment; nil for types
// that cannot be in it. The resource that the compartment is about is in it as well, without any parameter.
func (c *CompartmentDefinition) Params(resourceType string) []string {
	i, found := slices.BinarySearchFunc(c.members, resourceType, func(m member, name string) int {
		switch {
		case m.name < name:
			return -1
		case m.name > name:
			return 1
		}
		return 0
	})
	if !found {
		return nil
	}
	return c.members[i].params
}

// Members gives the resource types that can be in the compartment by a parameter, sorted.
func (c *CompartmentDefinition) Members() []string {
	names := make([]string, len(c.members))
	for i := range c.members {
		names[i] = c.members[i].name
	}
	return names
}
