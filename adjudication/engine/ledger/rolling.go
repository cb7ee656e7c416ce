package ledger

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/money"
)

// MaxRollingRows bounds the days that a head remembers of one rolling limit: the longest one and what is kept beyond it,
// each day.
const MaxRollingRows = 2*KeepDays + 8

// Rolling is what was used of a limit over the last so many days: a row for each day on which any was. The rows are kept
// packed, because a decision looks at the few within its window only, and most claims at none.
type Rolling struct {
	// Policy is the head id of the policy whose limit it is; empty beneath the head of a policy, family or event.
	Policy string
	// Limit is the limit's name in the plan.
	Limit string
	// Since is the first day that is remembered; 0 when nothing was forgotten.
	Since day.Date
	// rows are the days, the newest first: the first as it is, each further one as its distance from the one before, and
	// after each day its amount.
	rows string
}

// Daily is what an entry adds to a rolling limit on one day.
type Daily struct {
	Policy, Limit string
	At            day.Date
	Amount        money.Decimal
	// Days is the length of the limit's period.
	Days int32
}

// Spent is an amount on a day.
type Spent struct {
	At     day.Date
	Amount money.Decimal
}

// Fullest finds, of all periods of so many days that hold the day at, the one in which the most was used of a rolling
// limit, and how much that is: what remains of the limit in it is what a claim of that day may use without overspending
// any period. Also is what a claim used itself on other days. Known is false when the head has forgotten a part.
func (t *Tally) Fullest(policy, limit string, at day.Date, days int32, also []Spent) (period day.Period, used money.Decimal, known bool) {
	reach := day.Date(days) - 1
	window := day.Period{From: at - reach, To: at + reach}
	known = window.From >= t.Horizon
	var few [32]Spent
	rows := few[:0]
	if i, found := t.rollingAt(policy, limit); found {
		known = window.From >= t.Rolling[i].Since
		rows = t.Rolling[i].within(rows, window)
	}
	for _, s := range also {
		if window.Holds(s.At) {
			rows = append(rows, s)
		}
	}
	slices.SortFunc(rows, func(a, b Spent) int { return cmp.Compare(a.At, b.At) })
	end, used := fullest(rows, at, day.Date(days))
	return day.Period{From: end - reach, To: end}, used, known
}

// fullest slides a period of n days over rows, the oldest first and none further than n-1 days from at. Amounts are never
// negative, so only periods that end on at or on a later row can be the fullest.
func fullest(rows []Spent, at, n day.Date) (end day.Date, most money.Decimal) {
	var sum money.Decimal
	first, next := 0, 0
	for ; next < len(rows) && rows[next].At <= at; next++ {
		sum = sum.Add(rows[next].Amount)
	}
	end, most = at, sum
	for ; next < len(rows); next++ {
		sum = sum.Add(rows[next].Amount)
		for ; rows[first].At <= rows[next].At-n; first++ {
			sum = sum.Sub(rows[first].Amount)
		}
		if most.Less(sum) {
			end, most = rows[next].At, sum
		}
	}
	return end, most
}

// within appends the rows in a window, the newest first.
func (r *Rolling) within(dst []Spent, window day.Period) []Spent {
	d := decoder{in: r.rows}
	for at := day.Date(0); d.at < len(d.in); {
		at = d.row(at)
		amount := d.decimal()
		if at < window.From {
			break
		}
		if at <= window.To {
			dst = append(dst, Spent{At: at, Amount: amount})
		}
	}
	return dst
}

// newest is the last day of any use.
func (r *Rolling) newest() day.Date { return (&decoder{in: r.rows}).row(0) }

// row reads the day of a row that follows one of the day after, 0 for the first.
func (d *decoder) row(after day.Date) day.Date {
	if after == 0 {
		return d.date()
	}
	return after - d.date()
}

func (t *Tally) rollingAt(policy, limit string) (int, bool) {
	return slices.BinarySearchFunc(t.Rolling, Rolling{Policy: policy, Limit: limit}, func(a, b Rolling) int {
		return cmp.Or(strings.Compare(a.Policy, b.Policy), strings.Compare(a.Limit, b.Limit))
	})
}

// addDaily adds what an entry says of rolling limits; what belongs to one limit and follows each other is unpacked once.
func (t *Tally) addDaily(all []Daily, today day.Date) error {
	for n := 0; len(all) > 0; all = all[n:] {
		for n = 1; n < len(all) && all[n].Policy == all[0].Policy && all[n].Limit == all[0].Limit; n++ {
		}
		at, found := t.rollingAt(all[0].Policy, all[0].Limit)
		r := Rolling{Policy: all[0].Policy, Limit: all[0].Limit, Since: t.Horizon}
		if found {
			r = t.Rolling[at]
		} else {
			t.Rolling = slices.Insert(t.Rolling, at, r)
		}
		if err := r.add(all[:n], today); err != nil {
			return fmt.Errorf("limit %q: %w", r.Limit, err)
		}
		t.Rolling[at] = r
		if r.rows == "" && r.Since <= t.Horizon {
			t.Rolling = slices.Delete(t.Rolling, at, at+1)
		}
	}
	return nil
}

