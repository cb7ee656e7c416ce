package trial

import (
	"fmt"

	"claimwright/adjudication/engine/rules"
	"claimwright/adjudication/engine/rules/condition"
)

// Coverage says what the tests of a rule have tried of its conditions.
type Coverage struct {
	Rows []RowCoverage
}

// RowCoverage is that of one row.
type RowCoverage struct {
	// Row counts from 1; Condition is its text.
	Row       int
	Title     string
	Condition string
	Parts     []PartCoverage
	// Fired is how many tests let the row act.
	Fired int
}

// PartCoverage counts the tests in which a part was true, and false.
type PartCoverage struct {
	condition.Part
	True, False int
}

// Cover evaluates every part of every row's condition about every test within the rule's scope and period. With is what the rule was
// read with.
func Cover(rule *rules.Rule, with rules.Context, tests []Test) (Coverage, error) {
	var within []*Test
	fired := make([]int, len(rule.Rows))
	set := rules.NewSet([]*rules.Rule{rule})
	for i := range tests {
		t := &tests[i]
		if rule.Applies(&t.Place) {
			within = append(within, t)
		}
		last := -1
		for _, f := range ask(set, t) {
			if f.Fault == "" && f.Row != last {
				fired[f.Row]++
				last = f.Row
			}
		}
	}
	var all Coverage
	options := explainer{rule, with}.options()
	options.In = condition.NewEnvironment(with.Lists)
	for i := range rule.Rows {
		row := RowCoverage{Row: i + 1, Title: rule.Rows[i].Title, Condition: rule.Rows[i].Condition.Text, Fired: fired[i]}
		observer, err := condition.Observe(row.Condition, options)
		if err != nil {
			return Coverage{}, fmt.Errorf("row %d: %w", row.Row, err)
		}
		row.count(observer, within)
		all.Rows = append(all.Rows, row)
	}
	return all, nil
}

func (r *RowCoverage) count(observer *condition.Observer, tests []*Test) {
	for _, p := range observer.Parts() {
		r.Parts = append(r.Parts, PartCoverage{Part: p})
	}
	for _, t := range tests {
		for i, o := range observer.About(t.Case.View()) {
			if o.True {
				r.Parts[i].True++
			}
			if o.False {
				r.Parts[i].False++
			}
		}
	}
}

// Tried counts what can come of the parts, true and false each, and how much of that some test has seen.
func (c *Coverage) Tried() (seen, all int) {
	for i := range c.Rows {
		for _, p := range c.Rows[i].Parts {
			all += 2
			if p.True > 0 {
				seen++
			}
			if p.False > 0 {
				seen++
			}
		}
	}
	return seen, all
}

// Percent is a share in whole percent, rounded down: 100 is all. Nothing to try is 100.
func Percent(seen, all int) int {
	if all == 0 {
		return 100
	}
	return seen * 100 / all
}
