package scheme

import (
	"regexp"
	"slices"
	"strings"

	"claimwright/fhir/codec"
)

// maxFilterLength bounds the pattern of a filter.
const maxFilterLength = 1000

// codeList is the list of a canonical url, which the value names; nil with an issue when there is none. What is wrong with
// the list itself is said of the resource that names it, because that is what cannot be used.
func (c *compiler) codeList(named codec.Value) *CodeList { return c.listOf(named, named.Text()) }

// listOf is the list of a canonical url, or of a name, which the value at holds somewhere.
func (c *compiler) listOf(at codec.Value, called string) *CodeList {
	url, version, _ := strings.Cut(called, "|")
	if list, known := c.lists[called]; known {
		if list == nil {
			c.fail(at, "The list of codes cannot be used", called, "one without the faults that other issues name")
		}
		return list
	}
	var found []*codec.Document
	for _, d := range c.terminology {
		root := d.Root()
		if (root.Get(nURL).Text() == url || IsListName(url) && root.Get(nName).Text() == url) && root.Get(nStatus).Text() != "retired" && (version == "" || root.Get(nVersion).Text() == version) {
			found = append(found, d)
		}
	}
	switch len(found) {
	case 0:
		c.miss(at, "There is no such list of codes", called, "the url of a ValueSet or CodeSystem of this server that is not retired")
		return nil
	case 1:
	default:
		c.fail(at, "Several lists of codes go by the url", found[0].Type()+"/"+found[0].ID()+", "+found[1].Type()+"/"+found[1].ID(),
			"one, or its version behind a |")
		return nil
	}
	r := listReader{compiler: c, at: at, list: &CodeList{
		Source: Source{Key: found[0].Type() + "/" + found[0].ID(), Version: found[0].VersionID()}, URL: strings.Clone(url),
		included: map[string]*codeSet{}, excluded: map[string]*codeSet{},
	}}
	faults := len(c.issues)
	r.read(found[0])
	if len(c.issues) > faults {
		r.list = nil
	}
	c.lists[strings.Clone(called)] = r.list
	if !slices.Contains(c.used, found[0]) {
		c.used = append(c.used, found[0])
	}
	return r.list
}

// IsListName tells a list's short name, which rules use, from a canonical url.
func IsListName(named string) bool { return !strings.ContainsAny(named, ":/") }

// listReader reads one list.
type listReader struct {
	*compiler
	at   codec.Value
	list *CodeList
}

func (r *listReader) read(doc *codec.Document) {
	root := doc.Root()
	switch {
	case doc.Type() == "CodeSystem":
		if root.Get(nContent).Text() != "complete" {
			r.fail(r.at, "The CodeSystem does not hold all its codes", root.Get(nContent).Text(), "content complete")
			return
		}
		r.concepts(set(r.list.included, root.Get(nURL).Text()), root.Get(nConcept))
	case root.Get(nExpansion).Exists():
		r.contains(root.Get(nExpansion).Get(nContains))
	default:
		compose := root.Get(nCompose)
		for v := range compose.Get(nInclude).Each() {
			r.include(r.list.included, v)
		}
		for v := range compose.Get(nExclude).Each() {
			r.include(r.list.excluded, v)
		}
	}
	if len(r.list.included) == 0 {
		r.fail(r.at, "The list of codes is empty", r.list.Key, "compose.include or expansion.contains with codes")
	}
}

func set(of map[string]*codeSet, system string) *codeSet {
	s := of[system]
	if s == nil {
		s = &codeSet{codes: map[string]struct{}{}}
		of[strings.Clone(system)] = s
	}
	return s
}

func (r *listReader) concepts(into *codeSet, concepts codec.Value) {
	for v := range concepts.Each() {
		into.codes[strings.Clone(v.Get(nCode).Text())] = struct{}{}
		r.concepts(into, v.Get(nConcept))
	}
}

func (r *listReader) contains(entries codec.Value) {
	for v := range entries.Each() {
		if code := v.Get(nCode).Text(); code != "" && !v.Get(nAbstract).Bool() {
			set(r.list.included, v.Get(nSystem).Text()).codes[strings.Clone(code)] = struct{}{}
		}
		r.contains(v.Get(nContains))
	}
}

// include reads an include or exclude: codes, or filters that must all hold, or a whole system.
func (r *listReader) include(into map[string]*codeSet, v codec.Value) {
	system := v.Get(nSystem).Text()
	if v.Get(nValueSet).Exists() || system == "" {
		r.fail(r.at, "The list is made of other lists", r.list.Key, "a system with concepts or filters, or an expansion")
		return
	}
	s := set(into, system)
	filters := v.Get(nFilter)
	switch {
	case v.Get(nConcept).Exists():
		r.concepts(s, v.Get(nConcept))
	case filters.Exists():
		var all codeRules
		for f := range filters.Each() {
			all = append(all, r.filter(f))
		}
		s.rules = append(s.rules, all)
	default:
		s.all = true
	}
}

// filter reads one filter on codes; other properties are not known here.
func (r *listReader) filter(f codec.Value) codeRule {
	rule := codeRule{op: strings.Clone(f.Get(nOp).Text()), value: strings.Clone(f.Get(nValue).Text())}
	if p := f.Get(nProperty).Text(); p != "code" && p != "concept" {
		r.fail(r.at, "The list filters by a property that is not known", p, "code or concept")
	}
	switch rule.op {
	case "=", "is-a", "descendent-of", "in":
	case "regex":
		var err error
		if len(rule.value) > maxFilterLength {
			r.fail(r.at, "The list's filter is too long", rule.value[:40]+"…", "a regular expression of at most 1,000 characters")
		} else if rule.pattern, err = regexp.Compile(`^(?:` + rule.value + `)$`); err != nil {
			r.fail(r.at, "The list's filter is no regular expression", rule.value, "a regular expression of RE2")
		}
		if rule.pattern == nil {
			rule.op = "="
		}
	default:
		r.fail(r.at, "The list's filter is not known", rule.op, "=, is-a, descendent-of, in or regex")
	}
	if rule.value == "" {
		r.fail(r.at, "The list's filter has no value", "nothing", "a code, codes or a regular expression")
	}
	return rule
}
