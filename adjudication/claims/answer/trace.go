package answer

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"claimwright/adjudication/engine"
	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/ledger"
	"claimwright/adjudication/engine/money"
	"claimwright/adjudication/engine/scheme"
	"claimwright/fhir/codec"
)

// facts are what a line was decided on and by; mostly the same for all lines of a claim.
type facts struct {
	target                 day.Date
	cover                  *ledger.Cover
	plan                   *scheme.Plan
	list                   scheme.Source
	setting, category, age string // codes
}

// commonFacts are the facts that are written once: of each, the first that any line has.
func commonFacts(lines []engine.Line) facts {
	var common facts
	for i := range lines {
		own := factsOf(&lines[i])
		common.target = cmp.Or(common.target, own.target)
		common.cover = cmp.Or(common.cover, own.cover)
		common.plan = cmp.Or(common.plan, own.plan)
		common.list = cmp.Or(common.list, own.list)
		common.setting = cmp.Or(common.setting, own.setting)
		common.category = cmp.Or(common.category, own.category)
		common.age = cmp.Or(common.age, own.age)
	}
	return common
}

func factsOf(l *engine.Line) facts {
	f := facts{target: l.Target, cover: l.Cover, plan: l.Plan, category: l.Category.String()}
	if l.Plan != nil {
		f.setting, f.age = l.Where.String(), l.Age.String()
	}
	if l.Listed {
		f.list = l.Price.List
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

// tracer writes the two extensions.
type tracer struct {
	w      *codec.Writer
	common facts
	// insurer is whose exchange rates count.
	insurer scheme.Source
}

// basis writes what the decision was made from, and what is common to its lines.
func (t *tracer) basis(d *engine.Decision) {
	t.begin(BasisExtension)
	t.text("engine", d.Basis.Engine)
	t.text("scheme", d.Basis.Scheme)
	if original := d.Basis.DuplicateOf; original != "" {
		t.reference("duplicateOf", "Claim/"+original)
	}
	if prior := d.Basis.Replaces; prior != "" {
		t.reference("replaces", "Claim/"+prior)
	}
	if prior := d.Basis.UnknownPrior; prior != "" {
		t.text("unknownPrior", prior)
	}
	t.review(d.Basis.Review)
	if r := d.Basis.Received; !r.IsZero() {
		t.w.Object("")
		t.w.String("url", "received")
		t.w.Instant("valueInstant", r)
		t.w.End()
	}
	if d.Insurer != nil {
		t.reference("insurer", versioned(d.Insurer.Key, d.Insurer.Version))
	}
	if d.Facility != nil {
		t.reference("facility", versioned(d.Facility.Key, d.Facility.Version))
	}
	for _, h := range d.Basis.Heads {
		t.text("head", h.ID+"@"+strconv.FormatInt(h.Version, 10))
	}
	for _, o := range d.Basis.Others {
		t.reference("otherPayer", versioned(o.Response, o.Version))
	}
	if !d.Score.IsZero() {
		t.amount("score", d.Score)
	}
	for i := range d.Scored {
		t.scored(&d.Scored[i])
	}
	t.facts(facts{}, t.common)
	for _, c := range usage(d.Lines) {
		t.limit(&c)
	}
	t.end()
}

// headID takes the version off a head of the basis.
func headID(text string) string {
	if at := strings.LastIndexByte(text, '@'); at >= 0 {
		text = text[:at]
	}
	return strings.Clone(text)
}

// usage is the use of each limit before and after the whole claim: before its first line, after its last.
func usage(lines []engine.Line) []engine.Check {
	var limits []engine.Check
	for i := range lines {
		for _, c := range lines[i].Checks {
			at := slices.IndexFunc(limits, func(l engine.Check) bool { return sameLimit(&l, &c) })
			if at < 0 {
				limits = append(limits, c)
				continue
			}
			limits[at].After = c.After
		}
	}
	return limits
}

func sameLimit(a, b *engine.Check) bool {
	return a.Kind == b.Kind && a.ID == b.ID && a.Scope == b.Scope && a.Period == b.Period
}

// line writes a line's own trace.
func (t *tracer) line(l *engine.Line) {
	t.begin(TraceExtension)
	t.facts(t.common, factsOf(l))
	if l.Service != nil && l.Service.Key != "" { // a code that the register lacks may be a service, too
		t.reference("service", versioned(l.Service.Key, l.Service.Version))
	}
	if l.Benefit != nil {
		t.text("benefit", l.Benefit.ID)
	}
	if l.HasUnit {
		t.amount("unitPrice", l.Unit)
	}
	if l.Exchange != nil {
		t.exchange(l.Exchange, t.insurer)
	}
	t.price(l)
	if !l.Quantity.Equal(l.Billed) {
		t.amount("quantity", l.Quantity)
	}
	if l.Authorization != "" {
		t.text("authorization", l.Authorization)
	}
	if l.Pending {
		t.amount("beforeIndex", l.Paid)
	}
	if l.Review != engine.NoReview {
		t.code("review", l.Review.Code())
	}
	for i := range l.Cuts {
		t.cut(&l.Cuts[i])
	}
	for i := range l.Rules {
		t.rule(&l.Rules[i])
	}
	if c := l.Check(); c != engine.NotDenied {
		t.check(c, l.Denial != engine.NotDenied)
	}
	for i := range l.Checks {
		if c := &l.Checks[i]; c.Binding {
			t.limit(c)
		}
	}
	t.end()
}

// facts writes those that differ from what was said before.
func (t *tracer) facts(said, own facts) {
	if own.target != said.target && own.target != 0 {
		t.simple("targetDate", "valueDate", own.target.String())
	}
	if own.cover != said.cover && own.cover != nil {
		t.reference("cover", versioned("Coverage/"+own.cover.ID, own.cover.Version))
	}
	if own.plan != said.plan && own.plan != nil {
		t.reference("plan", versioned(own.plan.Key, own.plan.Version))
	}
	if own.list != said.list && own.list != (scheme.Source{}) {
		t.reference("priceList", versioned(own.list.Key, own.list.Version))
	}
	for _, f := range [...]struct{ url, said, own string }{
		{"setting", said.setting, own.setting}, {"category", said.category, own.category}, {"ageGroup", said.age, own.age},
	} {
		if f.own != f.said && f.own != "" {
			t.code(f.url, f.own)
		}
	}
}

// cut writes what was taken off; the amount before the first cut is what was submitted, and each cut goes on from the last.
func (t *tracer) cut(c *engine.Cut) {
	t.begin("cut")
	t.code("kind", c.Kind.Code())
	t.amount("amount", c.Amount)
	t.code("bearer", c.Bearer.String())
	if c.Rule != "" {
		t.text("rule", c.Rule)
	}
	t.end()
}

// limit writes a limit with its use before and after.
func (t *tracer) limit(c *engine.Check) {
	t.begin("limit")
	t.text("id", c.ID)
	t.code("kind", c.Kind.Code())
	if c.Scope != scheme.PerClaim {
		t.period("period", c.Period)
	}
	t.amount("allowed", c.Allowed)
	t.amount("before", c.Before)
	t.amount("after", c.After)
	t.end()
}

func (t *tracer) begin(url string) {
	t.w.Object("")
	t.w.String("url", url)
	t.w.Array("extension")
}

func (t *tracer) end() {
	t.w.End()
	t.w.End()
}

func (t *tracer) simple(url, key, value string) {
	t.w.Object("")
	t.w.String("url", url)
	t.w.String(key, value)
	t.w.End()
}

func (t *tracer) text(url, value string) { t.simple(url, "valueString", value) }

func (t *tracer) code(url, code string) { t.simple(url, "valueCode", code) }

func (t *tracer) coding(url string, c scheme.Code) {
	t.w.Object("")
	t.w.String("url", url)
	t.w.Object("valueCoding")
	t.w.StringOpt("system", c.System)
	t.w.String("code", c.Value)
	t.w.End()
	t.w.End()
}

func (t *tracer) reference(url, to string) {
	t.w.Object("")
	t.w.String("url", url)
	writeReference(t.w, "valueReference", to)
	t.w.End()
}

// amount writes a number: money in the currency of the response, or a count.
func (t *tracer) amount(url string, d money.Decimal) {
	t.w.Object("")
	t.w.String("url", url)
	writeDecimal(t.w, "valueDecimal", d)
	t.w.End()
}

// period writes days; since ever and for ever are left out.
func (t *tracer) period(url string, p day.Period) {
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
