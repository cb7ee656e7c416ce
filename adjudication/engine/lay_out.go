package engine

import "slices"

// lines lays out what is decided: the claim's lines, but a whole in the place of its parts where it is decided as one.
func (d *decider) lines(n int) {
	next := 0
	for i := range d.Claim.Wholes {
		w := &d.Claim.Wholes[i]
		if w.First < next || !w.Undivided && !d.packaged(w) {
			continue
		}
		for ; next < w.First; next++ {
			d.layOut(&d.Claim.Lines[next])
		}
		d.layOut(&w.ClaimLine)
		d.out.Lines[len(d.out.Lines)-1].whole = w
		next += w.Count
	}
	for ; next < n; next++ {
		d.layOut(&d.Claim.Lines[next])
	}
}

func (d *decider) layOut(item *ClaimLine) {
	n := len(d.out.Lines)
	d.out.Lines = slices.Grow(d.out.Lines, 1)[:n+1] // in its place: what lies there is zero
	l := &d.out.Lines[n]
	l.Item, l.Quantity, l.Billed = item, item.Quantity, item.Quantity
	if item.Currency != "" && item.Currency != d.out.Currency {
		d.exchange(l)
	}
}
