package engine

import (
	"fmt"
	"strings"

	"claimwright/adjudication/engine/money"
	"claimwright/adjudication/engine/rules"
)

// Scored is what one action of a rule adds to the score of a claim.
type Scored struct {
	// Rule is "PlanDefinition/x", Version the version that was read, Title what the rule calls itself.
	Rule, Version, Title string
	// Text is the action's message.
	Text   string
	Points money.Decimal
	action *rules.Action
}

// score adds the points of what fired. An action about the whole claim counts once, on the first line that it fires on;
// others count on each line.
func (d *decider) score(f *rules.Fired) {
	if f.Action.Number == nil || f.Number.IsZero() {
		return
	}
	for i := range d.out.Scored {
		s := &d.out.Scored[i]
		if s.action != f.Action {
			continue
		}
		if !f.Action.WholeClaim {
			s.Points = s.Points.Add(f.Number)
			d.out.Score = d.out.Score.Add(f.Number)
		}
		return
	}
	d.out.Score = d.out.Score.Add(f.Number)
	d.out.Scored = append(d.out.Scored, Scored{
		Rule: f.Rule.Key, Version: f.Rule.Version, Title: f.Rule.Title, Text: ruleText(f), Points: f.Number, action: f.Action,
	})
}

// scoreReached tells whether the claim's score asks for a person: the lowest threshold of the plans concerned counts.
func (d *decider) scoreReached() (threshold int, reached bool) {
	if d.ruling == nil || d.Review != nil {
		return 0, false
	}
	for i := range d.out.Lines {
		l := &d.out.Lines[i]
		if !l.Accepted() || l.Plan.Settings.ReviewScore == 0 {
			continue
		}
		if threshold == 0 || l.Plan.Settings.ReviewScore < threshold {
			threshold = l.Plan.Settings.ReviewScore
		}
	}
	return threshold, threshold > 0 && !d.out.Score.Less(money.Whole(int64(threshold)))
}

// scoreNote says why the score sends the claim to a person, and what it is made of.
func (d *decider) scoreNote(threshold int) string {
	parts := make([]string, len(d.out.Scored))
	for i := range d.out.Scored {
		s := &d.out.Scored[i]
		parts[i] = fmt.Sprintf("%s for %q", s.Points, strings.TrimSuffix(s.Text, "."))
	}
	return fmt.Sprintf("The score of the claim is %s; from %d on a reviewer looks at it: %s.", d.out.Score, threshold, strings.Join(parts, ", "))
}
