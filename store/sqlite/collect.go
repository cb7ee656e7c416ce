package sqlite

import (
	"fmt"
	"math"
	"strings"

	"claimwright/fhir/search"
	"claimwright/store"
)

// collection gathers the resources that match conditions whose answers are rows, up to a limit.
type collection struct {
	*execution
	rids  []int64
	limit int
	// looked counts the rows that were read.
	looked int
}

// look counts a row and tells whether there were too many of them, matching or not.
func (c *collection) look() (full bool, err error) {
	c.looked++
	return c.looked > c.limits.rows, c.stillWanted(c.looked)
}

// collect gathers the matches of any of a clause's conditions, ascending; false when they are more than the limit, or when
// to find them takes too many rows.
func (x *execution) collect(c *clause, limit int) ([]int64, bool, error) {
	col := &collection{execution: x, limit: limit}
	for i := range c.anyOf {
		full, err := col.add(&c.anyOf[i])
		if full || err != nil {
			return nil, false, err
		}
	}
	return sortRIDs(col.rids), true, nil
}

// take adds a resource and tells whether there are too many. Those that match twice are counted once.
func (c *collection) take(rid int64) (full bool) {
	if len(c.rids) == c.limit {
		c.rids = sortRIDs(c.rids)
		if len(c.rids) > c.limit/2 {
			return true
		}
	}
	c.rids = append(c.rids, rid)
	return false
}

func (c *collection) add(cond *condition) (full bool, err error) {
	if err := c.ctx.Err(); err != nil {
		return false, err
	}
	switch cond.Kind {
	case search.InBox:
		return c.addSpans(cond)
	case search.UpdatedIn:
		return c.addMoments(&cond.Box)
	case search.HasPrefix, search.HasContaining, search.HasFolded:
		return c.addPhrases(cond)
	}
	list, err := c.listed(cond)
	if err != nil {
		return false, err
	}
	err = each(list, math.MinInt64, func(rid int64) (bool, error) {
		full = c.take(rid)
		return !full, nil
	})
	return full, err
}

// addSpans gathers the ranges in a box, level by level.
func (c *collection) addSpans(cond *condition) (bool, error) {
	var parts []part[rangeRow]
	for _, v := range c.sn.views() {
		parts = append(parts, part[rangeRow]{&v.overlay.ranges, v.extent.ranges})
	}
	full := false
	removed := pending(cond.key, parts, func(row rangeRow) {
		full = full || cond.Box.Holds(row.lo, row.hi) && c.take(row.rid)
	})
	for level := int64(math.MinInt32); !full; {
		var ok bool
		var err error
		if level, ok, err = c.sn.levelAfter(cond.key, level); !ok || err != nil {
			return false, err
		}
		if full, err = c.addLevel(cond, int(level), removed); err != nil {
			return false, err
		}
	}
	return full, nil
}

// levelAfter finds the next level that a key has rows of.
func (r *reader) levelAfter(key indexKey, level int64) (int64, bool, error) {
	defer r.nextLevel.Reset()
	r.nextLevel.Int(1, int64(key))
	r.nextLevel.Int(2, level)
	row, err := r.nextLevel.Step()
	if !row {
		return 0, false, err
	}
	return r.nextLevel.IntAt(0), true, nil
}

func (c *collection) addLevel(cond *condition, level int, removed map[rangeRow]bool) (full bool, err error) {
	box := &cond.Box
	lo, hi := startsWithin(level, *box)
	st := c.sn.spans
	st.Int(1, int64(cond.key))
	st.Int(2, int64(level))
	st.Float(3, lo)
	st.Float(4, hi)
	if level == levelOpenStart { // they all begin alike and are ordered by their ends
		st = c.sn.openSpans
		st.Int(1, int64(cond.key))
		st.Int(2, int64(level))
		st.Float(3, math.Inf(-1))
		st.Float(4, box.HiMin)
		st.Float(5, box.HiMax)
	}
	defer st.Reset()
	for {
		row, err := st.Step()
		if !row {
			return false, err
		}
		if full, err := c.look(); full || err != nil {
			return full, err
		}
		r := rangeRow{st.FloatAt(0), st.FloatAt(1), st.IntAt(2)}
		if box.Holds(r.lo, r.hi) && !removed[r] && c.take(r.rid) {
			return true, nil
		}
	}
}

// stillWanted looks at the context now and then.
func (x *execution) stillWanted(n int) error {
	if n%256 == 255 {
		return x.ctx.Err()
	}
	return nil
}

// addPhrases gathers the strings that begin with, are, or contain a text. What contains a text may begin with anything, so
// that all strings of the parameter are read.
func (c *collection) addPhrases(cond *condition) (bool, error) {
	holds, from := strings.HasPrefix, cond.Text
	switch cond.Kind {
	case search.HasContaining:
		holds, from = strings.Contains, ""
	case search.HasFolded:
		holds = func(folded, text string) bool { return folded == text }
	}
	var parts []part[textRow]
	for _, v := range c.sn.views() {
		parts = append(parts, part[textRow]{&v.overlay.texts, v.extent.texts})
	}
	full := false
	removed := pending(cond.key, parts, func(row textRow) {
		full = full || holds(row.folded, cond.Text) && c.take(row.rid)
	})
	if full {
		return true, nil
	}
	st := c.sn.phrases
	defer st.Reset()
	st.Int(1, int64(cond.key))
	st.Text(2, from)
	for {
		row, err := st.Step()
		if !row {
			return false, err
		}
		if full, err := c.look(); full || err != nil {
			return full, err
		}
		r := textRow{st.TextAt(0), st.IntAt(1)}
		if !holds(r.folded, cond.Text) {
			if cond.Kind != search.HasContaining {
				return false, nil // in order: nothing after it begins so
			}
			continue
		}
		if !removed[r] && c.take(r.rid) {
			return true, nil
		}
	}
}

// addMoments gathers the resources whose current version was written within a box.
func (c *collection) addMoments(box *search.Box) (bool, error) {
	since, until := math.Max(box.LoMin, box.HiMin), math.Min(box.LoMax, box.HiMax)
	if !(since <= until) || since >= math.MaxInt64 {
		return false, nil
	}
	m := &moments{sn: c.sn, resourceType: c.query.Type, from: beginning, batch: 100}
	if since > math.MinInt64 {
		m.from = place{updated: int64(math.Floor(since)), rid: math.MinInt64}
	}
	for {
		at, ok, err := m.peek()
		if !ok || err != nil || float64(at.updated) > until {
			return false, err
		}
		m.next()
		if full, err := c.look(); full || err != nil {
			return full, err
		}
		if !box.Holds(float64(at.updated), float64(at.updated)) {
			continue
		}
		c.sn.located.Int(1, at.rid)
		r, _, err := readLocated(c.sn.located)
		if err != nil {
			return false, err
		}
		if r.seq == at.seq && !r.deleted && c.take(at.rid) {
			return true, nil
		}
	}
}

// listed opens the list of a condition.
func (x *execution) listed(cond *condition) (rids, error) {
	if cond.Kind != search.HasID {
		return x.sn.postings(cond.key), nil
	}
	at, err := x.s.chainOf(x.sn, store.Key{Type: x.query.Type, ID: cond.Text})
	if err != nil {
		return nil, fmt.Errorf("look up id: %w", err)
	}
	if at.seq == 0 || at.deleted {
		return none{}, nil
	}
	return &sortedRIDs{rest: []int64{at.rid}}, nil
}