// add adds to one limit; from days that are forgotten there is nothing left to take back.
func (r *Rolling) add(all []Daily, today day.Date) error {
	rows := r.within(make([]Spent, 0, 64), day.Period{To: day.Forever})
	limit := today
	for i := range all {
		u := &all[i]
		limit = min(limit, today-day.Date(u.Days)-KeepDays)
		if u.Amount.Sign() < 0 && u.At < r.Since {
			continue
		}
		var err error
		if rows, err = addSpent(rows, u); err != nil {
			return err
		}
	}
	r.rows = packed(r.forget(rows, limit))
	return nil
}

// addSpent adds an amount to rows of which the newest is the first.
func addSpent(rows []Spent, u *Daily) ([]Spent, error) {
	at, found := slices.BinarySearchFunc(rows, u.At, func(s Spent, at day.Date) int { return cmp.Compare(at, s.At) })
	if !found {
		rows = slices.Insert(rows, at, Spent{At: u.At})
	}
	rows[at].Amount = rows[at].Amount.Add(u.Amount)
	switch sum := rows[at].Amount; {
	case !sum.Valid():
		return nil, ErrOutOfRange
	case sum.Sign() < 0:
		return nil, ErrOverdrawn
	case sum.IsZero():
		rows = slices.Delete(rows, at, at+1)
	}
	return rows, nil
}

// forget drops the rows before limit, and the oldest beyond MaxRollingRows.
func (r *Rolling) forget(rows []Spent, limit day.Date) []Spent {
	for n := len(rows); n > 0 && (rows[n-1].At < limit || n > MaxRollingRows); n = len(rows) {
		r.Since = max(r.Since, rows[n-1].At+1)
		rows = rows[:n-1]
	}
	return rows
}

// forgetRolling drops what was used of limits of which nothing was used for so long that no period can reach it.
func (t *Tally) forgetRolling(today day.Date) {
	t.Rolling = slices.DeleteFunc(t.Rolling, func(r Rolling) bool {
		last := max(r.newest(), r.Since)
		if last >= today-2*KeepDays {
			return false
		}
		t.Horizon = max(t.Horizon, last+1)
		return true
	})
}

func packed(rows []Spent) string {
	e := encoder{out: make([]byte, 0, 6*len(rows)+4)}
	for i, s := range rows {
		if i == 0 {
			e.date(s.At)
		} else {
			e.date(rows[i-1].At - s.At)
		}
		e.decimal(s.Amount)
	}
	return string(e.out)
}

func (e *encoder) rolling(all []Rolling) {
	e.uint(uint64(len(all)))
	for i := range all {
		r := &all[i]
		e.text(r.Policy)
		e.text(r.Limit)
		e.date(r.Since)
		e.text(r.rows)
	}
}

// rolling reads and checks the rows, which stay packed: their order is what the periods are found by.
func (d *decoder) rolling() []Rolling {
	n := d.count(4)
	if n == 0 {
		return nil
	}
	all := make([]Rolling, n)
	for i := range all {
		all[i] = Rolling{Policy: d.text(), Limit: d.text(), Since: d.date(), rows: d.text()}
		if !sound(all[i].rows) {
			d.fail()
		}
	}
	return all
}

// sound tells whether packed rows can be read to their end, each an amount on an earlier day than the one before.
func sound(rows string) bool {
	d := decoder{in: rows}
	for at := day.Date(0); d.at < len(d.in); {
		next := d.row(at)
		if next <= 0 || at != 0 && next >= at || d.decimal().Sign() <= 0 {
			return false
		}
		at = next
	}
	return !d.bad
}

func (e *encoder) daily(all []Daily) {
	e.uint(uint64(len(all)))
	for i := range all {
		u := &all[i]
		e.text(u.Policy)
		e.text(u.Limit)
		e.date(u.At)
		e.decimal(u.Amount)
		e.int(int64(u.Days))
	}
}

func (d *decoder) daily() []Daily {
	n := d.count(6)
	if n == 0 {
		return nil
	}
	all := make([]Daily, n)
	for i := range all {
		all[i] = Daily{Policy: d.text(), Limit: d.text(), At: d.date(), Amount: d.decimal(), Days: d.int32()}
	}
	return all
}
