package scheme

import (
	"cmp"
	"slices"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/money"
	"claimwright/fhir/codec"
)

func (c *compiler) priceList(d *codec.Document) {
	root := d.Root()
	if !ContractHolds(root.Get(nStatus).Text()) {
		return
	}
	for authority := range root.Get(nAuthority).Each() {
		c.begin()
		insurer := c.sch.Insurer(c.organizationKey(authority))
		if insurer == nil {
			c.miss(authority, "The price list's authority is not a known insurer", authority.Get(nReference).Text(), "a reference to an insurer")
			continue
		}
		c.negotiated(root, insurer)
	}
}

// negotiated compiles the list for one insurer and gives it to each facility that is subject to it.
func (c *compiler) negotiated(root codec.Value, insurer *Insurer) {
	list := &priceList{Source: c.source(), prices: map[Code][]pricedItem{}}
	whole := c.days(root.Get(nApplies), insurer.Zone)
	for term := range root.Get(nTerm).Each() {
		c.begin()
		valid, ok := whole.Meet(c.days(term.Get(nApplies), insurer.Zone))
		if c.failed || !ok {
			continue
		}
		for _, v := range term.All(nil, nAsset, nValuedItem) {
			c.valuedItem(list, v, valid, insurer)
		}
	}
	for code := range list.prices {
		slices.SortStableFunc(list.prices[code], func(a, b pricedItem) int { return cmp.Compare(b.valid.From, a.valid.From) })
	}
	lists := c.sch.prices
	if isTariff(c.doc) {
		if lists = c.sch.tariffs; !root.Get(nSubject).Exists() {
			key := priceKey{insurer: insurer.Key}
			lists[key] = append(lists[key], list)
		}
	}
	for subject := range root.Get(nSubject).Each() {
		facility := c.sch.Facility(c.organizationKey(subject))
		if facility == nil {
			c.fail(subject, "The price list's subject is not a known facility", subject.Get(nReference).Text(), "a reference to a facility")
			continue
		}
		key := priceKey{insurer.Key, facility.Key}
		lists[key] = append(lists[key], list)
	}
}

// valuedItem adds one price; it counts from its own effective time on, where it has one.
func (c *compiler) valuedItem(list *priceList, v codec.Value, valid day.Period, insurer *Insurer) {
	c.begin()
	codes := codesOf(v.Get(nEntityCodeableConcept))
	if len(codes) == 0 {
		c.fail(v, "The price is for no code", "nothing", "valuedItem.entityCodeableConcept.coding")
	}
	p := pricedItem{valid: valid, set: v.Get(nUnitPrice).Exists()}
	if p.set {
		p.unit = c.unitPrice(v.Get(nUnitPrice), insurer.Currency)
	}
	if e := extension(v, "price-override"); e.Exists() {
		p.override = c.override(e, insurer.Currency)
	}
	if from := v.Get(nEffectiveTime); from.Exists() {
		p.valid.From = max(p.valid.From, c.moment(from).First(insurer.Zone))
	}
	if c.failed || p.valid.From > p.valid.End() {
		return
	}
	for _, code := range codes {
		list.prices[code] = append(list.prices[code], p)
	}
}

// override reads whether the billed price may go above the list's; nil when it may not.
func (c *compiler) override(e codec.Value, currency string) *Override {
	f := c.fields(e, parts["price-override"])
	o := &Override{
		Maximum: f.money("maximum", currency), HasMaximum: f.has("maximum"),
		Percent: f.decimal("percent"), HasPercent: f.has("percent"),
	}
	switch {
	case !f.has("allowed"):
		c.fail(e, "The list does not say whether the price may be overridden", "nothing", "allowed true or false")
	case f.has("reason"):
		c.fail(e, "The reason of an override is the claim's", "reason", "no such part in a price list")
	case o.HasMaximum && o.HasPercent:
		c.fail(e, "An override has one bound", "maximum and percent", "one of them, or neither")
	case o.HasPercent && money.Whole(1000).Less(o.Percent):
		c.fail(e, "The percentage is out of range", o.Percent.String(), "0 to 1000")
	case f.flag("allowed"):
		return o
	}
	return nil
}
