package engine

import (
	"strings"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/money"
	"claimwright/adjudication/engine/scheme"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
)

// maxProblems bounds the issues of one document, as the codec does.
const maxProblems = 50

// problems gathers what is wrong with a document.
type problems struct{ issues []outcome.Issue }

func (p *problems) add(code string, at codec.Value, text, found, expected string) {
	if len(p.issues) >= maxProblems {
		return
	}
	p.issues = append(p.issues, outcome.Issue{
		Severity: outcome.Failure, Code: code, Expression: at.Path(), Text: text, Found: found, Expected: expected,
	})
}

func (p *problems) moment(v codec.Value) day.Moment {
	if !v.Exists() {
		return day.Moment{}
	}
	m, err := day.ParseMoment(v.Text())
	if err != nil {
		p.add(outcome.Value, v, "The date cannot be used", v.Text(), "a FHIR date or dateTime")
	}
	return m
}

func (p *problems) span(v codec.Value) day.Span {
	if !v.Exists() {
		return day.Span{}
	}
	return day.Span{Start: p.moment(v.Get(nStart)), End: p.moment(v.Get(nEnd))}
}

// decimal reads a number within bounds; what is wrong with it is reported once.
func (p *problems) decimal(v codec.Value, within bound) money.Decimal {
	d, err := money.Parse(v.Text())
	switch {
	case err != nil:
		p.add(outcome.Value, v, "The number cannot be used", v.Text(), "a number with at most 18 digits")
	case !within.holds(d):
		p.add(outcome.Value, v, "The number is out of range", v.Text(), within.text)
	}
	return d
}

// bound is what a number must keep to.
type bound struct {
	text  string
	holds func(money.Decimal) bool
}

var (
	notNegative = bound{"0 or more", func(d money.Decimal) bool { return d.Sign() >= 0 }}
	measure     = bound{"more than 0, with at most 6 digits behind the point", measurable}
	percentage  = bound{"0 to 100", func(d money.Decimal) bool { return d.Sign() >= 0 && !money.Whole(100).Less(d) }}
)

// maxQuantityDigits bounds the digits behind the point of a quantity. Ledgers add quantities up at the largest number of
// digits that any of them has: one of 10^-18 would leave no room for the ten units beside it.
const maxQuantityDigits = 6

func measurable(d money.Decimal) bool {
	_, digits := d.Parts()
	return d.Sign() > 0 && digits <= maxQuantityDigits
}

// maxIdentifiers bounds the identifiers that are tried of one reference. Who else follows a claim's references stops at as
// many: else the engine finds somebody where they find nobody.
const maxIdentifiers = 8

// readReference takes a Reference as it is written; of a contained resource it takes the identifiers, because what a
// submitter sends along is evidence of who is meant, not the resource itself.
func readReference(root, v codec.Value) Reference {
	ref := Reference{at: v}
	if id := code(v.Get(nIdentifier), nValue); id.Value != "" {
		ref.Identifiers = append(ref.Identifiers, id)
	}
	literal := v.Get(nReference).Text()
	if local, ok := strings.CutPrefix(literal, "#"); ok {
		for c := range root.Get(nContained).Each() {
			if c.Get(nID).Text() == local {
				ref.Identifiers = appendIdentifiers(ref.Identifiers, c)
				ref.Identifiers = ref.Identifiers[:min(len(ref.Identifiers), maxIdentifiers)]
			}
		}
		return ref
	}
	ref.Key = scheme.LocalKey(literal)
	return ref
}

func appendIdentifiers(dst []scheme.Code, resource codec.Value) []scheme.Code {
	for v := range resource.Get(nIdentifier).Each() {
		if id := code(v, nValue); id.Value != "" {
			dst = append(dst, id)
		}
	}
	return dst
}

// code reads system and value (or code) of an Identifier (or Coding).
func code(v codec.Value, value codec.Name) scheme.Code {
	return scheme.Code{System: v.Get(nSystem).Text(), Value: v.Get(value).Text()}
}
