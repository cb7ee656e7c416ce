package eligibility

import (
	"claimwright/adjudication/engine"
	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/money"
	"claimwright/adjudication/engine/scheme"
	"claimwright/fhir/codec"
)

// writeBalances writes Parameters with a parameter `cover` for each cover, which has a part `limit` for each limit of its
// plan: allowed = used + left, unless more was used than is allowed now. Amounts are Money, numbers decimal.
func writeBalances(standings []balanceOf) []byte {
	w := &parameters{codec.NewWriter(make([]byte, 0, 4096))}
	w.Object("")
	w.String("resourceType", "Parameters")
	w.Array("parameter")
	for i := range standings {
		w.cover(&standings[i])
	}
	w.End()
	w.End()
	return w.Bytes()
}

// parameters writes parts of Parameters.
type parameters struct{ *codec.Writer }

func (w *parameters) cover(s *balanceOf) {
	w.Object("")
	w.String("name", "cover")
	w.Array("part")
	w.reference("coverage", "Coverage/"+s.Cover.ID)
	if s.Insurer != nil {
		w.reference("insurer", s.Insurer.Key)
	}
	if s.Plan != nil {
		w.reference("plan", s.Plan.Key)
	}
	w.value("date", "valueDate", s.at.String())
	w.flag("inforce", s.InForce)
	w.period("period", s.Period)
	if s.Insurer != nil {
		for i := range s.Balances {
			w.limit(&s.Balances[i], s.Insurer)
		}
	}
	w.End()
	w.End()
}

func (w *parameters) limit(b *engine.Balance, insurer *scheme.Insurer) {
	w.Object("")
	w.String("name", "limit")
	w.Array("part")
	w.value("id", "valueString", b.ID)
	w.value("kind", "valueCode", b.Kind.Code())
	w.value("scope", "valueCode", b.Scope.String())
	if b.Where != scheme.AnySetting {
		w.value("setting", "valueCode", b.Where.String())
	}
	if b.Category != scheme.NoCategory {
		w.value("category", "valueCode", b.Category.String())
	}
	if perPeriod(b) {
		w.period("period", b.Period)
	}
	w.amount("allowed", b.Kind, b.Allowed, insurer)
	w.amount("used", b.Kind, b.Used, insurer)
	w.amount("reserved", b.Kind, b.Reserved, insurer)
	w.amount("left", b.Kind, b.Left, insurer)
	w.flag("complete", b.Known)
	w.End()
	w.End()
}

func (w *parameters) value(name, key, text string) {
	w.Object("")
	w.String("name", name)
	w.String(key, text)
	w.End()
}

func (w *parameters) flag(name string, is bool) {
	w.Object("")
	w.String("name", name)
	w.Bool("valueBoolean", is)
	w.End()
}

func (w *parameters) reference(name, to string) {
	w.Object("")
	w.String("name", name)
	writeReference(w.Writer, "valueReference", to)
	w.End()
}

// period leaves out one without any end, which says nothing.
func (w *parameters) period(name string, p day.Period) {
	if p.From == 0 && p.End() >= day.Forever {
		return
	}
	w.Object("")
	w.String("name", name)
	writePeriod(w.Writer, "valuePeriod", p)
	w.End()
}

func (w *parameters) amount(name string, kind engine.CheckKind, d money.Decimal, insurer *scheme.Insurer) {
	w.Object("")
	w.String("name", name)
	if kind.Money() {
		writeMoney(w.Writer, "valueMoney", d, insurer)
	} else {
		w.Decimal("valueDecimal", d.String())
	}
	w.End()
}
