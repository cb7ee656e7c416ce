package scheme

import (
	"cmp"
	"slices"
	"strings"

	"claimwright/fhir/codec"
)

func (c *compiler) planBenefits(p *Plan, root codec.Value, currency string) {
	p.benefits.item = map[Code][]*Benefit{}
	for e := range extensions(root, "plan-benefit") {
		b := c.benefit(e, currency)
		p.LimitsQuantities = p.LimitsQuantities || b.HasMaxQuantity
		switch {
		case b.Item.Value != "":
			p.benefits.item[b.Item] = c.insert(p.benefits.item[b.Item], b, e)
		case b.Category != NoCategory:
			p.benefits.category[b.Category] = c.insert(p.benefits.category[b.Category], b, e)
		default:
			p.benefits.all = c.insert(p.benefits.all, b, e)
		}
	}
}

// insert keeps the more specific first: by visit type, then by age group.
func (c *compiler) insert(of []*Benefit, b *Benefit, e codec.Value) []*Benefit {
	for _, other := range of {
		if other.Visit == b.Visit && other.Age == b.Age {
			c.fail(e, "The plan has two benefits for the same", b.ID, "one benefit for each item or category, visit type and age group")
		}
	}
	of = append(of, b)
	slices.SortStableFunc(of, func(x, y *Benefit) int { return cmp.Compare(y.rank(), x.rank()) })
	return of
}

func (b *Benefit) rank() int {
	rank := 0
	if b.Visit != AnyVisit {
		rank += 2
	}
	if b.Age != AnyAge {
		rank++
	}
	return rank
}

func (c *compiler) benefit(e codec.Value, currency string) *Benefit {
	f := c.fields(e, parts["plan-benefit"])
	b := &Benefit{
		ID: f.text("id"), Item: f.coding("item"), Category: choice(f, "category", categories),
		Visit: choice(f, "visitType", visitTypes), Age: choice(f, "ageGroup", ageGroups), Excluded: f.flag("excluded"),
		Percent: f.decimal("percent"), Amount: f.money("amount", currency),
		WaitingMonths: f.whole("waitingMonths"),
		MaxQuantity:   f.decimal("maxQuantity"), HasMaxQuantity: f.has("maxQuantity"), QuantityPeriod: f.reckoning("quantityPeriod", "quantityDays"),
		Unlimited: choice(f, "ceilingExclusion", ceilingExclusions), Origin: choice(f, "priceOrigin", priceOrigins),
		Authorization: choice(f, "authorization", authorizationNeeds),
	}
	if b.Item.Value != "" && b.Category != NoCategory {
		c.fail(e, "A benefit is for an item or for a category", "both", "one of them, or neither for everything")
	}
	c.benefitKind(b, f)
	if b.ID == "" {
		b.ID = b.derivedID()
	}
	return b
}

func (c *compiler) benefitKind(b *Benefit, f fields) {
	kind := f.get("kind", nValueCode).Text()
	b.Fixed = kind == "fixed"
	switch {
	case b.Excluded:
	case b.Fixed && (!f.has("amount") || f.has("percent")):
		c.fail(f.at, "A fixed benefit has an amount per unit and no percentage", "something else", "amount")
	case kind == "coinsurance" && (!f.has("percent") || f.has("amount")):
		c.fail(f.at, "A co-insurance benefit has a percentage covered and no amount", "something else", "percent")
	case kind != "fixed" && kind != "coinsurance":
		c.fail(f.at, "The benefit's kind is not known", kind, "coinsurance or fixed")
	}
	if hundred.Less(b.Percent) {
		c.fail(f.at, "More than everything cannot be covered", b.Percent.String(), "0 to 100")
	}
}

// derivedID says what the benefit is for.
func (b *Benefit) derivedID() string {
	parts := []string{"benefit", "all"}
	switch {
	case b.Item.Value != "":
		parts[1] = b.Item.Value
	case b.Category != NoCategory:
		parts[1] = b.Category.String()
	}
	if b.Visit != AnyVisit {
		parts = append(parts, b.Visit.String())
	}
	if b.Age != AnyAge {
		parts = append(parts, b.Age.String())
	}
	return strings.Join(parts, "/")
}
