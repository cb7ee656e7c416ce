package given

import (
	"claimwright/adjudication/engine/rules"
	"claimwright/adjudication/scenario/source"
	"claimwright/adjudication/scenario/tree"
)

const (
	ruleType    = terminology + "plan-definition-type"
	ruleActions = ours + "CodeSystem/rule-action"
	ruleScopes  = ours + "CodeSystem/rule-scope"
)

// lists reads sets of codes that rules, plans and other lists name. They are written before what names them.
func (b *builder) lists(o *source.Object) {
	for _, e := range o.Get("lists").Object(b.problems).Node.Entries {
		b.checkName(e)
		r := tree.New("resourceType", "ValueSet", "id", e.Key, "url", identifiers+"ValueSet/"+e.Key, "name", e.Key, "status", "active")
		var include tree.List
		for _, n := range source.ListOf(e.Value) {
			c := coding(source.TextOf(n, b.problems), "")
			include = append(include, tree.New("system", c.Get("system"), "concept", tree.List{tree.New("code", c.Get("code"))}))
		}
		b.add(r.Set("compose", tree.New("include", include)))
	}
}

// rules reads the rules that the scheme writes itself.
func (b *builder) rules(o *source.Object) {
	for _, e := range o.Get("rules").Object(b.problems).Node.Entries {
		b.checkName(e)
		b.rule(e.Key, e.Value.Object(b.problems))
	}
}

// rule reads one rule: of several rows, or of one row that it is itself.
func (b *builder) rule(name string, o *source.Object) {
	from, to := o.Period("period")
	r := tree.New("resourceType", "PlanDefinition", "id", name, "url", identifiers+"PlanDefinition/"+name,
		"title", or(o.Text("title"), name), "type", concept(tree.New("system", ruleType, "code", "eca-rule")),
		"status", or(o.Text("status"), "active"), "effectivePeriod", period(from, to))
	if o.Flag("shadow") {
		r.Set("experimental", true)
	}
	b.ruleScope(r, o)
	own := definitions()["rule-settings"]
	if parts := b.taken(o, own.names()); len(parts.Entries) > 0 {
		r.Append("extension", b.extension(&own.part, own.url, parts, b.currencies[first(b.insurers)]))
	}
	if rows := o.Get("rows"); rows != nil {
		for _, n := range source.ListOf(rows) {
			row := n.Object(b.problems)
			r.Append("action", b.ruleRow(row, or(row.Text("title"), "")))
			row.Done()
		}
	} else {
		r.Append("action", b.ruleRow(o, ""))
	}
	r.Lay(tree.FromYAML(o.Get("fhir"), b.problems))
	o.Done()
	b.add(r)
}

// ruleScope reads where a rule applies.
func (b *builder) ruleScope(r *tree.Object, o *source.Object) {
	for _, scope := range [...]struct{ key, code string }{
		{"insurer", "insurer"}, {"plan", "plan"}, {"facility", "facility"}, {"type", "claim-type"}, {"use", "use"},
	} {
		for _, what := range o.Texts(scope.key) {
			context := tree.New("code", tree.New("system", ruleScopes, "code", scope.code))
			if scope.code == "insurer" || scope.code == "facility" {
				context.Set("valueReference", reference("Organization/"+what))
			} else {
				context.Set("valueCodeableConcept", concept(tree.New("code", what)))
			}
			r.Append("useContext", context)
		}
	}
}

// ruleRow reads a condition, "when", and what is done "then": a word with its details beside it, or a list of such.
func (b *builder) ruleRow(o *source.Object, title string) *tree.Object {
	row := tree.New("title", title, "condition", tree.List{tree.New("kind", "applicability", "expression", cel(or(o.Text("when"), "true")))})
	then := o.Get("then")
	if then == nil {
		o.Fail(nil, "The rule does nothing", "no then", "then: reject, or another action")
		return row
	}
	if then.Kind == source.Scalar {
		return row.Set("action", tree.List{b.ruleAction(o, then)})
	}
	var actions tree.List
	for _, n := range source.ListOf(then) {
		action := n.Object(b.problems)
		actions = append(actions, b.ruleAction(action, action.Get("do")))
		action.Done()
	}
	return row.Set("action", actions)
}

// ruleAction reads an action with its reason, its number and its documents.
func (b *builder) ruleAction(o *source.Object, does *source.Node) *tree.Object {
	code := source.TextOf(does, b.problems)
	if !rules.IsAction(code) {
		o.Fail(does, "The action is not known", code, rules.ActionNames())
	}
	action := tree.New("description", o.Text("reason"), "code", tree.List{concept(tree.New("system", ruleActions, "code", code))})
	for _, number := range [...]struct{ key, path string }{{"price", "unitPrice"}, {"quantity", "quantity"}, {"score", "score"}} {
		if text := o.Text(number.key); text != "" {
			action.Append("dynamicValue", tree.New("path", number.path, "expression", cel(text)))
		}
	}
	if documents := o.Texts("documents"); len(documents) > 0 {
		var codes tree.List
		for _, d := range documents {
			codes = append(codes, tree.New("code", d))
		}
		action.Set("input", tree.List{tree.New("type", "DocumentReference", "codeFilter", tree.List{tree.New("path", "type", "code", codes)})})
	}
	if o.Choice("of", "line", "claim") == "claim" {
		action.Set("subjectCodeableConcept", concept(tree.New("code", "claim")))
	}
	return action
}

func cel(text string) *tree.Object { return tree.New("language", "text/cel", "expression", text) }
