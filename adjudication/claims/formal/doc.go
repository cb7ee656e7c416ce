// Package formal checks what R4 demands of a Claim that is to be decided, beyond its structure and beyond what the engine
// checks while it reads one: the status, reserved funds, and sequences that must be unique in the lists that items point into.
//
// It owns rules of the StructureDefinition's prose and of the financial module, which no invariant of R4 expresses. What
// breaks them cannot be processed and is refused with issues; whatever is about members, covers, plans or prices is a
// decision and no business of this package. It must not know the store or the scheme.
//
//	if issues := formal.Check(claim); len(issues) > 0 {
//		return outcome.Rejected(issues)
//	}
package formal
