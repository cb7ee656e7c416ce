package ledger

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/money"
)

const (
	// KeepDays is how long a head remembers beyond a rule's own length, for claims that come late: three years.
	KeepDays = 1096
	// MaxDays bounds the rows that a head remembers of one service.
	MaxDays = 64
)

// Errors of applying an entry; they mean that head and entry do not belong together.
var (
	ErrOutOfRange = errors.New("use is too large to be summed")
	ErrOutOfOrder = errors.New("entry does not follow the head")
	ErrOverdrawn  = errors.New("entry releases more than was used")
)

// Tally is the part of a head that entries explain.
type Tally struct {
	// Seq is the number of entries applied.
	Seq uint64
	// Horizon is the first day whose uses are all remembered; 0 when nothing was forgotten.
	Horizon day.Date
	// Uses is sorted by Policy, Limit, Period.From; Services by Item.
	Uses     []Use
	Services []Service
	// Rolling is sorted by Policy, Limit.
	Rolling      []Rolling
	Fingerprints Fingerprints
	// Reserved is what authorizations have set aside, sorted by Authorization and Until. What was set aside until a day before
	// Lapsed was dropped; 0 when nothing was.
	Reserved []Hold
	Lapsed   day.Date
}

// Service is what a head remembers of one service.
type Service struct {
	Item string
	// Since is the first day that is remembered; 0 when nothing was forgotten.
	Since day.Date
	// Days is sorted by Period.
	Days []Count
}

// Count is how often something happened on one day or in one period.
type Count struct {
	Period day.Period
	Times  int32
}

// Used is what was used of a limit in a period. Known is false when the head may have forgotten some of it, or holds some
// under a period that only overlaps with this one or by days, because the limit's period or the policy's start has changed
// since.
func (t *Tally) Used(policy, limit string, period day.Period) (used money.Decimal, known bool) {
	known = t.Horizon == 0 || period.End() >= t.Horizon
	at, _ := t.useAt(policy, limit, 0)
	for at = t.sharing(at, policy, limit, period); at >= 0; at = t.sharing(at+1, policy, limit, period) {
		u := &t.Uses[at]
		if u.Period.From != period.From {
			return used, false
		}
		used, known = u.Amount, known || u.Period.End() >= t.Horizon
	}
	return used, known && !t.usedByDays(policy, limit, period)
}

// sharing is the place of the first use, from a place on, of a limit in a period that shares days with this one; -1 when
// there is none. Days are compared before names: a head has a row for each month of years, and all but one are ruled out
// by their days. Those of a limit are sorted by day, so one that comes later ends the search, whatever limit it is of.
func (t *Tally) sharing(at int, policy, limit string, period day.Period) int {
	for ; at < len(t.Uses); at++ {
		u := &t.Uses[at]
		if u.Period.From == period.From || u.Period.Overlaps(period) {
			if u.Limit == limit && u.Policy == policy {
				return at
			}
			return -1
		}
		if u.Period.From > period.End() {
			return -1
		}
	}
	return -1
}

// Provided counts the provisions of a service within a window of days. Rows that lie only partly in the window, left by a
// rule that has changed since, are unsure. Known is false when the head has forgotten a part of the window.
func (t *Tally) Provided(item string, window day.Period) (times, unsure int, known bool) {
	return t.Service(item).Provided(window)
}

// Service is what the head remembers of a service, nil when that is nothing.
func (t *Tally) Service(item string) *Service {
	if at, found := t.serviceAt(item); found {
		return &t.Services[at]
	}
	return nil
}

// Provided is Tally.Provided for the service; nothing is remembered of nil.
func (s *Service) Provided(window day.Period) (times, unsure int, known bool) {
	if s == nil {
		return 0, 0, true
	}
	for _, c := range s.Days {
		switch {
		case c.Period.Within(window):
			times += int(c.Times)
		case c.Period.Overlaps(window):
			unsure += int(c.Times)
		}
	}
	return times, unsure, window.From >= s.Since
}

func (t *Tally) useAt(policy, limit string, from day.Date) (int, bool) {
	return sort.Find(len(t.Uses), func(i int) int { return -t.Uses[i].compare(policy, limit, from) })
}

// compare compares in the order of Uses, with no more of the names than is needed: cmp.Or would be given all three.
func (u *Use) compare(policy, limit string, from day.Date) int {
	if by := strings.Compare(u.Policy, policy); by != 0 {
		return by
	}
	if by := strings.Compare(u.Limit, limit); by != 0 {
		return by
	}
	return cmp.Compare(u.Period.From, from)
}

