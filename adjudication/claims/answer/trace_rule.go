package answer

import (
	"claimwright/adjudication/engine"
	"claimwright/adjudication/engine/rules"
)

// rule writes what a rule of the scheme did, or would have done.
func (t *tracer) rule(r *engine.RuleTrace) {
	t.begin("rule")
	t.reference("source", versioned(r.Rule, r.Version))
	t.text("title", r.Title)
	t.w.Object("")
	t.w.String("url", "row")
	t.w.Int("valuePositiveInt", int64(r.Row))
	t.w.End()
	if r.RowTitle != "" {
		t.text("rowTitle", r.RowTitle)
	}
	if r.Action != "" {
		t.code("action", r.Action)
	}
	if r.HasNumber {
		t.amount("number", r.Number)
	}
	if r.Text != "" {
		t.text("text", r.Text)
	}
	if r.Shadow {
		t.w.Object("")
		t.w.String("url", "shadow")
		t.w.Bool("valueBoolean", true)
		t.w.End()
	}
	if r.Fault != "" {
		t.text("fault", r.Fault)
	}
	t.end()
}

// check writes the fixed check that a line was hit by, as a rule is written; its definition is published like one.
func (t *tracer) check(c engine.Denial, denied bool) {
	t.begin("rule")
	t.reference("source", c.Canonical())
	t.text("title", c.Display())
	if denied {
		t.code("action", rules.Reject.Code())
	} else {
		t.code("action", rules.Review.Code())
	}
	t.end()
}

// scored writes what a rule adds to the claim's score.
func (t *tracer) scored(s *engine.Scored) {
	t.begin("scored")
	t.reference("source", versioned(s.Rule, s.Version))
	t.text("title", s.Title)
	t.amount("number", s.Points)
	if s.Text != "" {
		t.text("text", s.Text)
	}
	t.end()
}
