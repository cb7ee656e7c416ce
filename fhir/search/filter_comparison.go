package search

import (
	"slices"
	"strings"

	"claimwright/fhir/outcome"
	"claimwright/fhir/registry"
)

// parameter writes a comparison as a search parameter and its value.
func (f *filtering) parameter(n *filterNode, param *registry.Param) (name, value string, issue *outcome.Issue) {
	value = withoutOr(n.value)
	switch {
	case !slices.Contains(filterOperators, n.compare):
		return "", "", invalidValue("_filter", n.compare, "an operator: one of "+strings.Join(filterOperators, ", "))
	case param == nil && n.compare == "eq":
		return n.path, value, nil // whatever it is that is not known, the parser says it
	case param == nil:
		return n.path + ":not-known", value, nil
	case param.Name == "_filter" || strings.Contains(n.path[strings.LastIndexByte(n.path, '.')+1:], ":"):
		return "", "", invalidValue("_filter", n.path, "a search parameter without a modifier")
	}
	switch kind := param.Type; n.compare {
	case "eq":
		switch kind {
		case registry.Date, registry.Number, registry.Quantity:
			return n.path, "eq" + value, nil
		case registry.String:
			if folded := Fold(n.value); folded == "" || len(n.value) > MaxText || len(folded) > MaxText {
				return "", "", invalidValue("_filter", n.value, "a text with a letter, digit or symbol in it, not too long")
			}
			return n.path + ":exact", Escaped(n.value), nil
		}
		return n.path, value, nil
	case "pr":
		switch n.value {
		case "true":
			return n.path + ":missing", "false", nil
		case "false":
			return n.path + ":missing", "true", nil
		}
		return "", "", invalidValue("_filter", n.value, "true or false after pr")
	case "ne", "gt", "lt", "ge", "le", "ap", "sa", "eb":
		if kind == registry.Date || kind == registry.Number || kind == registry.Quantity {
			return n.path, n.compare + value, nil
		}
	case "po":
		if kind == registry.Date {
			return n.path, "ap" + value, nil
		}
	case "co":
		if kind == registry.String {
			return n.path + ":contains", Escaped(n.value), nil
		}
	case "sw":
		if kind == registry.String {
			return n.path, Escaped(n.value), nil
		}
	case "ss", "sb", "in":
		if kind == registry.Token {
			return n.path + map[string]string{"ss": ":below", "sb": ":above", "in": ":in"}[n.compare], value, nil
		}
	case "re":
		if kind == registry.Reference {
			return n.path, value, nil
		}
	}
	return "", "", notSupported("_filter cannot compare the "+param.Type.String()+" parameter "+shown(param.Name)+" by "+n.compare, n.path+" "+n.compare, f.comparisons(param))
}

// filterOperators are those of the grammar.
var filterOperators = []string{"eq", "ne", "co", "sw", "ew", "gt", "lt", "ge", "le", "ap", "sa", "eb", "pr", "po", "ss", "sb", "in", "re"}

// comparisons are the operators that a parameter takes.
func (f *filtering) comparisons(param *registry.Param) string {
	switch param.Type {
	case registry.String:
		return "eq, co, sw or pr"
	case registry.Date:
		return "eq, ne, gt, lt, ge, le, ap, sa, eb, po or pr"
	case registry.Number, registry.Quantity:
		return "eq, ne, gt, lt, ge, le, ap, sa, eb or pr"
	case registry.Token:
		return "eq, ss, sb, in or pr; for ne write not (… eq …)"
	case registry.Reference:
		return "eq, re or pr"
	case registry.URI:
		return "eq or pr"
	}
	return "eq"
}

// withoutOr keeps a comma in a value, which stands for itself in a filter, from being read as or.
func withoutOr(value string) string {
	var b strings.Builder
	for i := 0; i < len(value); i++ {
		switch value[i] {
		case '\\':
			b.WriteByte('\\')
			if i++; i == len(value) {
				return b.String()
			}
		case ',':
			b.WriteByte('\\')
		}
		b.WriteByte(value[i])
	}
	return b.String()
}

// last finds the parameter that a path ends at; nil where it is not known, or of more than one type.
func (f *filtering) last(path string) *registry.Param {
	resourceType := f.query.Type
	for {
		link, rest, chained := strings.Cut(path, ".")
		base, wanted, _ := strings.Cut(link, ":")
		param, ok := f.options.Custom.Lookup(resourceType, base)
		if !ok {
			return nil
		}
		if !chained {
			return param
		}
		targets := param.Targets
		if wanted != "" {
			targets = []string{wanted}
		} else {
			targets = f.options.Custom.withParam(targets, rest)
		}
		if len(targets) != 1 {
			return nil
		}
		resourceType, path = targets[0], rest
	}
}
