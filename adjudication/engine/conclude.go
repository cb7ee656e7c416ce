package engine

import "fmt"

// conclude says what the lines amount to.
func (d *decider) conclude() {
	var accepted, denied, cut, review, pending int
	for i := range d.out.Lines {
		l := &d.out.Lines[i]
		switch {
		case !l.Accepted():
			denied++
			continue
		case l.Review != NoReview:
			review++
		case l.Pending:
			pending++
		}
		accepted++
		if !l.Disallowed.IsZero() {
			cut++
		}
	}
	out := d.out
	out.Outcome = Complete
	switch {
	case accepted == 0:
		out.State = Rejected
	case review > 0:
		out.State, out.Outcome = AwaitingReview, Partial
	case pending > 0:
		out.State, out.Outcome = Processed, Partial
	case denied+cut > 0:
		out.State = PartlyApproved
	default:
		out.State = Approved
	}
	out.Disposition = fmt.Sprintf("%s %s %s of %s %s.", dispositions[out.State], out.Totals.Paid, out.Currency, out.Totals.Submitted, out.Currency)
}

var dispositions = map[State]string{
	AwaitingReview: "Awaiting review; provisionally",
	Processed:      "Awaiting the index of relative prices; provisionally",
	Approved:       "Approved:",
	PartlyApproved: "Partly approved:",
	Rejected:       "Rejected:",
}
