package rules

import (
	"cmp"
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
