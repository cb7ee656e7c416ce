package rules

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/rules/condition"
	"claimwright/adjudication/engine/rules/value"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
)

const (
	base        = "https://claimwright.org/fhir"
	ruleType    = "http://terminology.hl7.org/CodeSystem/plan-definition-type"
	scopeSystem = base + "/CodeSystem/rule-scope"
	actions     = base + "/CodeSystem/rule-action"
	settingsURL = base + "/StructureDefinition/rule-settings"

	// MaxRows bounds the rows of one rule, MaxActions the actions of a row.
	MaxRows    = 5000
	MaxActions = 16

	defaultPriority = 100
)

// Context is what a rule is read with.
type Context struct {
	// Lists are the scheme's sets of codes, ListNames their names.
	Lists     value.Lists
	ListNames []string
	// Zone is where the days of the rule's period begin; nil is UTC.
	Zone *time.Location
}

// Is tells whether a document is a rule: a PlanDefinition of type eca-rule.
func Is(doc *codec.Document) bool {
	if doc.Type() != "PlanDefinition" {
		return false
	}
	for coding := range doc.Root().Get(nType).Get(nCoding).Each() {
		if coding.Get(nCode).Text() == "eca-rule" && coding.Get(nSystem).Text() == ruleType {
			return true
		}
	}
	return false
}

// Read compiles a rule. Issues name every mistake with its element, and of an expression with its line and column; with any
// the rule is nil. The Rule shares no memory with the document.
func Read(doc *codec.Document, with Context) (*Rule, []outcome.Issue) {
	r := &reader{root: doc.Root(), with: with, rule: &Rule{
		Key: "PlanDefinition/" + doc.ID(), Version: doc.VersionID(), Priority: defaultPriority,
	}}
	rule := r.rule
	rule.URL, rule.Business = r.text(nURL), r.text(nVersion)
	rule.Title = cmp.Or(r.text(nTitle), r.text(nName), rule.Key)
	rule.Shadow = r.root.Get(nExperimental).Bool()
	r.scope()
	r.settings()
	r.period()
	rule.early = r.anyEarly()
	r.rows()
	if len(r.issues) > 0 {
		return nil, r.issues
	}
	return rule, nil
}

// listCall finds the lists that an expression names. What it misses, or takes for one in a text, is found out when the
// expression is compiled.
var listCall = regexp.MustCompile(`\blist\(\s*["']([^"']+)["']\s*\)`)

// ListsNamed are the lists that the expressions of a rule name, as they are written.
func ListsNamed(doc *codec.Document) []string {
	var names []string
	for row := range doc.Root().Get(nAction).Each() {
		for _, e := range expressionsOf(row) {
			for _, m := range listCall.FindAllStringSubmatch(e.Text(), -1) {
				names = append(names, strings.Clone(m[1]))
			}
		}
	}
	return names
}

// expressionsOf are all expressions of a row and its actions.
func expressionsOf(row codec.Value) []codec.Value {
	found := row.All(nil, nCondition, nExpression, nExpression)
	found = row.All(found, nDynamicValue, nExpression, nExpression)
	for action := range row.Get(nAction).Each() {
		found = action.All(found, nDynamicValue, nExpression, nExpression)
	}
	return found
}

// InsurersOf are the insurers that a rule's scope names, as references.
func InsurersOf(doc *codec.Document) []string {
	var named []string
	for context := range doc.Root().Get(nUseContext).Each() {
		kind := context.Get(nCode)
		if kind.Get(nSystem).Text() == scopeSystem && kind.Get(nCode).Text() == "insurer" {
			named = append(named, strings.Clone(context.Get(nValueReference).Get(nReference).Text()))
		}
	}
	return named
}

type reader struct {
	root   codec.Value
	with   Context
	rule   *Rule
	issues []outcome.Issue
}

// maxIssues bounds what is told of one rule.
const maxIssues = 50

func (r *reader) fail(at codec.Value, text, found, expected string) {
	if len(r.issues) < maxIssues {
		r.issues = append(r.issues, outcome.Issue{
			Severity: outcome.Failure, Code: outcome.Value, Expression: at.Path(), Text: text, Found: found, Expected: expected,
		})
	}
}

func (r *reader) text(name codec.Name) string { return strings.Clone(r.root.Get(name).Text()) }

// scope reads useContext.
func (r *reader) scope() {
	for context := range r.root.Get(nUseContext).Each() {
		kind := context.Get(nCode)
		if kind.Get(nSystem).Text() != scopeSystem {
			continue
		}
		to := map[string]*[]string{
			"insurer": &r.rule.Scope.Insurers, "plan": &r.rule.Scope.Plans, "facility": &r.rule.Scope.Facilities,
			"claim-type": &r.rule.Scope.Types, "use": &r.rule.Scope.Uses,
		}[kind.Get(nCode).Text()]
		if to == nil {
			r.fail(kind, "The scope is not known", kind.Get(nCode).Text(), "insurer, plan, facility, claim-type or use")
			continue
		}
		what := context.Get(nValueReference).Get(nReference).Text()
		if what == "" {
			what = context.Find(nValueCodeableConcept, nCoding, nCode).Text()
		}
		if what == "" {
			r.fail(context, "The scope names nothing", "no value", "valueReference of an Organization, or valueCodeableConcept with a code")
			continue
		}
		*to = append(*to, strings.Clone(what))
	}
}

