package scheme

import (
	"strings"

	"claimwright/fhir/codec"
)

// peers compiles the report of what is usual for one insurer.
func (c *compiler) peers(d *codec.Document) {
	root := d.Root()
	if root.Get(nStatus).Text() != "complete" {
		return
	}
	c.begin()
	reporter := root.Get(nReporter)
	insurer := c.sch.Insurer(c.organizationKey(reporter))
	if insurer == nil {
		c.miss(reporter, "The report's reporter is not a known insurer", reporter.Get(nReference).Text(), "a reference to an insurer")
		return
	}
	if other := c.sch.peers[insurer.Key]; other != nil {
		c.fail(reporter, "The insurer has two reports of what is usual", other.Key, "one, of which a newer one is the next version")
		return
	}
	p := &Peers{Source: c.source(), services: map[string][]Usual{}, facilities: map[string]Mix{}, levels: map[Level]Mix{}}
	counts, byLevel := map[string]map[string]int{}, map[Level]map[string]int{}
	for group := range root.Get(nGroup).Each() {
		service := codingOf(group.Get(nCode).Get(nCoding).Index(0))
		if service.Value == "" {
			c.fail(group, "The group names no service", "no code", "code.coding of the register")
		}
		for e := range extensions(group, "peer-statistics") {
			p.services[strings.Clone(service.String())] = append(p.services[service.String()], c.usual(e))
		}
		c.claimed(group, service.Value, counts)
	}
	if c.failed {
		return
	}
	for key, of := range counts {
		p.facilities[key] = mixOf(of)
		if f := c.sch.Facility(key); f != nil {
			add(byLevel, f.Level, of)
		}
	}
	for level, of := range byLevel {
		p.levels[level] = mixOf(of)
	}
	c.sch.peers[insurer.Key] = p
}

func (c *compiler) usual(e codec.Value) Usual {
	f := c.fields(e, parts["peer-statistics"])
	return Usual{
		Level: choice(f, "level", levels), Lines: f.whole("lines"),
		QuantityMedian: f.decimal("quantityMedian"), Quantity95: f.decimal("quantity95"),
		PriceMedian: f.decimal("priceMedian"), Price95: f.decimal("price95"), PerMonth95: f.decimal("perMonth95"),
	}
}

// claimed reads how many lines with a service each facility claimed: the strata of a group.
func (c *compiler) claimed(group codec.Value, code string, counts map[string]map[string]int) {
	for _, stratum := range group.All(nil, nStratifier, nStratum) {
		facility := stratum.Get(nValue).Get(nText)
		lines := stratum.Get(nPopulation).Index(0).Get(nCount)
		n, ok := lines.Int()
		if key := LocalKey(facility.Text()); key == "" || !ok || n < 0 || n > 1<<31 {
			c.fail(stratum, "The stratum does not count the lines of a facility", facility.Text(), `value.text such as "Organization/x", and population.count`)
			continue
		}
		of := counts[facility.Text()]
		if of == nil {
			of = map[string]int{}
			counts[strings.Clone(facility.Text())] = of
		}
		of[strings.Clone(code)] += int(n)
	}
}

func add(to map[Level]map[string]int, level Level, counts map[string]int) {
	if to[level] == nil {
		to[level] = map[string]int{}
	}
	for code, n := range counts {
		to[level][code] += n
	}
}
