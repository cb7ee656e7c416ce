package eligibility

import (
	"fmt"
	"strconv"

	"claimwright/adjudication/engine"
	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/money"
	"claimwright/adjudication/engine/scheme"
	"claimwright/fhir/codec"
)

// The code systems of R4's example bindings, and of ours.
const (
	terminology       = "http://terminology.hl7.org/CodeSystem/"
	benefitCategories = terminology + "ex-benefitcategory"
	benefitTypes      = terminology + "benefit-type"
	benefitNetworks   = terminology + "benefit-network"
	benefitUnits      = terminology + "benefit-unit"
	benefitTerms      = terminology + "benefit-term"
	checkKinds        = scheme.Base + "/CodeSystem/check-kind"
	serviceCategories = scheme.Base + "/CodeSystem/service-category"
)

// writeItems writes what the cover grants: the limits of its plan, then what was asked about in particular.
func (q *question) writeItems(w *codec.Writer, s *engine.Standing) {
	w.Array("item")
	if q.purposes.benefits {
		for i := range s.Balances {
			writeBalance(w, &s.Balances[i], s.Insurer)
		}
	}
	if q.purposes.benefits || q.purposes.authorization {
		index := 0
		for item := range q.doc.Root().Get(nItem).Each() {
			q.writeItem(w, s, item, index)
			index++
		}
	}
	w.End()
}

// writeBalance writes one limit with what is allowed and used of it.
func writeBalance(w *codec.Writer, b *engine.Balance, insurer *scheme.Insurer) {
	w.Object("")
	if b.Category == scheme.NoCategory {
		writeConcept(w, "category", benefitCategories, "30", "Health Benefit Plan Coverage")
	} else {
		writeConcept(w, "category", serviceCategories, b.Category.String(), "")
	}
	w.String("name", b.ID)
	w.String("description", describe(b, insurer))
	writeUnitAndTerm(w, b)
	w.Array("benefit")
	writeBenefit(w, b, insurer)
	w.End()
	w.End()
}

// writeUnitAndTerm says whose use is counted together, and over which time: R4 has a code for a year; other periods are in
// the description.
func writeUnitAndTerm(w *codec.Writer, b *engine.Balance) {
	unit := "individual"
	if b.Scope == scheme.PerPolicy || b.Scope == scheme.PerFamily {
		unit = "family"
	}
	writeConcept(w, "unit", benefitUnits, unit, "")
	if days := b.Period.End() - b.Period.From + 1; perPeriod(b) && (days == 365 || days == 366) {
		writeConcept(w, "term", benefitTerms, "annual", "")
	}
}

// perPeriod tells a limit that counts over time from one for each claim or event.
func perPeriod(b *engine.Balance) bool {
	return b.Scope != scheme.PerClaim && b.Scope != scheme.PerEvent
}

func writeBenefit(w *codec.Writer, b *engine.Balance, insurer *scheme.Insurer) {
	w.Object("")
	switch b.Kind {
	case engine.DeductibleCheck:
		writeConcept(w, "type", benefitTypes, "deductible", "")
	case engine.CeilingCheck, engine.CategoryAmountCheck:
		writeConcept(w, "type", benefitTypes, "benefit", "")
	default:
		writeConcept(w, "type", checkKinds, b.Kind.Code(), "")
	}
	if inMoney(b.Kind) {
		writeMoney(w, "allowedMoney", b.Allowed, insurer)
		writeMoney(w, "usedMoney", b.Used, insurer)
	} else {
		writeNumber(w, "allowed", b.Allowed)
		writeNumber(w, "used", b.Used)
	}
	w.End()
}

func inMoney(k engine.CheckKind) bool {
	switch k {
	case engine.DeductibleCheck, engine.CeilingCheck, engine.CategoryAmountCheck:
		return true
	}
	return false
}

// describe says what is left, where it counts, and whether that is certain.
func describe(b *engine.Balance, insurer *scheme.Insurer) string {
	left, allowed := b.Left.String(), b.Allowed.String()
	if inMoney(b.Kind) {
		left = b.Left.Round(insurer.Digits).String() + " " + insurer.Currency
		allowed = b.Allowed.Round(insurer.Digits).String() + " " + insurer.Currency
	}
	text := fmt.Sprintf("%s left of %s", left, allowed)
	switch b.Scope {
	case scheme.PerClaim:
		text = allowed + " for each claim"
	case scheme.PerEvent:
		text = allowed + " for each event"
	}
	if b.Where != scheme.AnySetting {
		text += ", " + b.Where.String()
	}
	if perPeriod(b) {
		text += ", " + span(b.Period)
	}
	if b.Reserved.Sign() > 0 {
		text += "; what authorizations have set aside counts as used"
	}
	if !b.Known {
		text += "; older use may be missing"
	}
	return text + "."
}

func span(p day.Period) string {
	from, to := p.From.String(), p.To.String()
	switch {
	case from == "" && p.End() >= day.Forever:
		return "without end"
	case p.End() >= day.Forever:
		return "from " + from
	case from == "":
		return "until " + to
	}
	return from + " to " + to
}

func writeMoney(w *codec.Writer, key string, d money.Decimal, insurer *scheme.Insurer) {
	w.Object(key)
	w.Decimal("value", d.Round(insurer.Digits).String())
	w.String("currency", insurer.Currency)
	w.End()
}

// writeNumber writes a number as unsignedInt if it is one, else as string: R4 has no decimal here.
func writeNumber(w *codec.Writer, key string, d money.Decimal) {
	text := d.String()
	if n, err := strconv.ParseInt(text, 10, 32); err == nil && n >= 0 {
		w.Int(key+"UnsignedInt", n)
		return
	}
	w.String(key+"String", text)
}
