package simulation

import (
	"claimwright/adjudication/engine"
	"claimwright/adjudication/engine/money"
)

// tally is what one worker has found. Adding tallies up in any order gives the same.
type tally struct {
	Counts
	money   map[string]*Money
	states  map[[2]engine.State]int64
	fired   map[firedKey]*Fired
	groups  map[groupKey]*Group
	faults  map[faultKey]*Fault
	reasons map[string]int64
	largest []Difference
	pairs   []pair
}

type firedKey struct {
	rule   string
	row    int
	action string
}

type groupKey struct {
	dimension     Dimension
	key, currency string
}

type faultKey struct {
	rule string
	row  int
	text string
}

func newTally() *tally {
	return &tally{
		money: map[string]*Money{}, states: map[[2]engine.State]int64{}, fired: map[firedKey]*Fired{}, groups: map[groupKey]*Group{},
		faults: map[faultKey]*Fault{}, reasons: map[string]int64{},
	}
}

// unable counts a claim that cannot be decided again. Reasons may name resources: beyond a bound new ones are not told apart.
func (t *tally) unable(reason string) {
	t.Unable++
	if _, known := t.reasons[reason]; !known && len(t.reasons) >= mostKept {
		reason = "other reasons"
	}
	t.reasons[reason]++
}

// claim counts a claim as it came out without and with the rules.
func (t *tally) claim(x *run, j *job, of *trial, before, after *engine.Decision) {
	t.Claims++
	t.Lines += int64(len(before.Lines))
	count(&t.OtherEngine, j.basis.Engine != engine.Version)
	count(&t.Forgotten, of.forgets)
	t.overall(before, after)
	if len(x.Enforce) > 0 {
		t.rules(x, j, before, true) // as it was recorded
	} else {
		t.rules(x, j, after, false)
	}
	t.pairs = pairs(t.pairs[:0], before, after)
	if len(t.pairs) == 0 && before.State == after.State {
		return
	}
	t.ClaimsChanged++
	if before.State != after.State {
		t.states[[2]engine.State{before.State, after.State}]++
	}
	for _, p := range t.pairs {
		t.line(j, before, p)
	}
	if !before.Totals.Paid.Equal(after.Totals.Paid) {
		t.keep(difference(j, before, after, t.pairs))
	}
}

// overall counts what the figures of all claims are made of.
func (t *tally) overall(before, after *engine.Decision) {
	passedBefore, passedAfter := passes(before), passes(after)
	count(&t.PassedBefore, passedBefore)
	count(&t.PassedAfter, passedAfter)
	count(&t.ToReview, before.State != engine.AwaitingReview && after.State == engine.AwaitingReview)
	count(&t.FromReview, before.State == engine.AwaitingReview && after.State != engine.AwaitingReview)
	m := t.moneyIn(before.Currency)
	m.Before, m.After = m.Before.Add(before.Totals.Paid), m.After.Add(after.Totals.Paid)
	for _, g := range [2]*Group{
		t.group(ByInsurer, before.Insurer.Key, before.Insurer.Name, before.Currency),
		t.group(ByFacility, before.Facility.Key, before.Facility.Name, before.Currency),
	} {
		g.Claims++
		count(&g.PassedBefore, passedBefore)
		count(&g.PassedAfter, passedAfter)
	}
}

func count(n *int64, one bool) {
	if one {
		*n++
	}
}

// line counts a line that comes out otherwise.
func (t *tally) line(j *job, d *engine.Decision, p pair) {
	t.LinesChanged++
	count(&t.Denied, p.before.Accepted() && !p.after.Accepted())
	count(&t.Accepted, !p.before.Accepted() && p.after.Accepted())
	count(&t.Less, p.after.Paid.Less(p.before.Paid))
	count(&t.More, p.before.Paid.Less(p.after.Paid))
	if j.review != nil && p.cuts() {
		t.Reviewed++
		count(&t.Agreed, p.agrees(j.review))
	}
	groups := [4]*Group{
		t.group(ByInsurer, d.Insurer.Key, d.Insurer.Name, d.Currency),
		t.group(ByFacility, d.Facility.Key, d.Facility.Name, d.Currency),
	}
	if plan := p.before.Plan; plan != nil {
		groups[2] = t.group(ByPlan, plan.Code, plan.Name, d.Currency)
	}
	if s := p.before.Service; s != nil {
		groups[3] = t.group(ByService, s.ID, s.Title, d.Currency)
	}
	for _, g := range groups {
		if g != nil {
			g.Lines++
			g.Before, g.After = g.Before.Add(p.before.Paid), g.After.Add(p.after.Paid)
		}
	}
}

// rules counts what the rules did, or would have done in shadow, and what they could not.
func (t *tally) rules(x *run, j *job, d *engine.Decision, shadow bool) {
	var seen map[any]bool // what was counted for the claim already
	first := func(key any) bool {
		if seen[key] {
			return false
		}
		if seen == nil {
			seen = map[any]bool{}
		}
		seen[key] = true
		return true
	}
	for i := range d.Lines {
		for k := range d.Lines[i].Rules {
			r := &d.Lines[i].Rules[k]
			if !x.fired[r.Rule] || r.Shadow != shadow {
				continue
			}
			if r.Fault != "" {
				key := faultKey{r.Rule, r.Row, r.Fault}
				t.fault(key, "Claim/"+j.basis.ClaimID, first(key))
				continue
			}
			key := firedKey{r.Rule, r.Row, r.Action}
			f := t.fired[key]
			if f == nil {
				f = &Fired{Rule: r.Rule, Title: r.Title, Row: r.Row, RowTitle: r.RowTitle, Action: r.Action}
				t.fired[key] = f
			}
			f.Lines++
			count(&f.Claims, first(key))
		}
	}
}

func (t *tally) fault(key faultKey, claim string, first bool) {
	f := t.faults[key]
	if f == nil {
		f = &Fault{Rule: key.rule, Row: key.row, Text: key.text, Claim: claim}
		t.faults[key] = f
	}
	f.Lines++
	f.Claim = min(f.Claim, claim)
	count(&f.Claims, first)
}

func (t *tally) moneyIn(currency string) *Money {
	m := t.money[currency]
	if m == nil {
		m = &Money{Currency: currency, Before: money.Whole(0), After: money.Whole(0)}
		t.money[currency] = m
	}
	return m
}

// group finds a group. Of the names that it had, the first in the alphabet is told.
func (t *tally) group(d Dimension, key, name, currency string) *Group {
	k := groupKey{d, key, currency}
	g := t.groups[k]
	if g == nil {
		g = &Group{Dimension: d, Key: key, Name: name, Currency: currency}
		t.groups[k] = g
	}
	if name < g.Name {
		g.Name = name
	}
	return g
}
