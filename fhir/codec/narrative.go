package codec

import (
	"bytes"

	"claimwright/fhir/outcome"
)

// narrativeFault is what is wrong in a narrative's XHTML; the zero value is nothing.
type narrativeFault struct{ found, expected string }

// narrativeFlaw checks Narrative.div against R4's rules for the narrative (narrative.html, txt-1 and txt-2).
func narrativeFlaw(xhtml []byte) narrativeFault {
	if !bytes.HasPrefix(bytes.TrimSpace(xhtml), []byte("<div")) {
		return narrativeFault{shorten(xhtml), "a div element"}
	}
	return narrativeFault{}
}

func wrongNarrative(f narrativeFault) problem {
	return problem{code: outcome.Invalid, text: "The narrative is not the XHTML that FHIR allows.", found: f.found, expected: f.expected}
}
