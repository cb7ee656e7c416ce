package scheme

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/money"
	"claimwright/fhir/codec"
)

const extensionBase = Base + "/StructureDefinition/"

// extension is the first extension with one of our urls, absent if there is none.
func extension(of codec.Value, name string) codec.Value {
	for e := range extensions(of, name) {
		return e
	}
	return codec.Value{}
}

func extensions(of codec.Value, name string) func(func(codec.Value) bool) {
	return func(yield func(codec.Value) bool) {
		for e := range of.Get(nExtension).Each() {
			url, ours := strings.CutPrefix(e.Get(nURL).Text(), extensionBase)
			if ours && url == name && !yield(e) {
				return
			}
		}
	}
}

// valueOf is the value[x] of an extension.
func valueOf(e codec.Value) codec.Value {
	for name, v := range e.Members() {
		if strings.HasPrefix(name.String(), "value") {
			return v
		}
	}
	return codec.Value{}
}

// parts are the sub-extensions of each complex extension; the StructureDefinitions list the same.
var parts = map[string][]string{
	"check-setting":       {"check", "enabled", "per", "action", "days", "list", "match", "withinClaim"},
	"facility":            {"level", "careType"},
	"insurer-settings":    {"profile"},
	"plan-limit":          {"id", "kind", "scope", "setting", "period", "days", "amount", "threshold", "extraMember", "maximum"},
	"plan-category-limit": {"category", "amount", "amountScope", "maxCount", "period", "days"},
	"plan-benefit": {"id", "item", "category", "visitType", "ageGroup", "kind", "percent", "amount", "waitingMonths",
		"maxQuantity", "quantityPeriod", "quantityDays", "ceilingExclusion", "priceOrigin", "excluded", "authorization"},
	"plan-settings": {"adultAge", "quantityExcess", "coverDate", "manualReview", "reviewScore", "settingBy", "careCheck", "profile",
		"authorizationDays", "authorizationGrace", "authorizationExcess", "authorizationUse", "receiptRequired"},
	"plan-authorization": {"setting", "visitType", "claimType", "above", "scope"},
	"register-item": {"kind", "category", "careType", "sex", "ageGroup", "frequencyDays", "frequencyPeriod", "frequencyCount", "manualReview",
		"package", "part", "includes"},
	"peer-statistics":    {"level", "lines", "quantityMedian", "quantity95", "priceMedian", "price95", "perMonth95"},
	"price-override":     {"allowed", "maximum", "percent", "reason"},
	"exchange-rate":      {"currency", "rate", "start", "end"},
	"register-item/part": {"item", "quantity"},
}

// repeatable are the parts that may be given more than once.
var repeatable = []string{"part", "includes"}

// fields reads the sub-extensions of a complex extension. What is misspelt, repeated or of the wrong type is reported,
// because a plan that silently loses a limit costs money.
type fields struct {
	c     *compiler
	at    codec.Value
	named map[string]codec.Value
	// many are the extensions of the parts that may be repeated.
	many map[string][]codec.Value
}

func (c *compiler) fields(e codec.Value, known []string) fields {
	f := fields{c: c, at: e, named: map[string]codec.Value{}, many: map[string][]codec.Value{}}
	for sub := range e.Get(nExtension).Each() {
		name := sub.Get(nURL).Text()
		_, twice := f.named[name]
		switch {
		case !slices.Contains(known, name):
			c.fail(sub, "The extension has no such part", name, strings.Join(known, ", "))
		case slices.Contains(repeatable, name):
			f.many[name] = append(f.many[name], sub)
		case twice:
			c.fail(sub, "The part is given twice", name, "each part once")
		default:
			f.named[name] = valueOf(sub)
		}
	}
	return f
}

// get is a part's value if it has one of the wanted types.
func (f fields) get(name string, types ...codec.Name) codec.Value {
	v := f.named[name]
	if v.Exists() && !slices.Contains(types, v.Key()) {
		f.c.fail(v, fmt.Sprintf("Part %q has the wrong type", name), v.Key().String(), types[0].String())
		return codec.Value{}
	}
	return v
}

func (f fields) has(name string) bool { return f.named[name].Exists() }

func (f fields) text(name string) string { return strings.Clone(f.get(name, nValueString).Text()) }

func (f fields) flag(name string) bool { return f.get(name, nValueBoolean).Bool() }

func (f fields) coding(name string) Code { return codingOf(f.get(name, nValueCoding)) }

func (f fields) whole(name string) int {
	v := f.get(name, nValueUnsignedInt, nValuePositiveInt, nValueInteger)
	if !v.Exists() {
		return 0
	}
	n, ok := v.Int()
	if !ok || n < 0 || n > 1_000_000 {
		f.c.fail(v, fmt.Sprintf("Part %q is out of range", name), v.Text(), "0 to 1,000,000")
		return 0
	}
	return int(n)
}

func (f fields) decimal(name string) money.Decimal {
	v := f.get(name, nValueDecimal)
	if !v.Exists() {
		return money.Decimal{}
	}
	return f.c.number(v)
}

// money reads an amount, which must be in the currency and have no more digits than it.
func (f fields) money(name, currency string) money.Decimal {
	v := f.get(name, nValueMoney)
	if !v.Exists() {
		return money.Decimal{}
	}
	if found := v.Get(nCurrency).Text(); found != "" && found != currency {
		f.c.fail(v, "The amount is not in the insurer's currency", found, currency)
	}
	amount := f.c.number(v.Get(nValue))
	rounded := amount.Round(money.Digits(currency))
	if !rounded.Equal(amount) {
		f.c.fail(v, "The amount has more digits than the currency", amount.String(),
			fmt.Sprintf("%d digits behind the point", money.Digits(currency)))
	}
	return rounded
}

// number reads a decimal that may not be negative.
func (c *compiler) number(v codec.Value) money.Decimal {
	d, err := money.Parse(v.Text())
	if err != nil || d.Sign() < 0 {
		c.fail(v, "The number cannot be used", v.Text(), "a number from 0 on with at most 18 digits")
		return money.Decimal{}
	}
	return d
}

// choice reads a code of a vocabulary; absent means the vocabulary's zero value.
func choice[T ~uint8](f fields, name string, of vocabulary[T]) T {
	v := f.get(name, nValueCode)
	if !v.Exists() {
		return 0
	}
	t, ok := of.parse(v.Text())
	if !ok {
		codes := strings.TrimPrefix(strings.Join(of, ", "), ", ")
		f.c.fail(v, fmt.Sprintf("Part %q has an unknown code", name), v.Text(), codes)
	}
	return t
}

// or reads a code of a vocabulary; absent means what is given.
func or[T ~uint8](f fields, name string, of vocabulary[T], otherwise T) T {
	if !f.has(name) {
		return otherwise
	}
	return choice(f, name, of)
}

// days reads a FHIR Period in a time zone; an absent one holds every day.
func (c *compiler) days(v codec.Value, zone *time.Location) day.Period {
	var span day.Span
	span.Start = c.moment(v.Get(nStart))
	span.End = c.moment(v.Get(nEnd))
	p := span.In(zone)
	if p.From > p.End() {
		c.fail(v, "The period ends before it starts", p.To.String(), "a day from "+p.From.String()+" on")
	}
	return p
}

func (c *compiler) moment(v codec.Value) day.Moment {
	m, err := day.ParseMoment(v.Text())
	if err != nil {
		c.fail(v, "The date cannot be used", v.Text(), "a FHIR dateTime")
	}
	return m
}
