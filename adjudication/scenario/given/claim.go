package given

import (
	"strconv"

	"claimwright/adjudication/scenario/source"
	"claimwright/adjudication/scenario/tree"
)

// Request is a Claim or a CoverageEligibilityRequest of a scenario. Its texts may hold names in braces, such as {today} or
// the name of an earlier claim, for whoever sends it to replace.
type Request struct {
	// Name is the claim's identifier and its name in later steps.
	Name     string
	Resource *tree.Object
	// Day is the last day that the claim is about: what its clock shows unless the step says otherwise.
	Day string
	// Provider is the facility's reference, who sends it.
	Provider string
	// IdempotencyKey is the client's, empty for none.
	IdempotencyKey string
	// Billed are the quantities of the lines by their numbers, such as "2" or "2.1".
	Billed map[string]string
}

// defaultDay is when care was given, unless a claim says otherwise.
const defaultDay = "2026-05-10"

// Claim reads a claim; its identifier is usual unless it has an id of its own.
func (w *World) Claim(n *source.Node, usual string, problems *source.Problems) *Request {
	b := &builder{World: w, problems: problems}
	o := n.Object(problems)
	r := &Request{Name: or(o.Text("id"), usual), IdempotencyKey: o.Text("key")}
	member, cover, insurer := b.parties(o)
	facility := b.name(o, "provider", first(w.facilities), w.facilities)
	r.Provider = "Organization/" + facility
	from, to := b.days(o)
	currency := or(o.Text("currency"), w.currencies[insurer])
	c := tree.New("resourceType", "Claim")
	if !o.Has("id") || o.Get("id") != nil { // null: a claim without an identifier
		c.Set("identifier", identifier("claims/"+facility, r.Name))
	}
	c.Set("status", or(o.Text("status"), "active"))
	c.Set("type", concept(coding(o.Choice("type", "professional", "institutional", "oral", "pharmacy", "vision"), terminology+"claim-type")))
	c.Set("use", o.Choice("use", "claim", "preauthorization", "predetermination"))
	c.Set("patient", reference("Patient/"+member))
	c.Set("billablePeriod", period(from, to))
	c.Set("created", "{today}")
	c.Set("insurer", reference("Organization/"+insurer))
	c.Set("provider", reference(r.Provider))
	c.Set("priority", concept(coding("normal", terminology+"processpriority")))
	b.further(c, o)
	c.Set("insurance", b.insurance(o, cover))
	b.lines(c, "item", o, currency)
	r.Billed = map[string]string{}
	quantities(r.Billed, "", c.Get("item"))
	if r.Day = lastDay(c); r.Day == "" {
		r.Day = defaultDay
	}
	b.extendAny(c, "Claim", o, currency)
	if total := o.Get("total"); total != nil {
		c.Set("total", b.amount(total, currency))
	}
	c.Lay(tree.FromYAML(o.Get("fhir"), problems))
	o.Done("id")
	r.Resource = c
	return r
}

// lastDay is the last day that a claim or a line of it says care was given, empty when none does.
func lastDay(claim *tree.Object) string {
	day := endOf(claim.Get("billablePeriod"))
	items, _ := claim.Get("item").(tree.List)
	for _, item := range items {
		line := item.(*tree.Object)
		single, _ := line.Get("servicedDate").(tree.Text)
		day = max(day, string(single), endOf(line.Get("servicedPeriod")))
	}
	return day
}

func endOf(period tree.Value) string {
	p, _ := period.(*tree.Object)
	end, _ := p.Get("end").(tree.Text)
	return string(end)
}

// quantities are those billed, 1 where a line does not say.
func quantities(billed map[string]string, prefix string, lines tree.Value) {
	list, _ := lines.(tree.List)
	for i := range list {
		l, _ := list[i].(*tree.Object)
		number := prefix + strconv.Itoa(i+1)
		quantity, _ := l.Get("quantity").(*tree.Object)
		n, _ := quantity.Get("value").(tree.Number)
		billed[number] = or(string(n), "1")
		quantities(billed, number+".", l.Get("detail"))
		quantities(billed, number+".", l.Get("subDetail"))
	}
}

// parties are whom a claim or a request is about.
func (b *builder) parties(o *source.Object) (member, cover, insurer string) {
	covers := b.coverNames()
	member = b.name(o, "member", "", b.members)
	cover = b.name(o, "cover", "", covers)
	for _, c := range b.covers {
		if c.name == cover && member == "" {
			member = c.member
		}
	}
	member = or(member, first(b.members))
	cover = or(cover, b.coverOf(member))
	return member, cover, b.name(o, "insurer", b.insurerOf(cover), b.insurers)
}

// days are the claim's billable period: its date, or the days of its stay. A claim with "date: none" has none.
func (b *builder) days(o *source.Object) (from, to string) {
	if stay := o.Get("stay"); stay != nil {
		return o.Period("stay")
	}
	if n := o.Get("date"); n != nil && n.Text == "none" {
		return "", ""
	}
	day := or(o.Date("date"), defaultDay)
	return day, day
}

