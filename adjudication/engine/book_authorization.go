package engine

import (
	"slices"
	"strings"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/ledger"
	"claimwright/adjudication/engine/money"
	"claimwright/adjudication/engine/scheme"
)

// setAside turns the entries of a claim into those of a preauthorization: what they use is set aside instead, or, where the
// request wants no funds reserved, nothing but the lines is kept.
func (d *decider) setAside() {
	hold := d.newHold()
	for i := range d.out.Entries {
		e := &d.out.Entries[i]
		rows := ledger.Rows{Uses: e.Uses, Daily: e.Daily, Provisions: merged(e.Provisions)}
		e.Uses, e.Daily, e.Provisions, e.Fingerprints = nil, nil, nil, nil
		if rows.Empty() || d.Claim.Unreserved {
			continue
		}
		if e.Head == ledger.MemberID(d.Member.ID) {
			hold.Rows = rows
			continue
		}
		hold.Shares = append(hold.Shares, ledger.Share{Head: e.Head, Rows: rows})
		e.Holds = []ledger.Hold{{Until: hold.Until, Rows: rows}}
	}
	slices.SortFunc(hold.Shares, func(a, b ledger.Share) int { return strings.Compare(a.Head, b.Head) })
	d.out.Entries = slices.DeleteFunc(d.out.Entries, func(e ledger.Entry) bool { return e.Empty() })
	d.memberEntry().Holds = []ledger.Hold{hold}
}

// newHold is the authorization that is granted, with its lines.
func (d *decider) newHold() ledger.Hold {
	h := ledger.Hold{Authorization: d.ClaimID, Provisional: d.out.Outcome == Partial, Provider: d.out.Facility.Key}
	first, last := d.today(), d.today()
	if span := d.Claim.Billable.In(d.zone); span.From != 0 {
		first = min(first, span.From)
		if span.To != 0 {
			last = max(last, span.To)
		}
	}
	var plan *scheme.Plan
	for i := range d.out.Lines {
		l := &d.out.Lines[i]
		if !l.Accepted() {
			continue
		}
		first, last = min(first, l.Target), max(last, l.Target)
		if plan == nil {
			plan = l.Plan
		}
		h.Lines = held(h.Lines, ledger.Held{Item: l.Service.ID, Quantity: l.Quantity, Amount: l.Paid})
	}
	h.Period = day.Period{From: first, To: min(last+day.Date(plan.Settings.AuthorizationDays), d.today()+MaxAuthorizationDays)}
	h.Until = h.Period.To + day.Date(plan.Settings.AuthorizationGrace)
	d.out.Authorization = &Authorization{
		Ref: AuthorizationRef(d.ClaimID), Period: h.Period, Until: h.Until, Provisional: h.Provisional, Unreserved: d.Claim.Unreserved,
	}
	return h
}

// held adds a line; the lines of one service are one.
func held(lines []ledger.Held, l ledger.Held) []ledger.Held {
	at, found := slices.BinarySearchFunc(lines, l.Item, func(h ledger.Held, item string) int { return strings.Compare(h.Item, item) })
	if !found {
		return slices.Insert(lines, at, l)
	}
	lines[at].Quantity, lines[at].Amount = lines[at].Quantity.Add(l.Quantity), lines[at].Amount.Add(l.Amount)
	return lines
}

// merged are provisions with one row for each service and period, sorted.
func merged(provisions []ledger.Provision) []ledger.Provision {
	var sum ledger.Hold
	for _, p := range provisions {
		next, err := sum.Plus(&ledger.Hold{Rows: ledger.Rows{Provisions: []ledger.Provision{p}}})
		if err == nil { // it cannot fail for what is added
			sum = next
		}
	}
	return sum.Provisions
}

// memberEntry is the entry beneath the member's head, a new one where there is none yet.
func (d *decider) memberEntry() *ledger.Entry {
	return d.entryOf(ledger.MemberID(d.Member.ID), d.Member.Seq)
}

func (d *decider) entryOf(head string, seq uint64) *ledger.Entry {
	for i := range d.out.Entries {
		if d.out.Entries[i].Head == head {
			return &d.out.Entries[i]
		}
	}
	d.out.Entries = append(d.out.Entries, d.entry(head, seq))
	return &d.out.Entries[len(d.out.Entries)-1]
}

// takeAuthorized turns what was set aside for the authorized lines into their use: the entries take it from the holds. A
// final claim leaves nothing set aside.
func (d *decider) takeAuthorized() {
	for i := range d.named.usable {
		a := &d.named.usable[i]
		if a.plan == nil && !d.Claim.Final {
			continue
		}
		taken := d.taken(a)
		d.takeFrom(&taken)
		if d.closes(a) {
			rest := d.rest(a, &taken)
			d.takeFrom(&rest)
		}
	}
}

