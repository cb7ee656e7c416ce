package subset

import (
	"slices"
	"strings"
	"sync"

	"claimwright/fhir/codec"
	"claimwright/fhir/registry"
)

// plan is what of a type, or of an element defined in place, can stay.
type plan struct{ parts map[codec.Name]*part }

// part is an element that can stay.
type part struct {
	registry.Part
	// inside is the path of what the element holds; empty for what is kept or left as one piece.
	inside string
}

// plans are made when they are first needed, by path.
var plans sync.Map

func planOf(path string) *plan {
	if known, ok := plans.Load(path); ok {
		return known.(*plan)
	}
	p := &plan{parts: map[codec.Name]*part{}}
	for _, r := range registry.Parts(path) {
		if !r.Choice {
			p.add(r.Name, r, strings.Join(append(slices.Clone(r.Types), r.Inside), ""))
			continue
		}
		for _, t := range r.Types {
			p.add(r.Name+strings.ToUpper(t[:1])+t[1:], r, t)
		}
	}
	known, _ := plans.LoadOrStore(path, p)
	return known.(*plan)
}

// add lets an element stay under its name in JSON, and what stands beside it ("_status") with it.
func (p *plan) add(name string, r registry.Part, inside string) {
	if len(registry.Parts(inside)) == 0 {
		inside = ""
	}
	entry := &part{r, inside}
	p.parts[codec.Intern(name)] = entry
	p.parts[codec.Intern("_"+name)] = &part{r, ""}
}
