package terminology

import (
	"strings"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
)

// maxNesting bounds how deep concepts lie within concepts.
const maxNesting = 64

// CodeSystem is a CodeSystem with its hierarchy. It is immutable and safe for concurrent use, and keeps the document alive
// that it was read from.
type CodeSystem struct {
	URL string
	// Complete tells that all concepts are listed (CodeSystem.content).
	Complete bool
	// Subsumes tells that the hierarchy is one of meaning, so that a concept is below those that it stands under.
	Subsumes bool
	concepts []concept
	byCode   map[string]int
}

type concept struct {
	code string
	// parents and children are places in concepts.
	parents, children []int
	value             codec.Value
}

// ReadCodeSystem reads the concepts of a CodeSystem.
func ReadCodeSystem(doc *codec.Document) (*CodeSystem, error) {
	root := doc.Root()
	cs := &CodeSystem{URL: strings.Clone(root.Get(nURL).Text()), byCode: map[string]int{}}
	cs.Complete = root.Get(nContent).Text() == "complete"
	switch root.Get(nHierarchyMeaning).Text() {
	case "", "is-a", "classified-with":
		cs.Subsumes = true
	}
	if err := cs.read(root.Get(nConcept), -1, 0); err != nil {
		return nil, err
	}
	cs.link()
	return cs, nil
}

// read appends the concepts of a list, each before those within it.
func (cs *CodeSystem) read(list codec.Value, parent, depth int) error {
	if depth > maxNesting {
		return faulty(outcome.TooCostly, cs.URL, "the concepts of the code system are nested too deep")
	}
	for v := range list.Each() {
		code := v.Get(nCode).Text()
		at, again := cs.byCode[code]
		if !again {
			at = len(cs.concepts)
			cs.byCode[code] = at
			cs.concepts = append(cs.concepts, concept{code: code, value: v})
		}
		if parent >= 0 {
			cs.join(at, parent)
		}
		if err := cs.read(v.Get(nConcept), at, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// link follows the properties that name a concept's parents: HL7's own systems use subsumedBy, SNOMED CT and others parent.
func (cs *CodeSystem) link() {
	for at := range cs.concepts {
		for v := range cs.concepts[at].value.Get(nProperty).Each() {
			if name := v.Get(nCode).Text(); name != "parent" && name != "subsumedBy" {
				continue
			}
			if parent, known := cs.byCode[propertyValue(v)]; known {
				cs.join(at, parent)
			}
		}
	}
}

func (cs *CodeSystem) join(child, parent int) {
	cs.concepts[child].parents = append(cs.concepts[child].parents, parent)
	cs.concepts[parent].children = append(cs.concepts[parent].children, child)
}

// Has tells whether a code is listed.
func (cs *CodeSystem) Has(code string) bool {
	_, ok := cs.byCode[code]
	return ok
}

// Len is the number of concepts that are listed.
func (cs *CodeSystem) Len() int { return len(cs.concepts) }

// Below gives a code and all that it subsumes; nil where the code is not listed.
func (cs *CodeSystem) Below(code string) []string {
	return cs.walk(code, func(c *concept) []int { return c.children })
}

// Above gives a code and all that subsume it; nil where the code is not listed.
func (cs *CodeSystem) Above(code string) []string {
	return cs.walk(code, func(c *concept) []int { return c.parents })
}

// walk visits every concept once, so that a circle ends.
func (cs *CodeSystem) walk(code string, next func(*concept) []int) []string {
	at, ok := cs.byCode[code]
	if !ok {
		return nil
	}
	seen := map[int]bool{at: true}
	queue, out := []int{at}, []string{}
	for len(queue) > 0 {
		c := &cs.concepts[queue[0]]
		queue = queue[1:]
		out = append(out, c.code)
		if !cs.Subsumes {
			break
		}
		for _, n := range next(c) {
			if !seen[n] {
				seen[n] = true
				queue = append(queue, n)
			}
		}
	}
	return out
}

// inactive tells that a concept is no longer to be used (R4 codesystem-concept-properties.html).
func (c *concept) inactive() bool {
	for v := range c.value.Get(nProperty).Each() {
		value := propertyValue(v)
		switch v.Get(nCode).Text() {
		case "inactive":
			if value == "true" {
				return true
			}
		case "status":
			if value == "retired" || value == "inactive" {
				return true
			}
		}
	}
	return false
}

// propertyValue is the value of a concept's property as a text, of a Coding its code.
func propertyValue(v codec.Value) string {
	for _, name := range propertyValues {
		if value := v.Get(name); value.Exists() {
			return value.Text()
		}
	}
	return v.Find(nValueCoding, nCode).Text()
}
