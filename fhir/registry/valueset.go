package registry

import (
	"slices"
	"strings"
)

// CodeSet is a value set with its codes spelled out.
type CodeSet struct {
	// URL is the value set's canonical url without a version.
	URL    string
	Groups []CodeGroup
}

// CodeGroup holds the codes of one code system in a value set, sorted.
type CodeGroup struct {
	System string
	Codes  []string
}

// ValueSet finds a value set by its canonical url without a version. It knows those that R4 binds elements to with strength
// required, except those that cannot be listed: mimetypes (BCP 13), ucum-units (a grammar) and one of LOINC that the
// package does not have.
func ValueSet(url string) (*CodeSet, bool) {
	i, found := slices.BinarySearchFunc(valueSets, url, func(s CodeSet, url string) int { return strings.Compare(s.URL, url) })
	if !found {
		return nil, false
	}
	return &valueSets[i], true
}

// ValueSets gives the urls of all value sets that ValueSet knows, sorted.
func ValueSets() []string {
	urls := make([]string, len(valueSets))
	for i := range valueSets {
		urls[i] = valueSets[i].URL
	}
	return urls
}

// Has tells whether a code of a system is in the set.
func (s *CodeSet) Has(system, code string) bool {
	for i := range s.Groups {
		if s.Groups[i].System == system {
			_, found := slices.BinarySearch(s.Groups[i].Codes, code)
			return found
		}
	}
	return false
}

// HasSystem tells whether any code of the set is of the system.
func (s *CodeSet) HasSystem(system string) bool {
	for i := range s.Groups {
		if s.Groups[i].System == system {
			return true
		}
	}
	return false
}
