package sqlite

import (
	"slices"
	"strings"

	"claimwright/fhir/search"
	"claimwright/store"
)

// clause is a clause of a query with its index keys.
type clause struct {
	not   bool
	anyOf []condition
}

// condition is a condition of a query with its index key.
type condition struct {
	*search.Condition
	key indexKey
}

// hasLabel is the kind of the conditions that an access adds.
const hasLabel search.ConditionKind = 0xff

// clausesOf compiles a query. A reader who may not see everything gets one clause more: one of his labels.
func (m keyMaker) clausesOf(q *search.Query, a store.Access) []clause {
	out := make([]clause, 0, len(q.Where)+1)
	if !a.All() {
		label := clause{}
		for _, l := range a.Labels() {
			label.anyOf = append(label.anyOf, condition{&search.Condition{Kind: hasLabel}, m.label(q.Type, l)})
		}
		out = append(out, label)
	}
	for i := range q.Where {
		c := clause{not: q.Where[i].Not}
		for j := range q.Where[i].AnyOf {
			cond := &q.Where[i].AnyOf[j]
			c.anyOf = append(c.anyOf, condition{cond, m.condition(q.Type, cond)})
		}
		out = append(out, c)
	}
	return out
}

// isListed tells that the index holds the answer to all conditions as lists of resources, so that it costs little to
// walk. The other kinds have rows per value, which must be collected.
func (c *clause) isListed() bool {
	return !slices.ContainsFunc(c.anyOf, func(cond condition) bool {
		switch cond.Kind {
		case search.HasTerm, search.HasExact, search.HasID, hasLabel:
			return false
		}
		return true
	})
}

// candidate is a resource whose entries are at hand.
type candidate struct {
	rid, seq, updated int64
	id                string
	entries           *entries
}

// candidate reads a resource of a type; nil when it is deleted or of another type.
func (r *reader) candidateAt(resourceType string, rid int64) (*candidate, error) {
	st := r.candidate
	defer st.Reset()
	st.Int(1, rid)
	st.Text(2, resourceType)
	row, err := st.Step()
	if !row {
		return nil, err
	}
	c := &candidate{rid: rid, id: st.TextAt(0), updated: st.IntAt(1), seq: st.IntAt(2)}
	c.entries, err = decodeEntries(st.BytesAt(3))
	return c, err
}

// satisfies tells whether a clause holds for a candidate.
func (c *candidate) satisfies(cl *clause) bool {
	return slices.ContainsFunc(cl.anyOf, c.meets) != cl.not
}

// satisfiesAll tells whether all clauses hold.
func (c *candidate) satisfiesAll(clauses []clause) bool {
	for i := range clauses {
		if !c.satisfies(&clauses[i]) {
			return false
		}
	}
	return true
}

func (c *candidate) meets(cond condition) bool {
	switch cond.Kind {
	case search.HasID:
		return c.id == cond.Text
	case search.UpdatedIn:
		return cond.Box.Holds(float64(c.updated), float64(c.updated))
	case search.InBox:
		return slices.ContainsFunc(c.entries.ranges, func(r rangeEntry) bool {
			return r.key == cond.key && cond.Box.Holds(r.lo, r.hi)
		})
	case search.HasPrefix:
		return slices.ContainsFunc(c.entries.texts, func(t textEntry) bool {
			return t.key == cond.key && strings.HasPrefix(t.folded, cond.Text)
		})
	case search.HasFolded:
		return slices.ContainsFunc(c.entries.texts, func(t textEntry) bool { return t.key == cond.key && t.folded == cond.Text })
	case search.HasContaining:
		return slices.ContainsFunc(c.entries.texts, func(t textEntry) bool {
			return t.key == cond.key && strings.Contains(t.folded, cond.Text)
		})
	default:
		_, found := slices.BinarySearch(c.entries.terms, cond.key)
		return found
	}
}
