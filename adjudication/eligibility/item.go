package eligibility

import (
	"strings"

	"claimwright/adjudication/engine"
	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/money"
	"claimwright/adjudication/engine/scheme"
	"claimwright/fhir/codec"
)

// writeItem writes what the cover says about one item of the request: a service or item by its code, or a category.
func (q *question) writeItem(w *codec.Writer, s *engine.Standing, item codec.Value) {
	w.Object("")
	w.RawOpt("category", item.Get(nCategory).Raw())
	w.RawOpt("productOrService", item.Get(nProductOrService).Raw())
	w.RawOpt("modifier", item.Get(nModifier).Raw())
	if code := codeOf(item); code.Value != "" {
		outlook := q.inquiry.Outlook(s, code, scheme.OtherVisit, q.facility)
		q.writeOutlook(w, s, &outlook)
	}
	if q.purposes.authorization {
		// No plan has authorisation rules yet, so none is required; see Claim.use for what is not offered.
		w.Bool("authorizationRequired", false)
	}
	w.End()
}

func codeOf(item codec.Value) scheme.Code {
	coding := item.Find(nProductOrService, nCoding)
	return scheme.Code{System: coding.Get(nSystem).Text(), Value: coding.Get(nCode).Text()}
}

func (q *question) writeOutlook(w *codec.Writer, s *engine.Standing, o *engine.Outlook) {
	w.Bool("excluded", o.Denial != engine.NotDenied)
	if o.Service != nil {
		w.StringOpt("name", o.Service.Title)
	}
	w.StringOpt("description", q.prospect(s, o))
	if q.facility != "" {
		network := "out"
		if o.Listed {
			network = "in"
		}
		writeConcept(w, "network", benefitNetworks, network, "")
	}
	if o.Benefit == nil || !q.purposes.benefits {
		return
	}
	w.Array("benefit")
	q.writeTerms(w, s, o)
	w.End()
}

// writeTerms writes what the plan pays of the service, and what remains of its limits.
func (q *question) writeTerms(w *codec.Writer, s *engine.Standing, o *engine.Outlook) {
	switch {
	case o.Benefit.Excluded:
		return
	case o.Benefit.Fixed:
		w.Object("")
		writeConcept(w, "type", benefitTypes, "benefit", "")
		writeMoney(w, "allowedMoney", o.Benefit.Amount, s.Insurer)
		w.End()
	case o.HasPercent:
		w.Object("")
		writeConcept(w, "type", benefitTypes, "copay-percent", "")
		writeNumber(w, "allowed", money.Whole(100).Sub(o.Percent))
		w.End()
	}
	for _, b := range [...]*engine.Balance{o.Quantity, o.Frequency} {
		if b != nil {
			writeBenefit(w, b, s.Insurer)
		}
	}
}

// prospect says in words why a claim of the day would be denied, or from when on it would not be.
func (q *question) prospect(s *engine.Standing, o *engine.Outlook) string {
	var parts []string
	if !s.InForce {
		parts = append(parts, "The cover is not in force.")
	}
	if o.Denial != engine.NotDenied {
		parts = append(parts, o.Denial.Display()+".")
	}
	if later(o.WaitingUntil, q.inquiry.At) {
		parts = append(parts, "Granted from "+o.WaitingUntil.String()+" on.")
	}
	if later(o.NotBefore, q.inquiry.At) {
		parts = append(parts, "Possible again from "+o.NotBefore.String()+" on.")
	}
	for _, b := range [...]*engine.Balance{o.Quantity, o.Frequency} {
		if b != nil {
			parts = append(parts, describe(b, s.Insurer))
		}
	}
	return strings.Join(parts, " ")
}

func later(d, than day.Date) bool { return d > than }
