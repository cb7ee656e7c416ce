package engine

import (
	"claimwright/adjudication/engine/ledger"
	"claimwright/adjudication/engine/scheme"
)

// known is the first stage: member, insurer and provider must be known, and all amounts in the insurer's currency or in one
// that it has a rate of. Every
// failure is a fault of the claim; nothing is decided then.
func (d *decider) known() bool {
	if d.Member == nil {
		d.out.fault(UnknownMember, path(&d.Claim.Patient, "Claim.patient"))
	}
	d.out.Insurer = claimInsurer(d.Claim, d.Member, d.Scheme)
	if d.out.Insurer == nil {
		d.out.fault(UnknownInsurer, path(&d.Claim.Insurer, "Claim.insurer"))
	}
	d.out.Facility = findFacility(&d.Claim.Provider, d.Scheme)
	if d.out.Facility == nil {
		d.out.fault(UnknownProvider, path(&d.Claim.Provider, "Claim.provider"))
	}
	if d.out.Insurer != nil {
		d.currencies(d.out.Insurer)
		d.othersCurrency(d.out.Insurer.Currency)
	}
	return len(d.out.Faults) == 0
}

func path(ref *Reference, otherwise string) string {
	if p := ref.Path(); p != "" {
		return p
	}
	return otherwise
}

// claimInsurer is the insurer that decides: the claim's, or, where it names none, that of the focal cover.
func claimInsurer(c *Claim, m *ledger.Member, sch *scheme.Scheme) *scheme.Insurer {
	if c.Insurer.Given() {
		return findInsurer(&c.Insurer, sch)
	}
	if m == nil {
		return nil
	}
	if cover := focalCover(c, m); cover != nil {
		return sch.Insurer(cover.Insurer)
	}
	return nil
}

// InsurerOf is the insurer that decides a claim of a member, who may be nil; nil when it is not known.
func InsurerOf(c *Claim, m *ledger.Member, sch *scheme.Scheme) *scheme.Insurer {
	return claimInsurer(c, m, sch)
}

// focalCover is the member's cover that the focal insurance names, nil if it names none of them.
func focalCover(c *Claim, m *ledger.Member) *ledger.Cover {
	focal := c.Focal()
	if focal == nil {
		return nil
	}
	for i := range m.Covers {
		if names(&focal.Coverage, &m.Covers[i]) {
			return &m.Covers[i]
		}
	}
	return nil
}

// names tells whether a reference means a cover.
func names(ref *Reference, cover *ledger.Cover) bool {
	if ref.Key != "" {
		const kind = "Coverage/"
		return len(ref.Key) == len(kind)+len(cover.ID) && ref.Key[:len(kind)] == kind && ref.Key[len(kind):] == cover.ID
	}
	for _, id := range ref.Identifiers {
		for _, own := range cover.Identifiers {
			if len(own) == len(id.System)+1+len(id.Value) && own[:len(id.System)] == id.System && own[len(id.System)+1:] == id.Value {
				return true
			}
		}
	}
	return false
}
