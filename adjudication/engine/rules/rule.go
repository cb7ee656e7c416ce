package rules

import (
	"slices"
	"strings"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/rules/condition"
)

// Rule is a compiled rule. It is immutable and safe for concurrent use.
type Rule struct {
	// Key is "PlanDefinition/x", Version its meta.versionId, empty when it had none.
	Key, Version string
	// URL and Business are PlanDefinition.url and .version.
	URL, Business string
	Title         string
	Scope         Scope
	// Valid are the days on which the rule is in force, by its date basis.
	Valid day.Period
	// ByReceipt says that the day of receipt counts instead of the line's target date.
	ByReceipt bool
	// Shadow says that the rule only records what it would have done (PlanDefinition.experimental).
	Shadow   bool
	Priority int
	// Group names the rules that take turns; empty for none. First lets one row, and one rule of the group, act on a line.
	Group string
	First bool
	Rows  []Row
	// early says that the rule is asked before a line is valued.
	early bool
}

// Row is one condition of a rule with what it does.
type Row struct {
	Title     string
	Condition *condition.Condition
	Actions   []Action
}

// Asks are the looks back of the row's condition and of its actions' numbers.
func (r *Row) Asks() []condition.Ask {
	asks := r.Condition.Shape().Asks
	for i := range r.Actions {
		if n := r.Actions[i].Number; n != nil {
			asks = append(asks[:len(asks):len(asks)], n.Shape().Asks...)
		}
	}
	return asks
}

// Visits is how far the row's condition, and its actions' numbers, look for visits elsewhere, as in condition.Shape.
func (r *Row) Visits() int {
	days := r.Condition.Shape().Visits
	for i := range r.Actions {
		if n := r.Actions[i].Number; n != nil {
			days = max(days, n.Shape().Visits)
		}
	}
	return days
}

// Scope is where a rule applies; an empty list is everywhere.
type Scope struct {
	Insurers, Plans, Facilities, Types, Uses []string
}

// ActionKind is what a rule does.
type ActionKind uint8

// The actions: those before valuation first.
const (
	Reject ActionKind = iota + 1
	CapPrice
	CapQuantity
	RequireAuthorization
	RequireDocument
	Review
	Flag
	Note
)

var actionCodes = [...]string{
	Reject: "reject", CapPrice: "cap-price", CapQuantity: "cap-quantity", RequireAuthorization: "require-authorization",
	RequireDocument: "require-document", Review: "review", Flag: "flag", Note: "note",
}

// KindOf is the action with a code; ok is false for a code that there is not.
func KindOf(code string) (kind ActionKind, ok bool) {
	at := slices.Index(actionCodes[:], code)
	return ActionKind(max(at, 0)), at > 0
}

// ActionCodes are the codes of all actions, in their order.
func ActionCodes() []string { return slices.Clone(actionCodes[1:]) }

// Code is the action's code in our CodeSystem rule-action.
func (k ActionKind) Code() string { return actionCodes[k] }

// IsAction tells whether a code names an action.
func IsAction(code string) bool { return code != "" && slices.Contains(actionCodes[:], code) }

// ActionNames are the codes of all actions, for people.
func ActionNames() string { return strings.Join(actionCodes[1:], ", ") }

// Early tells whether the action comes before a line is valued.
func (k ActionKind) Early() bool { return k <= RequireDocument }

// Action is one thing that a rule does.
type Action struct {
	Kind ActionKind
	// WholeClaim lets a rejection, a requirement or a review concern all lines of the claim.
	WholeClaim bool
	// Text is what people read: the reason of a rejection, the message of a review, flag or note.
	Text string
	// Number is the cap's unit price or quantity, or the score of a review or a flag; nil when there is none.
	Number *condition.Condition
	// Documents are the kinds of documents that are required: any one of them satisfies.
	Documents []string
}

// Fired is an action of a rule whose condition held.
type Fired struct {
	Rule   *Rule
	Row    int
	Action *Action
	// Number is what the action's number came to.
	Number Number
	// Fault is set instead of an action when the rule could not be evaluated; it says why, and the rule does nothing.
	Fault string
}

// Early tells whether the rule is asked before a line is valued.
func (r *Rule) Early() bool { return r.early }
