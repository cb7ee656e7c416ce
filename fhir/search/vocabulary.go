package search

import (
	"slices"

	"claimwright/fhir/outcome"
	"claimwright/fhir/registry"
)

// The kinds of condition that ask the terminology or another hierarchy first. All are deferred.
const (
	// InValueSet: a code of Param is in the value set that Text names, by its canonical url or as "ValueSet/id".
	InValueSet ConditionKind = 140
	// BelowCode and AboveCode: a code of Param is the code of Codes, or below or above it in its code system.
	BelowCode ConditionKind = 141
	AboveCode ConditionKind = 142
	// BelowResource and AboveResource: a reference of Param is to Text ("Location/1"), or to what is part of it, or to what it
	// is part of.
	BelowResource ConditionKind = 143
	AboveResource ConditionKind = 144
	// InList: the resource is an entry of the List whose id is Text.
	InList ConditionKind = 145
)

// Codes is what InValueSet, BelowCode and AboveCode want, and how codes become conditions of their parameter.
type Codes struct {
	// Name is the parameter as the client wrote it, for messages ("code:in").
	Name string
	// System and Code are what BelowCode and AboveCode start from.
	System, Code string
	field        field
}

// Any are the conditions of which one holds for whoever has one of the codes of a system.
func (c *Codes) Any(system string, codes []string) []Condition {
	texts := make([]string, 0, len(codes))
	for _, code := range codes {
		if c.field.holds("Coding", "CodeableConcept") {
			texts = append(texts, codingForm(system, code))
		}
		if c.field.implies(system, code) {
			texts = append(texts, codeForm(code))
		}
	}
	return c.field.terms(texts)
}

// All are the conditions of which one holds for whoever has any code of a system.
func (c *Codes) All(system string) []Condition {
	var texts []string
	if c.field.holds("Coding", "CodeableConcept") {
		texts = append(texts, systemForm(system))
	}
	for i := range c.field.leaves {
		set, ok := registry.ValueSet(c.field.leaves[i].Binding)
		if !ok {
			continue
		}
		for _, group := range set.Groups {
			if group.System != system {
				continue
			}
			for _, code := range group.Codes {
				texts = append(texts, codeForm(code))
			}
		}
	}
	return c.field.terms(texts)
}

// hasCodes tells whether an element of the field has a code of a code system.
func (f field) hasCodes() bool { return f.holds("Coding", "CodeableConcept", "code") }

// hasHierarchy tells whether any resource that the field refers to can be part of another one of its type.
func (f field) hasHierarchy() bool {
	return f.holds("Reference") && slices.ContainsFunc(f.targets, isPartOf)
}

// PartOf finds the parameter by which a resource of a type says of which other one of the type it is a part; false for
// types that have none.
func PartOf(resourceType string) (*registry.Param, bool) {
	for _, name := range [...]string{"partof", "part-of"} {
		if p, ok := registry.Lookup(resourceType, name); ok && p.Type == registry.Reference && slices.Contains(p.Targets, resourceType) {
			return p, true
		}
	}
	return nil, false
}

func isPartOf(resourceType string) bool {
	_, ok := PartOf(resourceType)
	return ok
}

// valueSet reads the value set of :in and :not-in (R4 search, "token").
func (p *parser) valueSet(f field, modifier, text string) ([]Condition, *outcome.Issue) {
	ref := localReference(unescape(text), p.options.BaseURL)
	id, relative := cutType(ref, "ValueSet")
	if relative && !isID(id) || !relative && !isURL(ref) {
		return nil, invalidValue(f.name+":"+modifier, text, "the canonical url of a value set, or ValueSet/id")
	}
	return []Condition{{Kind: InValueSet, Param: f.key, Text: ref, Codes: &Codes{Name: f.name + ":" + modifier, field: f}}}, nil
}

