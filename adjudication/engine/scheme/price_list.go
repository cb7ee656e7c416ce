package scheme

import (
	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/money"
)

// PriceLists are the lists that an insurer and a facility have agreed on; nil has no prices.
type PriceLists []*priceList

// priceList is one Contract of the price-list type.
type priceList struct {
	Source
	prices map[Code][]pricedItem // the latest start first
}

type pricedItem struct {
	valid day.Period
	unit  money.Decimal
	set   bool
	// override is nil where the billed price may not go above the list's.
	override *Override
}

// Override says how far a billed price may go above the list's, where the claim gives a reason: up to Maximum, which is
// a price like the listed one, or by Percent, or without a bound.
type Override struct {
	Maximum                money.Decimal
	Percent                money.Decimal
	HasMaximum, HasPercent bool
}

// Above is a price with the percentage on top.
func (o *Override) Above(price money.Decimal) money.Decimal {
	return scaled(price, money.Whole(1).Add(money.Whole(1).Percent(o.Percent, maxPriceDigits)))
}

// Price is a listed item's unit price on a day.
type Price struct {
	// Unit is the price of one unit; it may have more digits than the currency.
	Unit money.Decimal
	// FromRegister says that the list names the item without a price, so that the register's base price counts.
	FromRegister bool
	// Override is nil where the billed price may not go above this one.
	Override *Override
	// List is the Contract that lists the item.
	List Source
}

// Price finds an item in the lists on a day; ok is false when no list has it. Where several entries are in force, the one
// that began last counts. An explicit price of 0 is a price; an item listed without one takes the register's base price,
// and without that either it is not listed.
func (l PriceLists) Price(item *Item, currency string, at day.Date) (price Price, ok bool) {
	var from day.Date
	for _, list := range l {
		for _, code := range item.Codes {
			for i := range list.prices[code] {
				p := &list.prices[code][i]
				if !p.valid.Holds(at) || ok && p.valid.From <= from {
					continue
				}
				base, hasBase := item.BasePrice(currency)
				if !p.set && !hasBase {
					continue
				}
				price, from, ok = Price{Unit: p.unit, Override: p.override, List: list.Source}, p.valid.From, true
				if !p.set {
					price.Unit, price.FromRegister = base, true
				}
			}
		}
	}
	return price, ok
}