func compareUses(a, b Use) int { return a.compare(b.Policy, b.Limit, b.Period.From) }

func (t *Tally) serviceAt(item string) (int, bool) {
	return sort.Find(len(t.Services), func(i int) int { return strings.Compare(item, t.Services[i].Item) })
}

// with is a copy of the tally with the entry added and what is too old forgotten.
func (t *Tally) with(e *Entry) (Tally, error) {
	if e.Seq != t.Seq+1 {
		return Tally{}, fmt.Errorf("apply entry %d beneath %s to head at %d: %w", e.Seq, e.Head, t.Seq, ErrOutOfOrder)
	}
	next := t.copied()
	next.Seq = e.Seq
	for _, u := range e.Uses {
		if err := next.addUse(u); err != nil {
			return Tally{}, fmt.Errorf("apply entry %d beneath %s: %w", e.Seq, e.Head, err)
		}
	}
	for _, p := range e.Provisions {
		if err := next.addProvision(p, e.Today); err != nil {
			return Tally{}, fmt.Errorf("apply entry %d beneath %s: %w", e.Seq, e.Head, err)
		}
	}
	if err := cmp.Or(next.addDaily(e.Daily, e.Today), next.Fingerprints.add(e.Fingerprints, e.Today)); err != nil {
		return Tally{}, fmt.Errorf("apply entry %d beneath %s: %w", e.Seq, e.Head, err)
	}
	for i := range e.Holds {
		if err := next.addHold(&e.Holds[i], e.Today); err != nil {
			return Tally{}, fmt.Errorf("apply entry %d beneath %s: %w", e.Seq, e.Head, err)
		}
	}
	if err := next.expire(e.Today); err != nil {
		return Tally{}, fmt.Errorf("apply entry %d beneath %s: %w", e.Seq, e.Head, err)
	}
	next.forget(e.Today)
	return next, nil
}

func (t *Tally) addUse(u Use) error {
	at, found := t.useAt(u.Policy, u.Limit, u.Period.From)
	if !found {
		if !u.Amount.Valid() {
			return fmt.Errorf("limit %q: %w", u.Limit, ErrOutOfRange)
		}
		if u.Amount.Sign() < 0 {
			if u.Period.End() < t.Horizon {
				return nil // forgotten: there is nothing left to take back from
			}
			return fmt.Errorf("limit %q: %w", u.Limit, ErrOverdrawn)
		}
		if !u.Amount.IsZero() { // else it only says that what was forgotten is final
			t.Uses = slices.Insert(t.Uses, at, u)
		}
		return nil
	}
	row := t.Uses[at]
	row.Amount, row.Provisional = row.Amount.Add(u.Amount), row.Provisional.Add(u.Provisional)
	if row.Period.End() < u.Period.End() { // the policy was prolonged
		row.Period.To = u.Period.To
	}
	switch {
	case !row.Amount.Valid():
		return fmt.Errorf("limit %q: %w", u.Limit, ErrOutOfRange)
	case row.Amount.Sign() < 0:
		return fmt.Errorf("limit %q: %w", u.Limit, ErrOverdrawn)
	case row.Amount.IsZero():
		t.Uses = slices.Delete(t.Uses, at, at+1)
	default:
		t.Uses[at] = row
	}
	return nil
}

func (t *Tally) addProvision(p Provision, today day.Date) error {
	at, found := t.serviceAt(p.Item)
	if !found {
		t.Services = slices.Insert(t.Services, at, Service{Item: p.Item})
	}
	s := t.Services[at]
	if p.Count < 0 && p.Period.End() < s.Since {
		return nil
	}
	days, err := addCount(s.Days, p)
	if err != nil {
		return err
	}
	s.Days = days
	s.forget(today - day.Date(p.Keep) - KeepDays)
	t.Services[at] = s
	return nil
}

// addCount returns a new slice, because the old head still holds the old one.
func addCount(days []Count, p Provision) ([]Count, error) {
	at, found := slices.BinarySearchFunc(days, p.Period, func(c Count, p day.Period) int {
		return cmp.Or(cmp.Compare(c.Period.From, p.From), cmp.Compare(c.Period.End(), p.End()))
	})
	next := slices.Clone(days)
	if !found {
		next = slices.Insert(next, at, Count{Period: p.Period})
	}
	next[at].Times += p.Count
	switch {
	case next[at].Times < 0:
		return nil, fmt.Errorf("service %q: %w", p.Item, ErrOverdrawn)
	case next[at].Times == 0:
		next = slices.Delete(next, at, at+1)
	}
	return next, nil
}
