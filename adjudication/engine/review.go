package engine

import "claimwright/adjudication/engine/money"

// ReviewResult is what a reviewer decided about a claim: an input of the decision like any other, and recorded in its
// Basis. Lines that it does not name are decided as if there were none, except that nothing waits for a review again.
type ReviewResult struct {
	// Lines are in any order, at most one for each line; the first of several counts.
	Lines []LineReview
	// Text is what the reviewer says about the claim as a whole.
	Text string
}

// LineReview is a reviewer's decision about one line.
type LineReview struct {
	// Sequence, Detail and SubDetail are the line's numbers. Rejecting an item or a detail that has parts rejects these; its
	// quantity and price are not theirs.
	Sequence, Detail, SubDetail int64
	// Quantity is what the reviewer approved, when HasQuantity: 0 approves nothing, and more than was billed approves what
	// was billed.
	Quantity    money.Decimal
	HasQuantity bool
	// Unit is the approved price of one unit, when HasUnit, in the insurer's currency. It stands in the place of the price
	// list's: it may be above that, but pays no more than was billed.
	Unit    money.Decimal
	HasUnit bool
	// Rejected denies the line, for the reason that Justification gives.
	Rejected      bool
	Justification string
}

// reviewRule names, in cuts, that a reviewer made them.
const reviewRule = "review"

// line is the review of a line, nil when there is none: its own, or the one that rejects what it is a part of.
func (r *ReviewResult) line(item *ClaimLine) *LineReview {
	var whole *LineReview
	for i := range r.Lines {
		l := &r.Lines[i]
		if l.Sequence != item.Sequence {
			continue
		}
		if l.Detail == item.Detail && l.SubDetail == item.SubDetail {
			return l
		}
		if l.Rejected && l.SubDetail == 0 && (l.Detail == 0 || l.Detail == item.Detail) && whole == nil {
			whole = l
		}
	}
	return whole
}

// applyReview gives each line what the reviewer decided about it.
func (d *decider) applyReview() {
	for i := range d.out.Lines {
		l := &d.out.Lines[i]
		l.Reviewed = d.Review.line(l.Item)
	}
}

// asked is the quantity that the limits of the plan are held against: the reviewer's, or else the billed one.
func (l *Line) asked() money.Decimal {
	if l.Reviewed == nil || !l.Reviewed.HasQuantity || l.Reviewed.Quantity.IsZero() && l.Plan.Practice.ZeroReviewIsNone {
		return l.Billed
	}
	return money.Min(l.Billed, l.Reviewed.Quantity.Floor0())
}

// notRejected: no reviewer has rejected the line. It is asked before the claim has its category, because what was rejected
// counts against nothing.
func (d *decider) notRejected(l *Line) Denial {
	if l.Reviewed != nil && l.Reviewed.Rejected {
		return ByReviewer
	}
	return NotDenied
}

// asReviewed never denies: of a line that was reviewed, what the reviewer approved is judged.
func (d *decider) asReviewed(l *Line) Denial {
	if l.Reviewed != nil {
		l.Quantity = l.asked()
	}
	return NotDenied
}

// cutReviewed disallows the units that the reviewer did not approve; the provider billed them.
func (d *decider) cutReviewed(l *Line, work money.Decimal) money.Decimal {
	asked := l.asked()
	if asked.Equal(l.Billed) {
		return work
	}
	d.note(l, noteKey{kind: noteReviewedQuantity, line: l.Item, amount: asked})
	return d.cut(l, Disallowed, ByProvider, reviewRule, work, d.granted(l, work, l.Billed, asked))
}

// cutReviewedPrice reduces to the price that the reviewer approved, where that is less than billed.
func (d *decider) cutReviewedPrice(l *Line, work money.Decimal) money.Decimal {
	approved := l.Quantity.Times(l.Reviewed.Unit.Floor0(), d.out.Digits)
	if d.paysList(l) && work.Less(approved) {
		l.Unit, l.HasUnit = l.Reviewed.Unit, true
		return d.lift(l, reviewRule, work, approved)
	}
	if !approved.Less(work) {
		l.Unit, l.HasUnit = l.Item.billedUnit()
		return work
	}
	l.Unit, l.HasUnit = l.Reviewed.Unit, true
	d.note(l, noteKey{kind: noteReviewedPrice, line: l.Item, amount: l.Unit})
	return d.cut(l, PriceReduction, ByProvider, reviewRule, work, approved)
}

// unsure sends a line to a person because the heads do not know all that a rule asks; a reviewer has looked.
func (d *decider) unsure(l *Line) {
	if d.Review == nil {
		l.Review = ReviewOfHistory
	}
}

// noteDenial says why the line is denied; a reviewer says it in words.
func (d *decider) noteDenial(l *Line) {
	key := noteKey{kind: noteDenied, denial: l.Denial}
	if l.Denial == l.whyOf {
		key.rule = l.why
	}
	if l.Denial == ByReviewer && l.Reviewed != nil {
		key.rule = l.Reviewed.Justification
	}
	d.note(l, key)
}
