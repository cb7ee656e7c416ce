package answer

import (
	"strconv"
	"strings"

	"claimwright/adjudication/engine"
	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/money"
	"claimwright/fhir/codec"
)

// commons are the facts of a decision that are mostly the same for all its lines, as they are written.
type commons struct {
	target                 day.Date
	cover, plan, list      string
	setting, category, age string
}

// commonOf are the facts of the first line that came so far; the other lines say where they differ.
func commonOf(lines []engine.Line) commons {
	var common commons
	for i := range lines {
		own := factsOf(&lines[i])
		if common.target == 0 {
			common.target = own.target
		}
		for _, f := range [...]struct{ common, own *string }{
			{&common.cover, &own.cover}, {&common.plan, &own.plan}, {&common.list, &own.list},
			{&common.setting, &own.setting}, {&common.category, &own.category}, {&common.age, &own.age},
		} {
			if *f.common == "" {
				*f.common = *f.own
			}
		}
	}
	return common
}

func factsOf(l *engine.Line) commons {
	f := commons{target: l.Target, setting: l.Where.String(), category: l.Category.String(), age: l.Age.String()}
	if l.Cover != nil {
		f.cover = versioned("Coverage/"+l.Cover.ID, l.Cover.Version)
	}
	if l.Plan != nil {
		f.plan = versioned(l.Plan.Key, l.Plan.Version)
	}
	if l.Listed {
		f.list = versioned(l.Price.List.Key, l.Price.List.Version)
	}
	return f
}

// versioned is a resource with the version that was read.
func versioned(key, version string) string {
	if version == "" {
		return key
	}
	return key + "/_history/" + version
}

// writeBasis writes what the decision was made from, and what is common to its lines.
func writeBasis(w *codec.Writer, in ResponseInput, common commons) {
	w.Object("")
	w.String("url", BasisExtension)
	w.Array("extension")
	writeString(w, "engine", in.Decision.Basis.Engine)
	writeString(w, "scheme", in.Decision.Basis.Scheme)
	if original := in.Decision.Basis.DuplicateOf; original != "" {
		writeString(w, "duplicate-of", "Claim/"+original)
	}
	for _, h := range in.Decision.Basis.Heads {
		writeString(w, "head", h.ID+"@"+strconv.FormatInt(h.Version, 10))
	}
	writeFacts(w, commons{}, common)
	w.End()
	w.End()
}

// headID takes the version off a head of the basis.
func headID(text string) string {
	if at := strings.LastIndexByte(text, '@'); at >= 0 {
		text = text[:at]
	}
	return strings.Clone(text)
}

// writeTrace writes a line's own trace.
func writeTrace(w *codec.Writer, l *engine.Line, common commons) {
	w.Object("")
	w.String("url", traceExtension)
	w.Array("extension")
	writeFacts(w, common, factsOf(l))
	if l.Service != nil {
		writeString(w, "service", versioned(l.Service.Key, l.Service.Version))
	}
	if l.Benefit != nil {
		writeString(w, "benefit", l.Benefit.ID)
	}
	if l.HasUnit {
		w.Object("")
		w.String("url", "unit-price")
		writeDecimal(w, "valueDecimal", l.Unit)
		w.End()
	}
	if !l.Quantity.Equal(l.Billed) {
		w.Object("")
		w.String("url", "quantity")
		writeDecimal(w, "valueDecimal", l.Quantity)
		w.End()
	}
	if l.Review != engine.NoReview {
		writeCode(w, "review", l.Review.Code())
	}
	for i := range l.Cuts {
		writeCut(w, &l.Cuts[i])
	}
	for i := range l.Checks {
		if c := &l.Checks[i]; c.Binding {
			writeCheck(w, c)
		}
	}
	w.End()
	w.End()
}

// writeFacts writes the facts that differ from those said before.
func writeFacts(w *codec.Writer, said, own commons) {
	if own.target != said.target && own.target != 0 {
		w.Object("")
		w.String("url", "target")
		w.String("valueDate", own.target.String())
		w.End()
	}
	for _, f := range [...]struct{ url, said, own string }{
		{"cover", said.cover, own.cover}, {"plan", said.plan, own.plan}, {"price-list", said.list, own.list},
	} {
		if f.own != f.said && f.own != "" {
			writeString(w, f.url, f.own)
		}
	}
	for _, f := range [...]struct{ url, said, own string }{
		{"setting", said.setting, own.setting}, {"category", said.category, own.category}, {"age-group", said.age, own.age},
	} {
		if f.own != f.said && f.own != "" {
			writeCode(w, f.url, f.own)
		}
	}
}

func writeCut(w *codec.Writer, c *engine.Cut) {
	w.Object("")
	w.String("url", "cut")
	w.Array("extension")
	writeCode(w, "kind", c.Kind.Code())
	writeAmount(w, "amount", c.Amount)
	writeCode(w, "bearer", c.Bearer.String())
	if c.Rule != "" {
		writeString(w, "rule", c.Rule)
	}
	writeAmount(w, "before", c.Before)
	writeAmount(w, "after", c.After)
	w.End()
	w.End()
}

// writeCheck writes a limit that cut, with the ledger before and after the line.
func writeCheck(w *codec.Writer, c *engine.Check) {
	w.Object("")
	w.String("url", "limit")
	w.Array("extension")
	writeString(w, "id", c.ID)
	writePeriod(w, c.Period)
	writeAmount(w, "allowed", c.Allowed)
	writeAmount(w, "used-before", c.Before)
	writeAmount(w, "used-after", c.After)
	w.End()
	w.End()
}

func writePeriod(w *codec.Writer, p day.Period) {
	if p == (day.Period{}) {
		return
	}
	w.Object("")
	w.String("url", "period")
	w.Object("valuePeriod")
	w.StringOpt("start", p.From.String())
	w.StringOpt("end", p.To.String())
	w.End()
	w.End()
}

func writeString(w *codec.Writer, url, value string) {
	w.Object("")
	w.String("url", url)
	w.String("valueString", value)
	w.End()
}

func writeCode(w *codec.Writer, url, code string) {
	w.Object("")
	w.String("url", url)
	w.String("valueCode", code)
	w.End()
}

func writeAmount(w *codec.Writer, url string, d money.Decimal) {
	var digits [32]byte
	w.Object("")
	w.String("url", url)
	w.Raw("valueDecimal", d.Append(digits[:0]))
	w.End()
}
