package order

import (
	"fmt"
	"slices"

	"claimwright/adjudication/engine/rules"
)

// together judges each row with those that are asked before it, as far as they can concern the same line.
func (r *reporter) together() {
	seen := make([]int, len(r.rows)) // by place, the number of the row that has looked at it last
	for i := range r.rows {
		shadowed := r.rows[i].needs.Never != ""
		before := [][]int{r.general}
		if codes, listed := r.rows[i].needs.Texts("line.code"); listed {
			for _, c := range codes {
				before = append(before, r.byCode[c])
			}
		} else {
			before = [][]int{nil}
			for j := range i {
				before[0] = append(before[0], j)
			}
		}
		for _, places := range before {
			for _, j := range places {
				if j >= i {
					break
				}
				if seen[j] == i+1 || r.rows[j].needs.Never != "" {
					continue
				}
				seen[j] = i + 1
				if r.pairs++; r.pairs > maxPairs {
					r.report.Ended = true
					return
				}
				shadowed = r.pair(&r.rows[j], &r.rows[i], shadowed)
			}
		}
	}
}

// pair judges two rows, the first of which is asked before the second as far as order goes. It tells whether the second is
// known to be kept from acting.
func (r *reporter) pair(a, b *row, shadowed bool) bool {
	if turns(a.rule, b.rule) {
		first, second := a, b
		if b.rule.Early() && !a.rule.Early() { // early rules are asked before late ones, whatever their priority
			first, second = b, a
		}
		if second == b && !shadowed && encloses(first.rule, second.rule) && second.needs.Implies(first.needs) {
			r.found(Finding{Kind: Never, Rule: b.rule, Row: b.at + 1, Other: a.rule, OtherRow: a.at + 1,
				Text: fmt.Sprintf("can never act: only the first acts, and %s holds whenever it does", name(a))})
			return true
		}
		return shadowed
	}
	if a.rule.Shadow || b.rule.Shadow || !meet(a.rule, b.rule) || !a.needs.Meets(b.needs) {
		return shadowed
	}
	if kind, verdict := wins(a, b); verdict != "" {
		f := Finding{Kind: kind, Rule: b.rule, Row: b.at + 1, Other: a.rule, OtherRow: a.at + 1, Text: verdict}
		f.Codes, _ = a.needs.Common(b.needs, "line.code")
		r.found(f)
	}
	return shadowed
}

// name is such as "row 2 of PlanDefinition/x".
func name(w *row) string { return fmt.Sprintf("row %d of %s", w.at+1, w.rule.Key) }

// turns tells that of two rules, or of the rows of one, only the first acts on a line.
func turns(a, b *rules.Rule) bool {
	return a.First && b.First && !a.Shadow && (a == b || a.Group != "" && a.Group == b.Group)
}

// wins says which of two rows that act on the same line has its way; empty when both have.
func wins(a, b *row) (Kind, string) {
	rejects := [2]bool{}
	for i, w := range [...]*row{a, b} {
		rejects[i] = slices.ContainsFunc(w.rule.Rows[w.at].Actions, func(x rules.Action) bool { return x.Kind == rules.Reject })
	}
	if rejects[0] && rejects[1] {
		return Reason, a.rule.Key + " gives the reason" + because(a.rule, b.rule)
	}
	for _, x := range a.rule.Rows[a.at].Actions {
		for _, y := range b.rule.Rows[b.at].Actions {
			switch {
			case rejects[0] && caps(y.Kind):
				return Overlap, a.rule.Key + " wins: it rejects, and what is rejected is not priced"
			case rejects[1] && caps(x.Kind):
				return Overlap, b.rule.Key + " wins: it rejects, and what is rejected is not priced"
			case x.Kind == y.Kind && caps(x.Kind):
				return Overlap, "both have " + x.Kind.Code() + "; the smallest wins, whatever their order"
			}
		}
	}
	return "", ""
}

func caps(k rules.ActionKind) bool { return k == rules.CapPrice || k == rules.CapQuantity }

// because says why one rule is asked before another.
func because(a, b *rules.Rule) string {
	switch {
	case a == b:
		return ", by the row that stands first"
	case a.Priority == b.Priority:
		return fmt.Sprintf(", by its id alone: both have priority %d", a.Priority)
	}
	return fmt.Sprintf(", by its priority %d before %d", a.Priority, b.Priority)
}

// meet tells whether two rules can be in force at the same place and on the same line; false is certain.
func meet(a, b *rules.Rule) bool {
	for _, s := range scopes(a, b) {
		if len(s[0]) > 0 && len(s[1]) > 0 && !slices.ContainsFunc(s[0], func(n string) bool { return slices.Contains(s[1], n) }) {
			return false
		}
	}
	return a.ByReceipt != b.ByReceipt || a.Valid.Overlaps(b.Valid)
}

// encloses tells that the first rule is in force wherever and whenever the second is; true is certain.
func encloses(a, b *rules.Rule) bool {
	for _, s := range scopes(a, b) {
		if len(s[0]) == 0 {
			continue
		}
		if len(s[1]) == 0 || slices.ContainsFunc(s[1], func(n string) bool { return !slices.Contains(s[0], n) }) {
			return false
		}
	}
	always := a.Valid.From == 0 && a.Valid.To == 0
	return always || a.ByReceipt == b.ByReceipt && b.Valid.Within(a.Valid)
}

func scopes(a, b *rules.Rule) [5][2][]string {
	return [5][2][]string{
		{a.Scope.Insurers, b.Scope.Insurers}, {a.Scope.Plans, b.Scope.Plans}, {a.Scope.Facilities, b.Scope.Facilities},
		{a.Scope.Types, b.Scope.Types}, {a.Scope.Uses, b.Scope.Uses},
	}
}

// ties finds rules of a group that take turns and have the same priority.
func (r *reporter) ties(asked []*rules.Rule) {
	for i, b := range asked {
		for _, a := range asked[:i] {
			if r.pairs++; r.pairs > maxPairs {
				r.report.Ended = true
				return
			}
			if a.Priority == b.Priority && turns(a, b) && !b.Shadow && a.Early() == b.Early() && meet(a, b) {
				r.found(Finding{Kind: Tie, Rule: b, Other: a,
					Text: fmt.Sprintf("takes turns with %s in the group %q at the same priority %d: which is first rests on their ids", a.Key, a.Group, a.Priority)})
			}
		}
	}
}
