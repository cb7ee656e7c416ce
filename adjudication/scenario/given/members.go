package given

import (
	"slices"
	"strings"

	"claimwright/adjudication/scenario/source"
	"claimwright/adjudication/scenario/tree"
)

// person is a member as far as covers need to know.
type person struct {
	name      string
	uncovered bool
}

// member reads sex, born, died, active, and covered: false for one who gets no cover of itself.
func (b *builder) member(name string, n *source.Node) {
	o := n.Object(b.problems)
	r := tree.New("resourceType", "Patient", "id", name, "identifier", identifier("members", name))
	r.Set("active", !o.Has("active") || o.Flag("active"))
	r.Set("name", tree.List{tree.New("text", name)})
	sex, born := "female", "1990-01-01"
	if o.Has("sex") {
		sex = o.Choice("sex", "unknown", "female", "male", "other")
	}
	if o.Has("born") {
		born = o.Date("born")
	}
	r.Set("gender", sex).Set("birthDate", born).Set("deceasedDateTime", o.Date("died"))
	p := person{name: name}
	if o.Has("covered") {
		p.uncovered = !o.Flag("covered")
	}
	b.members = append(b.members, name)
	b.people = append(b.people, p)
	b.extendAny(r, "Patient", o, "")
	r.Lay(tree.FromYAML(o.Get("fhir"), b.problems))
	o.Done("sex", "born", "active", "covered")
	b.add(r)
}

// policies reads covers and the policies that they belong to: "cover" is what the usual covers have, "covers" are further
// ones by name, "policies" are what their Contracts have.
func (b *builder) policies(o *source.Object) {
	usual, named, contracts := o.Get("cover"), o.Get("covers"), o.Get("policies")
	var made []*coverage
	if named != nil {
		for _, e := range named.Object(b.problems).Node.Entries {
			b.checkName(e)
			made = append(made, b.coverage(e.Key, source.Merge(usual, e.Value), ""))
		}
	}
	for _, p := range b.people {
		covered := slices.ContainsFunc(made, func(c *coverage) bool { return c.member == p.name })
		if !covered && !p.uncovered {
			made = append(made, b.coverage(p.name, usual, p.name))
		}
	}
	b.contracts(contracts, made)
	for _, c := range made {
		b.covers = append(b.covers, cover{c.name, c.member, c.insurer})
		b.add(c.resource)
	}
}

// coverage is a cover on its way.
type coverage struct {
	name, member, insurer, policy, from, to string
	resource                                *tree.Object
}

// coverage reads member, plan, period, stage, status, pays, policy ("none" for no Contract), subscriber, order.
func (b *builder) coverage(name string, n *source.Node, member string) *coverage {
	o := n.Object(b.problems)
	c := &coverage{name: name}
	c.member = b.name(o, "member", or(member, b.memberNamed(name)), b.members)
	plan := b.name(o, "plan", first(b.plans), b.plans)
	c.insurer = b.name(o, "insurer", b.planInsurer[plan], b.insurers)
	c.from, c.to = "2026-01-01", "2026-12-31"
	if o.Has("period") {
		c.from, c.to = o.Period("period")
	}
	r := tree.New("resourceType", "Coverage", "id", name, "identifier", identifier("covers", name),
		"status", or(o.Text("status"), "active"), "beneficiary", reference("Patient/"+c.member),
		"subscriber", reference("Patient/"+b.name(o, "subscriber", c.member, b.members)),
		"period", period(c.from, c.to), "payor", tree.List{reference("Organization/" + c.insurer)},
		"class", tree.List{tree.New("type", concept(coding("plan", terminology+"coverage-class")), "value", plan)})
	if c.policy = or(o.Text("policy"), b.usualPolicy(c.insurer)); c.policy != "none" {
		r.Set("contract", tree.List{reference("Contract/" + c.policy)})
	}
	if stage := o.Choice("stage", "", "new", "renewed"); stage != "" {
		r.Append("extension", tree.New("url", ours+"StructureDefinition/cover-stage", "valueCode", stage))
	}
	if share := o.Number("pays"); share != "" {
		r.Set("costToBeneficiary", tree.List{tree.New("type", concept(coding("copaypct", terminology+"coverage-copay-type")),
			"valueQuantity", tree.New("value", tree.Number(share)))})
	}
	r.Set("order", tree.Number(o.Number("order")))
	b.extendAny(r, "Coverage", o, b.currencies[c.insurer])
	r.Lay(tree.FromYAML(o.Get("fhir"), b.problems))
	o.Done()
	c.resource = r
	return c
}

// memberNamed is the member that a cover's name means: the one of that name, else the first.
func (b *builder) memberNamed(cover string) string {
	if slices.Contains(b.members, cover) {
		return cover
	}
	return first(b.members)
}

func (b *builder) usualPolicy(insurer string) string {
	if insurer == first(b.insurers) {
		return "policy"
	}
	return "policy-" + insurer
}

// contracts makes the Contract of each policy that a cover names; its period is that of all its covers unless it says
// otherwise.
func (b *builder) contracts(n *source.Node, covers []*coverage) {
	o := n.Object(b.problems)
	seen := map[string]bool{"none": true}
	for _, c := range covers {
		if seen[c.policy] {
			continue
		}
		seen[c.policy] = true
		from, to := c.from, c.to
		for _, other := range covers {
			if other.policy != c.policy {
				continue
			}
			from = min(from, other.from)
			if to == "" || other.to == "" {
				to = ""
			} else {
				to = max(to, other.to)
			}
		}
		b.contract(c.policy, o.Get(c.policy), c.insurer, c.member, from, to)
	}
	o.Done()
}

func (b *builder) contract(name string, n *source.Node, insurer, member, from, to string) {
	o := n.Object(b.problems)
	if !idForm.MatchString(name) {
		o.Fail(nil, "The name cannot be used", name, "up to 64 letters, digits, - and .")
	}
	if o.Has("period") {
		from, to = o.Period("period")
	}
	r := tree.New("resourceType", "Contract", "id", name, "identifier", identifier("policies", name),
		"status", or(o.Text("status"), "executed"), "applies", period(from, to),
		"subject", tree.List{reference("Patient/" + member)},
		"authority", tree.List{reference("Organization/" + b.name(o, "insurer", insurer, b.insurers))},
		"type", concept(coding("policy", contractTypes)))
	b.extendAny(r, "Contract", o, b.currencies[insurer])
	r.Lay(tree.FromYAML(o.Get("fhir"), b.problems))
	o.Done()
	b.add(r)
}

// coverOf is a member's first cover, empty when there is none.
func (w *World) coverOf(member string) string {
	for _, c := range w.covers {
		if c.member == member {
			return c.name
		}
	}
	return ""
}

func (w *World) coverNames() []string {
	names := make([]string, len(w.covers))
	for i, c := range w.covers {
		names[i] = c.name
	}
	return names
}

// insurerOf is whose a cover is; the first insurer when there is no such cover.
func (w *World) insurerOf(coverName string) string {
	for _, c := range w.covers {
		if strings.EqualFold(c.name, coverName) {
			return c.insurer
		}
	}
	return first(w.insurers)
}
