package ledger

import "slices"

// Sum is what several entries beneath one head add together, under head, claim and day of the first; what comes to nothing
// is left out. A claim that was decided several times has taken the sum of its entries.
func Sum(entries ...Entry) Entry {
	sum := entries[0]
	sum.Uses, sum.Provisions, sum.Daily, sum.Fingerprints, sum.Holds = nil, nil, nil, nil, nil
	for i := range entries {
		sum.plus(&entries[i])
	}
	sum.Uses = slices.DeleteFunc(sum.Uses, func(u Use) bool { return u.Amount.IsZero() && u.Provisional.IsZero() })
	sum.Provisions = slices.DeleteFunc(sum.Provisions, func(p Provision) bool { return p.Count == 0 })
	sum.Daily = slices.DeleteFunc(sum.Daily, func(u Daily) bool { return u.Amount.IsZero() })
	sum.Holds = slices.DeleteFunc(sum.Holds, func(h Hold) bool { return h.Empty() })
	sum.Fingerprints = slices.DeleteFunc(sum.Fingerprints, func(p Fingerprint) bool { return p.Count == 0 })
	return sum
}

// plus adds an entry.
func (e *Entry) plus(o *Entry) {
	for _, u := range o.Uses {
		merge(&e.Uses, u, func(x *Use) bool {
			return x.Policy == u.Policy && x.Limit == u.Limit && x.Period.From == u.Period.From
		}, func(x *Use) { x.Amount, x.Provisional = x.Amount.Add(u.Amount), x.Provisional.Add(u.Provisional) })
	}
	for _, p := range o.Provisions {
		merge(&e.Provisions, p, func(x *Provision) bool { return x.Item == p.Item && x.Period == p.Period },
			func(x *Provision) { x.Count += p.Count })
	}
	for _, u := range o.Daily {
		merge(&e.Daily, u, func(x *Daily) bool { return x.Policy == u.Policy && x.Limit == u.Limit && x.At == u.At },
			func(x *Daily) { x.Amount = x.Amount.Add(u.Amount) })
	}
	for _, p := range o.Fingerprints {
		merge(&e.Fingerprints, p, func(x *Fingerprint) bool { return x.Hash == p.Hash && x.At == p.At },
			func(x *Fingerprint) { x.Count += p.Count })
	}
	for i := range o.Holds {
		h := &o.Holds[i]
		merge(&e.Holds, *h, func(x *Hold) bool {
			return x.Authorization == h.Authorization && x.Until == h.Until && x.Provider == h.Provider
		},
			func(x *Hold) { *x = x.net(h) })
	}
}

// merge adds a row to the one that it belongs to, or behind them all.
func merge[T any](rows *[]T, row T, same func(*T) bool, add func(*T)) {
	for i := range *rows {
		if same(&(*rows)[i]) {
			add(&(*rows)[i])
			return
		}
	}
	*rows = append(*rows, row)
}
