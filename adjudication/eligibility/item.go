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
func (q *question) writeItem(w *codec.Writer, s *engine.Standing, item codec.Value, index int) {
	w.Object("")
	w.RawOpt("category", item.Get(nCategory).Raw())
	w.RawOpt("productOrService", item.Get(nProductOrService).Raw())
	w.RawOpt("modifier", item.Get(nModifier).Raw())
	if code := codeOf(item); code.Value != "" {
		o := prospect{Outlook: q.inquiry.Outlook(s, code, scheme.OtherVisit, q.facility)}
		o.needs = o.Benefit != nil && o.Benefit.Authorization == scheme.AuthorizationRequired
		if t := q.trialOf(s); t != nil {
			o.try(t, index)
		}
		q.writeOutlook(w, s, &o)
		if q.purposes.authorization {
			w.Bool("authorizationRequired", o.needs)
		}
	}
	w.End()
}

func codeOf(item codec.Value) scheme.Code {
	coding := item.Find(nProductOrService, nCoding)
	return scheme.Code{System: coding.Get(nSystem).Text(), Value: coding.Get(nCode).Text()}
}

// prospect is what there is to say about an item: what cover and register say, and what a claim would get.
type prospect struct {
	engine.Outlook
	// line is the decision of the trial, nil when there was none; notes explain it.
	line  *engine.Line
	notes string
	// needs tells that it is granted with an authorization only.
	needs bool
}

// try lets the trial have the last word.
func (o *prospect) try(t *trial, index int) {
	if o.line, o.needs = t.line(index); o.line == nil {
		return
	}
	if o.Denial = o.line.Denial; o.Denial == engine.NotDenied {
		o.notes = t.notesOf(o.line)
	}
}

func (q *question) writeOutlook(w *codec.Writer, s *engine.Standing, o *prospect) {
	w.Bool("excluded", o.Denial != engine.NotDenied)
	if o.Service != nil {
		w.StringOpt("name", o.Service.Title)
	}
	w.StringOpt("description", q.describe(s, o))
	if q.facility != "" {
		network := "out"
		if o.Listed {
			network = "in"
		}
		writeConcept(w, "network", benefitNetworks, network, "")
	}
	if !q.purposes.benefits {
		return
	}
	w.Array("benefit")
	writeFrom(w, engine.InWaitingPeriod, o.WaitingUntil, q.inquiry.At)
	writeFrom(w, engine.TooFrequent, o.NotBefore, q.inquiry.At)
	if o.Benefit != nil {
		q.writeTerms(w, s, &o.Outlook)
	}
	if o.line != nil {
		writeFigures(w, o.line, s.Insurer)
	}
	w.End()
}

// writeFrom writes from which day on a reason does not stand against the service any more, where that is yet to come.
func writeFrom(w *codec.Writer, reason engine.Denial, from, asked day.Date) {
	if !later(from, asked) {
		return
	}
	w.Object("")
	writeConcept(w, "type", engine.DenialSystem, reason.Code(), "")
	w.String("allowedString", from.String())
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

// describe says in words why a claim of the day would be denied, or from when on it would not be.
func (q *question) describe(s *engine.Standing, o *prospect) string {
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
	if o.needs {
		parts = append(parts, "It needs an authorization.")
	}
	if o.notes != "" {
		parts = append(parts, o.notes)
	}
	return strings.Join(parts, " ")
}

func later(d, than day.Date) bool { return d > than }
