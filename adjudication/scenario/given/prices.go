package given

import (
	"claimwright/adjudication/scenario/source"
	"claimwright/adjudication/scenario/tree"
)

// priceLists reads "prices", which hold for every facility and insurer, or "pricelists", each with whom it is between. In a
// list, what is not named is listed at the register's price, and "none" takes a code off the list.
func (b *builder) priceLists(o *source.Object) {
	prices, lists := o.Get("prices"), o.Get("pricelists")
	switch {
	case prices != nil && lists != nil:
		o.Fail(lists, "There may be either prices or pricelists", "pricelists", "one of the two")
	case lists == nil:
		for _, insurer := range b.insurers {
			b.priceList("prices-"+insurer, "price-list", insurer, b.facilities, []tree.Value{b.term(prices, "", "", insurer, true)}, nil)
		}
	default:
		for _, e := range lists.Object(b.problems).Node.Entries {
			b.checkName(e)
			b.pricesBetween(e.Key, e.Value)
		}
	}
}

// pricesBetween reads a price list of its own, or a tariff: type, insurer, facilities, period, prices or terms, only (not what is not named).
func (b *builder) pricesBetween(name string, n *source.Node) {
	o := n.Object(b.problems)
	insurer := b.name(o, "insurer", first(b.insurers), b.insurers)
	facilities := b.facilities
	if o.Has("facilities") {
		facilities = o.Texts("facilities")
	}
	from, to := o.Period("period")
	all := !o.Flag("only")
	var terms []tree.Value
	for _, t := range o.List("terms") {
		term := t.Object(b.problems)
		start, end := term.Period("period")
		terms = append(terms, b.term(term.Get("prices"), start, end, insurer, all))
		term.Done()
	}
	if prices := o.Get("prices"); prices != nil || len(terms) == 0 {
		terms = append(terms, b.term(prices, "", "", insurer, all))
	}
	kind := o.Choice("type", "price-list", "reimbursement-tariff")
	raw := tree.FromYAML(o.Get("fhir"), b.problems)
	if from != "" || to != "" {
		limited := tree.New("applies", period(from, to))
		limited.Lay(raw)
		raw = limited
	}
	o.Done()
	b.priceList(name, kind, insurer, facilities, terms, raw)
}

func (b *builder) priceList(name, kind, insurer string, facilities []string, terms []tree.Value, raw tree.Value) {
	r := tree.New("resourceType", "Contract", "id", name, "status", "executed")
	var subjects tree.List
	for _, f := range facilities {
		subjects = append(subjects, reference("Organization/"+f))
	}
	r.Set("subject", subjects)
	r.Set("authority", tree.List{reference("Organization/" + insurer)})
	r.Set("type", concept(coding(kind, contractTypes)))
	var used tree.List
	for _, t := range terms {
		if t, ok := t.(*tree.Object); ok && t.Get("asset") != nil {
			used = append(used, t)
		}
	}
	r.Set("term", used)
	r.Lay(raw)
	b.add(r)
}

// listed is what a price list has for a code: a price, "register" for none of its own, or a map of price and extensions; nil
// for "none", which is not listed.
func (b *builder) listed(code string, n *source.Node, currency string) *tree.Object {
	item := tree.New("entityCodeableConcept", concept(coding(code, "")))
	price := n
	if n != nil && n.Kind == source.Map {
		o := n.Object(b.problems)
		price = o.Get("price")
		b.extendAny(item, "Contract.term.asset.valuedItem", o, currency)
		item.Lay(tree.FromYAML(o.Get("fhir"), b.problems))
		o.Done()
	}
	switch text := source.TextOf(price, b.problems); text {
	case "none":
		return nil
	case "", "register":
	default:
		item.Set("unitPrice", b.amount(price, currency))
	}
	return item
}

// term makes a term with a price for each code: the one given, else the register's.
func (b *builder) term(prices *source.Node, from, to, insurer string, all bool) tree.Value {
	o := prices.Object(b.problems)
	currency := b.currencies[insurer]
	var listed tree.List
	for _, code := range b.codes {
		price := o.Get(code)
		if price == nil && !all {
			continue
		}
		if item := b.listed(code, price, currency); item != nil {
			listed = append(listed, item)
		}
	}
	o.Done()
	term := tree.New("applies", period(from, to), "offer", tree.New("text", "Negotiated prices"))
	if len(listed) > 0 {
		term.Set("asset", tree.List{tree.New("valuedItem", listed)})
	}
	return term
}
