package scheme

import (
	"regexp"
	"strings"

	"claimwright/adjudication/engine/rules/value"
)

// CodeList is a list of codes, made of a ValueSet or a CodeSystem. It is immutable and safe for concurrent use.
type CodeList struct {
	Source
	// URL is the canonical url that it goes by.
	URL                string
	included, excluded map[string]*codeSet // by system
}

// Holds tells whether a code is in the list.
func (l *CodeList) Holds(c Code) bool {
	return l.included[c.System].holds(c.Value) && !l.excluded[c.System].holds(c.Value)
}

// Codes is the list as rules know it, where codes stand without their system: a code is in it if it is under any system.
func (l *CodeList) Codes(name string) *value.Codes {
	var single []string
	listed := len(l.excluded) == 0
	for _, s := range l.included {
		listed = listed && !s.all && len(s.rules) == 0
		for code := range s.codes {
			single = append(single, code)
		}
	}
	if listed {
		return value.CodesOf(name, single...)
	}
	return value.CodesWhere(name, nil, func(code string) bool {
		for system := range l.included {
			if l.Holds(Code{System: system, Value: code}) {
				return true
			}
		}
		return false
	})
}

// codeSet is what a list says about one system.
type codeSet struct {
	// all says that every code of the system is meant.
	all   bool
	codes map[string]struct{}
	rules []codeRules
}

func (s *codeSet) holds(code string) bool {
	if s == nil || code == "" {
		return false
	}
	if _, listed := s.codes[code]; listed || s.all {
		return true
	}
	for _, r := range s.rules {
		if r.hold(code) {
			return true
		}
	}
	return false
}

// codeRules are the filters of one include: all of them must hold.
type codeRules []codeRule

func (r codeRules) hold(code string) bool {
	for i := range r {
		if !r[i].holds(code) {
			return false
		}
	}
	return true
}

// codeRule is one filter. Codes beneath another are told by their beginning, as codes of the ICD are built.
type codeRule struct {
	op      string
	value   string
	pattern *regexp.Regexp
}

func (r *codeRule) holds(code string) bool {
	switch r.op {
	case "is-a":
		return strings.HasPrefix(code, r.value)
	case "descendent-of":
		return len(code) > len(r.value) && strings.HasPrefix(code, r.value)
	case "in":
		for one := range strings.SplitSeq(r.value, ",") {
			if strings.TrimSpace(one) == code {
				return true
			}
		}
		return false
	case "regex":
		return r.pattern.MatchString(code)
	}
	return code == r.value // the operator "="
}
