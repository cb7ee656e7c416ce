package scheme

import (
	"slices"

	"claimwright/adjudication/engine/money"
	"claimwright/fhir/codec"
)

// maxNesting bounds how deep services include services.
const maxNesting = 8

// packageRules reads what a package consists of.
func (c *compiler) packageRules(item *Item, f fields) {
	item.Package = choice(f, "package", packageKinds)
	for _, e := range f.many["part"] {
		given := c.fields(e, parts["register-item/part"])
		part := Part{Item: given.coding("item"), Quantity: money.Whole(1)}
		if given.has("quantity") {
			part.Quantity = given.decimal("quantity")
		}
		switch {
		case part.Item.Value == "":
			c.fail(e, "The package's part has no code", "nothing", "item, a coding of the register")
		case part.Quantity.Sign() == 0:
			c.fail(e, "A package cannot consist of nothing", part.Quantity.String(), "a quantity above 0")
		case slices.ContainsFunc(item.Parts, func(p Part) bool { return p.Item == part.Item }):
			c.fail(e, "The package has the part twice", part.Item.Value, "each part once, with its quantity")
		}
		item.Parts = append(item.Parts, part)
	}
	switch {
	case item.Package == NoPackage && len(item.Parts) > 0:
		c.fail(f.at, "Only a package has parts", "part", "package simple, fixed or capped")
	case item.Package == FixedPackage && len(item.Parts) == 0:
		c.fail(f.at, "A fixed package does not say what it consists of", "nothing", "at least one part")
	}
}

// includes reads what is not paid beside the service.
func (c *compiler) includes(item *Item, f fields) {
	for _, e := range f.many["includes"] {
		code := codingOf(e.Get(nValueCoding))
		switch {
		case code.Value == "":
			c.fail(e, "The included service has no code", "nothing", "valueCoding, a coding of the register")
		case slices.Contains(item.Codes, code):
			c.fail(e, "A service cannot include itself", code.Value, "a code of another service")
		case item.Includes == nil:
			item.Includes = map[Code]bool{}
			fallthrough
		default:
			item.Includes[code] = true
		}
	}
}

// bundle is an item that includes others, and the document that it is of.
type bundle struct {
	item *Item
	doc  *codec.Document
}

// nestings finds how deep the services are nested, once all are known. One that includes itself by way of others, or is
// nested too deep, is left out: there is no order in which its claims could be decided.
func (c *compiler) nestings() {
	for range maxNesting + 1 { // each round looks one level deeper
		for _, b := range c.bundles {
			b.item.Nesting = 1 + c.deepest(b.item.Includes)
		}
	}
	for _, b := range c.bundles {
		if b.item.Nesting <= maxNesting {
			continue
		}
		c.doc = b.doc
		c.fail(b.doc.Root(), "The service includes itself, or services that include others too deep",
			b.item.Codes[0].Value, "at most 8 services, each including the next")
		for _, code := range b.item.Codes {
			c.sch.register[code] = slices.DeleteFunc(c.sch.register[code], func(i *Item) bool { return i == b.item })
		}
	}
}

func (c *compiler) deepest(included map[Code]bool) int {
	deepest := 0
	for code := range included {
		for _, version := range c.sch.register[code] {
			deepest = max(deepest, version.Nesting)
		}
	}
	return min(deepest, maxNesting)
}
