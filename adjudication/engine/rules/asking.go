package rules

import (
	"slices"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/rules/fact"
)

// Place is where a line stands, which the scope of rules is held against.
type Place struct {
	Insurer, Plan, Facility, Type, Use string
	// Target is the line's target date, Received the day of receipt.
	Target, Received day.Date
}

func (s *Scope) holds(p *Place) bool {
	return any(s.Insurers, p.Insurer) && any(s.Plans, p.Plan) && any(s.Facilities, p.Facility) && any(s.Types, p.Type) && any(s.Uses, p.Use)
}

// Applies tells whether the rule is in force at a place and on its date.
func (r *Rule) Applies(at *Place) bool {
	on := at.Target
	if r.ByReceipt {
		on = at.Received
	}
	return r.Valid.Holds(on) && r.Scope.holds(at)
}

func any(of []string, is string) bool { return len(of) == 0 || slices.Contains(of, is) }

// Asking asks the rules about the lines of one claim. It is for one goroutine.
type Asking struct {
	set  *Set
	view *fact.View
	// known holds, by the number of a row, what a condition came to that is the same for all lines.
	known []verdict
	// acted are the rules, and the groups of rules, that have acted on the line and let nothing else act.
	acted  []*Rule
	groups []string
}

type verdict uint8

const (
	notAsked verdict = iota
	holdsNot
	holds
)

// About begins to ask about a claim; nil when there are no rules.
func (s *Set) About(v *fact.View) *Asking {
	if s == nil {
		return nil
	}
	return &Asking{set: s, view: v, known: make([]verdict, s.rows)}
}

// Early appends what fires before the line is valued. The view must have been turned to the line.
func (a *Asking) Early(dst []Fired, l *fact.Line, at Place) []Fired {
	a.acted, a.groups = a.acted[:0], a.groups[:0]
	return a.ask(&a.set.early, dst, l, &at)
}

// Late appends what fires after the line was valued.
func (a *Asking) Late(dst []Fired, l *fact.Line, at Place) []Fired {
	return a.ask(&a.set.late, dst, l, &at)
}

func (a *Asking) ask(x *index, dst []Fired, l *fact.Line, at *Place) []Fired {
	x.each(l.Code, l.Category, func(e entry) {
		r := a.set.rules[e.rule]
		if !r.Applies(at) || a.done(r) {
			return
		}
		dst = a.row(dst, r, e)
	})
	return dst
}

// done tells whether the rule, or its group, has let one act and is through with the line.
func (a *Asking) done(r *Rule) bool {
	if !r.First || len(a.acted) == 0 {
		return false
	}
	return slices.Contains(a.acted, r) || r.Group != "" && slices.Contains(a.groups, r.Group)
}

// row asks one row and appends its actions when it holds.
func (a *Asking) row(dst []Fired, r *Rule, e entry) []Fired {
	row := &r.Rows[e.row]
	perLine := row.Condition.Shape().PerLine
	if !perLine && a.known[e.number] == holdsNot {
		return dst
	}
	if perLine || a.known[e.number] == notAsked {
		held, err := row.Condition.Holds(a.view)
		if err != nil {
			return append(dst, Fired{Rule: r, Row: int(e.row), Fault: err.Error()})
		}
		a.known[e.number] = holdsNot
		if held {
			a.known[e.number] = holds
		}
		if !held {
			return dst
		}
	}
	if r.First && !r.Shadow {
		a.acted, a.groups = append(a.acted, r), append(a.groups, r.Group)
	}
	for i := range row.Actions {
		dst = append(dst, a.act(r, e, &row.Actions[i]))
	}
	return dst
}

func (a *Asking) act(r *Rule, e entry, action *Action) Fired {
	f := Fired{Rule: r, Row: int(e.row), Action: action}
	if action.Number == nil {
		return f
	}
	n, err := action.Number.Number(a.view)
	if err != nil {
		return Fired{Rule: r, Row: int(e.row), Fault: err.Error()}
	}
	f.Number = n
	return f
}
