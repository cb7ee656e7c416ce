package answer

import (
	"claimwright/adjudication/engine"
	"claimwright/adjudication/engine/scheme"
)

// exchange writes what was billed in another currency, and the rate with its first day and where it stands.
func (t *tracer) exchange(x *engine.Exchange, insurer scheme.Source) {
	t.begin("exchange")
	t.w.Object("")
	t.w.String("url", "billed")
	t.w.Object("valueMoney")
	writeDecimal(t.w, "value", x.Amount)
	t.w.String("currency", x.Currency)
	t.w.End()
	t.w.End()
	t.amount("rate", x.Rate.Rate)
	t.simple("date", "valueDate", x.At.String())
	t.simple("rateStart", "valueDate", x.Rate.Valid.From.String())
	t.reference("source", versioned(insurer.Key, insurer.Version))
	t.end()
}

// price writes what changed the listed price of one unit: modifiers, in their order, and tax.
func (t *tracer) price(l *engine.Line) {
	for _, m := range l.Modifiers {
		t.begin("modifier")
		t.coding("code", m.Codes[0])
		t.code("type", m.Type.String())
		if m.HasFactor {
			t.amount("factor", m.Factor)
		} else {
			t.amount("amount", m.Amount)
		}
		t.end()
	}
	if l.Overridden {
		t.text("override", l.Item.Override)
	}
	if l.Listed && l.Service.HasTax {
		t.amount("taxFactor", l.Service.Tax)
	}
}
