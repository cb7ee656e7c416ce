package rules

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"claimwright/adjudication/engine/rules/condition"
	"claimwright/fhir/codec"
)

// anyEarly tells whether any action comes before valuation; conditions are read by that.
func (r *reader) anyEarly() bool {
	for row := range r.root.Get(nAction).Each() {
		for _, action := range actionsOf(row) {
			if kind, ok := kindOf(action); ok && kind.Early() {
				return true
			}
		}
	}
	return false
}

func (r *reader) rows() {
	list := r.root.Get(nAction)
	switch n := list.Len(); {
	case n == 0:
		r.fail(r.root, "The rule does nothing", "no action", "an action with a condition")
	case n > MaxRows:
		r.fail(list, "The rule has too many rows", strconv.Itoa(n), "at most "+strconv.Itoa(MaxRows))
		return
	}
	r.rule.Rows = make([]Row, 0, list.Len())
	for v := range list.Each() {
		row := Row{Title: strings.Clone(v.Get(nTitle).Text()), Condition: r.condition(v)}
		for _, action := range actionsOf(v) {
			row.Actions = append(row.Actions, r.action(action))
		}
		if len(row.Actions) > MaxActions {
			r.fail(v, "The row has too many actions", strconv.Itoa(len(row.Actions)), "at most "+strconv.Itoa(MaxActions))
		}
		r.rule.Rows = append(r.rule.Rows, row)
	}
	if most := costOf(r.rule.Rows); most > MaxCost && len(r.issues) == 0 {
		r.fail(list, "The rule could take too long on one line", strconv.FormatUint(most, 10), "a cost of at most "+strconv.Itoa(MaxCost)+": let rows begin with line.code or line.category, or split the rule")
	}
}

// costOf is what the rows that one line can meet may cost: those of the dearest code and category, and those of any.
func costOf(rows []Row) uint64 {
	var general, dearest, category uint64
	codes, categories := map[string]uint64{}, map[string]uint64{}
	for i := range rows {
		c := rows[i].Condition
		if c == nil {
			continue
		}
		cost := c.Cost()
		for j := range rows[i].Actions {
			if n := rows[i].Actions[j].Number; n != nil {
				cost += n.Cost()
			}
		}
		switch shape := c.Shape(); {
		case shape.Codes != nil:
			for _, code := range shape.Codes {
				codes[code] += cost
				dearest = max(dearest, codes[code])
			}
		case shape.Category != "":
			categories[shape.Category] += cost
			category = max(category, categories[shape.Category])
		default:
			general += cost
		}
	}
	return general + dearest + category
}

// actionsOf are the actions of a row: those within it, or the row itself.
func actionsOf(row codec.Value) []codec.Value {
	var within []codec.Value
	for action := range row.Get(nAction).Each() {
		within = append(within, action)
	}
	if within == nil {
		return []codec.Value{row}
	}
	return within
}

// kindOf is what an action does, by its code of our system.
func kindOf(action codec.Value) (ActionKind, bool) {
	for concept := range action.Get(nCode).Each() {
		for coding := range concept.Get(nCoding).Each() {
			if coding.Get(nSystem).Text() != actions {
				continue
			}
			at := slices.Index(actionCodes[:], coding.Get(nCode).Text())
			return ActionKind(max(at, 0)), at > 0
		}
	}
	return 0, false
}

func (r *reader) action(v codec.Value) Action {
	a := Action{Text: r.message(v)}
	var ok bool
	if a.Kind, ok = kindOf(v); !ok {
		r.fail(v, "The action is not known", v.Get(nCode).Index(0).Find(nCoding, nCode).Text(), strings.Join(actionCodes[1:], ", ")+" of "+actions)
		return a
	}
	r.dynamic(v, &a)
	for input := range v.Get(nInput).Each() {
		for filter := range input.Get(nCodeFilter).Each() {
			for code := range filter.Get(nCode).Each() {
				a.Documents = append(a.Documents, strings.Clone(code.Get(nCode).Text()))
			}
		}
	}
	r.complete(v, &a)
	return a
}

// complete refuses an action that lacks what it acts with.
func (r *reader) complete(v codec.Value, a *Action) {
	switch {
	case (a.Kind == CapPrice || a.Kind == CapQuantity) && a.Number == nil:
		r.fail(v, "The cap has no amount", "nothing", "dynamicValue with path unitPrice or quantity")
	case a.Kind == RequireDocument && len(a.Documents) == 0:
		r.fail(v, "No kind of document is named", "nothing", "input.codeFilter.code")
	case a.Kind == Reject && a.Text == "":
		r.fail(v, "The rejection has no reason", "nothing", "reason.text, textEquivalent or description")
	}
}

func (r *reader) message(v codec.Value) string {
	return strings.Clone(cmp.Or(v.Get(nReason).Index(0).Get(nText).Text(), v.Get(nTextEquivalent).Text(), v.Get(nDescription).Text(), v.Get(nTitle).Text()))
}

// dynamic reads what the action computes, and whether it is about the whole claim.
func (r *reader) dynamic(v codec.Value, a *Action) {
	wanted := map[ActionKind]string{CapPrice: "unitPrice", CapQuantity: "quantity", Review: "score", Flag: "score"}[a.Kind]
	for d := range v.Get(nDynamicValue).Each() {
		if path := d.Get(nPath).Text(); path != wanted || wanted == "" {
			r.fail(d.Get(nPath), "The action computes no such value", path, cmp.Or(wanted, "no dynamicValue"))
			continue
		}
		if text, ok := r.expression(d.Get(nExpression)); ok {
			a.Number = r.compile(d, text, condition.CompileNumber)
		}
	}
	switch subject := v.Get(nSubjectCodeableConcept).Get(nCoding).Index(0).Get(nCode).Text(); subject {
	case "", "line":
	case "claim":
		a.WholeClaim = true
	default:
		r.fail(v.Get(nSubjectCodeableConcept), "The action's subject is not known", subject, "line or claim")
	}
}
