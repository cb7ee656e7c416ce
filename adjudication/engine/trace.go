package engine

import (
	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/money"
	"claimwright/adjudication/engine/scheme"
	"claimwright/fhir/codec"
)

// The urls of our extensions on ClaimResponse: the trace on each item, the basis on the resource.
const (
	TraceExtension = scheme.Base + "/StructureDefinition/adjudication-trace"
	BasisExtension = scheme.Base + "/StructureDefinition/adjudication-basis"
)

var checkKinds = [...]string{
	DeductibleCheck: "deductible", CeilingCheck: "ceiling", CategoryAmountCheck: "category-amount",
	CategoryCountCheck: "category-count", QuantityCheck: "quantity", FrequencyCheck: "frequency",
}

// Code is the kind's code in the trace.
func (k CheckKind) Code() string { return checkKinds[k] }

// amounts tells whether the kind counts money.
func (k CheckKind) amounts() bool { return k <= CategoryAmountCheck }

// WriteTrace writes a line's trace as an element of an extension array: the extension adjudication-trace of
// ClaimResponse.item, whose definition is in conformance/definitions. The line must be one of the decision's.
func (d *Decision) WriteTrace(w *codec.Writer, l *Line) {
	t := traceWriter{w: w, currency: d.Currency, digits: d.Digits}
	w.Object("")
	w.String("url", TraceExtension)
	w.Array("extension")
	t.facts(l)
	t.sources(d, l)
	for i := range l.Cuts {
		t.cut(&l.Cuts[i])
	}
	for i := range l.Checks {
		t.check(&l.Checks[i])
	}
	w.End()
	w.End()
}

type traceWriter struct {
	w        *codec.Writer
	currency string
	digits   uint8
}

func (t *traceWriter) facts(l *Line) {
	t.money("gross", l.Submitted)
	t.date("targetDate", l.Target)
	t.decimal("quantity", l.Quantity)
	if l.HasUnit {
		t.money("unitPrice", l.Unit)
	}
	t.code("denial", l.Denial.Code())
	t.code("review", l.Review.Code())
	if l.Plan != nil {
		t.code("category", l.Category.String())
		t.code("setting", l.Where.String())
		t.code("ageGroup", l.Age.String())
	}
	if l.Benefit != nil {
		t.text("benefit", l.Benefit.ID)
	}
}

// sources are the resources that were read, with their versions.
func (t *traceWriter) sources(d *Decision, l *Line) {
	t.source("insurer", d.Insurer.Source)
	t.source("facility", d.Facility.Source)
	if l.Cover != nil {
		t.source("cover", scheme.Source{Key: "Coverage/" + l.Cover.ID, Version: l.Cover.Version})
	}
	if l.Policy != nil && l.Policy.Contract != "" {
		t.source("policy", scheme.Source{Key: l.Policy.Contract, Version: l.Policy.Version})
	}
	if l.Plan != nil {
		t.source("plan", l.Plan.Source)
	}
	if l.Service != nil {
		t.source("register", l.Service.Source)
	}
	if l.Listed {
		t.source("price-list", l.Price.List)
	}
}

func (t *traceWriter) source(role string, s scheme.Source) {
	t.begin("source")
	t.code("role", role)
	t.w.Object("")
	t.w.String("url", "what")
	t.w.Object("valueReference")
	t.w.String("reference", s.Key)
	t.w.End()
	t.w.End()
	t.text("version", s.Version)
	t.end()
}

func (t *traceWriter) cut(c *Cut) {
	t.begin("cut")
	t.code("kind", c.Kind.Code())
	t.code("bearer", c.Bearer.String())
	t.text("rule", c.Rule)
	t.money("amount", c.Amount)
	t.money("before", c.Before)
	t.money("after", c.After)
	t.end()
}

// check writes amounts as Money and numbers as decimal.
func (t *traceWriter) check(c *Check) {
	t.begin("limit")
	t.code("kind", c.Kind.Code())
	t.text("id", c.ID)
	t.code("scope", c.Scope.String())
	t.period("period", c.Period)
	write := t.decimal
	if c.Kind.amounts() {
		write = t.money
	}
	write("allowed", c.Allowed)
	write("before", c.Before)
	write("after", c.After)
	if c.Binding {
		t.w.Object("")
		t.w.String("url", "binding")
		t.w.Bool("valueBoolean", true)
		t.w.End()
	}
	t.end()
}

func (t *traceWriter) begin(url string) {
	t.w.Object("")
	t.w.String("url", url)
	t.w.Array("extension")
}

func (t *traceWriter) end() {
	t.w.End()
	t.w.End()
}

func (t *traceWriter) text(url, text string) { t.simple(url, "valueString", text) }

func (t *traceWriter) code(url, code string) { t.simple(url, "valueCode", code) }

func (t *traceWriter) simple(url, key, text string) {
	if text == "" {
		return
	}
	t.w.Object("")
	t.w.String("url", url)
	t.w.String(key, text)
	t.w.End()
}

func (t *traceWriter) date(url string, d day.Date) {
	t.simple(url, "valueDate", d.String())
}

func (t *traceWriter) decimal(url string, d money.Decimal) {
	t.w.Object("")
	t.w.String("url", url)
	t.w.Decimal("valueDecimal", d.String())
	t.w.End()
}

// money writes at least the currency's digits; a unit price may have more.
func (t *traceWriter) money(url string, amount money.Decimal) {
	if _, scale := amount.Parts(); scale < t.digits {
		amount = amount.Round(t.digits)
	}
	t.w.Object("")
	t.w.String("url", url)
	t.w.Object("valueMoney")
	t.w.Decimal("value", amount.String())
	t.w.String("currency", t.currency)
	t.w.End()
	t.w.End()
}

func (t *traceWriter) period(url string, p day.Period) {
	if p.From == 0 && p.End() == day.Forever {
		return
	}
	t.w.Object("")
	t.w.String("url", url)
	t.w.Object("valuePeriod")
	t.w.StringOpt("start", p.From.String())
	if p.End() < day.Forever {
		t.w.String("end", p.To.String())
	}
	t.w.End()
	t.w.End()
}

// WriteBasis writes what the decision was made from, as an element of an extension array: the extension
// adjudication-basis of ClaimResponse. The heads' contents are not in it; they belong with the ledger's entries.
func (d *Decision) WriteBasis(w *codec.Writer) {
	t := traceWriter{w: w}
	b := &d.Basis
	w.Object("")
	w.String("url", BasisExtension)
	w.Array("extension")
	t.text("engine", b.Engine)
	t.text("scheme", b.Scheme)
	w.Object("")
	w.String("url", "clock")
	w.Instant("valueInstant", b.Clock)
	w.End()
	for _, h := range b.Heads {
		t.begin("head")
		t.text("id", h.ID)
		w.Object("")
		w.String("url", "version")
		w.Decimal("valueDecimal", money.Whole(h.Version).String())
		w.End()
		t.end()
	}
	w.End()
	w.End()
}
