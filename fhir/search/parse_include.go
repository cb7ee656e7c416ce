package search

import (
	"fmt"
	"slices"
	"strings"

	"claimwright/fhir/registry"
)

// include reads "Source:param", "Source:param:Target", "Source:*" and "*" (R4 §3.1.1.5.4), with :iterate or, as it was
// called before R4, :recurse.
func (p *parser) include(name, value string) {
	base, modifier, modified := strings.Cut(name, ":")
	i := Include{Reverse: base == "_revinclude", Iterate: modifier == "iterate" || modifier == "recurse"}
	if modified && !i.Iterate {
		p.fault(notSupported("search parameter "+base+" does not support the modifier "+shown(modifier), name, base+" or "+base+":iterate"))
		return
	}
	if strings.Contains(value, ",") {
		p.fault(invalidValue(base, value, "one value; repeat the parameter for more"))
		return
	}
	if value != "*" && !p.includes(&i, base, value) {
		return
	}
	if !slices.Contains(p.query.Include, i) {
		p.query.Include = append(p.query.Include, i)
	}
	p.apply(name, value)
}

// includes reads what is to be included; false when it is at fault or ignored.
func (p *parser) includes(i *Include, base, value string) bool {
	parts := strings.Split(value, ":")
	i.Source = parts[0]
	switch {
	case !registry.IsType(i.Source):
		issue := notAType(base, i.Source)
		issue.Text = "invalid value of search parameter " + base
		p.fault(issue)
		return false
	case len(parts) == 1 || len(parts) > 3 || slices.Contains(parts, ""):
		p.fault(invalidValue(base, value, "Type:parameter, Type:parameter:Target or Type:*"))
		return false
	}
	if parts[1] != "*" {
		i.Param = parts[1]
	}
	if len(parts) == 3 {
		i.Target = parts[2]
	}
	return p.includable(i, base, value)
}

// includable checks an include against the parameters that there are.
func (p *parser) includable(i *Include, base, value string) bool {
	var targets []string
	if i.Param != "" {
		param, known := p.options.Custom.Lookup(i.Source, i.Param)
		if !known {
			p.unknownOf("unknown search parameter", i.Param, i.Source, p.hintOf(i.Source, i.Param))
			return false
		}
		if param.Type != registry.Reference || !Offered(param) {
			p.fault(invalidValue(base, value, "a reference parameter; "+shown(i.Param)+" of "+i.Source+" is none"))
			return false
		}
		targets = param.Targets
	}
	if i.Target != "" && !among(targets, i.Target) {
		p.fault(invalidValue(base, value, fmt.Sprintf("a type that %s:%s refers to: %s", i.Source, orAny(i.Param), oneOf(targets))))
		return false
	}
	if p.withoutEffect(i, targets) {
		p.ignore("what "+base+" asks for, which is no matter of "+p.query.Type+",", value, p.query.Type+" itself, or "+base+":iterate")
		return false
	}
	return true
}

// withoutEffect tells that an include can find nothing: it is about the matches alone, and they are of another type.
func (p *parser) withoutEffect(i *Include, targets []string) bool {
	switch {
	case i.Iterate, p.across:
		return false
	case !i.Reverse:
		return i.Source != p.query.Type
	case i.Target != "":
		return i.Target != p.query.Type
	}
	return len(targets) > 0 && !slices.Contains(targets, p.query.Type)
}

func orAny(param string) string {
	if param == "" {
		return "*"
	}
	return param
}