// further reads what only some claims have.
func (b *builder) further(c *tree.Object, o *source.Object) {
	if visit := o.Choice("visit", "", "emergency", "referral", "other"); visit != "" {
		b.information(c, "visit-type").Set("code", concept(coding(visit, ours+"CodeSystem/visit-type")))
	}
	if event := o.Text("event"); event != "" {
		b.information(c, "event").Set("valueString", event)
	}
	if receipt := o.Text("receipt"); receipt != "" {
		b.information(c, "receipt").Set("valueString", receipt)
	}
	if o.Flag("final") {
		b.information(c, "final-claim")
	}
	for _, kind := range o.Texts("documents") {
		all, _ := c.Get("supportingInfo").(tree.List)
		c.Append("supportingInfo", tree.New("sequence", whole(len(all)+1), "category", concept(coding("attachment", terminology+"claiminformationcategory")),
			"code", concept(coding(kind, "")), "valueAttachment", tree.New("title", kind)))
	}
	if accident := o.Date("accident"); accident != "" {
		c.Set("accident", tree.New("date", accident))
	}
	if payee := o.Choice("payee", "", "provider", "subscriber", "other"); payee != "" {
		c.Set("payee", tree.New("type", concept(coding(payee, terminology+"payeetype"))))
	}
	for _, earlier := range o.Texts("prior") {
		c.Append("related", tree.New("claim", reference("Claim/{"+earlier+"}"),
			"relationship", concept(coding("prior", terminology+"ex-relatedclaimrelationship"))))
	}
	for i, d := range o.Texts("diagnoses") {
		c.Append("diagnosis", tree.New("sequence", whole(i+1),
			"diagnosisCodeableConcept", concept(coding(d, "http://hl7.org/fhir/sid/icd-10"))))
	}
}

// information adds a supportingInfo of one of our categories.
func (b *builder) information(c *tree.Object, category string) *tree.Object {
	all, _ := c.Get("supportingInfo").(tree.List)
	info := tree.New("sequence", whole(len(all)+1), "category", concept(coding(category, ours+"CodeSystem/claim-information")))
	c.Append("supportingInfo", info)
	return info
}

// insurance is the focal cover with the pre-authorisations that the claim names, between those that pay "before" it, with
// the answers that their insurers gave, and those that pay "after": "before: [{cover: second, answer: C1}]".
func (b *builder) insurance(o *source.Object, cover string) tree.List {
	var list tree.List
	add := func(in *tree.Object) {
		numbered := tree.New("sequence", whole(len(list)+1))
		numbered.Lay(in)
		list = append(list, numbered)
	}
	for _, n := range o.List("before") {
		add(b.other(n))
	}
	focal := tree.New("focal", true, "coverage", reference("Coverage/"+or(cover, "none")))
	for _, name := range o.Texts("preAuthRef") {
		focal.Append("preAuthRef", tree.Text("{"+name+".preAuthRef}"))
	}
	add(focal)
	for _, n := range o.List("after") {
		add(b.other(n))
	}
	return list
}

// other is an insurance beside the focal one: a cover by its name, or cover and answer.
func (b *builder) other(n *source.Node) *tree.Object {
	if n.Kind == source.Scalar {
		n = &source.Node{At: n.At, Kind: source.Map, Entries: []source.Entry{{Key: "cover", KeyAt: n.At, Value: n}}}
	}
	o := n.Object(b.problems)
	in := tree.New("focal", false, "coverage", reference("Coverage/"+b.name(o, "cover", "none", b.coverNames())))
	if answer := o.Text("answer"); answer != "" {
		in.Set("claimResponse", reference("ClaimResponse/{"+answer+".response}"))
	}
	in.Lay(tree.FromYAML(o.Get("fhir"), b.problems))
	o.Done()
	return in
}

// Eligibility reads a CoverageEligibilityRequest.
func (w *World) Eligibility(n *source.Node, problems *source.Problems) *Request {
	b := &builder{World: w, problems: problems}
	o := n.Object(problems)
	r := &Request{}
	member, cover, insurer := b.parties(o)
	named := o.Has("cover")
	from, to := o.Date("date"), ""
	if o.Has("period") {
		from, to = o.Period("period")
	}
	from = or(from, defaultDay)
	r.Day = from
	purposes := o.Texts("purpose")
	if len(purposes) == 0 {
		purposes = []string{"benefits", "validation", "auth-requirements"}
	}
	q := tree.New("resourceType", "CoverageEligibilityRequest", "status", "active")
	for _, p := range purposes {
		q.Append("purpose", tree.Text(p))
	}
	q.Set("patient", reference("Patient/"+member))
	if to != "" {
		q.Set("servicedPeriod", period(from, to))
	} else {
		q.Set("servicedDate", from)
	}
	q.Set("created", "{today}")
	if o.Has("provider") {
		q.Set("provider", reference("Organization/"+b.name(o, "provider", "", w.facilities)))
	}
	r.Provider = "Organization/" + first(w.facilities)
	q.Set("insurer", reference("Organization/"+insurer))
	if named {
		q.Set("insurance", tree.List{tree.New("focal", true, "coverage", reference("Coverage/"+cover))})
	}
	for _, n := range o.List("items") {
		q.Append("item", b.line(n, w.currencies[insurer], "CoverageEligibilityRequest.item"))
	}
	b.extendAny(q, "CoverageEligibilityRequest", o, w.currencies[insurer])
	q.Lay(tree.FromYAML(o.Get("fhir"), problems))
	o.Done("provider", "period")
	r.Resource = q
	return r
}

// CoverNamed is the cover that an object names, the first when it names none.
func (w *World) CoverNamed(o *source.Object, problems *source.Problems) string {
	b := &builder{World: w, problems: problems}
	_, cover, _ := b.parties(o)
	return cover
}

// Currency is that of the first insurer.
func (w *World) Currency() string { return w.currencies[first(w.insurers)] }
