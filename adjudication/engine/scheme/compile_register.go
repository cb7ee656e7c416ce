package scheme

import (
	"slices"
	"strings"
	"time"

	"claimwright/adjudication/engine/money"
	"claimwright/fhir/codec"
)

func (c *compiler) registerItem(d *codec.Document) {
	root := d.Root()
	e := extension(root, "register-item")
	if !e.Exists() || !c.published(root, root.Get(nEffectivePeriod)) {
		return
	}
	c.begin()
	item := &Item{Source: c.source(), Codes: codesOf(root.Get(nCode)), Title: strings.Clone(root.Get(nTitle).Text())}
	if len(item.Codes) == 0 {
		c.fail(root, "The register's item has no code", "nothing", "ChargeItemDefinition.code.coding")
		return
	}
	item.ID = item.Codes[0].String()
	item.QuantityLimit = QuantityLimit(item.ID)
	item.Valid = c.days(root.Get(nEffectivePeriod), time.UTC)
	c.itemRules(item, e)
	c.priceComponents(item, root)
	if item.Package == CappedPackage && !item.HasBase {
		c.fail(e, "A capped package has no price that caps it", "nothing", "a price component of type base")
	}
	if c.failed {
		return
	}
	for _, code := range item.Codes {
		if other := overlapping(c.sch.register[code], item); other != nil {
			c.fail(root.Get(nEffectivePeriod), "The code has another version in force on the same days",
				code.Value, "periods that do not overlap with "+other.Key)
			return
		}
	}
	for _, code := range item.Codes {
		c.sch.register[code] = append(c.sch.register[code], item)
	}
	if item.Includes != nil {
		c.bundles = append(c.bundles, bundle{item, d})
	}
}

// published tells whether a definition is in use, now or, retired, on the days before its end.
func (c *compiler) published(root, period codec.Value) bool {
	switch root.Get(nStatus).Text() {
	case "active":
		return true
	case "retired":
		if period.Get(nEnd).Exists() {
			return true
		}
		c.warn(root.Get(nStatus), "A retired definition without an end of its period is left out",
			"no end", "the last day on which it was in force")
	}
	return false
}

func (c *compiler) itemRules(item *Item, e codec.Value) {
	f := c.fields(e, parts["register-item"])
	switch kind := f.get("kind", nValueCode).Text(); kind {
	case "service":
		item.Service = true
	case "item":
	default:
		c.fail(e, "The register does not say whether this is a service or an item", kind, "kind service or item")
	}
	item.Category = choice(f, "category", categories)
	item.Care = choice(f, "careType", cares)
	item.Sex = choice(f, "sex", sexes)
	item.Age = choice(f, "ageGroup", ageGroups)
	item.Often.Days = f.whole("frequencyDays")
	item.Often.Period = choice(f, "frequencyPeriod", frequencyPeriods)
	item.Often.Count = 1
	if f.has("frequencyCount") {
		item.Often.Count = f.whole("frequencyCount")
	}
	if f.has("frequencyCount") && item.Often.Period == NoPeriod {
		c.fail(e, "A count needs the period that it counts in", "frequencyCount alone", "frequencyPeriod")
	}
	item.ManualReview = f.flag("manualReview")
	c.packageRules(item, f)
	c.includes(item, f)
}

// overlapping is another version that is in force on a day of this one.
func overlapping(versions []*Item, item *Item) *Item {
	at := slices.IndexFunc(versions, func(v *Item) bool { return v.Valid.Overlaps(item.Valid) })
	if at < 0 {
		return nil
	}
	return versions[at]
}

// unitPrice reads the price of one unit, which may have more digits than the currency.
func (c *compiler) unitPrice(v codec.Value, currency string) money.Decimal {
	if found := v.Get(nCurrency).Text(); found != "" && found != currency {
		c.fail(v, "The price is not in the insurer's currency", found, currency)
	}
	return c.number(v.Get(nValue))
}
