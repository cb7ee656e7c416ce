package ledger

import "claimwright/adjudication/engine/day"

// row reads the day of a row that follows one of the day after, 0 for the first.
func (d *decoder) row(after day.Date) day.Date {
	if after == 0 {
		return d.date()
	}
	return after - d.date()
}

// row writes a day that follows a later one, 0 for the first.
func (e *encoder) row(after, at day.Date) {
	if after == 0 {
		e.date(at)
	} else {
		e.date(after - at)
	}
}

func (e *encoder) rolling(all []Rolling) {
	e.uint(uint64(len(all)))
	for i := range all {
		r := &all[i]
		e.text(r.Policy)
		e.text(r.Limit)
		e.date(r.Since)
		e.uint(uint64(r.count))
		e.date(r.oldest)
		e.text(r.rows)
	}
}

// rolling leaves the rows packed, and unread: what cannot be read in them shows when they are looked at.
func (d *decoder) rolling() []Rolling {
	n := d.count(6)
	if n == 0 {
		return nil
	}
	all := make([]Rolling, n)
	for i := range all {
		all[i] = Rolling{Policy: d.text(), Limit: d.text(), Since: d.date(), count: int32(d.uint()), oldest: d.date(), rows: d.text()}
		if all[i].count < 0 || int(all[i].count) > len(all[i].rows) {
			d.fail()
		}
	}
	return all
}

func (e *encoder) daily(all []Daily) {
	e.uint(uint64(len(all)))
	for i := range all {
		u := &all[i]
		e.text(u.Policy)
		e.text(u.Limit)
		e.date(u.At)
		e.decimal(u.Amount)
		e.int(int64(u.Days))
	}
}

func (d *decoder) daily() []Daily {
	n := d.count(6)
	if n == 0 {
		return nil
	}
	all := make([]Daily, n)
	for i := range all {
		all[i] = Daily{Policy: d.text(), Limit: d.text(), At: d.date(), Amount: d.decimal(), Days: d.int32()}
	}
	return all
}
