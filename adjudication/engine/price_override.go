package engine

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"claimwright/adjudication/engine/money"
	"claimwright/adjudication/engine/scheme"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
)

// overrideExtension marks a line that asks for a price above the agreed one, and says why.
const overrideExtension = scheme.Base + "/StructureDefinition/price-override"

// maxReason bounds the reason of an override.
const maxReason = 200

// override reads the mark of a line.
func (r *claimReader) override(l *ClaimLine, extensions codec.Value) {
	for e := range extensions.Each() {
		if e.Get(nURL).Text() != overrideExtension {
			continue
		}
		for sub := range e.Get(nExtension).Each() {
			if name := sub.Get(nURL).Text(); name != "reason" {
				r.add(outcome.BusinessRule, sub, "A claim only gives the reason of an override", name, "reason")
				continue
			}
			l.Override = strings.TrimSpace(sub.Get(nValueString).Text())
		}
		if n := utf8.RuneCountInString(l.Override); n == 0 || n > maxReason {
			r.add(outcome.BusinessRule, e, "The override has no reason that could be recorded", strconv.Itoa(n)+" characters",
				"a part \"reason\", a valueString of 1 to "+strconv.Itoa(maxReason)+" characters")
		}
	}
}

// overridden is the most that one unit may cost where the line asks for a price above the listed one; own tells that the
// billed price has no bound. What the price list does not allow changes nothing.
func (d *decider) overridden(l *Line, listed money.Decimal) (most money.Decimal, own bool) {
	o := l.Price.Override
	if o == nil {
		d.note(l, noteKey{kind: noteNoOverride, line: l.Item})
		return listed, false
	}
	l.Overridden = true
	d.note(l, noteKey{kind: noteOverride, line: l.Item, rule: l.Item.Override})
	switch {
	case o.HasMaximum:
		most = d.modified(l, o.Maximum)
	case o.HasPercent:
		most = o.Above(listed)
	default:
		return listed, true
	}
	if most.Less(listed) {
		most = listed
	}
	return most, false
}
