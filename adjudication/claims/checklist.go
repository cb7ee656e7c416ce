package claims

import (
	"context"
	"net/http"
	"strings"
	"time"

	"claimwright/adjudication/engine"
	"claimwright/adjudication/engine/checklist"
	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/rules"
	"claimwright/adjudication/engine/scheme"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/store"
	"claimwright/store/resources"
)

// Checklist is PlanDefinition/$checklist: the fixed checks and the rules in use, in the order in which a line is held against
// them. The input are Parameters with `insurer` (Organization/id), and perhaps `plan` (a plan's code) and `date`, the day whose
// version of the plan is meant; the answer is Parameters with an `entry` for each. It changes nothing. Errors are
// outcome.Errors.
func (c *Claims) Checklist(ctx context.Context, p resources.Principal, input *codec.Document) (*codec.Document, error) {
	asked, err := readChecklistInput(input)
	if err != nil {
		return nil, err
	}
	var made *codec.Document
	err = c.service.Do(ctx, p, nil, func(ctx context.Context, u *resources.Unit) error {
		if _, err := u.Reads().Read(ctx, p, store.Key{Type: "Organization", ID: strings.TrimPrefix(asked.insurer, "Organization/")}); err != nil {
			return err
		}
		sch, err := c.schemes.Latest(ctx)
		if err != nil {
			return err
		}
		made, err = asked.answer(sch, u.Now())
		return err
	})
	return made, err
}

// checklistInput is what $checklist is asked.
type checklistInput struct {
	insurer, plan string
	date          day.Date
}

func readChecklistInput(input *codec.Document) (*checklistInput, error) {
	in := &checklistInput{}
	if input == nil || input.Type() != "Parameters" {
		return nil, outcome.New(http.StatusBadRequest, outcome.Required, "Parameters.parameter", "The parameter insurer is missing.")
	}
	for p := range input.Root().Get(nParameter).Each() {
		text := p.Get(nValueString).Text()
		switch name := p.Get(nName).Text(); name {
		case "insurer":
			in.insurer = text
		case "plan":
			in.plan = text
		case "date":
			m, err := day.ParseMoment(text)
			if in.date = m.First(nil); err != nil || in.date == 0 {
				return nil, badChecklist(p, "The date cannot be used.", text, "a day such as 2026-05-01")
			}
		default:
			return nil, badChecklist(p, "The parameter is not known.", name, "insurer, plan or date")
		}
	}
	if !strings.HasPrefix(in.insurer, "Organization/") {
		return nil, outcome.New(http.StatusBadRequest, outcome.Required, "Parameters.parameter", "The parameter insurer is no Organization/id.")
	}
	return in, nil
}

func badChecklist(p codec.Value, text, found, expected string) error {
	refused := outcome.New(http.StatusBadRequest, outcome.Value, p.Path(), "%s", text)
	refused.Issues[0].Found, refused.Issues[0].Expected = found, expected
	return refused
}

func (in *checklistInput) answer(sch *scheme.Scheme, now time.Time) (*codec.Document, error) {
	insurer := sch.Insurer(in.insurer)
	if insurer == nil {
		return nil, outcome.New(http.StatusUnprocessableEntity, outcome.NotFound, "insurer", "The organisation is no insurer of the scheme.")
	}
	var plan *scheme.Plan
	if in.plan != "" {
		on := in.date
		if on == 0 {
			on = day.In(now, insurer.Zone)
		}
		if plan = sch.Plan(insurer.Key, in.plan, on); plan == nil {
			return nil, outcome.New(http.StatusUnprocessableEntity, outcome.NotFound, "plan", "The insurer has no plan with that code on %s.", on)
		}
	}
	w := &checklistWriter{codec.NewWriter(make([]byte, 0, 16<<10))}
	w.Object("")
	w.String("resourceType", "Parameters")
	w.Array("parameter")
	for _, e := range checklist.Of(sch, insurer, plan) {
		w.Object("")
		w.String("name", "entry")
		w.Array("part")
		if e.Rule != nil {
			w.rule(e.Rule)
		} else {
			w.check(&e)
		}
		w.End()
		w.End()
	}
	w.End()
	w.End()
	doc, issues := codec.Parse(w.Bytes(), codec.Limits{MaxBytes: len(w.Bytes())})
	if len(issues) > 0 {
		return nil, outcome.Rejected(issues)
	}
	return doc, nil
}

// checklistWriter writes parts of Parameters.
type checklistWriter struct{ *codec.Writer }

func (w *checklistWriter) part(name, key string, value func(key string)) {
	w.Object("")
	w.String("name", name)
	value(key)
	w.End()
}

func (w *checklistWriter) text(name, kind, text string) {
	if text != "" {
		w.part(name, "value"+kind, func(key string) { w.String(key, text) })
	}
}

func (w *checklistWriter) flag(name string, b bool) {
	w.part(name, "valueBoolean", func(key string) { w.Bool(key, b) })
}

func (w *checklistWriter) whole(name string, n int64) {
	w.part(name, "valueInteger", func(key string) { w.Int(key, n) })
}

func (w *checklistWriter) check(e *checklist.Entry) {
	w.text("kind", "Code", "check")
	w.text("source", "Uri", e.Check.Canonical())
	w.text("title", "String", e.Check.Display())
	w.whole("number", int64(e.Check))
	w.text("dateBasis", "Code", "target")
	s := e.Setting
	if s == nil {
		w.flag("enabled", true)
		w.text("action", "Code", "deny")
		return
	}
	w.flag("enabled", !s.Off)
	w.text("action", "Code", s.ActionCode())
	w.text("per", "Code", s.LevelCode())
	if s.Days > 0 {
		w.whole("days", int64(s.Days))
	}
	if s.List != nil {
		w.text("list", "Uri", s.List.URL)
	}
	if e.Check == engine.DuplicateContent {
		w.text("match", "Code", s.MatchCode())
		w.flag("withinClaim", s.WithinClaim)
	}
	w.text("setBy", "Code", string(e.SetBy))
}

func (w *checklistWriter) rule(r *rules.Rule) {
	w.text("kind", "Code", "rule")
	source := r.Key
	if r.Version != "" {
		source += "/_history/" + r.Version
	}
	w.text("source", "Uri", source)
	w.text("title", "String", r.Title)
	basis := "target"
	if r.ByReceipt {
		basis = "receipt"
	}
	w.text("dateBasis", "Code", basis)
	w.flag("enabled", true)
	w.flag("shadow", r.Shadow)
	seen := map[rules.ActionKind]bool{}
	for i := range r.Rows {
		for j := range r.Rows[i].Actions {
			if kind := r.Rows[i].Actions[j].Kind; !seen[kind] {
				seen[kind] = true
				w.text("action", "Code", kind.Code())
			}
		}
	}
	w.whole("priority", int64(r.Priority))
	w.text("group", "String", r.Group)
	if r.First {
		w.text("hit", "Code", "first")
	}
	w.whole("rows", int64(len(r.Rows)))
	for _, scope := range [...]struct {
		name string
		of   []string
	}{{"insurer", r.Scope.Insurers}, {"plan", r.Scope.Plans}, {"facility", r.Scope.Facilities}, {"claimType", r.Scope.Types}, {"use", r.Scope.Uses}} {
		for _, one := range scope.of {
			w.text(scope.name, "String", one)
		}
	}
	if r.Valid.From != 0 || r.Valid.To != 0 {
		w.text("from", "Date", r.Valid.From.String())
		if r.Valid.To != 0 && r.Valid.To < day.Forever {
			w.text("to", "Date", r.Valid.To.String())
		}
	}
}
