package trial

import (
	"context"
	"fmt"
	"strings"

	"claimwright/adjudication/engine/rules"
	"claimwright/adjudication/engine/rules/condition"
)

// Result is what came of one test.
type Result struct {
	Test *Test
	// Fired is what the rule did.
	Fired []rules.Fired
	// Differences are what differs from what is expected, a sentence each; none when the test holds.
	Differences []string
}

// Holds tells whether the rule did what the test expects.
func (r *Result) Holds() bool { return len(r.Differences) == 0 }

// Run asks the rule about every test. It stops when ctx ends, and says so of the tests that were not run. With is what the
// rule was read with.
func Run(ctx context.Context, rule *rules.Rule, with rules.Context, tests []Test) []Result {
	set := rules.NewSet([]*rules.Rule{rule})
	results := make([]Result, len(tests))
	for i := range tests {
		r := &results[i]
		r.Test = &tests[i]
		if ctx.Err() != nil {
			r.Differences = []string{"the test was not run: the time was up"}
			continue
		}
		r.Fired = ask(set, r.Test)
		r.compare(explainer{rule, with})
	}
	return results
}

// ask is what fires on the line of a test.
func ask(set *rules.Set, t *Test) []rules.Fired {
	asking := set.About(t.Case.View())
	return asking.Late(asking.Early(nil, &t.Case.Line, t.Place), &t.Case.Line, t.Place)
}

// compare holds what fired against what is expected, in any order; what names a row finds its own before what does not.
func (r *Result) compare(why explainer) {
	left := make([]bool, len(r.Fired))
	var missing []*Expected
	for _, named := range [...]bool{true, false} {
		for i := range r.Test.Expect {
			e := &r.Test.Expect[i]
			if (e.Row > 0) != named {
				continue
			}
			if at := e.among(r.Fired, left); at >= 0 {
				left[at] = true
			} else {
				missing = append(missing, e)
			}
		}
	}
	for _, e := range missing {
		r.Differences = append(r.Differences, "expected "+e.String()+"; found "+r.found(left)+why.not(r.Test, e))
	}
	for i := range r.Fired {
		if left[i] {
			continue
		}
		text := "not expected: " + told(&r.Fired[i])
		if r.Fired[i].Fault == "" {
			text += why.holds(r.Fired[i].Row)
		}
		r.Differences = append(r.Differences, text)
	}
}

// among is the place of the first that fired and is left over, -1 when there is none.
func (e *Expected) among(fired []rules.Fired, taken []bool) int {
	for i := range fired {
		f := &fired[i]
		if taken[i] || f.Fault != "" || f.Action.Kind != e.Kind || e.Row > 0 && f.Row+1 != e.Row || e.HasNumber && !f.Number.Equal(e.Number) {
			continue
		}
		return i
	}
	return -1
}

// String is such as "cap-price 800 of row 2".
func (e *Expected) String() string {
	text := e.Kind.Code()
	if e.HasNumber {
		text += " " + e.Number.String()
	}
	if e.Row > 0 {
		text += fmt.Sprintf(" of row %d", e.Row)
	}
	return text
}

// told is what fired in the same words.
func told(f *rules.Fired) string {
	if f.Fault != "" {
		return fmt.Sprintf("row %d could not be evaluated: %s", f.Row+1, f.Fault)
	}
	e := Expected{Row: f.Row + 1, Kind: f.Action.Kind, Number: f.Number, HasNumber: f.Action.Number != nil}
	return e.String()
}

// found is what fired and nothing has asked for.
func (r *Result) found(taken []bool) string {
	var all []string
	for i := range r.Fired {
		if !taken[i] {
			all = append(all, told(&r.Fired[i]))
		}
	}
	if all == nil {
		return "nothing"
	}
	return strings.Join(all, ", ")
}

// explainer tells why rows fire and do not.
type explainer struct {
	rule *rules.Rule
	with rules.Context
}

// holds says which condition held.
func (x explainer) holds(row int) string {
	return ", because " + x.rule.Rows[row].Condition.Text + " holds"
}

// not says which part of the condition kept an expected action from firing.
func (x explainer) not(t *Test, e *Expected) string {
	if !x.rule.Applies(&t.Place) {
		return "; the rule does not apply there: its scope or period excludes the case"
	}
	row := e.Row - 1
	if row < 0 {
		if len(x.rule.Rows) > 1 {
			return ""
		}
		row = 0
	}
	c := x.rule.Rows[row].Condition
	observer, err := condition.Observe(c.Text, x.options())
	if err != nil {
		return ""
	}
	var because []string
	outcomes := observer.About(t.Case.View())
	for i, p := range observer.Parts() {
		switch {
		case !p.Needed || i == 0 && len(outcomes) > 1 && observer.Parts()[1].Needed:
		case outcomes[i].False:
			because = append(because, fmt.Sprintf("%s is false (line %d, column %d)", p.Text, p.Line, p.Column))
		case outcomes[i].Fault != "":
			because = append(because, fmt.Sprintf("%s could not be computed: %s", p.Text, outcomes[i].Fault))
		}
	}
	if because == nil {
		return ""
	}
	return "; in " + c.Text + ": " + strings.Join(because, ", ")
}

func (x explainer) options() condition.Options {
	return condition.Options{Lists: x.with.Lists, ListNames: x.with.ListNames}
}

// Expectation says what the test expects, in a line.
func (t *Test) Expectation() string {
	if len(t.Expect) == 0 {
		return "nothing"
	}
	all := make([]string, len(t.Expect))
	for i := range t.Expect {
		all[i] = t.Expect[i].String()
	}
	return strings.Join(all, ", ")
}
