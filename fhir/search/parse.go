package search

import (
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"claimwright/fhir/outcome"
	"claimwright/fhir/registry"
)

// Parse reads the query string of a search over one resource type ("patient=Patient/1&status=active"), percent-encoded; for
// POST [type]/_search it is the form's text, joined with that of the url by "&".
//
// The warnings name parameters that were ignored because they are unknown; Query.Applied has the others. The error is an
// *outcome.Error with status 400 and one issue for each parameter that cannot be honoured: an unsupported modifier, a value
// that is not of the parameter's form, or too much of anything.
// With Options.Strict it has the unknown parameters too. A parameter without a value is ignored.
func Parse(resourceType, rawQuery string, o Options) (*Query, []outcome.Issue, error) {
	if !registry.IsType(resourceType) {
		return nil, nil, refused([]outcome.Issue{*notSupported("unknown resource type", resourceType, "an R4 resource type")})
	}
	if len(rawQuery) > MaxQuery {
		return nil, nil, refused([]outcome.Issue{*tooMuch("the query is too long in bytes", MaxQuery)})
	}
	p := &parser{options: o, query: &Query{Type: resourceType}}
	if err := p.parse(rawQuery); err != nil {
		return nil, nil, err
	}
	return p.query, p.warnings, nil
}

// parser collects what the parameters of one query come to.
type parser struct {
	options          Options
	query            *Query
	applied          strings.Builder
	faults, warnings []outcome.Issue
	conditions       int
	// once are the result parameters that were given already.
	once []string
	// joins counts the references followed so far, and within tells that this is a part of a parameter.
	joins  int
	within bool
	// across tells that the type is one of several that are searched.
	across bool
	// textOnly tells that of each resource only the narrative is wanted (_summary=text).
	textOnly bool
}

// parse fills the parser's query.
func (p *parser) parse(rawQuery string) error {
	p.query.Count, _ = p.options.counts()
	p.query.custom = p.options.Custom
	p.readAll(rawQuery)
	if p.textOnly && len(p.query.Include) > 0 { // R4 §3.1.1.5.8
		p.fault(notSupported("_summary=text cannot be combined with _include or _revinclude", "_summary=text", "one of them"))
	}
	if len(p.faults) > 0 {
		return refused(p.faults)
	}
	if p.query.CountOnly {
		p.query.Count = 0
	}
	p.query.Applied = p.applied.String()
	return nil
}

func (p *parser) readAll(rawQuery string) {
	params := 0
	for pair := range strings.SplitSeq(rawQuery, "&") {
		if pair == "" {
			continue
		}
		if params++; params > MaxParams {
			p.fault(tooMuch("too many search parameters", MaxParams))
			return
		}
		rawName, rawValue, _ := strings.Cut(pair, "=")
		name, errName := url.QueryUnescape(rawName)
		value, errValue := url.QueryUnescape(rawValue)
		switch {
		case errName != nil || errValue != nil || !utf8.ValidString(name) || !utf8.ValidString(value):
			p.fault(&outcome.Issue{
				Code: outcome.Invalid, Text: "a search parameter is not percent-encoded as it must be", Found: excerpt(pair), Expected: "UTF-8, with % before two hexadecimal digits",
			})
		case value != "" && !slices.Contains(p.options.Own, name):
			p.read(name, value)
		}
		if p.conditions > MaxConditions {
			p.fault(tooMuch("too many values in the query", MaxConditions))
			return
		}
	}
}

// read handles one parameter.
func (p *parser) read(name, value string) {
	base, modifier, _ := strings.Cut(name, ":")
	if handle := resultParam(base); handle != nil && !p.within {
		handle(p, name, value)
		return
	}
	if base == "_has" {
		p.has(name, value)
		return
	}
	if strings.Contains(name, ".") {
		p.chain(name, value)
		return
	}
	param, ok := p.options.Custom.Lookup(p.query.Type, base)
	if !ok {
		p.unknown("unknown search parameter", name)
		return
	}
	if issue := p.clause(param, modifier, value); issue != nil {
		p.fault(issue)
		return
	}
	p.apply(name, value)
}