// settings reads the extension rule-settings.
func (r *reader) settings() {
	for e := range r.root.Get(nExtension).Each() {
		if e.Get(nURL).Text() != settingsURL {
			continue
		}
		for part := range e.Get(nExtension).Each() {
			r.setting(part)
		}
	}
}

func (r *reader) setting(part codec.Value) {
	switch name := part.Get(nURL).Text(); name {
	case "priority":
		n, ok := part.Get(nValueInteger).Int()
		if !ok || n < -1_000_000 || n > 1_000_000 {
			r.fail(part, "The priority cannot be used", part.Get(nValueInteger).Text(), "a whole number from -1000000 to 1000000")
		}
		r.rule.Priority = int(n)
	case "hit":
		r.rule.First = r.oneOf(part, "all", "first") == "first"
	case "group":
		r.rule.Group = strings.Clone(part.Get(nValueString).Text())
	case "dateBasis":
		r.rule.ByReceipt = r.oneOf(part, "target", "receipt") == "receipt"
	default:
		r.fail(part, "The extension has no such part", name, "priority, hit, group or dateBasis")
	}
}

func (r *reader) oneOf(part codec.Value, codes ...string) string {
	given := part.Get(nValueCode).Text()
	if !slices.Contains(codes, given) {
		r.fail(part, "The code is not known", given, strings.Join(codes, " or "))
	}
	return given
}

func (r *reader) period() {
	v := r.root.Get(nEffectivePeriod)
	var span day.Span
	for _, end := range [...]struct {
		name codec.Name
		to   *day.Moment
	}{{nStart, &span.Start}, {nEnd, &span.End}} {
		m, err := day.ParseMoment(v.Get(end.name).Text())
		if v.Get(end.name).Exists() && err != nil {
			r.fail(v.Get(end.name), "The date cannot be used", v.Get(end.name).Text(), "a FHIR dateTime")
		}
		*end.to = m
	}
	zone := r.with.Zone
	if zone == nil {
		zone = time.UTC
	}
	r.rule.Valid = span.In(zone)
	if r.rule.Valid.From > r.rule.Valid.End() {
		r.fail(v, "The period ends before it starts", r.rule.Valid.To.String(), "a day from "+r.rule.Valid.From.String()+" on")
	}
}

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

// condition joins a row's conditions: all of them must hold.
func (r *reader) condition(row codec.Value) *condition.Condition {
	var parts []string
	for c := range row.Get(nCondition).Each() {
		if kind := c.Get(nKind).Text(); kind != "applicability" {
			r.fail(c.Get(nKind), "Conditions of this kind are not evaluated", kind, "applicability")
			continue
		}
		if text, ok := r.expression(c.Get(nExpression)); ok {
			parts = append(parts, text)
		}
	}
	at := row.Get(nCondition)
	switch len(parts) {
	case 0:
		if !at.Exists() {
			r.fail(row, "The row has no condition", "nothing", `a condition of kind applicability; "true" holds always`)
		}
		return nil
	case 1:
		return r.compile(at.Index(0), parts[0], condition.Compile)
	}
	return r.compile(at, "("+strings.Join(parts, ") && (")+")", condition.Compile)
}

func (r *reader) expression(v codec.Value) (string, bool) {
	text := v.Get(nExpression).Text()
	if language := v.Get(nLanguage).Text(); language != "text/cel" {
		r.fail(v, "The expression's language is not known", language, "text/cel")
		return "", false
	}
	if text == "" {
		r.fail(v, "There is no expression", "nothing", "an expression in CEL")
		return "", false
	}
	return strings.Clone(text), true
}

type compiler func(string, condition.Options) (*condition.Condition, []condition.Problem)

func (r *reader) compile(at codec.Value, text string, with compiler) *condition.Condition {
	c, problems := with(text, condition.Options{Lists: r.with.Lists, ListNames: r.with.ListNames, Early: r.rule.early})
	for _, p := range problems {
		where := ""
		if p.Line > 0 {
			where = fmt.Sprintf(" (line %d, column %d)", p.Line, p.Column)
		}
		expected := "an expression over the documented facts"
		if p.Suggestion != "" {
			expected = "perhaps " + p.Suggestion
		}
		r.fail(at, "The expression cannot be used"+where+": "+p.Text, text, expected)
	}
	return c
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
