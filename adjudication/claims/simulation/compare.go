package simulation

import (
	"strings"

	"claimwright/adjudication/engine"
)

// changed tells whether a line comes out otherwise in anything that matters to anybody.
func changed(before, after *engine.Line) bool {
	return before.Denial != after.Denial || before.Review != after.Review || !before.Paid.Equal(after.Paid) ||
		!before.ProviderBears.Equal(after.ProviderBears) || !before.MemberBears.Equal(after.MemberBears)
}

// passes tells whether a claim passes at first: it was decided without a person, and no line is denied.
func passes(d *engine.Decision) bool {
	if d.State == engine.AwaitingReview {
		return false
	}
	for i := range d.Lines {
		if !d.Lines[i].Accepted() {
			return false
		}
	}
	return true
}

// pair is a line before and after.
type pair struct{ before, after *engine.Line }

// pairs appends the lines that come out otherwise. Both decisions have the same lines: how a claim is laid out is the
// register's matter, which no rule changes.
func pairs(dst []pair, before, after *engine.Decision) []pair {
	if before == after {
		return dst
	}
	for i := range min(len(before.Lines), len(after.Lines)) {
		if p := (pair{&before.Lines[i], &after.Lines[i]}); changed(p.before, p.after) {
			dst = append(dst, p)
		}
	}
	return dst
}

// cuts tells whether the change takes something from a line.
func (p pair) cuts() bool {
	return p.after.Paid.Less(p.before.Paid) || p.before.Accepted() && !p.after.Accepted()
}

// agrees tells whether a reviewer took something from the line as well.
func (p pair) agrees(r *engine.ReviewResult) bool {
	for i := range r.Lines {
		l, item := &r.Lines[i], p.before.Item
		if l.Sequence != item.Sequence || l.Detail != 0 && l.Detail != item.Detail || l.SubDetail != 0 && l.SubDetail != item.SubDetail {
			continue
		}
		if l.Rejected {
			return true
		}
		own := l.Detail == item.Detail && l.SubDetail == item.SubDetail
		if own && (l.HasQuantity && l.Quantity.Less(p.before.Quantity) || l.HasUnit && p.before.HasUnit && l.Unit.Less(p.before.Unit)) {
			return true
		}
	}
	return false
}

// difference describes a claim that is paid otherwise.
func difference(j *job, before, after *engine.Decision, lines []pair) Difference {
	d := Difference{
		Claim: "Claim/" + j.basis.ClaimID, Response: j.record.String(), Insurer: before.Insurer.Key, Facility: before.Facility.Key,
		Currency: before.Currency, Before: before.Totals.Paid, After: after.Totals.Paid, StateBefore: before.State, StateAfter: after.State,
	}
	for i, p := range lines {
		if i == mostLines {
			d.More = len(lines) - i
			break
		}
		item := p.before.Item
		l := LineDifference{
			Sequence: item.Sequence, Detail: item.Detail, SubDetail: item.SubDetail, Before: p.before.Paid, After: p.after.Paid,
			DeniedBefore: p.before.Denial.Code(), DeniedAfter: p.after.Denial.Code(),
		}
		if p.before.Service != nil {
			l.Service = p.before.Service.Codes[0].Value
		} else if len(item.Codes) > 0 {
			l.Service = strings.Clone(item.Codes[0].Value)
		}
		d.Lines = append(d.Lines, l)
	}
	return d
}
