package engine

import (
	"strings"

	"claimwright/adjudication/engine/scheme"
	"claimwright/fhir/codec"
)

// payeeSystem is R4's code system of payee types.
const payeeSystem = "http://terminology.hl7.org/CodeSystem/payeetype"

// payee tells a claim for reimbursement, and whether there is a receipt to it: supportingInfo of our category receipt that
// has a value.
func (r *claimReader) payee(c *Claim) {
	for coding := range r.root.Get(nPayee).Get(nType).Get(nCoding).Each() {
		if code(coding, nCode) == (scheme.Code{System: payeeSystem, Value: "subscriber"}) {
			c.Reimburses = true
		}
	}
	if !c.Reimburses {
		return
	}
	for info := range r.root.Get(nSupportingInfo).Each() {
		for coding := range info.Get(nCategory).Get(nCoding).Each() {
			if code(coding, nCode) == (scheme.Code{System: informationSystem, Value: "receipt"}) && hasValue(info) {
				c.Receipt = true
			}
		}
	}
}

func hasValue(info codec.Value) bool {
	for name := range info.Members() {
		if strings.HasPrefix(name.String(), "value") {
			return true
		}
	}
	return false
}

// hasReceipt: a claim for reimbursement brings evidence that the member has paid, if the plan asks for it.
func (d *decider) hasReceipt(l *Line) Denial {
	if d.Claim.Reimburses && !d.Claim.Receipt && l.Plan.Settings.ReceiptRequired {
		return ReceiptMissing
	}
	return NotDenied
}

// tariff finds what the insurer reimburses for a service that the facility has not agreed on a price for.
func (d *decider) tariff(l *Line) {
	if d.Claim.Reimburses {
		l.Price, l.Listed = d.Scheme.Tariff(d.out.Insurer.Key, d.out.Facility.Key, l.Service, d.out.Currency, l.Target)
		l.ByTariff = l.Listed
	}
}

// bearer is who bears what was somebody's to bear: the provider has his money from a member who asks for reimbursement.
func (d *decider) bearer(b Bearer) Bearer {
	if b == ByProvider && d.Claim.Reimburses {
		return ByMember
	}
	return b
}