// hierarchy reads the code of :below and :above (R4 search, "token").
func (f field) hierarchy(modifier, text string) ([]Condition, *outcome.Issue) {
	kind := BelowCode
	if modifier == "above" {
		kind = AboveCode
	}
	parts := split(text, '|')
	code := unescape(parts[len(parts)-1])
	var systems []string
	if len(parts) == 2 && parts[0] != "" {
		systems = []string{unescape(parts[0])}
	} else if len(parts) == 1 {
		systems = f.impliedSystems(code)
	}
	if len(parts) > 2 || code == "" || len(systems) == 0 {
		return nil, invalidValue(f.name+":"+modifier, text, "system|code, because a code has its place in a code system")
	}
	conditions := make([]Condition, len(systems))
	for i, system := range systems {
		conditions[i] = Condition{Kind: kind, Param: f.key, Codes: &Codes{Name: f.name + ":" + modifier, System: system, Code: code, field: f}}
	}
	return conditions, nil
}

// impliedSystems are the systems that a plain code of the field can be of.
func (f field) impliedSystems(code string) (systems []string) {
	for i := range f.leaves {
		if set, ok := registry.ValueSet(f.leaves[i].Binding); ok {
			for _, group := range set.Groups {
				if slices.Contains(group.Codes, code) && !slices.Contains(systems, group.System) {
					systems = append(systems, group.System)
				}
			}
		}
	}
	return systems
}

// partHierarchy reads the resource of a reference's :below and :above (R4 search, "reference").
func (p *parser) partHierarchy(f field, modifier, text string) ([]Condition, *outcome.Issue) {
	kind := BelowResource
	if modifier == "above" {
		kind = AboveResource
	}
	texts, issue := p.referenceTexts(f, "", unescape(text))
	if issue != nil {
		return nil, issue
	}
	var conditions []Condition
	for _, one := range texts {
		resourceType, _ := cutLocal(one)
		if !isPartOf(resourceType) {
			if len(texts) == 1 {
				return nil, invalidValue(f.name+":"+modifier, text, "a resource that can be part of another of its type")
			}
			continue
		}
		conditions = append(conditions, Condition{Kind: kind, Param: f.key, Text: one})
	}
	return conditions, nil
}

// list reads _list (R4 search, "_list"): the id of a List.
func (p *parser) list(name, value string) {
	if !p.plain(name) {
		return
	}
	c := Clause{}
	for _, text := range split(value, ',') {
		if text == "" {
			continue
		}
		id := localReference(unescape(text), p.options.BaseURL)
		if plain, relative := cutType(id, "List"); relative {
			id = plain
		}
		if len(id) > 0 && id[0] == '$' {
			p.fault(notSupported("there are no functional lists here", text, "the id of a stored List"))
			return
		}
		if !isID(id) {
			p.fault(invalidValue(name, text, "the id of a List"))
			return
		}
		c.AnyOf = append(c.AnyOf, Condition{Kind: InList, Text: id})
		p.conditions++
	}
	if len(c.AnyOf) == 0 {
		p.fault(invalidValue(name, value, "the id of a List"))
		return
	}
	p.query.Where = append(p.query.Where, c)
	p.apply(name, value)
}

// plain refuses modifiers.
func (p *parser) plain(name string) bool {
	for i := range len(name) {
		if name[i] == ':' {
			p.fault(notSupported("search parameter "+name[:i]+" takes no modifier", name, name[:i]))
			return false
		}
	}
	return true
}

// cutType takes "Type/" off a relative reference.
func cutType(ref, resourceType string) (id string, ok bool) {
	if len(ref) > len(resourceType) && ref[:len(resourceType)] == resourceType && ref[len(resourceType)] == '/' {
		return ref[len(resourceType)+1:], true
	}
	return ref, false
}

// cutLocal splits "Type/id"; a url has no type.
func cutLocal(ref string) (resourceType, id string) {
	for i := range len(ref) {
		if ref[i] == '/' {
			if registry.IsType(ref[:i]) && isID(ref[i+1:]) {
				return ref[:i], ref[i+1:]
			}
			break
		}
	}
	return "", ref
}
