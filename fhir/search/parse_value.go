package search

import (
	"slices"
	"strings"

	"claimwright/fhir/outcome"
	"claimwright/fhir/registry"
)

// field is what a value is compared with: a parameter, or the second part of a composite.
type field struct {
	// name is the parameter's name for messages, key the Param of its conditions.
	name, key string
	leaves    []registry.Leaf
	targets   []string
}

func fieldOf(p *registry.Param) field {
	return field{name: p.Name, key: p.Name, leaves: p.Leaves, targets: p.Targets}
}

func (f field) terms(texts []string) []Condition {
	conditions := make([]Condition, len(texts))
	for i, text := range texts {
		conditions[i] = Condition{Kind: HasTerm, Param: f.key, Text: text}
	}
	return conditions
}

// text reads a value of a string parameter.
func (f field) text(modifier, text string) ([]Condition, *outcome.Issue) {
	text = unescape(text)
	if modifier == "exact" {
		return []Condition{{Kind: HasExact, Param: f.key, Text: bounded(text)}}, nil
	}
	folded := Fold(text)
	kind := HasPrefix
	if modifier == "contains" {
		kind = HasContaining
	} else {
		folded = cut(folded, MaxText) // as the stored ones are, so that a long text is found by itself
	}
	if folded == "" || len(folded) > MaxText {
		return nil, invalidValue(f.name, text, "a text with a letter, digit or symbol in it, not too long")
	}
	return []Condition{{Kind: kind, Param: f.key, Text: folded}}, nil
}

func (f field) token(text string) ([]Condition, *outcome.Issue) {
	texts, issue := f.tokenTexts(text)
	return f.terms(texts), issue
}

// tokenTexts reads "code", "system|code", "|code" and "system|" into the terms of which one must be there.
func (f field) tokenTexts(text string) ([]string, *outcome.Issue) {
	parts := split(text, '|')
	if len(parts) == 1 {
		if f.holdsOnly("boolean") && text != "true" && text != "false" {
			return nil, invalidValue(f.name, text, "true or false")
		}
		return []string{codeForm(unescape(text))}, nil
	}
	if len(parts) > 2 || parts[0] == "" && parts[1] == "" {
		return nil, invalidValue(f.name, text, "code, system|code, |code or system|")
	}
	if !f.holds("Coding", "CodeableConcept", "Identifier", "code") {
		return nil, invalidValue(f.name, text, "a code alone, because the element has no system")
	}
	system, code := unescape(parts[0]), unescape(parts[1])
	if code == "" {
		return []string{systemForm(system)}, nil
	}
	texts := []string{codingForm(system, code)}
	if f.implies(system, code) {
		texts = append(texts, codeForm(code))
	}
	return texts, nil
}

// implies tells whether the plain code stands for system|code: an element of type code has the system of its value set,
// and none that it states.
func (f field) implies(system, code string) bool {
	for i := range f.leaves {
		leaf := &f.leaves[i]
		if !slices.Contains(leaf.Types, "code") {
			continue
		}
		if system == "" {
			return true
		}
		if set, ok := registry.ValueSet(leaf.Binding); ok && set.Has(system, code) {
			return true
		}
	}
	return false
}

// holds tells whether any element of the field can have one of the types.
func (f field) holds(types ...string) bool {
	for i := range f.leaves {
		if slices.ContainsFunc(f.leaves[i].Types, func(t string) bool { return slices.Contains(types, t) }) {
			return true
		}
	}
	return false
}

// holdsOnly tells whether all elements of the field have one of the types, and can have no other.
func (f field) holdsOnly(types ...string) bool {
	for i := range f.leaves {
		if len(f.leaves[i].Types) != 1 || !slices.Contains(types, f.leaves[i].Types[0]) {
			return false
		}
	}
	return true
}

func (p *parser) reference(f field, modifier, text string) ([]Condition, *outcome.Issue) {
	var texts []string
	var issue *outcome.Issue
	if modifier == "identifier" {
		texts, issue = f.identifierTexts(text)
	} else {
		texts, issue = p.referenceTexts(f, modifier, unescape(text))
	}
	return f.terms(texts), issue
}

// identifierTexts reads the identifier of a logical reference.
func (f field) identifierTexts(text string) ([]string, *outcome.Issue) {
	parts := split(text, '|')
	if len(parts) > 2 || parts[len(parts)-1] == "" {
		return nil, invalidValue(f.name+":identifier", text, "value, system|value or |value")
	}
	form := codeForm(unescape(parts[0]))
	if len(parts) == 2 {
		form = codingForm(unescape(parts[0]), unescape(parts[1]))
	}
	return []string{identifierMark + form}, nil
}

// referenceTexts reads an id, Type/id or a url into the terms of which one must be there.
func (p *parser) referenceTexts(f field, wantedType, text string) ([]string, *outcome.Issue) {
	targets := f.targets
	if wantedType != "" {
		if len(targets) > 0 && !slices.Contains(targets, wantedType) {
			return nil, invalidValue(f.name+":"+wantedType, wantedType, "a reference to "+oneOf(targets))
		}
		targets = []string{wantedType}
	}
	if f.holds("canonical", "uri") {
		return []string{bounded(text)}, nil
	}
	local := withoutVersion(localReference(text, p.options.BaseURL)) // as they are indexed
	resourceType, id, hasType := strings.Cut(local, "/")
	switch {
	case isURL(local):
		return []string{bounded(local)}, nil
	case hasType && registry.IsType(resourceType) && isID(id):
		if len(targets) > 0 && !slices.Contains(targets, resourceType) {
			return nil, invalidValue(f.name, text, "a reference to "+oneOf(targets))
		}
		return []string{local}, nil
	case !hasType && isID(local) && len(targets) > 0:
		texts := make([]string, len(targets))
		for i, t := range targets {
			texts[i] = t + "/" + local
		}
		return texts, nil
	}
	return nil, invalidValue(f.name, text, "id, Type/id or an absolute url; the type one of "+oneOf(targets))
}

// among tells whether a type is one of those that a reference may lead to; no types are all of R4's.
func among(targets []string, resourceType string) bool {
	if len(targets) == 0 {
		return registry.IsType(resourceType)
	}
	return slices.Contains(targets, resourceType)
}

// oneOf lists types for a message, shortened where any type will do.
func oneOf(types []string) string {
	switch {
	case len(types) == 0:
		return "any type"
	case len(types) > 12:
		return "any of " + strings.Join(types[:3], ", ") + " and the other resource types"
	}
	return strings.Join(types, ", ")
}

// localReference makes an absolute url below our own base relative; anything else stays as it is. Whether an address says
// http or https makes no difference to what it identifies (R4 §3.1.0.1.1).
func localReference(text, baseURL string) string {
	base := withoutScheme(strings.TrimSuffix(baseURL, "/"))
	rest := withoutScheme(text)
	if base == "" || len(rest) == len(text) || len(rest) <= len(base) || rest[len(base)] != '/' || rest[:len(base)] != base {
		return text
	}
	return rest[len(base)+1:]
}

// withoutScheme cuts "http://" or "https://" off.
func withoutScheme(url string) string {
	if rest, ok := strings.CutPrefix(url, "https://"); ok {
		return rest
	}
	return strings.TrimPrefix(url, "http://")
}

// isURL tells absolute urls and urns from relative references.
func isURL(s string) bool {
	return strings.Contains(s, "://") || strings.HasPrefix(s, "urn:")
}