// takeFrom enters what is taken from a hold, beneath the member's head and, by its shares, beneath the others.
func (d *decider) takeFrom(taken *ledger.Hold) {
	if taken.Empty() {
		return
	}
	e := d.memberEntry()
	e.Holds = append(e.Holds, *taken)
	for _, p := range d.heads {
		if share := taken.Share(p.ID); !share.Empty() {
			e := d.entryOf(p.ID, p.Seq)
			e.Holds = append(e.Holds, share)
		}
	}
}

// rest is what the last claim on an authorization leaves of it, which is free for everybody from now on.
func (d *decider) rest(a *authorization, taken *ledger.Hold) ledger.Hold {
	left, err := a.hold.Plus(taken)
	if err != nil { // no more is taken than is there: nothing is left of what cannot be told
		left = *a.hold
	}
	return left.Released()
}

// closes tells whether the claim is the last one on an authorization.
func (d *decider) closes(a *authorization) bool {
	if d.Claim.Final || a.plan.Settings.AuthorizationUse == scheme.SingleClaim {
		return true
	}
	return !slices.ContainsFunc(a.left, func(h ledger.Held) bool { return !h.Quantity.IsZero() })
}

// taken is what the claim's lines take from an authorization that stays open.
func (d *decider) taken(a *authorization) ledger.Hold {
	t := ledger.Hold{Authorization: a.hold.Authorization, Until: a.hold.Until, Provisional: a.hold.Provisional, Provider: a.hold.Provider, Period: a.hold.Period}
	t.Rows = d.drawn(&a.hold.Rows, nil)
	for i := range a.hold.Shares {
		s := &a.hold.Shares[i]
		for _, p := range d.heads {
			if p.ID != s.Head {
				continue
			}
			if rows := d.drawn(&s.Rows, p); !rows.Empty() {
				t.Shares = append(t.Shares, ledger.Share{Head: s.Head, Rows: rows})
			}
		}
	}
	t.Provisions = d.drawnProvisions(a.hold.Provisions)
	for i, was := range a.hold.Lines {
		if left := a.left[i]; left != was {
			t.Lines = append(t.Lines, ledger.Held{Item: was.Item, Quantity: left.Quantity.Sub(was.Quantity), Amount: left.Amount.Sub(was.Amount)})
		}
	}
	return t
}

// drawn takes from rows what authorized lines have used of their limits, first in the same period: a service that was
// authorized for December may be provided in January. Head is nil for the member's own rows.
func (d *decider) drawn(rows *ledger.Rows, head *ledger.Policy) ledger.Rows {
	rest := ledger.Rows{Uses: slices.Clone(rows.Uses), Daily: slices.Clone(rows.Daily)}
	for _, samePeriod := range [...]bool{true, false} {
		for i := range rest.Uses {
			u := &rest.Uses[i]
			d.draw(&u.Amount, func(m *meter) bool {
				return m.days == 0 && m.counts(u.Policy, u.Limit, head) && (!samePeriod || m.row.From == u.Period.From)
			})
		}
		for i := range rest.Daily {
			u := &rest.Daily[i]
			d.draw(&u.Amount, func(m *meter) bool {
				return m.days > 0 && m.counts(u.Policy, u.Limit, head) && (!samePeriod || m.row.From == u.At)
			})
		}
	}
	var taken ledger.Rows
	for i, u := range rows.Uses {
		if u.Amount = rest.Uses[i].Amount.Sub(u.Amount); !u.Amount.IsZero() {
			taken.Uses = append(taken.Uses, u)
		}
	}
	for i, u := range rows.Daily {
		if u.Amount = rest.Daily[i].Amount.Sub(u.Amount); !u.Amount.IsZero() {
			taken.Daily = append(taken.Daily, u)
		}
	}
	return taken
}

// draw takes from an amount what the meters have drawn and nothing else was taken for yet.
func (d *decider) draw(from *money.Decimal, of func(*meter) bool) {
	for i := range d.meters {
		if m := &d.meters[i]; !m.drawn.IsZero() && of(m) {
			amount := money.Min(*from, m.drawn)
			*from, m.drawn = from.Sub(amount), m.drawn.Sub(amount)
		}
	}
}

// counts tells whether a limit of a head is the meter's, in whatever period.
func (m *meter) counts(policy, limit string, head *ledger.Policy) bool {
	if m.limit != limit {
		return false
	}
	if head == nil {
		return m.scope == scheme.PerMember && m.policy.ID == policy
	}
	return m.head == head
}

func (d *decider) drawnProvisions(rows []ledger.Provision) []ledger.Provision {
	rest := slices.Clone(rows)
	for _, samePeriod := range [...]bool{true, false} {
		for i := range d.provided {
			p := &d.provided[i]
			at := slices.IndexFunc(rest, func(r ledger.Provision) bool {
				return r.Item == p.item && r.Count > 0 && (!samePeriod || r.Period == p.row)
			})
			if p.authorized && at >= 0 {
				p.authorized = false // it is taken once
				rest[at].Count--
			}
		}
	}
	var taken []ledger.Provision
	for i, r := range rows {
		if r.Count = rest[i].Count - r.Count; r.Count != 0 {
			taken = append(taken, r)
		}
	}
	return taken
}
