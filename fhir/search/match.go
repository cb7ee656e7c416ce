package search

import "strings"

// Candidate is a resource as Match sees it.
type Candidate struct {
	ID string
	// Updated is the time of the last write in milliseconds since 1970.
	Updated float64
	Values  *Values
}

// Match evaluates the clauses of a query in memory. It defines what every store must answer, and serves the writes that
// are staged but not yet stored.
func (q *Query) Match(c Candidate) bool {
	for _, clause := range q.Where {
		if clause.anyHolds(c) == clause.Not {
			return false
		}
	}
	return true
}

func (cl *Clause) anyHolds(c Candidate) bool {
	for i := range cl.AnyOf {
		if cl.AnyOf[i].holds(c) {
			return true
		}
	}
	return false
}

func (cond *Condition) holds(c Candidate) bool {
	switch cond.Kind {
	case HasID:
		return c.ID == cond.Text
	case UpdatedIn:
		return cond.Box.Holds(c.Updated, c.Updated)
	}
	if c.Values == nil {
		return false
	}
	switch cond.Kind {
	case HasTerm:
		return c.Values.hasTerm(cond.Param, cond.Text)
	case InBox:
		return c.Values.hasRange(cond.Param, cond.Box)
	case HasPrefix, HasExact, HasContaining, HasFolded:
		return c.Values.hasText(cond)
	}
	return false
}

func (v *Values) hasTerm(param, text string) bool {
	for i := range v.Terms {
		if v.Terms[i].Text == text && v.Terms[i].Param == param {
			return true
		}
	}
	return false
}

func (v *Values) hasRange(param string, box Box) bool {
	for i := range v.Ranges {
		if r := &v.Ranges[i]; r.Param == param && box.Holds(r.Lo, r.Hi) {
			return true
		}
	}
	return false
}

func (v *Values) hasText(cond *Condition) bool {
	for i := range v.Strings {
		s := &v.Strings[i]
		if s.Param != cond.Param {
			continue
		}
		switch cond.Kind {
		case HasPrefix:
			if strings.HasPrefix(s.Folded, cond.Text) {
				return true
			}
		case HasExact:
			if s.Exact == cond.Text && s.Exact != "" {
				return true
			}
		case HasFolded:
			if s.Folded == cond.Text {
				return true
			}
		case HasContaining:
			if strings.Contains(s.Folded, cond.Text) {
				return true
			}
		}
	}
	return false
}
