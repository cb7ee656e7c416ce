package simulation

import (
	"strings"

	"claimwright/adjudication/engine/money"
	"claimwright/fhir/codec"
)

// Parameters is the report as a FHIR resource: what people read in the parameter report, and all figures in others.
func (r *Report) Parameters() []byte {
	w := &parts{codec.NewWriter(make([]byte, 0, 8192))}
	w.Object("")
	w.String("resourceType", "Parameters")
	w.Array("parameter")
	var text strings.Builder
	_ = r.Write(&text) // a Builder takes everything
	w.text("report", text.String())
	w.flag("complete", r.Cut == "")
	w.counts(&r.Counts)
	for _, m := range r.Money {
		w.begin("paid")
		w.amounts(m.Currency, m.Before, m.After)
		w.end()
	}
	for _, s := range r.States {
		w.begin("state")
		w.code("before", string(s.Before))
		w.code("after", string(s.After))
		w.count("claims", s.Claims)
		w.end()
	}
	for i := range r.Fired {
		w.fired(&r.Fired[i])
	}
	for i := range r.Groups {
		w.group(&r.Groups[i])
	}
	for i := range r.Largest {
		w.difference(&r.Largest[i])
	}
	for i := range r.Faults {
		w.fault(&r.Faults[i])
	}
	for _, caveat := range r.Caveats() {
		w.text("caveat", strings.TrimSpace(caveat))
	}
	w.End()
	w.End()
	return w.Bytes()
}

// parts writes parameters and their parts.
type parts struct{ *codec.Writer }

func (w *parts) begin(name string) {
	w.Object("")
	w.String("name", name)
	w.Array("part")
}

func (w *parts) end() {
	w.End()
	w.End()
}

func (w *parts) value(name, key, text string) {
	if text == "" {
		return
	}
	w.Object("")
	w.String("name", name)
	w.String(key, text)
	w.End()
}

func (w *parts) text(name, text string) { w.value(name, "valueString", text) }
func (w *parts) code(name, code string) { w.value(name, "valueCode", code) }

func (w *parts) count(name string, n int64) {
	w.Object("")
	w.String("name", name)
	w.Int("valueInteger", n)
	w.End()
}

func (w *parts) flag(name string, is bool) {
	w.Object("")
	w.String("name", name)
	w.Bool("valueBoolean", is)
	w.End()
}

func (w *parts) reference(name, to string) {
	w.Object("")
	w.String("name", name)
	w.Object("valueReference")
	w.String("reference", to)
	w.End()
	w.End()
}

func (w *parts) money(name, currency string, amount money.Decimal) {
	w.Object("")
	w.String("name", name)
	w.Object("valueMoney")
	w.Decimal("value", amount.String())
	w.String("currency", currency)
	w.End()
	w.End()
}

func (w *parts) amounts(currency string, before, after money.Decimal) {
	w.money("before", currency, before)
	w.money("after", currency, after)
	w.money("difference", currency, after.Sub(before))
}

func (w *parts) counts(c *Counts) {
	for _, one := range [...]struct {
		name string
		n    int64
	}{
		{"claims", c.Claims}, {"lines", c.Lines}, {"claimsChanged", c.ClaimsChanged}, {"linesChanged", c.LinesChanged},
		{"linesDenied", c.Denied}, {"linesAccepted", c.Accepted}, {"linesPaidLess", c.Less}, {"linesPaidMore", c.More},
		{"claimsToReview", c.ToReview}, {"claimsFromReview", c.FromReview}, {"firstPassBefore", c.PassedBefore},
		{"firstPassAfter", c.PassedAfter}, {"linesReviewed", c.Reviewed}, {"linesCutByReviewer", c.Agreed},
	} {
		w.count(one.name, one.n)
	}
}

func (w *parts) fired(f *Fired) {
	w.begin("rule")
	w.reference("source", f.Rule)
	w.count("row", int64(f.Row))
	w.text("title", join(f.Title, f.RowTitle))
	w.code("action", f.Action)
	w.count("lines", f.Lines)
	w.count("claims", f.Claims)
	w.end()
}

func (w *parts) group(g *Group) {
	w.begin("group")
	w.code("by", string(g.Dimension))
	w.text("key", g.Key)
	w.text("name", g.Name)
	w.count("lines", g.Lines)
	w.amounts(g.Currency, g.Before, g.After)
	if g.Claims > 0 {
		w.count("claims", g.Claims)
		w.count("firstPassBefore", g.PassedBefore)
		w.count("firstPassAfter", g.PassedAfter)
	}
	w.end()
}

func (w *parts) difference(d *Difference) {
	w.begin("largest")
	w.reference("claim", d.Claim)
	w.reference("response", d.Response)
	w.reference("insurer", d.Insurer)
	w.reference("facility", d.Facility)
	w.amounts(d.Currency, d.Before, d.After)
	w.code("stateBefore", string(d.StateBefore))
	w.code("stateAfter", string(d.StateAfter))
	for i := range d.Lines {
		w.text("line", d.Lines[i].String())
	}
	w.end()
}

func (w *parts) fault(f *Fault) {
	w.begin("fault")
	w.reference("source", f.Rule)
	w.count("row", int64(f.Row))
	w.text("text", f.Text)
	w.count("lines", f.Lines)
	w.count("claims", f.Claims)
	w.reference("claim", f.Claim)
	w.end()
}
