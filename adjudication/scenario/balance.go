package scenario

import (
	"encoding/json"

	"claimwright/adjudication/scenario/source"
	"claimwright/adjudication/scenario/tree"
)

// parameter is a parameter of Parameters, or a part of one.
type parameter struct {
	Name         string
	Part         []parameter
	ValueString  string
	ValueBoolean *bool
	ValueDecimal json.Number
	ValueMoney   struct{ Value json.Number }
}

func (p *parameter) part(name string) *parameter {
	if p != nil {
		for i := range p.Part {
			if p.Part[i].Name == name {
				return &p.Part[i]
			}
		}
	}
	return nil
}

// limit is the part of the limit with this id, nil when there is none.
func (p *parameter) limit(id string) *parameter {
	if p != nil {
		for i := range p.Part {
			if l := &p.Part[i]; l.Name == "limit" && l.part("id") != nil && l.part("id").ValueString == id {
				return l
			}
		}
	}
	return nil
}

// cover is the first cover of an answer to $balance, nil when there is none.
func (a *answer) cover() *parameter {
	for i := range a.Parameter {
		if a.Parameter[i].Name == "cover" {
			return &a.Parameter[i]
		}
	}
	return nil
}

// balance reads a question about a cover's balance: cover, date.
func (r *stepReader) balance(s *step, n *source.Node) {
	o := n.Object(r.problems)
	s.cover = r.world.CoverNamed(o, r.problems)
	date := o.Date("date")
	if date == "" {
		date = "{today}"
	}
	s.parameters = tree.New("resourceType", "Parameters",
		"parameter", tree.List{tree.New("name", "date", "valueDate", date)})
	o.Done()
}

// balance reads what is expected of an answer to $balance.
func (e *expecting) balance() {
	e.text("inforce", "in force", func(a *answer) string { return flagOf(a.cover().part("inforce")) })
	limits := e.Get("limits")
	if limits == nil {
		return
	}
	for _, entry := range limits.Object(e.problems).Node.Entries {
		l := &expecting{Object: entry.Value.Object(e.problems), step: e.step, problems: e.problems}
		for _, figure := range []string{"allowed", "used", "reserved", "left"} {
			l.amount(figure, entry.Key+", "+figure, func(a *answer) string {
				limit := a.cover().limit(entry.Key)
				if limit == nil {
					return "no such limit"
				}
				if p := limit.part(figure); p != nil {
					return or(p.ValueMoney.Value.String(), p.ValueDecimal.String())
				}
				return "not said"
			})
		}
		l.text("complete", entry.Key+", complete", func(a *answer) string { return flagOf(a.cover().limit(entry.Key).part("complete")) })
		l.Done()
	}
}

func flagOf(p *parameter) string {
	if p == nil {
		return "not said"
	}
	return flag(p.ValueBoolean)
}
