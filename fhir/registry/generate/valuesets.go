package main

import (
	"fmt"
	"slices"
	"strings"
)

// codeSet mirrors registry.CodeSet.
type codeSet struct {
	url    string
	groups []codeGroup
}

type codeGroup struct {
	system string
	codes  []string
}

// unlistable are the required value sets that have no finite list of codes in the package.
var unlistable = map[string]string{
	"http://hl7.org/fhir/ValueSet/mimetypes":  "BCP 13 has no list",
	"http://hl7.org/fhir/ValueSet/ucum-units": "UCUM is a grammar; the package's expansion stops after 1,000 codes",
	"http://loinc.org/vs/LL379-9":             "the package does not have it",
}

// valueSetsOf collects the value sets that elements of resources and data types are bound to with strength required.
func valueSetsOf(d *definitions) ([]codeSet, error) {
	expansions := make(map[string]*valueSet, len(d.expansions))
	for _, v := range d.expansions {
		expansions[v.URL] = v
	}
	var sets []codeSet
	for _, url := range d.requiredBindings() {
		if _, skip := unlistable[url]; skip {
			continue
		}
		v, ok := expansions[url]
		if !ok {
			return nil, fmt.Errorf("%s has no expansion", url)
		}
		s := codeSet{url: url}
		s.add(v.Expansion.Contains)
		if len(s.groups) == 0 {
			return nil, fmt.Errorf("%s has no codes", url)
		}
		s.sort()
		sets = append(sets, s)
	}
	return sets, nil
}

// requiredBindings gives the urls of all value sets bound with strength required, sorted.
func (d *definitions) requiredBindings() []string {
	var urls []string
	for _, s := range d.structures {
		for _, e := range s.Snapshot.Element {
			if e.Binding != nil && e.Binding.Strength == "required" {
				url, _, _ := strings.Cut(e.Binding.ValueSet, "|")
				urls = append(urls, url)
			}
		}
	}
	slices.Sort(urls)
	return slices.Compact(urls)
}

// add files the codes of an expansion, which may be a tree; abstract entries only group others.
func (s *codeSet) add(list []contained) {
	for _, c := range list {
		if c.Code != "" && !c.Abstract {
			i := slices.IndexFunc(s.groups, func(g codeGroup) bool { return g.system == c.System })
			if i < 0 {
				i = len(s.groups)
				s.groups = append(s.groups, codeGroup{system: c.System})
			}
			s.groups[i].codes = append(s.groups[i].codes, c.Code)
		}
		s.add(c.Contains)
	}
}

func (s *codeSet) sort() {
	slices.SortFunc(s.groups, func(a, b codeGroup) int { return strings.Compare(a.system, b.system) })
	for i := range s.groups {
		slices.Sort(s.groups[i].codes)
		s.groups[i].codes = slices.Compact(s.groups[i].codes)
	}
}
