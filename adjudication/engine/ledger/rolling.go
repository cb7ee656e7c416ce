package ledger

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
	"strings"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/money"
)

const (
	// KeepRollingDays is how long a head remembers beyond a rolling limit's own length, for claims that come late: a year,
	// because such a limit has a row for each day.
	KeepRollingDays = 366
	// MaxRollingRows bounds the days that a head remembers of one rolling limit: each of the longest one and of what is
	// kept beyond it.
	MaxRollingRows = 1096 + KeepRollingDays + spareRollingDays
	// spareRollingDays is how long a row is kept beyond that, so that forgetting is not for every claim.
	spareRollingDays = 31
)

// Rolling is what was used of a limit over the last so many days: a row for each day on which any was. The rows are kept
// packed, because a decision looks at the few within its window only, and most claims at none.
type Rolling struct {
	// Policy is the head id of the policy whose limit it is; empty beneath the head of a policy, family or event.
	Policy string
	// Limit is the limit's name in the plan.
	Limit string
	// Since is the first day that is remembered; 0 when nothing was forgotten.
	Since day.Date
	// count is the number of rows, oldest the day of the last.
	count  int32
	oldest day.Date
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
// any period. Also is what a claim used itself on other days. Known is false when the head has forgotten a part, or holds some
// under a whole period, because the limit was no rolling one before.
func (t *Tally) Fullest(policy, limit string, at day.Date, days int32, also []Spent) (period day.Period, used money.Decimal, known bool) {
	reach := day.Date(days) - 1
	window := day.Period{From: at - reach, To: at + reach}
	known = window.From >= t.Horizon && !t.usedByPeriod(policy, limit, window)
	var few [32]Spent
	if i, found := t.rollingAt(policy, limit); len(also) == 0 && (!found || t.Rolling[i].newest() <= at) {
		if found {
			r := &t.Rolling[i]
			sum, sound := r.since(window.From)
			used, known = sum, known && sound && window.From >= r.Since
		}
		return day.Period{From: window.From, To: at}, used, known
	}
	rows := few[:0]
	if i, found := t.rollingAt(policy, limit); found {
		var sound bool
		rows, sound = t.Rolling[i].within(rows, window)
		known = known && sound && window.From >= t.Rolling[i].Since
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

// within appends the rows in a window, the newest first; sound is false for rows that cannot be read.
func (r *Rolling) within(dst []Spent, window day.Period) (rows []Spent, sound bool) {
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
	return dst, !d.bad
}

// since sums the rows from a day on.
func (r *Rolling) since(from day.Date) (sum money.Decimal, sound bool) {
	d := decoder{in: r.rows}
	for at := day.Date(0); d.at < len(d.in); {
		if at = d.row(at); at < from {
			break
		}
		sum = sum.Add(d.decimal())
		at, sum = d.plain(at, from, sum)
	}
	return sum, !d.bad
}

// plain adds the rows that follow one of a day, down to a day, as long as they are as nearly all are: less than 128 days
// apart, in the digits of the sum and of few bytes. A window of a year has a row for each day, and the limits of a frequent
// member read hundreds: that was most of what many old claims cost a decision, and is a third of it here.
func (d *decoder) plain(at, from day.Date, sum money.Decimal) (day.Date, money.Decimal) {
	_, scale := sum.Parts()
	total, in := int64(0), d.in
	for i := d.at; i+2 < len(in) && in[i] < 0x80 && in[i+1] == scale; i = d.at {
		on := at - day.Date(in[i])
		i += 2
		n := uint64(in[i] & 0x7f)
		for shift := 7; in[i] >= 0x80 && i+1 < len(in) && shift <= 28; shift += 7 {
			i++
			n |= uint64(in[i]&0x7f) << shift
		}
		if on < from || in[i] >= 0x80 {
			break
		}
		at, d.at, total = on, i+1, total+(int64(n>>1)^-int64(n&1))
	}
	return at, sum.Add(money.New(total, scale))
}

// usedByPeriod tells whether some of a limit was used in a whole period that overlaps with the window.
func (t *Tally) usedByPeriod(policy, limit string, window day.Period) bool {
	at, _ := t.useAt(policy, limit, 0)
	return t.sharing(at, policy, limit, window) >= 0
}

// usedByDays tells whether some of a limit was used on single days of the period.
func (t *Tally) usedByDays(policy, limit string, period day.Period) bool {
	i, found := t.rollingAt(policy, limit)
	if !found {
		return false
	}
	var few [32]Spent
	rows, sound := t.Rolling[i].within(few[:0], period)
	return !sound || len(rows) > 0
}

// newest is the last day of any use.
func (r *Rolling) newest() day.Date { return (&decoder{in: r.rows}).row(0) }

func (t *Tally) rollingAt(policy, limit string) (int, bool) {
	return sort.Find(len(t.Rolling), func(i int) int {
		if by := strings.Compare(policy, t.Rolling[i].Policy); by != 0 {
			return by
		}
		return strings.Compare(limit, t.Rolling[i].Limit)
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
	limit := today
	for i := range all {
		u := &all[i]
		limit = min(limit, today-day.Date(u.Days)-KeepRollingDays)
		if u.Amount.Sign() < 0 && u.At < r.Since {
			continue
		}
		if err := r.change(u); err != nil {
			return err
		}
	}
	return r.forget(limit)
}

// change adds to the row of a day. The rows are not unpacked: only those of later days are looked at, and most uses are of
// the latest.
func (r *Rolling) change(u *Daily) error {
	d := decoder{in: r.rows}
	var newer, older day.Date // the rows on both sides of the day; older may be the day's own
	place := 0
	for d.at < len(d.in) {
		if older = d.row(newer); older <= u.At {
			break
		}
		d.decimal()
		newer, older, place = older, 0, d.at
	}
	e := encoder{out: append(make([]byte, 0, len(r.rows)+24), r.rows[:place]...)}
	sum := u.Amount
	if older == u.At && older != 0 {
		sum, older = sum.Add(d.decimal()), 0
		if r.count--; d.at < len(d.in) {
			older = d.row(u.At)
		}
	}
	switch {
	case d.bad:
		return ErrCorrupt
	case !sum.Valid():
		return ErrOutOfRange
	case sum.Sign() < 0:
		return ErrOverdrawn
	case !sum.IsZero():
		e.row(newer, u.At)
		e.decimal(sum)
		newer = u.At
		r.count++
	}
	if older == 0 {
		r.oldest = newer
	} else {
		e.row(newer, older)
		e.out = append(e.out, r.rows[d.at:]...)
	}
	r.rows = string(e.out)
	return nil
}

// forget drops the rows before limit, and the oldest beyond MaxRollingRows, when there are enough of them.
func (r *Rolling) forget(limit day.Date) error {
	if r.count <= MaxRollingRows && (r.count == 0 || r.oldest >= limit-spareRollingDays) {
		return nil
	}
	rows, sound := r.within(make([]Spent, 0, r.count), day.Period{To: day.Forever})
	if !sound {
		return ErrCorrupt
	}
	if len(rows) > MaxRollingRows {
		rows = r.drop(rows, MaxRollingRows-spareRollingDays)
	}
	keep := len(rows)
	for keep > 0 && rows[keep-1].At < limit {
		keep--
	}
	rows = r.drop(rows, keep)
	e := encoder{out: make([]byte, 0, len(r.rows))}
	r.count, r.oldest = int32(len(rows)), 0
	for _, s := range rows {
		e.row(r.oldest, s.At)
		e.decimal(s.Amount)
		r.oldest = s.At
	}
	r.rows = string(e.out)
	return nil
}

// drop keeps the newest rows.
func (r *Rolling) drop(rows []Spent, keep int) []Spent {
	if keep < len(rows) {
		r.Since = max(r.Since, rows[keep].At+1)
	}
	return rows[:keep]
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
