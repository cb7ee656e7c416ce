package terminology

import (
	"maps"
	"slices"
)

// Membership is the answer to whether a code is in a Set.
type Membership uint8

// The answers. Unverified: the set holds a whole code system whose codes are not known here.
const (
	Out Membership = iota
	In
	Unverified
)

// Set is an expanded value set. It is immutable and safe for concurrent use.
type Set struct {
	// URL is the value set's canonical url, empty where it has none.
	URL   string
	parts map[string]part
	// systems are the definitions that are known of systems included whole.
	systems map[string]*CodeSystem
}

// Part is what a set holds of one code system: the codes listed, sorted, or with Whole all codes but Except.
type Part struct {
	System string
	Codes  []string
	Whole  bool
	Except []string
}

// Parts lists a set by system, sorted.
func (s *Set) Parts() []Part {
	var out []Part
	for _, system := range slices.Sorted(maps.Keys(s.parts)) {
		p, codes := Part{System: system}, slices.Sorted(maps.Keys(s.parts[system].codes))
		if p.Whole = s.parts[system].whole; p.Whole {
			p.Except = codes
		} else {
			p.Codes = codes
		}
		out = append(out, p)
	}
	return out
}

// Len counts the codes that are listed; a whole system counts as none.
func (s *Set) Len() int {
	n := 0
	for _, p := range s.parts {
		if !p.whole {
			n += len(p.codes)
		}
	}
	return n
}

// Has tells whether the set holds a code of a system. Codes compare as they are written.
func (s *Set) Has(system, code string) Membership {
	p, ok := s.parts[system]
	switch _, listed := p.codes[code]; {
	case !ok || listed == p.whole:
		return Out
	case !p.whole:
		return In
	}
	if known := s.systems[system]; known != nil && known.Complete {
		if !known.Has(code) {
			return Out
		}
		return In
	}
	return Unverified
}

// HasCode tells whether the set holds a code whose system is not stated, as that of an element of type code.
func (s *Set) HasCode(code string) Membership {
	best := Out
	for system := range s.parts {
		switch s.Has(system, code) {
		case In:
			return In
		case Unverified:
			best = Unverified
		}
	}
	return best
}

// HasSystem tells whether the set holds any code of a system.
func (s *Set) HasSystem(system string) bool {
	_, ok := s.parts[system]
	return ok
}

// Codes lists the codes that the set holds of a system, sorted; false where they cannot be listed, because they are all, or
// all but some, of a code system that is not known with all its concepts.
func (s *Set) Codes(system string) ([]string, bool) {
	p := s.parts[system]
	if p.whole {
		known := s.systems[system]
		if known == nil || !known.Complete {
			return nil, false
		}
		p = known.all().and(p)
	}
	return slices.Sorted(maps.Keys(p.codes)), true
}

// part is a set of codes of one system: those listed, or if whole all others.
type part struct {
	whole bool
	codes map[string]struct{}
}

func listed(codes ...string) part {
	p := part{codes: make(map[string]struct{}, len(codes))}
	for _, code := range codes {
		p.codes[code] = struct{}{}
	}
	return p
}

func (p part) empty() bool { return !p.whole && len(p.codes) == 0 }

// but is p without q.
func (p part) but(q part) part { return p.and(part{whole: !q.whole, codes: q.codes}) }

// and is what is in both.
func (p part) and(q part) part {
	switch {
	case p.whole && q.whole:
		return part{whole: true, codes: both(p.codes, q.codes)}
	case q.whole:
		return part{codes: without(p.codes, q.codes)}
	case p.whole:
		return part{codes: without(q.codes, p.codes)}
	}
	return part{codes: within(p.codes, q.codes)}
}

// or is what is in either.
func (p part) or(q part) part {
	switch {
	case p.whole && q.whole:
		return part{whole: true, codes: within(p.codes, q.codes)}
	case q.whole:
		return part{whole: true, codes: without(q.codes, p.codes)}
	case p.whole:
		return part{whole: true, codes: without(p.codes, q.codes)}
	}
	return part{codes: both(p.codes, q.codes)}
}

type codes = map[string]struct{}

func both(a, b codes) codes {
	out := maps.Clone(a)
	if out == nil {
		out = codes{}
	}
	maps.Copy(out, b)
	return out
}

func within(a, b codes) codes {
	out := codes{}
	for code := range a {
		if _, ok := b[code]; ok {
			out[code] = struct{}{}
		}
	}
	return out
}

func without(a, b codes) codes {
	out := codes{}
	for code := range a {
		if _, ok := b[code]; !ok {
			out[code] = struct{}{}
		}
	}
	return out
}

// parts are a set by system, while it is made.
type parts map[string]part

func (s parts) add(o parts) {
	for system, p := range o {
		s[system] = s[system].or(p)
	}
}

func (s parts) remove(o parts) {
	for system, p := range o {
		mine, ok := s[system]
		if !ok {
			continue
		}
		if s[system] = mine.but(p); s[system].empty() {
			delete(s, system)
		}
	}
}

func (s parts) and(o parts) parts {
	out := parts{}
	for system, p := range s {
		if q, ok := o[system]; ok {
			if p = p.and(q); !p.empty() {
				out[system] = p
			}
		}
	}
	return out
}

func (s parts) size() int {
	n := 0
	for _, p := range s {
		n += len(p.codes)
	}
	return n
}
