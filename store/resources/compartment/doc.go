// Package compartment walks through all that concerns a patient or an encounter: the resources of R4's compartments
// (compartmentdefinition.html) and what those refer to. $everything and the export of bulk data are such walks.
//
// It owns which resources a walk visits, in which order, and how it goes on from where it stopped. Each resource is visited
// once, a page is bounded, and a place survives writes: it is a type and a keyset position within it. Everything is read
// through resources.Reads under the access of whoever asks. It must not know HTTP, nor what becomes of the resources.
//
//	walk, err := compartment.New(reads, principal, options, compartment.Scope{Kind: "Patient", IDs: []string{"1"}})
//	page, err := walk.Next(ctx, compartment.Place{}, 100)
//	page, err = walk.Next(ctx, page.Next, 100) // until page.Next.Done()
package compartment
