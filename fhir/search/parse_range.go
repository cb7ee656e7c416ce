package search

import (
	"math"

	"claimwright/fhir/outcome"
)

const (
	dateExpected     = "YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm[:ss[.fff]] with Z or ±hh:mm, after " + prefixesExpected
	numberExpected   = "a number after " + prefixesExpected
	quantityExpected = "number, number|system|code or number||code, after " + prefixesExpected
)

// now is the clock in milliseconds, NaN for none.
func (o *Options) now() float64 {
	if o.Now.IsZero() {
		return math.NaN()
	}
	return float64(o.Now.UnixMilli())
}

// cutDate takes a value apart into its prefix and what it covers.
func (p *parser) cutDate(text string) (prefix, interval, bool) {
	compare, rest, ok := cutPrefix(text)
	if !ok {
		return compare, interval{}, false
	}
	covered, ok := parseMoment(rest, p.options.Zone)
	return compare, covered, ok
}

func (p *parser) date(f field, text string) ([]Condition, *outcome.Issue) {
	compare, covered, ok := p.cutDate(text)
	if !ok {
		return nil, invalidValue(f.name, text, dateExpected)
	}
	return inBoxes(f.key, dateBoxes(compare, covered, p.options.now())), nil
}

// updatedConditions reads _lastUpdated, which the stores know as one moment.
func (p *parser) updatedConditions(text string) ([]Condition, *outcome.Issue) {
	compare, covered, ok := p.cutDate(text)
	if !ok {
		return nil, invalidValue("_lastUpdated", text, dateExpected)
	}
	var conditions []Condition
	for _, box := range momentBoxes(compare, covered, p.options.now()) {
		conditions = append(conditions, Condition{Kind: UpdatedIn, Box: box})
	}
	return conditions, nil
}

func (f field) number(text string) ([]Condition, *outcome.Issue) {
	compare, rest, okPrefix := cutPrefix(text)
	n, ok := parseDecimal(rest)
	if !okPrefix || !ok {
		return nil, invalidValue(f.name, text, numberExpected)
	}
	if f.holdsOnly("integer", "positiveInt", "unsignedInt") { // they are counted, not measured
		n.near = interval{n.value, n.value}
	}
	return inBoxes(f.key, numberBoxes(compare, n)), nil
}

// quantity reads "5.4", "5.4|http://unitsofmeasure.org|mg" and "5.4||mg".
func (f field) quantity(text string) ([]Condition, *outcome.Issue) {
	parts := split(text, '|')
	compare, rest, okPrefix := cutPrefix(parts[0])
	n, ok := parseDecimal(rest)
	if !okPrefix || !ok || len(parts) != 1 && len(parts) != 3 || len(parts) == 3 && parts[2] == "" {
		return nil, invalidValue(f.name, text, quantityExpected)
	}
	key := f.key
	if len(parts) == 3 {
		key += unitForm(unescape(parts[1]), unescape(parts[2]))
	}
	return inBoxes(key, numberBoxes(compare, n)), nil
}

func inBoxes(key string, boxes []Box) []Condition {
	conditions := make([]Condition, len(boxes))
	for i, box := range boxes {
		conditions[i] = Condition{Kind: InBox, Param: key, Box: box}
	}
	return conditions
}
