package search

import "claimwright/fhir/codec"

// walk collects the values of everything below an element that a node's paths lead to.
func (x *extraction) walk(n *node, v codec.Value) {
	for i := range n.yields {
		x.present.set(n.yields[i].place)
		n.yields[i].convert(x, &n.yields[i], v)
	}
	if len(n.edges) == 0 {
		return
	}
	for name, child := range v.Members() {
		for i := range n.edges {
			if n.edges[i].name == name {
				x.cross(&n.edges[i], child)
			}
		}
	}
}

// cross follows an edge to the children that pass its filter.
func (x *extraction) cross(e *edge, children codec.Value) {
	at := 0
	for child := range children.Each() {
		if (e.index < 0 || e.index == at) && x.passes(&e.step, child) {
			x.walk(e.to, child)
		}
		at++
	}
}

func (x *extraction) passes(s *step, v codec.Value) bool {
	if s.where != 0 && v.Get(s.where).Text() != s.equals {
		return false
	}
	return s.resolves == "" || x.refersTo(v, s.resolves)
}

// refersTo tells whether a Reference points to a resource of a type, as far as it says so itself: by its literal reference,
// or else by its type.
func (x *extraction) refersTo(v codec.Value, resourceType string) bool {
	local := localReference(v.Get(nameReference).Text(), x.baseURL)
	if found, ok := typeOfReference(local); ok {
		return found == resourceType
	}
	return v.Get(nameType).Text() == resourceType
}
