package ledger

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/money"
)

const (
	// MaxHolds bounds the open authorizations of one member.
	MaxHolds = 64
	// MaxHeld bounds their lines, all authorizations of a member together.
	MaxHeld = 256
)

// Hold is what an authorization has set aside and no claim has used yet. The sums of a head contain it, so that everybody
// else sees limits without it. As a part of an Entry it is what is added to the hold, or, negative, taken from it.
//
// A member's head has one Hold for each open authorization, with all that is known of it. A policy's head, which many
// members share, knows only how much is set aside until which day.
type Hold struct {
	// Authorization is the id of the authorized Claim; empty beneath a policy's head.
	Authorization string
	// Until is the last day on which it is set aside: a day later it is nobody's any more, without an entry saying so.
	Until day.Date
	// Provisional says that the authorization waits for a person: nothing can be claimed on it yet.
	Provisional bool
	// Provider is who may use it ("Organization/x"), Period the days of service; empty beneath a policy's head.
	Provider string
	Period   day.Period
	// Rows are in the head's sums.
	Rows
	// Shares are what it sets aside beneath other heads, sorted by Head. They are not in the sums of this one.
	Shares []Share
	// Lines are what may still be claimed, sorted by Item.
	Lines []Held
}

// Held is how much of a service may still be claimed, and how much will be paid for it.
type Held struct {
	// Item is the register's key of the service.
	Item             string
	Quantity, Amount money.Decimal
}

// Rows are what a hold sets aside.
type Rows struct {
	Uses       []Use
	Provisions []Provision
	Daily      []Daily
}

// Share is what a member's hold sets aside beneath another head.
type Share struct {
	Head string
	Rows
}

// Empty tells that there are no rows.
func (r *Rows) Empty() bool { return len(r.Uses)+len(r.Provisions)+len(r.Daily) == 0 }

// neg is what takes the rows back.
func (r *Rows) neg() Rows {
	n := Rows{Uses: slices.Clone(r.Uses), Provisions: slices.Clone(r.Provisions), Daily: slices.Clone(r.Daily)}
	for i := range n.Daily {
		n.Daily[i].Amount = n.Daily[i].Amount.Neg()
	}
	for i := range n.Uses {
		n.Uses[i].Amount = n.Uses[i].Amount.Neg()
	}
	for i := range n.Provisions {
		n.Provisions[i].Count = -n.Provisions[i].Count
	}
	return n
}

// plus adds rows, leaving none of nothing.
func (r *Rows) plus(o *Rows) (sum Rows, err error) {
	if sum.Uses, err = plusUses(r.Uses, o.Uses); err == nil {
		sum.Provisions, err = plusProvisions(r.Provisions, o.Provisions)
	}
	if err == nil {
		sum.Daily, err = plusDaily(r.Daily, o.Daily)
	}
	return sum, err
}

// Neg is what takes the hold back.
func (h *Hold) Neg() Hold {
	n := *h
	n.Rows, n.Shares, n.Lines = h.neg(), slices.Clone(h.Shares), slices.Clone(h.Lines)
	for i := range n.Shares {
		n.Shares[i].Rows = n.Shares[i].neg()
	}
	for i := range n.Lines {
		n.Lines[i].Quantity, n.Lines[i].Amount = n.Lines[i].Quantity.Neg(), n.Lines[i].Amount.Neg()
	}
	return n
}

// Empty tells that nothing is set aside and nothing can be claimed.
func (h *Hold) Empty() bool { return h.Rows.Empty() && len(h.Shares)+len(h.Lines) == 0 }

// Share is what the hold sets aside beneath another head, as that head knows it.
func (h *Hold) Share(head string) Hold {
	for i := range h.Shares {
		if h.Shares[i].Head == head {
			return Hold{Until: h.Until, Rows: h.Shares[i].Rows}
		}
	}
	return Hold{Until: h.Until}
}

// Plus is the hold with another one added to it, without rows of nothing. ErrOverdrawn tells that more would be taken
// than is there.
func (h *Hold) Plus(o *Hold) (Hold, error) {
	sum := *h
	var err error
	if sum.Rows, err = h.plus(&o.Rows); err != nil {
		return Hold{}, err
	}
	if sum.Shares, err = plusShares(h.Shares, o.Shares); err != nil {
		return Hold{}, err
	}
	sum.Lines, err = plusLines(h.Lines, o.Lines)
	return sum, err
}

