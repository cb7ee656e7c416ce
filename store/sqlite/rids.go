package sqlite

import (
	"slices"
)

// rids is a set of resources in ascending order, computed as it is walked.
type rids interface {
	// seek answers the smallest member that is not below rid; false when there is none. Later calls ask for no less.
	seek(rid int64) (int64, bool, error)
}

// none is the empty set.
type none struct{}

func (none) seek(int64) (int64, bool, error) { return 0, false, nil }

// sortedRIDs are members that are known, ascending.
type sortedRIDs struct{ rest []int64 }

func (s *sortedRIDs) seek(rid int64) (int64, bool, error) {
	if len(s.rest) > 0 && s.rest[0] < rid {
		if s.rest = s.rest[1:]; len(s.rest) > 0 && s.rest[0] < rid { // nearly always it is the next one
			i, _ := slices.BinarySearch(s.rest, rid)
			s.rest = s.rest[i:]
		}
	}
	if len(s.rest) == 0 {
		return 0, false, nil
	}
	return s.rest[0], true, nil
}

// union has the members of any of its sets. It keeps each set's next member in a heap, so that a search by thousands of
// values, such as one that follows references, costs little more than the members it walks.
type union struct {
	sets []rids
	// heads are the sets that have members left, in a heap by the least of them, once there was a call.
	heads  []head
	opened bool
}

// head is a set and its least member that was not passed.
type head struct {
	at  int64
	set rids
}

func (u *union) seek(rid int64) (int64, bool, error) {
	if !u.opened {
		u.opened = true
		for _, s := range u.sets {
			if err := u.push(s, rid); err != nil {
				return 0, false, err
			}
		}
	}
	for len(u.heads) > 0 && u.heads[0].at < rid {
		at, ok, err := u.heads[0].set.seek(rid)
		if err != nil {
			return 0, false, err
		}
		if ok {
			u.heads[0].at = at
		} else {
			last := len(u.heads) - 1
			u.heads[0] = u.heads[last]
			u.heads = u.heads[:last]
		}
		u.sink(0)
	}
	if len(u.heads) == 0 {
		return 0, false, nil
	}
	return u.heads[0].at, true, nil
}

// push adds a set at its first member that is not below rid.
func (u *union) push(s rids, rid int64) error {
	at, ok, err := s.seek(rid)
	if !ok || err != nil {
		return err
	}
	u.heads = append(u.heads, head{at, s})
	for i := len(u.heads) - 1; i > 0; {
		parent := (i - 1) / 2
		if u.heads[parent].at <= u.heads[i].at {
			return nil
		}
		u.heads[parent], u.heads[i] = u.heads[i], u.heads[parent]
		i = parent
	}
	return nil
}

// sink moves a head down to its place in the heap.
func (u *union) sink(i int) {
	for {
		least := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(u.heads); child++ {
			if u.heads[child].at < u.heads[least].at {
				least = child
			}
		}
		if least == i {
			return
		}
		u.heads[i], u.heads[least] = u.heads[least], u.heads[i]
		i = least
	}
}

// intersection has the members that all of its sets have. The smallest set should come first: the others are asked for
// its members alone.
type intersection struct{ sets []rids }

func (x *intersection) seek(rid int64) (int64, bool, error) {
	for agreed := 0; agreed < len(x.sets); {
		at, ok, err := x.sets[agreed].seek(rid)
		switch {
		case err != nil || !ok:
			return 0, false, err
		case at == rid:
			agreed++
		case agreed == 0:
			rid, agreed = at, 1
		default:
			rid, agreed = at, 0
		}
	}
	return rid, true, nil
}

// exclusion has the members of one set that another one does not have.
type exclusion struct{ of, without rids }

func (e *exclusion) seek(rid int64) (int64, bool, error) {
	for {
		at, ok, err := e.of.seek(rid)
		if !ok || err != nil {
			return 0, false, err
		}
		out, ok, err := e.without.seek(at)
		if err != nil {
			return 0, false, err
		}
		if !ok || out != at {
			return at, true, nil
		}
		rid = at + 1
	}
}

// each walks a set from a member on until visit has seen enough.
func each(set rids, from int64, visit func(rid int64) (bool, error)) error {
	for {
		rid, ok, err := set.seek(from)
		if !ok || err != nil {
			return err
		}
		more, err := visit(rid)
		if !more || err != nil {
			return err
		}
		from = rid + 1
	}
}

// sortRIDs sorts and removes duplicates.
func sortRIDs(list []int64) []int64 {
	if !slices.IsSorted(list) {
		slices.Sort(list)
	}
	return slices.Compact(list)
}
