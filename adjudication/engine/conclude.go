package engine

// conclude says what the lines amount to.
func (d *decider) conclude() {
	var accepted, short, review, pending int
	for i := range d.out.Lines {
		l := &d.out.Lines[i]
		switch {
		case !l.Accepted():
			short++
			continue
		case l.Review != NoReview:
			review++
		case l.Pending:
			pending++
		}
		accepted++
		if l.fellShort() {
			short++
		}
	}
	out := d.out
	threshold, scored := d.scoreReached()
	out.Outcome = Complete
	switch {
	case accepted == 0:
		out.State = Rejected
	case review > 0 || scored:
		out.State, out.Outcome = AwaitingReview, Partial
	case pending > 0:
		out.State, out.Outcome = Processed, Partial
	case short > 0:
		out.State = PartlyApproved
	default:
		out.State = Approved
	}
	if scored {
		out.Notes = append(out.Notes, d.scoreNote(threshold))
	}
	if d.Review != nil && d.Review.Text != "" {
		out.Notes = append(out.Notes, "The reviewer says: "+d.Review.Text)
	}
	paid, submitted := out.Totals.Paid, out.Totals.Submitted
	out.Disposition = dispositions[out.State] + " " + paid.String() + " " + out.Currency + " of " + submitted.String() + " " + out.Currency + "."
}

// fellShort tells that the plan pays less than its benefits because a limit was reached. What the member always shares, and
// what is agreed with the provider, does not make an approval a partial one.
func (l *Line) fellShort() bool {
	return !l.Disallowed.IsZero() || !l.OverCategory.IsZero() || !l.OverCeiling.IsZero()
}

var dispositions = map[State]string{
	AwaitingReview: "Awaiting review; provisionally",
	Processed:      "Awaiting the index of relative prices; provisionally",
	Approved:       "Approved:",
	PartlyApproved: "Partly approved:",
	Rejected:       "Rejected:",
}
