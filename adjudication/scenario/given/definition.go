package given

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"claimwright/conformance"
)

// definition is one of our extensions: with parts, or with a value of its own.
type definition struct {
	id, url string
	// contexts are where it may stand, such as "InsurancePlan".
	contexts []string
	part
}

// part is a part of a complex extension, or a simple extension as a whole.
type part struct {
	name string
	// types are those of value[x]; none for a part with parts of its own.
	types []string
	// system and codes are what the value is bound to, when that is a code system of ours.
	system string
	codes  []string
	many   bool
	parts  []*part
}

func (p *part) find(name string) *part {
	for _, sub := range p.parts {
		if sub.name == name {
			return sub
		}
	}
	return nil
}

func (p *part) names() []string {
	names := make([]string, len(p.parts))
	for i, sub := range p.parts {
		names[i] = sub.name
	}
	return names
}

// definitions are all our extensions by id.
var definitions = sync.OnceValue(func() map[string]*definition {
	found := map[string]*definition{}
	systems := map[string][]string{}
	for name, body := range conformance.Definitions() {
		var r struct {
			ID, URL string
			Concept []struct{ Code string }
		}
		if strings.HasPrefix(name, "CodeSystem-") && json.Unmarshal(body, &r) == nil {
			for _, c := range r.Concept {
				systems[r.ID] = append(systems[r.ID], c.Code)
			}
		}
	}
	for name, body := range conformance.Definitions() {
		if !strings.HasPrefix(name, "StructureDefinition-") {
			continue
		}
		if d := readDefinition(body, systems); d != nil {
			found[d.id] = d
		}
	}
	return found
})

// element is an ElementDefinition, as far as it counts here.
type element struct {
	ID, Max string
	Type    []struct{ Code string }
	Binding struct{ ValueSet string }
}

func readDefinition(body []byte, systems map[string][]string) *definition {
	var r struct {
		ID, URL, Type string
		Context       []struct{ Expression string }
		Differential  struct{ Element []element }
	}
	if err := json.Unmarshal(body, &r); err != nil { // the definitions are part of the program
		panic(fmt.Sprintf("given: %v", err))
	}
	if r.Type != "Extension" {
		return nil
	}
	d := &definition{id: r.ID, url: r.URL}
	d.name = r.ID
	for _, c := range r.Context {
		d.contexts = append(d.contexts, c.Expression)
	}
	for _, e := range r.Differential.Element {
		d.add(e, systems)
	}
	return d
}

// add reads one element: "Extension.extension:kind.value[x]" is the value of part kind.
func (d *definition) add(e element, systems map[string][]string) {
	at := &d.part
	segments := strings.Split(e.ID, ".")[1:]
	for i, segment := range segments {
		slice, isPart := strings.CutPrefix(segment, "extension:")
		switch {
		case isPart:
			sub := at.find(slice)
			if sub == nil {
				sub = &part{name: slice}
				at.parts = append(at.parts, sub)
			}
			at = sub
			if i == len(segments)-1 {
				at.many = e.Max == "*"
			}
		case segment == "value[x]" && e.Max != "0":
			at.bind(e, systems)
		}
	}
	if e.ID == "Extension" {
		d.many = e.Max == "*"
	}
}

func (p *part) bind(e element, systems map[string][]string) {
	for _, t := range e.Type {
		p.types = append(p.types, t.Code)
	}
	const ours = "https://claimwright.org/fhir/ValueSet/"
	if name, ok := strings.CutPrefix(e.Binding.ValueSet, ours); ok && systems[name] != nil {
		p.system, p.codes = "https://claimwright.org/fhir/CodeSystem/"+name, systems[name]
	}
}

// extensionsOf are the ids of our extensions that may stand in a context, sorted.
func extensionsOf(context string) []string {
	var ids []string
	for id, d := range definitions() {
		if slices.Contains(d.contexts, context) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}
