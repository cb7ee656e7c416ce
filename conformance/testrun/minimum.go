package testrun

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"claimwright/conformance/testscript"
)

// assertMinimum holds a body against a fixture that it must contain.
func (s *session) assertMinimum(a *testscript.Assert, m *message, step *Step) {
	fixture, err := s.source(a.MinimumID)
	if err != nil {
		step.err(err)
		return
	}
	wanted, err := fixture.tree()
	if err != nil {
		step.err(fmt.Errorf("%q: %w", a.MinimumID, err))
		return
	}
	found, err := m.tree()
	if err != nil {
		step.err(err)
		return
	}
	budget := maxCompared
	missing := lacks(wanted, found, resourceType(fixture.body), &budget)
	switch {
	case budget <= 0:
		step.err(fmt.Errorf("%q has too many alternatives to be found in the body", a.MinimumID))
	case missing != nil:
		step.fail("the body lacks "+missing.at+" of "+a.MinimumID, missing.found, missing.wanted)
	}
}

// lack is what is missing.
type lack struct{ at, found, wanted string }

// maxCompared bounds the values compared: elements of lists may stand in any order, so that each is tried with each.
const maxCompared = 2_000_000

// lacks finds what of a wanted value another does not contain, nil if nothing. An object contains another that has no member that
// it lacks; a list contains another of whose elements each is contained in one of its own, whatever the order.
func lacks(wanted, found any, at string, budget *int) *lack {
	if *budget--; *budget <= 0 {
		return &lack{at: at}
	}
	switch w := wanted.(type) {
	case map[string]any:
		f, _ := found.(map[string]any)
		for _, key := range slices.Sorted(maps.Keys(w)) {
			child, there := f[key]
			if !there {
				return &lack{at: at + "." + key, found: "nothing", wanted: textOf(w[key])}
			}
			if missing := lacks(w[key], child, at+"."+key, budget); missing != nil {
				return missing
			}
		}
		return nil
	case []any:
		f, _ := found.([]any)
		for i, element := range w {
			place := fmt.Sprintf("%s[%d]", at, i)
			if !slices.ContainsFunc(f, func(other any) bool { return lacks(element, other, place, budget) == nil }) {
				return &lack{at: place, found: textOf(found), wanted: textOf(element)}
			}
		}
		return nil
	}
	if w, f := leaf(wanted), leaf(found); !bytes.Equal(w, f) {
		return &lack{at: at, found: string(f), wanted: string(w)}
	}
	return nil
}

// leaf is a value as JSON; numbers are compared as they are written, since 1.0 and 1.00 differ in FHIR.
func leaf(v any) []byte {
	body, err := json.Marshal(v)
	if err != nil { // it came from JSON
		return nil
	}
	return body
}
