package search

import (
	"slices"
	"strconv"
	"strings"

	"claimwright/fhir/outcome"
)

// resultParam finds what handles a parameter that is no criterion of the type's own values; nil for all others.
func resultParam(base string) func(p *parser, name, value string) {
	switch base {
	case "_count":
		return (*parser).count
	case "_sort":
		return (*parser).sort
	case "_total":
		return (*parser).total
	case "_summary":
		return (*parser).summary
	case "_contained":
		return (*parser).contained
	case "_format", "_pretty", "_elements":
		return (*parser).forServer
	case "_include", "_revinclude":
		return (*parser).include
	case "_list":
		return (*parser).list
	case "_containedType":
		return (*parser).containedType
	case "_type":
		return (*parser).types
	}
	return nil
}

// forServer leaves to the server what only says how the answer looks.
func (p *parser) forServer(name, value string) { p.apply(name, value) }

// isOnce refuses modifiers, and parameters that only make sense once.
func (p *parser) isOnce(name, value string) bool {
	base, _, modified := strings.Cut(name, ":")
	if modified {
		p.fault(notSupported("search parameter "+base+" takes no modifier", name, base))
		return false
	}
	if slices.Contains(p.once, base) {
		p.fault(invalidValue(base, value, "the parameter only once"))
		return false
	}
	p.once = append(p.once, base)
	return true
}

func (p *parser) count(name, value string) {
	if !p.isOnce(name, value) {
		return
	}
	digits, rest := leadingDigits(value)
	if rest != "" || len(digits) > 18 {
		p.fault(invalidValue(name, value, "a whole number, 0 or more"))
		return
	}
	n, err := strconv.Atoi(digits)
	if err != nil { // only if there are no digits, which an empty value is and does not come here
		p.fault(invalidValue(name, value, "a whole number, 0 or more"))
		return
	}
	if n == 0 {
		p.query.CountOnly = true
	} else {
		_, most := p.options.counts()
		n = min(n, most)
		p.query.Count = n
	}
	p.apply(name, strconv.Itoa(n))
}

func (p *parser) total(name, value string) {
	if !p.isOnce(name, value) {
		return
	}
	switch value {
	case "none":
		p.query.Total = TotalNone
	case "estimate":
		p.query.Total = TotalEstimate
	case "accurate":
		p.query.Total = TotalAccurate
	default:
		p.fault(invalidValue(name, value, "none, estimate or accurate"))
		return
	}
	p.apply(name, value)
}

// summary takes count for itself and leaves the others to the server.
func (p *parser) summary(name, value string) {
	if !p.isOnce(name, value) {
		return
	}
	switch value {
	case "count":
		p.query.CountOnly = true
	case "text":
		p.textOnly = true
	case "true", "data", "false":
	default:
		p.fault(invalidValue(name, value, "true, false, text, data or count"))
		return
	}
	p.apply(name, value)
}

// sort reads "a,-b". Keys that cannot be sorted by are treated as unknown parameters are, the others remain.
func (p *parser) sort(name, value string) {
	if !p.isOnce(name, value) {
		return
	}
	var honoured []string
	for _, text := range strings.Split(value, ",") {
		key := Sort{Param: strings.TrimPrefix(text, "-"), Desc: strings.HasPrefix(text, "-")}
		param, ok := p.options.Custom.Lookup(p.query.Type, key.Param)
		if !ok || !CanSort(param) || p.across && (!mergeable(param.Name) || len(p.query.Sort) > 0) {
			p.unknown("sort key", key.Param)
			continue
		}
		if slices.ContainsFunc(p.query.Sort, func(s Sort) bool { return s.Param == key.Param }) {
			p.fault(invalidValue(name, value, "each sort key only once"))
			return
		}
		p.query.Sort = append(p.query.Sort, key)
		honoured = append(honoured, text)
	}
	if len(p.query.Sort) > MaxSorts {
		p.fault(tooMuch("too many sort keys", MaxSorts))
	}
	if len(honoured) > 0 {
		p.apply(name, strings.Join(honoured, ","))
	}
}

// idConditions reads one id of _id, which is compared with case.
func idConditions(text string) ([]Condition, *outcome.Issue) {
	if !isID(text) {
		return nil, invalidValue("_id", text, "a resource id: 1 to 64 letters, digits, hyphens and dots")
	}
	return []Condition{{Kind: HasID, Text: text}}, nil
}

// isID tells whether a text is an id of FHIR.
func isID(s string) bool {
	if len(s) == 0 || len(s) > 64 {
		return false
	}
	for i := range len(s) {
		if c := s[i]; !isLetter(c) && !isDigit(c) && c != '-' && c != '.' {
			return false
		}
	}
	return true
}