func plusShares(a, b []Share) ([]Share, error) {
	sum := slices.Clone(a)
	for i := range b {
		at, found := slices.BinarySearchFunc(sum, b[i].Head, func(s Share, head string) int { return strings.Compare(s.Head, head) })
		if !found {
			sum = slices.Insert(sum, at, Share{Head: b[i].Head})
		}
		rows, err := sum[at].plus(&b[i].Rows)
		if err != nil {
			return nil, err
		}
		if sum[at].Rows = rows; rows.Empty() {
			sum = slices.Delete(sum, at, at+1)
		}
	}
	return none(sum), nil
}

func plusUses(a, b []Use) ([]Use, error) {
	sum := slices.Clone(a)
	for _, u := range b {
		at, found := slices.BinarySearchFunc(sum, u, compareUses)
		if !found {
			sum = slices.Insert(sum, at, u)
		} else {
			sum[at].Amount = sum[at].Amount.Add(u.Amount)
		}
		switch amount := sum[at].Amount; {
		case amount.Sign() < 0:
			return nil, fmt.Errorf("hold of limit %q: %w", u.Limit, ErrOverdrawn)
		case !amount.Valid():
			return nil, fmt.Errorf("hold of limit %q: %w", u.Limit, ErrOutOfRange)
		case amount.IsZero():
			sum = slices.Delete(sum, at, at+1)
		}
	}
	return none(sum), nil
}

func plusDaily(a, b []Daily) ([]Daily, error) {
	sum := slices.Clone(a)
	for _, u := range b {
		at, found := slices.BinarySearchFunc(sum, u, compareDaily)
		if !found {
			sum = slices.Insert(sum, at, u)
		} else {
			sum[at].Amount = sum[at].Amount.Add(u.Amount)
		}
		switch amount := sum[at].Amount; {
		case amount.Sign() < 0:
			return nil, fmt.Errorf("hold of limit %q: %w", u.Limit, ErrOverdrawn)
		case !amount.Valid():
			return nil, fmt.Errorf("hold of limit %q: %w", u.Limit, ErrOutOfRange)
		case amount.IsZero():
			sum = slices.Delete(sum, at, at+1)
		}
	}
	return none(sum), nil
}

func compareDaily(a, b Daily) int {
	return cmp.Or(strings.Compare(a.Policy, b.Policy), strings.Compare(a.Limit, b.Limit), cmp.Compare(a.At, b.At))
}

func plusProvisions(a, b []Provision) ([]Provision, error) {
	sum := slices.Clone(a)
	for _, p := range b {
		at, found := slices.BinarySearchFunc(sum, p, compareProvisions)
		if !found {
			sum = slices.Insert(sum, at, p)
		} else {
			sum[at].Count += p.Count
		}
		switch {
		case sum[at].Count < 0:
			return nil, fmt.Errorf("hold of service %q: %w", p.Item, ErrOverdrawn)
		case sum[at].Count == 0:
			sum = slices.Delete(sum, at, at+1)
		}
	}
	return none(sum), nil
}

func compareProvisions(a, b Provision) int {
	return cmp.Or(strings.Compare(a.Item, b.Item), cmp.Compare(a.Period.From, b.Period.From), cmp.Compare(a.Period.End(), b.Period.End()))
}

// plusLines keeps a line of which only the quantity or only the amount is left: whoever claims on it is to be told.
func plusLines(a, b []Held) ([]Held, error) {
	sum := slices.Clone(a)
	for _, l := range b {
		at, found := slices.BinarySearchFunc(sum, l, func(x, y Held) int { return strings.Compare(x.Item, y.Item) })
		if !found {
			sum = slices.Insert(sum, at, l)
		} else {
			sum[at].Quantity, sum[at].Amount = sum[at].Quantity.Add(l.Quantity), sum[at].Amount.Add(l.Amount)
		}
		switch s := &sum[at]; {
		case s.Quantity.Sign() < 0 || s.Amount.Sign() < 0:
			return nil, fmt.Errorf("hold of service %q: %w", l.Item, ErrOverdrawn)
		case !s.Quantity.Valid() || !s.Amount.Valid():
			return nil, fmt.Errorf("hold of service %q: %w", l.Item, ErrOutOfRange)
		case s.Quantity.IsZero() && s.Amount.IsZero():
			sum = slices.Delete(sum, at, at+1)
		}
	}
	return none(sum), nil
}

// none makes of an empty list nil, so that equal holds are equal.
func none[T any](list []T) []T {
	if len(list) == 0 {
		return nil
	}
	return list
}
