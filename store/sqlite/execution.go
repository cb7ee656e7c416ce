package sqlite

import (
	"context"
	"fmt"
	"slices"

	"claimwright/fhir/search"
	"claimwright/store"
)

// execution runs a query on a snapshot.
//
// Clauses whose answers the index lists are intersected, driven by the shortest list. Clauses about ranges, texts and
// times are collected into lists where that is little, and checked on each candidate where it is not. So a search costs
// what its most selective clause costs, not what is stored.
type execution struct {
	ctx     context.Context
	s       *Store
	sn      *snapshot
	query   *search.Query
	clauses []clause
	limits  limits
	// effort bounds a count that need not be told if it takes much; nil for everything else.
	effort *effort
}

func (s *Store) execution(ctx context.Context, sn *snapshot, q *search.Query, a store.Access) *execution {
	return &execution{ctx: ctx, s: s, sn: sn, query: q, clauses: s.keys.clausesOf(q, a), limits: s.options.limits}
}

// source is a set that clauses are applied to, with what it is estimated to hold.
type source struct {
	set      rids
	estimate int
}

// wideClause is how many lists a clause may have that is not rather checked on few candidates: each list must be looked for.
const wideClause = 16

// matches is the set of resources that match the query: the lists first, then what is rather checked where these leave
// few candidates.
func (x *execution) matches() (rids, error) {
	m := matching{execution: x, least: many}
	var wide, costly []*clause
	for i := range x.clauses {
		switch c := &x.clauses[i]; {
		case !c.isListed():
			costly = append(costly, c)
		case len(c.anyOf) > wideClause:
			wide = append(wide, c)
		default:
			if err := m.open(c); err != nil {
				return nil, err
			}
		}
	}
	for _, c := range wide {
		if m.least <= x.limits.checkBelow {
			m.checked = append(m.checked, c)
		} else if err := m.open(c); err != nil {
			return nil, err
		}
	}
	for _, c := range costly {
		if err := m.collect(c); err != nil {
			return nil, err
		}
	}
	set := x.combine(m.wanted, m.unwanted)
	if len(m.checked) > 0 {
		set = &checking{execution: x, set: set, clauses: m.checked}
	}
	return set, nil
}

// matching gathers what becomes of the clauses of a query.
type matching struct {
	*execution
	wanted, unwanted []source
	checked          []*clause
	// least is the estimate of the smallest set wanted.
	least int
}

func (m *matching) add(c *clause, src source) {
	if c.not {
		m.unwanted = append(m.unwanted, src)
		return
	}
	m.wanted = append(m.wanted, src)
	m.least = min(m.least, src.estimate)
}

func (m *matching) open(c *clause) error {
	src, err := m.lists(c)
	if err == nil {
		m.add(c, src)
	}
	return err
}

func (m *matching) collect(c *clause) error {
	src, ok, err := m.collected(c, m.least)
	switch {
	case err != nil:
		return err
	case ok:
		m.add(c, src)
	case m.effort != nil && m.least > m.limits.checkBelow:
		return errEffort
	default:
		m.checked = append(m.checked, c)
	}
	return nil
}

// lists opens the lists of a clause.
func (x *execution) lists(c *clause) (source, error) {
	var u union
	estimate := 0
	for i := range c.anyOf {
		list, err := x.listed(&c.anyOf[i])
		if err != nil {
			return source{}, err
		}
		n := 1
		if p, ok := list.(*postingList); ok {
			if n, err = p.estimate(); err != nil {
				return source{}, err
			}
			if n == 0 { // :missing asks for hundreds of terms, most of which no resource has
				continue
			}
		}
		estimate = min(many, estimate+n)
		u.sets = append(u.sets, list)
	}
	switch len(u.sets) {
	case 0:
		return source{none{}, 0}, nil
	case 1:
		return source{u.sets[0], estimate}, nil
	}
	return source{&u, estimate}, nil
}

// collected collects a clause, unless checking it on the candidates is cheaper.
func (x *execution) collected(c *clause, candidates int) (source, bool, error) {
	if candidates <= x.limits.checkBelow {
		return source{}, false, nil
	}
	limit := x.limits.collect
	if x.query.CountOnly {
		limit = x.limits.matches // every match will be looked at anyway
	}
	found, ok, err := x.collect(c, limit)
	return source{&sortedRIDs{rest: found}, len(found)}, ok, err
}

// combine intersects what is wanted, the shortest first, and leaves out what is unwanted.
func (x *execution) combine(wanted, unwanted []source) rids {
	if len(wanted) == 0 {
		wanted = []source{{set: x.sn.postings(x.s.keys.all(x.query.Type))}}
	}
	slices.SortStableFunc(wanted, func(a, b source) int { return a.estimate - b.estimate })
	if x.effort != nil {
		for _, sources := range [][]source{wanted, unwanted} {
			for i := range sources {
				sources[i].set = &metered{sources[i].set, x.effort}
			}
		}
	}
	set := wanted[0].set
	if len(wanted) > 1 {
		var all intersection
		for _, src := range wanted {
			all.sets = append(all.sets, src.set)
		}
		set = &all
	}
	for _, src := range unwanted {
		set = &exclusion{of: set, without: src.set}
	}
	return set
}

// checking lets those candidates pass that satisfy clauses which are not lists.
type checking struct {
	*execution
	set     rids
	clauses []*clause
	missed  int
}

func (k *checking) seek(rid int64) (int64, bool, error) {
	for {
		at, ok, err := k.set.seek(rid)
		if !ok || err != nil || len(k.clauses) == 0 {
			return at, ok, err
		}
		c, err := k.sn.candidateAt(k.query.Type, at)
		if err != nil {
			return 0, false, err
		}
		if c != nil && !slices.ContainsFunc(k.clauses, func(cl *clause) bool { return !c.satisfies(cl) }) {
			return at, true, nil
		}
		if err := k.miss(); err != nil {
			return 0, false, err
		}
		rid = at + 1
	}
}

// miss counts a candidate that was turned away. When they are many, the clauses become lists after all.
func (k *checking) miss() error {
	k.missed++
	if err := k.stillWanted(k.missed); err != nil || k.missed < k.limits.misses {
		return err
	}
	for _, c := range k.clauses {
		found, ok, err := k.collect(c, k.limits.matches)
		if err != nil {
			return err
		}
		if !ok {
			return fmt.Errorf("more than %d matches of one clause, or %d rows to find them: %w", k.limits.matches, k.limits.rows, store.ErrTooCostly)
		}
		list := &sortedRIDs{rest: found}
		if c.not {
			k.set = &exclusion{of: k.set, without: list}
		} else {
			k.set = &intersection{sets: []rids{list, k.set}}
		}
	}
	k.clauses = nil
	return nil
}
