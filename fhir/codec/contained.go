package codec

import (
	"bytes"
	"fmt"

	"claimwright/fhir/outcome"
)

// localReference is a reference to a contained resource that was met but not yet resolved.
type localReference struct {
	node    uint32 // of Reference.reference
	targets *targetSet
}

// containedResource is one resource that local references may mean.
type containedResource struct {
	node uint32 // of the resource's id
	typ  *elementType
}

// containerResource parses a resource that is not contained in another: the root, an entry of a Bundle, a parameter.
// Local references are resolved within it, whichever of the two comes first.
func (p *parser) containerResource(t *elementType, key Name) bool {
	locals, contained, outer := len(p.locals), len(p.contained), p.isContained
	p.isContained = false
	if !p.object(t, key, flagResource, nil) || !p.checkContained(p.locals[locals:], p.contained[contained:]) {
		return false
	}
	p.locals, p.contained, p.isContained = p.locals[:locals], p.contained[:contained], outer
	return true
}

// containedResource parses a resource inside another's contained.
func (p *parser) containedResource(t *elementType, key Name) bool {
	at := uint32(len(p.tape))
	nested := p.isContained
	p.isContained = true
	if !p.object(t, key, flagResource, nil) {
		return false
	}
	p.isContained = nested
	if nested && !p.problem(at, nestedContain) {
		return false
	}
	if id := p.stringChild(at, nameID); id != absent {
		p.contained = append(p.contained, containedResource{id, t})
	}
	return true
}

// checkContained resolves the local references of one resource, in linear time.
func (p *parser) checkContained(locals []localReference, contained []containedResource) bool {
	if len(locals) == 0 && len(contained) < 2 {
		return true
	}
	byID := make(map[string]*elementType, len(contained))
	for _, c := range contained {
		id := string(p.stringAt(c.node))
		if byID[id] != nil && !p.problem(c.node, sameID(id)) {
			return false
		}
		byID[id] = c.typ
	}
	for _, l := range locals {
		id := bytes.TrimPrefix(p.stringAt(l.node), []byte("#"))
		typ := byID[string(id)]
		switch {
		case len(id) == 0: // "#" is the containing resource itself
		case typ == nil:
			if !p.problem(l.node, dangling(id)) {
				return false
			}
		case !l.targets.allows(typ.name):
			if !p.problem(l.node, wrongTarget(typ.name, l.targets)) {
				return false
			}
		}
	}
	return true
}

func dangling(id []byte) problem {
	return problem{code: outcome.Value, text: "The reference is to a contained resource that is not there.",
		found: shorten(append([]byte("#"), id...)), expected: fmt.Sprintf("a contained resource with the id %s", shorten(id))}
}

func sameID(id string) problem {
	return problem{code: outcome.Structure, text: "Two contained resources have the same id.",
		found: shorten([]byte(id)), expected: "an id of its own for each"}
}
