package ledger

import (
	"cmp"
	"slices"
	"strings"

	"claimwright/adjudication/engine/day"
)

// Hold is the open hold of an authorization, nil if there is none.
func (t *Tally) Hold(authorization string) *Hold {
	for i := range t.Reserved {
		if t.Reserved[i].Authorization == authorization {
			return &t.Reserved[i]
		}
	}
	return nil
}

func (t *Tally) holdAt(h *Hold) (int, bool) {
	return slices.BinarySearchFunc(t.Reserved, h, func(x Hold, h *Hold) int {
		return cmp.Or(strings.Compare(x.Authorization, h.Authorization), cmp.Compare(x.Until, h.Until))
	})
}

// addHold adds to what is set aside, and to the sums. The list of holds is the tally's own by now. From what has lapsed
// already there is nothing left to take: two heads learn that a day has passed by entries of their own.
func (t *Tally) addHold(h *Hold, today day.Date) error {
	at, found := t.holdAt(h)
	if !found {
		if h.Until < t.Lapsed {
			return nil
		}
		opened := *h
		opened.Rows, opened.Shares, opened.Lines = Rows{}, nil, nil
		t.Reserved = slices.Insert(t.Reserved, at, opened)
	}
	sum, err := t.Reserved[at].Plus(h)
	if err != nil {
		return err
	}
	if t.Reserved[at] = sum; sum.Empty() {
		t.Reserved = slices.Delete(t.Reserved, at, at+1)
	}
	return t.addRows(&h.Rows, today)
}

func (t *Tally) addRows(r *Rows, today day.Date) error {
	for _, u := range r.Uses {
		if err := t.addUse(u); err != nil {
			return err
		}
	}
	for _, p := range r.Provisions {
		if err := t.addProvision(p, today); err != nil {
			return err
		}
	}
	return t.addDaily(r.Daily, today)
}

// expire drops what was set aside until a day before today.
func (t *Tally) expire(today day.Date) error {
	for i := 0; i < len(t.Reserved); {
		if t.Reserved[i].Until >= today {
			i++
			continue
		}
		t.Lapsed = max(t.Lapsed, today)
		back := t.Reserved[i].neg()
		t.Reserved = slices.Delete(t.Reserved, i, i+1)
		if err := t.addRows(&back, today); err != nil {
			return err
		}
	}
	return nil
}

// expires tells whether anything was set aside until a day before today.
func (t *Tally) expires(today day.Date) bool {
	return slices.ContainsFunc(t.Reserved, func(h Hold) bool { return h.Until < today })
}

// on is the tally as it counts on a day: without what was set aside until a day before. A tally that contradicts itself,
// which Prove finds, is given as it is.
func (t *Tally) on(today day.Date) Tally {
	next := t.copied()
	if next.expire(today) != nil {
		return *t
	}
	return next
}

// without is the tally as if some of what is set aside were not.
func (t *Tally) without(holds []Hold) Tally {
	next := t.copied()
	for i := range holds {
		back := holds[i].Neg()
		if next.addHold(&back, 0) != nil {
			return *t
		}
	}
	return next
}

func (t *Tally) copied() Tally {
	next := *t
	next.Uses, next.Services, next.Reserved = slices.Clone(t.Uses), slices.Clone(t.Services), slices.Clone(t.Reserved)
	next.Rolling = slices.Clone(t.Rolling)
	return next
}

// On is the head as it counts on a day: what was set aside until a day before is nobody's any more. The head itself where
// nothing was.
func (m *Member) On(today day.Date) *Member {
	if !m.expires(today) {
		return m
	}
	next := *m
	next.Tally = m.on(today)
	return &next
}

// On is the head as it counts on a day, as for a Member.
func (p *Policy) On(today day.Date) *Policy {
	if !p.expires(today) {
		return p
	}
	next := *p
	next.Tally = p.on(today)
	return &next
}

// Without is the head as if some of its holds were not there.
func (m *Member) Without(holds []Hold) *Member {
	next := *m
	next.Tally = m.without(holds)
	return &next
}

// Without is the head as if what members' holds set aside beneath it were not.
func (p *Policy) Without(holds []Hold) *Policy {
	shares := make([]Hold, len(holds))
	for i := range holds {
		shares[i] = holds[i].Share(p.ID)
	}
	next := *p
	next.Tally = p.without(shares)
	return &next
}
