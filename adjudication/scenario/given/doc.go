// Package given makes FHIR resources out of the short forms of a scenario: insurers, facilities, plans, a register, prices,
// members, covers, claims and requests.
//
// It owns what is filled in where a scenario says nothing, and the translation of maps into our extensions. That is driven
// by the StructureDefinitions of the package conformance: a part's name gives its type, so that a part that is new there
// can be used in scenarios without a line of code here. It must not know how anything is decided.
//
//	world := given.Read(node, &problems)
//	claim := world.Claim(node, "claim-1", &problems)
package given