// clause adds what one parameter asks for: any of its values.
func (p *parser) clause(param *registry.Param, modifier, value string) *outcome.Issue {
	if !Offered(param) {
		return notSupported("search parameter "+param.Name+" is not supported: "+Refusal(param), param.Name, "another parameter")
	}
	if !takes(param, modifier) {
		return notSupported("search parameter "+param.Name+" does not support the modifier "+shown(modifier),
			param.Name+":"+modifier, modifiersExpected(param))
	}
	switch {
	case modifier == "missing":
		return p.missing(param, value)
	case param.Name == "_text":
		return p.narrative(param, value)
	case param.Name == "_filter":
		return p.filter(value)
	}
	c := Clause{Not: modifier == "not" || modifier == "not-in"}
	for _, alternative := range split(value, ',') {
		if alternative == "" {
			continue
		}
		conditions, issue := p.value(param, modifier, alternative)
		if issue != nil {
			return issue
		}
		c.AnyOf = append(c.AnyOf, conditions...)
		if p.conditions += len(conditions); p.conditions > MaxConditions {
			return nil // readAll says so
		}
	}
	if len(c.AnyOf) == 0 {
		return invalidValue(param.Name, value, "at least one value")
	}
	p.query.Where = append(p.query.Where, c)
	return nil
}

// value reads one of the values that commas separate.
func (p *parser) value(param *registry.Param, modifier, text string) ([]Condition, *outcome.Issue) {
	switch param.Name {
	case "_id":
		return idConditions(text)
	case "_lastUpdated":
		return p.updatedConditions(text)
	}
	field := fieldOf(param)
	switch param.Type {
	case registry.Token:
		switch modifier {
		case "text":
			return field.tokenText(text)
		case "of-type":
			return field.ofType(text)
		case "in", "not-in":
			return p.valueSet(field, modifier, text)
		case "above", "below":
			return field.hierarchy(modifier, text)
		}
		return field.token(text)
	case registry.Reference:
		switch {
		case (modifier == "below" || modifier == "above") && field.hasHierarchy():
			return p.partHierarchy(field, modifier, text)
		case modifier == "below":
			return field.below(text), nil
		}
		return p.reference(field, modifier, text)
	case registry.String:
		return field.text(modifier, text)
	case registry.URI:
		switch modifier {
		case "below":
			return field.below(text), nil
		case "above":
			return field.above(text)
		}
		return field.terms([]string{bounded(unescape(text))}), nil
	case registry.Date:
		return p.date(field, text)
	case registry.Number:
		return field.number(text)
	case registry.Quantity:
		return field.quantity(text)
	}
	if param.Type == registry.Special {
		return field.near(text)
	}
	return p.composite(param, text)
}

func modifiersExpected(param *registry.Param) string {
	supported := Modifiers(param)
	if param.Type == registry.Reference {
		supported = append(supported, "a resource type")
	}
	if len(supported) == 0 {
		return "no modifier"
	}
	return "no modifier or " + strings.Join(supported, ", ")
}

// unknown handles a name that means nothing here.
func (p *parser) unknown(what, name string) {
	types := p.query.Type
	if p.across {
		types = "all types searched"
	}
	p.unknownOf(what, name, types, p.hint(name))
}

// unknownOf is unknown for a name that the types listed do not know, with a hint at what was probably meant.
func (p *parser) unknownOf(what, name, types, hint string) {
	p.ignore(what+" "+shown(name), name, "a search parameter of "+types+hint)
}

// ignore handles what means nothing here: a warning, or a fault where the client wants strictness.
func (p *parser) ignore(what, found, expected string) {
	issue := outcome.Issue{
		Severity: outcome.Warning, Code: outcome.NotSupported, Text: what + " was ignored", Found: excerpt(found), Expected: expected,
	}
	if p.options.Strict {
		issue.Text = what
		p.fault(&issue)
		return
	}
	p.warnings = append(p.warnings, issue)
}

func (p *parser) fault(issue *outcome.Issue) { p.faults = append(p.faults, *issue) }

// apply records a parameter as honoured.
func (p *parser) apply(name, value string) {
	if p.applied.Len() > 0 {
		p.applied.WriteByte('&')
	}
	encodeTo(&p.applied, name)
	p.applied.WriteByte('=')
	encodeTo(&p.applied, value)
}

// encodeTo percent-encodes what cannot stand in a query string, and leaves the rest readable.
func encodeTo(b *strings.Builder, text string) {
	const hexDigits = "0123456789ABCDEF"
	for i := range len(text) {
		c := text[i]
		if isLetter(c) || isDigit(c) || strings.IndexByte("-_.~/:,@$*", c) >= 0 {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(hexDigits[c>>4])
		b.WriteByte(hexDigits[c&15])
	}
}
