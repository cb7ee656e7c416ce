package profile

import (
	"errors"
	"strings"

	"claimwright/fhir/fhirpath"
)

// Bounds of a profile. The largest official one has some 1,200 elements.
const (
	maxElements = 5000
	maxBases    = 10
)

// core is where R4's own definitions are.
const core = "http://hl7.org/fhir/StructureDefinition/"

// Profile is a compiled StructureDefinition. It is immutable and safe for concurrent use.
type Profile struct {
	// URL and Version are its canonical url and business version; Type is the type that it constrains.
	URL, Version, Type string
	root               *shape
	// elements are the definitions that it is compiled from, those of its bases included; empty once it is.
	elements []*definition
	// alone says that nothing came from a base.
	alone   bool
	byID    map[string]*shape
	context []placement
}

// Canonical is the url with the version, if there is one.
func (p *Profile) Canonical() string {
	if p.Version == "" {
		return p.URL
	}
	return p.URL + "|" + p.Version
}

// Alone says whether the profile was compiled from its own StructureDefinition alone, so that it stays true as long as that
// does; else it holds what its bases said when it was compiled.
func (p *Profile) Alone() bool { return p.alone }

// Size is about how many elements the profile speaks of, for caches.
func (p *Profile) Size() int { return len(p.byID) + 1 }

// placement is where an extension may be used.
type placement struct{ kind, expression string }

// unbounded is the max "*".
const unbounded = -1

// shape is what a profile says of one element, or of the elements of one slice.
type shape struct {
	// name is the element's in FHIRPath; choice marks one written with "[x]"; slice is the name of a slice.
	name, slice string
	choice      bool
	// place is the element's path, for messages.
	place    string
	min, max int
	types    []typeRule
	// fixed and pattern are values of the StructureDefinition.
	fixed, pattern     fhirpath.Value
	minValue, maxValue fhirpath.Value
	maxLength          int
	binding            *binding
	invariants         []*invariant
	slicing            *slicing
	children, slices   []*shape
	// content is the id of the element whose children this one has too.
	content string
}

// typeRule is one type that an element may have: its profiles, of which an element must follow one, and the profiles or types
// that a reference may point to.
type typeRule struct {
	code              string
	profiles, targets []string
}

type binding struct{ strength, valueSet string }

// slicing says how the elements of a list are told apart.
type slicing struct {
	discriminators []discriminator
	rules          string
	ordered        bool
}

type discriminator struct {
	kind, path string
	expression *fhirpath.Expression
}

// The reasons why a StructureDefinition cannot be used.
var (
	errTooLarge  = errors.New("it has too many elements")
	errTooDeep   = errors.New("it builds on too many profiles, or on itself")
	errEmpty     = errors.New("it has neither a snapshot nor a differential with elements")
	errNoProfile = errors.New("it defines a type of its own; only constraints on types of R4 can be checked")
)

// child is the shape of an element below; nil where the profile says nothing of it.
func (s *shape) child(name string) *shape {
	for _, c := range s.children {
		if c.name == name {
			return c
		}
	}
	return nil
}

// named is the slice with a name.
func (s *shape) named(slice string) *shape {
	for _, c := range s.slices {
		if c.slice == slice {
			return c
		}
	}
	return nil
}

// matches says whether an element is one that the shape is about.
func (s *shape) matches(v fhirpath.Value) bool {
	if s.choice {
		return v.Name() == s.name
	}
	return v.Key() == s.name || v.Name() == s.name && v.Key() == ""
}

// coreType is the type of R4 that a canonical url names, empty if it names something else.
func coreType(canonical string) string {
	canonical, _, _ = strings.Cut(canonical, "|")
	if name, ok := strings.CutPrefix(canonical, core); ok && !strings.Contains(name, "/") {
		return name
	}
	return ""
}
