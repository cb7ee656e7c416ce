package search

import "claimwright/fhir/codec"

// A resource is found by a chain through a resource that it contains as well (R4 §3.1.1.5.3): what a contained resource
// could be found by becomes values of the one that contains it, under the parameter that refers to it.

// MaxContained bounds the values that the contained resources of one document add to it. Beyond it a chain does not find
// what they hold.
const MaxContained = 1_000

var nameContained = codec.Intern("contained")

// Contained is the Param of the values that a resource has by a parameter of what it contains: param refers to the
// contained resource, which is of the type.
func Contained(param, resourceType, of string) string { return param + ":" + resourceType + "." + of }

// inward is a reference to a contained resource.
type inward struct{ param, id string }

// contained adds the values of the contained resources that the document refers to by its parameters.
func (x *extraction) contained(root codec.Value) {
	room := MaxContained
	for _, reference := range x.inwards.items {
		for v := range root.Get(nameContained).Each() {
			if v.Get(nameID).Text() != reference.id {
				continue
			}
			room = x.containedIn(reference.param, v, room)
			break
		}
	}
}

// containedIn adds the values of one contained resource, as far as there is room, and tells what room is left.
func (x *extraction) containedIn(param string, v codec.Value, room int) int {
	resourceType := v.Get(nameResourceType).Text()
	p := planOf(resourceType)
	held := extraction{baseURL: x.baseURL, zone: x.zone}
	held.walk(&p.root, v)
	for i := range p.truths {
		held.truth(&p.truths[i], v)
	}
	if x.custom != nil {
		x.custom.addTo(&held, resourceType, v)
	}
	if room -= held.size(); room < 0 {
		return 0
	}
	for _, t := range held.terms.items {
		x.terms.add(Term{Contained(param, resourceType, t.Param), t.Text})
	}
	for _, r := range held.ranges.items {
		x.ranges.add(Range{Contained(param, resourceType, r.Param), r.Lo, r.Hi})
	}
	for _, s := range held.strings.items {
		x.strings.add(Text{Contained(param, resourceType, s.Param), s.Folded, s.Exact})
	}
	return room
}

// InContained is what a criterion for a referenced resource comes to for one that is contained: conditions on the values
// of the resource that contains it. What no contained resource has, such as an id of its own, and what must not hold, has
// no conditions.
func InContained(param, resourceType string, where []Clause) []Condition {
	if len(where) != 1 || where[0].Not {
		return nil
	}
	var anyOf []Condition
	for _, c := range where[0].AnyOf {
		switch c.Kind {
		case HasTerm, HasPrefix, HasExact, HasContaining, InBox:
			c.Param = Contained(param, resourceType, c.Param)
			anyOf = append(anyOf, c)
		}
	}
	return anyOf
}
