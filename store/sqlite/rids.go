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
		i, _ := slices.BinarySearch(s.rest, rid)
		s.rest = s.rest[i:]
	}
	if len(s.rest) == 0 {
		return 0, false, nil
	}
	return s.rest[0], true, nil
}

// union has the members of any of its sets.
type union struct{ sets []rids }

func (u *union) seek(rid int64) (int64, bool, error) {
	var least int64
	found := false
	for _, s := range u.sets {
		at, ok, err := s.seek(rid)
		if err != nil {
			return 0, false, err
		}
		if ok && (!found || at < least) {
			least, found = at, true
		}
	}
	return least, found, nil
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
