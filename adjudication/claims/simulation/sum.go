package simulation

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"claimwright/adjudication/engine/money"
)

// add takes in what another worker has found.
func (t *tally) add(o *tally) {
	t.Counts.add(&o.Counts)
	for currency, m := range o.money {
		sum := t.moneyIn(currency)
		sum.Before, sum.After = sum.Before.Add(m.Before), sum.After.Add(m.After)
	}
	for k, n := range o.states {
		t.states[k] += n
	}
	for k, n := range o.reasons {
		t.reasons[k] += n
	}
	for k, f := range o.fired {
		if sum := t.fired[k]; sum != nil {
			sum.Lines, sum.Claims = sum.Lines+f.Lines, sum.Claims+f.Claims
			continue
		}
		t.fired[k] = f
	}
	for k, f := range o.faults {
		if sum := t.faults[k]; sum != nil {
			sum.Lines, sum.Claims, sum.Claim = sum.Lines+f.Lines, sum.Claims+f.Claims, min(sum.Claim, f.Claim)
			continue
		}
		t.faults[k] = f
	}
	for k, g := range o.groups {
		sum := t.group(k.dimension, k.key, g.Name, k.currency)
		sum.Lines += g.Lines
		sum.Before, sum.After = sum.Before.Add(g.Before), sum.After.Add(g.After)
		sum.Claims, sum.PassedBefore, sum.PassedAfter = sum.Claims+g.Claims, sum.PassedBefore+g.PassedBefore, sum.PassedAfter+g.PassedAfter
	}
	for i := range o.largest {
		t.keep(o.largest[i])
	}
}

// keep keeps the largest differences, and a few more until it is worth the while to throw them out.
func (t *tally) keep(d Difference) {
	t.largest = append(t.largest, d)
	if len(t.largest) >= 8*MostLargest {
		t.trim()
	}
}

func (t *tally) trim() {
	slices.SortFunc(t.largest, func(a, b Difference) int {
		return cmp.Or(size(b.Before, b.After).Cmp(size(a.Before, a.After)), strings.Compare(a.Claim, b.Claim))
	})
	t.largest = t.largest[:min(len(t.largest), MostLargest)]
}

// size is how far apart two amounts are.
func size(a, b money.Decimal) money.Decimal {
	if d := a.Sub(b); d.Sign() >= 0 {
		return d
	}
	return b.Sub(a)
}

// report puts what was found in order.
func (x *run) report(t *tally, cut string) *Report {
	t.trim()
	r := &Report{Request: *x.Request, Counts: t.Counts, Cut: cut, Largest: t.largest}
	for _, currency := range slices.Sorted(maps.Keys(t.money)) {
		r.Money = append(r.Money, *t.money[currency])
	}
	for k, n := range t.states {
		r.States = append(r.States, Transition{k[0], k[1], n})
	}
	for text, n := range t.reasons {
		r.Reasons = append(r.Reasons, Reason{text, n})
	}
	r.Fired, r.Faults, r.Groups = values(t.fired), values(t.faults), values(t.groups)
	r.sort()
	r.Faults = r.Faults[:min(len(r.Faults), mostFaults)]
	r.Reasons = r.Reasons[:min(len(r.Reasons), mostReasons)]
	return r
}

func values[K comparable, V any](of map[K]*V) []V {
	var all []V
	for _, v := range of {
		all = append(all, *v)
	}
	return all
}

// sort gives everything that came from maps an order of its own.
func (r *Report) sort() {
	slices.SortFunc(r.States, func(a, b Transition) int {
		return cmp.Or(cmp.Compare(b.Claims, a.Claims), cmp.Compare(a.Before, b.Before), cmp.Compare(a.After, b.After))
	})
	slices.SortFunc(r.Reasons, func(a, b Reason) int { return cmp.Or(cmp.Compare(b.Claims, a.Claims), cmp.Compare(a.Text, b.Text)) })
	slices.SortFunc(r.Fired, func(a, b Fired) int {
		return cmp.Or(cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Row, b.Row), cmp.Compare(a.Action, b.Action))
	})
	slices.SortFunc(r.Faults, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(b.Lines, a.Lines), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Row, b.Row), cmp.Compare(a.Text, b.Text))
	})
	slices.SortFunc(r.Groups, func(a, b Group) int {
		return cmp.Or(cmp.Compare(rank[a.Dimension], rank[b.Dimension]), size(b.Before, b.After).Cmp(size(a.Before, a.After)),
			cmp.Compare(b.Lines, a.Lines), cmp.Compare(a.Key, b.Key), cmp.Compare(a.Currency, b.Currency))
	})
}

// rank is the order of the dimensions.
var rank = map[Dimension]int{ByInsurer: 1, ByFacility: 2, ByPlan: 3, ByService: 4}
