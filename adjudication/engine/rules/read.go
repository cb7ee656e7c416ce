package rules

import (
	"cmp"
	"slices"
	"strings"
	"time"

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
	MaxRows = 5000
	// MaxCost bounds what all rows of a rule that one line can meet may cost together, in the units of condition.MaxCost.
	MaxCost    = 1_000_000
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

// Is tells whether a document is a rule for this engine: a PlanDefinition of type eca-rule, unless all that it says is in
// another system's language. Those are stored like any resource; the guidelines among R4's own examples are such.
func Is(doc *codec.Document) bool {
	if doc.Type() != "PlanDefinition" {
		return false
	}
	for coding := range doc.Root().Get(nType).Get(nCoding).Each() {
		if coding.Get(nCode).Text() == "eca-rule" && coding.Get(nSystem).Text() == ruleType {
			return !foreign(doc.Root().All(nil, nAction))
		}
	}
	return false
}

// otherLanguages are those that R4 names for expressions, which this engine does not read.
var otherLanguages = []string{"text/cql", "text/fhirpath", "application/x-fhir-query"}

// foreign tells whether a rule has expressions, all of them in other languages, and no action of ours.
func foreign(all []codec.Value) bool {
	ours, others := languages(all)
	return others > 0 && !ours
}

// languages looks through actions and those within them.
func languages(all []codec.Value) (ours bool, others int) {
	for _, action := range all {
		for _, coding := range action.All(nil, nCode, nCoding) {
			ours = ours || coding.Get(nSystem).Text() == actions
		}
		for _, language := range action.All(nil, nCondition, nExpression, nLanguage) {
			if slices.Contains(otherLanguages, language.Text()) {
				others++
			} else {
				ours = true
			}
		}
		deeper, more := languages(action.All(nil, nAction))
		ours, others = ours || deeper, others+more
	}
	return ours, others
}

// Read compiles a rule. Issues name every mistake with its element, and of an expression with its line and column; with any
// the rule is nil. The Rule shares no memory with the document.
func Read(doc *codec.Document, with Context) (*Rule, []outcome.Issue) {
	r := &reader{root: doc.Root(), with: with, in: condition.NewEnvironment(with.Lists), rule: &Rule{
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

type reader struct {
	root   codec.Value
	with   Context
	rule   *Rule
	issues []outcome.Issue
	// in is what the rule's expressions share.
	in *condition.Environment
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
