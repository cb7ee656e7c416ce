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

// plus is the sum, without rows of nothing.
func (r *Rows) plus(o *Rows) Rows {
	return Rows{Uses: plusUses(r.Uses, o.Uses), Provisions: plusProvisions(r.Provisions, o.Provisions), Daily: plusDaily(r.Daily, o.Daily)}
}

// fault tells of a row that is negative or too large.
func (r *Rows) fault() error {
	for _, u := range r.Uses {
		if err := amountFault(u.Amount); err != nil {
			return fmt.Errorf("hold of limit %q: %w", u.Limit, err)
		}
	}
	for _, u := range r.Daily {
		if err := amountFault(u.Amount); err != nil {
			return fmt.Errorf("hold of limit %q: %w", u.Limit, err)
		}
	}
	for _, p := range r.Provisions {
		if p.Count < 0 {
			return fmt.Errorf("hold of service %q: %w", p.Item, ErrOverdrawn)
		}
	}
	return nil
}

func amountFault(d money.Decimal) error {
	switch {
	case !d.Valid():
		return ErrOutOfRange
	case d.Sign() < 0:
		return ErrOverdrawn
	}
	return nil
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

// Released is what takes the hold back without anybody having used it. It is told from what a claim uses by naming no
// provider: a claim that is cancelled has what it used set aside again, but not the funds of this, which others may have used
// since.
func (h *Hold) Released() Hold {
	n := h.Neg()
	n.Provider, n.Period = "", day.Period{}
	return n
}

// With is the hold with lines added to it, for which nothing is set aside.
func (h *Hold) With(lines []Held) Hold { return h.net(&Hold{Lines: lines}) }

// IsReleased tells what Released made, as a part of an Entry beneath a member's head.
func (h *Hold) IsReleased() bool { return h.Authorization != "" && h.Provider == "" }

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
	sum := h.net(o)
	return sum, sum.fault()
}

// net is the sum of two holds of one authorization, whatever its sign.
func (h *Hold) net(o *Hold) Hold {
	sum := *h
	sum.Rows, sum.Shares, sum.Lines = h.plus(&o.Rows), plusShares(h.Shares, o.Shares), plusLines(h.Lines, o.Lines)
	return sum
}

func (h *Hold) fault() error {
	for i := range h.Shares {
		if err := h.Shares[i].fault(); err != nil {
			return err
		}
	}
	for _, l := range h.Lines {
		if err := cmp.Or(amountFault(l.Quantity), amountFault(l.Amount)); err != nil {
			return fmt.Errorf("hold of service %q: %w", l.Item, err)
		}
	}
	return h.Rows.fault()
}

// summed adds rows to sorted rows and leaves out those of nothing.
func summed[T any](to, rows []T, compare func(a, b T) int, add func(to *T, row *T), nothing func(*T) bool) []T {
	sum := slices.Clone(to)
	for i := range rows {
		at, found := slices.BinarySearchFunc(sum, rows[i], compare)
		if !found {
			sum = slices.Insert(sum, at, rows[i])
		} else {
			add(&sum[at], &rows[i])
		}
		if nothing(&sum[at]) {
			sum = slices.Delete(sum, at, at+1)
		}
	}
	if len(sum) == 0 {
		return nil // so that equal holds are equal
	}
	return sum
}

func plusShares(a, b []Share) []Share {
	return summed(a, b, func(a, b Share) int { return strings.Compare(a.Head, b.Head) },
		func(to, s *Share) { to.Rows = to.plus(&s.Rows) }, func(s *Share) bool { return s.Rows.Empty() })
}

func plusUses(a, b []Use) []Use {
	return summed(a, b, compareUses, func(to, u *Use) { to.Amount = to.Amount.Add(u.Amount) }, func(u *Use) bool { return u.Amount.IsZero() })
}

func plusDaily(a, b []Daily) []Daily {
	return summed(a, b, compareDaily, func(to, u *Daily) { to.Amount = to.Amount.Add(u.Amount) }, func(u *Daily) bool { return u.Amount.IsZero() })
}

func compareDaily(a, b Daily) int {
	return cmp.Or(strings.Compare(a.Policy, b.Policy), strings.Compare(a.Limit, b.Limit), cmp.Compare(a.At, b.At))
}

func plusProvisions(a, b []Provision) []Provision {
	compare := func(a, b Provision) int {
		return cmp.Or(strings.Compare(a.Item, b.Item), cmp.Compare(a.Period.From, b.Period.From), cmp.Compare(a.Period.End(), b.Period.End()))
	}
	return summed(a, b, compare, func(to, p *Provision) { to.Count += p.Count }, func(p *Provision) bool { return p.Count == 0 })
}

// plusLines keeps a line of which only the quantity or only the amount is left: whoever claims on it is to be told.
func plusLines(a, b []Held) []Held {
	return summed(a, b, func(a, b Held) int { return strings.Compare(a.Item, b.Item) },
		func(to, l *Held) { to.Quantity, to.Amount = to.Quantity.Add(l.Quantity), to.Amount.Add(l.Amount) },
		func(l *Held) bool { return l.Quantity.IsZero() && l.Amount.IsZero() })
}
