package given

import (
	"slices"

	"claimwright/adjudication/scenario/source"
	"claimwright/adjudication/scenario/tree"
)

// register reads services and items.
func (b *builder) register(o *source.Object) {
	for _, section := range [...]struct{ key, kind string }{{"services", "service"}, {"items", "item"}} {
		n := o.Get(section.key)
		if n == nil {
			continue
		}
		for _, e := range n.Object(b.problems).Node.Entries {
			b.checkName(e)
			b.entry(e.Key, section.kind, e.Value)
		}
	}
}

// entry reads a service or an item: a price, or a map of price, title, period and the parts of register-item.
func (b *builder) entry(name, kind string, n *source.Node) {
	if n != nil && n.Kind == source.Scalar {
		n = &source.Node{At: n.At, Kind: source.Map, Entries: []source.Entry{{Key: "price", KeyAt: n.At, Value: n}}}
	}
	o := n.Object(b.problems)
	code := or(o.Text("code"), name)
	if !slices.Contains(b.codes, code) {
		b.codes = append(b.codes, code)
	}
	codings := []tree.Value{coding(code, "")}
	for _, alias := range o.Texts("aliases") {
		codings = append(codings, coding(alias, ""))
	}
	from, to := o.Period("period")
	r := tree.New("resourceType", "ChargeItemDefinition", "id", name, "url", identifiers+"ChargeItemDefinition/"+name,
		"status", or(o.Text("status"), "active"), "title", or(o.Text("title"), name),
		"effectivePeriod", period(or(from, "2020-01-01"), to), "code", concept(codings...))
	if components := b.components(o); len(components) > 0 {
		r.Set("propertyGroup", tree.List{tree.New("priceComponent", components)})
	}
	own := definitions()["register-item"]
	parts := b.taken(o, own.names())
	if parts.Get("kind") == nil {
		parts = source.Merge(mapOf("kind", kind), parts)
	}
	r.Append("extension", b.extension(&own.part, own.url, parts, b.currencies[first(b.insurers)]))
	b.extendAny(r, "ChargeItemDefinition", o, b.currencies[first(b.insurers)])
	r.Lay(tree.FromYAML(o.Get("fhir"), b.problems))
	o.Done()
	b.add(r)
}

// components are what a price consists of: the base price, what modifiers do to it, and the tax.
func (b *builder) components(o *source.Object) tree.List {
	var components tree.List
	currency := b.currencies[first(b.insurers)]
	if price := o.Get("price"); price != nil {
		components = append(components, tree.New("type", "base", "amount", b.amount(price, currency)))
	}
	for _, e := range o.Get("modifiers").Object(b.problems).Node.Entries {
		m := e.Value.Object(b.problems)
		c := tree.New("type", m.Choice("type", "surcharge", "discount", "deduction"), "code", concept(coding(e.Key, "")))
		c.Set("factor", tree.Number(m.Number("factor")))
		if amount := m.Get("amount"); amount != nil {
			c.Set("amount", b.amount(amount, currency))
		}
		m.Done()
		components = append(components, c)
	}
	if tax := o.Number("tax"); tax != "" {
		components = append(components, tree.New("type", "tax", "factor", tree.Number(tax)))
	}
	return components
}

// amount reads money: a number, or a number and a currency.
func (b *builder) amount(n *source.Node, currency string) *tree.Object {
	text := source.TextOf(n, b.problems)
	if !fits("Money", text) {
		b.problems.Add(n.At, "The value is no amount", text, shapes["Money"])
	}
	return moneyOf(text, currency)
}
