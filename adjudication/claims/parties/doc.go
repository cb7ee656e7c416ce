// Package parties finds out who a request is about: patient, cover, insurer and provider, as the server itself knows them.
//
// What a submitter sends along is evidence; what counts is the server's own resource, found by the literal reference or by
// a business identifier of the reference or of the evidence. It owns that search, by key only, and notes what was found so
// that references can be settled (intake.Item.Settle). It must not know how anything is decided.
//
//	p := parties.New(item)
//	insurer := p.Insurer(root.Get(nInsurer), scheme)
//	patient, err := p.Patient(ctx, unit, root.Get(nPatient))
package parties
