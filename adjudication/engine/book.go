package engine

import (
	"cmp"
	"slices"
	"strings"

	"claimwright/adjudication/engine/ledger"
	"claimwright/adjudication/engine/money"
	"claimwright/adjudication/engine/scheme"
)

// book makes the entries that the decision leaves in the ledger: a claim uses, a preauthorization sets aside, a
// predetermination takes nothing.
func (d *decider) book() {
	if d.out.Use == UsePredetermination || d.out.State == Rejected {
		return
	}
	d.countClaim()
	d.out.Entries = make([]ledger.Entry, 0, 1+len(d.heads))
	member := d.entry(ledger.MemberID(d.Member.ID), d.Member.Seq)
	if len(d.provided) > 0 {
		member.Provisions = make([]ledger.Provision, 0, len(d.provided))
	}
	for _, p := range d.provided {
		member.Provisions = append(member.Provisions, ledger.Provision{Item: p.item, Period: p.row, Count: 1, Keep: p.keep})
	}
	member.Provisions = d.rememberVisit(member.Provisions)
	member.Uses, member.Daily = d.uses(nil)
	member.Fingerprints = d.claimed
	d.add(member)
	for _, p := range d.heads {
		policy := d.entry(p.ID, p.Seq)
		policy.Uses, policy.Daily = d.uses(p)
		d.add(policy)
	}
	if d.out.Use == UsePreauthorization {
		d.setAside()
	} else if len(d.named.usable) > 0 {
		d.takeAuthorized()
	}
	slices.SortFunc(d.out.Entries, func(a, b ledger.Entry) int { return strings.Compare(a.Head, b.Head) })
}

// countClaim counts the claim once in its category, beneath each policy that accepted anything of a line of it.
func (d *decider) countClaim() {
	for i := range d.out.Lines {
		l := &d.out.Lines[i]
		if !l.Accepted() || l.Quantity.IsZero() {
			continue
		}
		m := d.countMeter(l)
		if m.added = money.Whole(1); l.authorized != nil {
			m.drawn = m.added
		}
	}
}

func (d *decider) entry(head string, seq uint64) ledger.Entry {
	kind := ledger.Used
	if d.out.Outcome == Partial || d.out.Use == UsePreauthorization {
		kind = ledger.Reserved
	}
	return ledger.Entry{Head: head, Seq: seq + 1, Claim: d.ClaimID, Kind: kind, At: d.clock(), Today: d.today()}
}

// add keeps an entry that says anything.
func (d *decider) add(e ledger.Entry) {
	if !e.Empty() {
		d.out.Entries = append(d.out.Entries, e)
	}
}

// uses are what the meters of one head gained, the member's for nil.
func (d *decider) uses(head *ledger.Policy) ([]ledger.Use, []ledger.Daily) {
	of := func(m *meter) bool {
		return m.head == head && (head != nil || m.scope == scheme.PerMember) && !m.added.IsZero()
	}
	n := 0
	for i := range d.meters {
		if m := &d.meters[i]; of(m) && m.days == 0 {
			n++
		}
	}
	uses := make([]ledger.Use, 0, n)
	var daily []ledger.Daily
	for i := range d.meters {
		m := &d.meters[i]
		if !of(m) {
			continue
		}
		policy := ""
		if head == nil {
			policy = m.policy.ID
		}
		if m.days > 0 {
			daily = append(daily, ledger.Daily{Policy: policy, Limit: m.limit, At: m.row.From, Amount: m.added, Days: m.days})
		} else {
			u := ledger.Use{Policy: policy, Limit: m.limit, Period: m.row, Amount: m.added}
			if d.out.Outcome == Partial && d.out.Use == UseClaim {
				u.Provisional = m.added
			}
			uses = append(uses, u)
		}
	}
	slices.SortFunc(uses, func(a, b ledger.Use) int {
		return cmp.Or(strings.Compare(a.Policy, b.Policy), strings.Compare(a.Limit, b.Limit), cmp.Compare(a.Period.From, b.Period.From))
	})
	slices.SortFunc(daily, func(a, b ledger.Daily) int {
		return cmp.Or(strings.Compare(a.Policy, b.Policy), strings.Compare(a.Limit, b.Limit), cmp.Compare(a.At, b.At))
	})
	return uses, daily
}
