// Package formal checks what R4 demands of a Claim beyond its structure: one focal insurance, sequences that are unique
// and lead somewhere, nets and totals that add up.
//
// It owns the rules of the StructureDefinition's prose and of the financial module, which no invariant of R4 expresses.
// What breaks them cannot be processed and is refused with issues; whatever is about members, covers, plans or prices is
// a decision and no business of this package. It must not know the store or the engine's rules.
//
//	if issues := formal.Check(claim); len(issues) > 0 {
//		return outcome.Rejected(issues)
//	}
package formal
