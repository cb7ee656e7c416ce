package engine

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/ledger"
	"claimwright/adjudication/engine/money"
)

// ruleDoc is a rule of one row: extra are further elements, action "reject" or "cap-price=line.listPrice * 0.8".
func ruleDoc(id, extra, condition, action, more string) string {
	return fmt.Sprintf(`{"resourceType":"PlanDefinition","id":%q,"status":"active","title":"Rule %s"%s,
		"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/plan-definition-type","code":"eca-rule"}]},
		"action":[{"condition":[{"kind":"applicability","expression":{"language":"text/cel","expression":%q}}],
			"action":[{"description":"because of %s","code":[{"coding":[{"system":"https://claimwright.org/fhir/CodeSystem/rule-action","code":%q}]}]%s}]}]}`,
		id, id, extra, condition, id, action, more)
}

func computed(path, expression string) string {
	return fmt.Sprintf(`,"dynamicValue":[{"path":%q,"expression":{"language":"text/cel","expression":%q}}]`, path, expression)
}

const claimForm = `,"input":[{"type":"DocumentReference","codeFilter":[{"path":"type","code":[{"code":"claim-form"}]}]}]`

func TestRulesOfTheScheme(t *testing.T) {
	for name, c := range map[string]struct {
		rules  []string
		before func(*fixture)
		// denied of the first line, its paid amount and what its rules did; the state of the claim.
		denied Denial
		paid   string
		did    []string
		state  State
	}{
		"a rule rejects a line": {
			rules:  []string{ruleDoc("r", "", `line.code == "A" && member.sex == "female"`, "reject", "")},
			denied: ByRule, paid: "0.00", did: []string{"reject"}, state: PartlyApproved,
		},
		"a rule rejects the claim": {
			rules:  []string{ruleDoc("r", "", `line.code == "B"`, "reject", `,"subjectCodeableConcept":{"coding":[{"code":"claim"}]}`)},
			denied: ByRule, paid: "0.00", state: Rejected,
		},
		"what does not hold does nothing": {
			rules: []string{ruleDoc("r", "", `member.age < 5`, "reject", "")}, paid: "90.00", state: Approved,
		},
		"the smallest cap wins, and caps only lower": {
			rules: []string{
				ruleDoc("a", "", `true`, "cap-price", computed("unitPrice", "line.listPrice * 0.8")),
				ruleDoc("b", "", `true`, "cap-price", computed("unitPrice", "50")),
				ruleDoc("c", "", `true`, "cap-price", computed("unitPrice", "5000")),
			},
			paid: "50.00", did: []string{"cap-price 80.0", "cap-price 50", "cap-price 5000"}, state: Approved,
		},
		"a cap on the quantity": {
			rules:  []string{ruleDoc("a", "", `line.code == "A"`, "cap-quantity", computed("quantity", "2"))},
			before: func(f *fixture) { f.lines = nil; f.line("A", "3", "90").line("B", "1", "90") },
			paid:   "180.00", did: []string{"cap-quantity 2"}, state: PartlyApproved,
		},
		"a document is missing": {
			rules:  []string{ruleDoc("r", "", `line.billed > 50`, "require-document", claimForm)},
			denied: DocumentMissing, paid: "0.00", did: []string{"require-document"}, state: Rejected,
		},
		"the document is there": {
			rules: []string{ruleDoc("r", "", `line.billed > 50`, "require-document", claimForm)},
			before: func(f *fixture) {
				f.claim = `"supportingInfo":[{"sequence":1,"category":{"coding":[{"code":"attachment"}]},"code":{"coding":[{"code":"claim-form"}]},"valueReference":{"reference":"DocumentReference/1"}}],`
			},
			paid: "90.00", did: []string{"require-document"}, state: Approved,
		},
		"an authorization is required": {
			rules:  []string{ruleDoc("r", "", `claim.total > 100`, "require-authorization", "")},
			denied: AuthorizationRequired, paid: "0.00", did: []string{"require-authorization"}, state: Rejected,
		},
		"a reviewer is asked, after valuation": {
			rules: []string{ruleDoc("r", "", `line.paid > 80`, "review", computed("score", "line.paid / 10"))},
			paid:  "90.00", did: []string{"review 9.000000"}, state: AwaitingReview,
		},
		"scores add up to the plan's threshold": {
			rules:  []string{ruleDoc("a", "", `true`, "flag", computed("score", "30")), ruleDoc("b", "", `line.code == "A"`, "flag", computed("score", "40"))},
			before: func(f *fixture) { f.plan = append(f.plan, "plan-settings reviewScore=100") },
			paid:   "90.00", did: []string{"flag 30", "flag 40"}, state: AwaitingReview,
		},
		"below the threshold nobody is asked": {
			rules:  []string{ruleDoc("a", "", `true`, "flag", computed("score", "30"))},
			before: func(f *fixture) { f.plan = append(f.plan, "plan-settings reviewScore=100") },
			paid:   "90.00", did: []string{"flag 30"}, state: Approved,
		},
		"a shadow only records": {
			rules: []string{ruleDoc("r", `,"experimental":true`, `true`, "reject", "")}, paid: "90.00", did: []string{"reject shadow"}, state: Approved,
		},
		"what cannot be evaluated does nothing, and says so": {
			rules: []string{ruleDoc("r", "", `member.died < line.date`, "reject", "")}, paid: "90.00", did: []string{"fault the day is not known"}, state: Approved,
		},
		"the ledger before the claim": {
			rules: []string{ruleDoc("r", "", `ledger.left("yearly") < 60 && ledger.used("yearly") > 900`, "flag", "")},
			before: func(f *fixture) {
				f.plan = append(f.plan, "plan-limit id=yearly kind=ceiling scope=policy amount=1000")
				f.policy.Uses = []ledger.Use{{Limit: "yearly", Period: day.Period{To: f.policy.Period.To}, Amount: money.Whole(950)}}
			},
			paid: "50.00", did: []string{"flag"}, state: PartlyApproved,
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			f.terminology = c.rules
			f.line("A", "1", "90").line("B", "1", "90")
			if c.before != nil {
				c.before(f)
			}
			d := f.decide()
			l := &d.Lines[0]
			require.Equal(t, c.denied, l.Denial, l.Denial.Code())
			require.Equal(t, c.paid, l.Paid.Round(2).String())
			require.Equal(t, c.state, d.State)
			if c.did != nil {
				require.Equal(t, c.did, did(l))
			}
		})
	}
}

// did says what rules did to a line.
func did(l *Line) []string {
	var all []string
	for _, r := range l.Rules {
		text := r.Action
		if r.Fault != "" {
			text = "fault " + r.Fault
		}
		if r.HasNumber {
			text += " " + r.Number.String()
		}
		if r.Shadow {
			text += " shadow"
		}
		all = append(all, text)
	}
	return all
}

func TestACapSaysWhy(t *testing.T) {
	f := newFixture(t)
	f.terminology = []string{ruleDoc("a", "", `true`, "cap-price", computed("unitPrice", "50"))}
	d := f.line("A", "1", "90").decide()
	require.Contains(t, d.Notes, "because of a")
	require.Equal(t, "PlanDefinition/a", d.Lines[0].Cuts[0].Rule)
}

func TestRulesLookBack(t *testing.T) {
	f := newFixture(t)
	f.terminology = []string{ruleDoc("r", "", `history.times(within("A"), 30) >= 1`, "reject", "")}
	f.line("A", "1", "90")
	first := f.submit()
	require.Equal(t, Approved, first.State)
	require.NotEmpty(t, first.Entries[0].Provisions, "a service that a rule looks back for is remembered")
	f.now = f.now.Add(24 * time.Hour)
	f.line("A", "1", "90")
	require.Equal(t, ByRule, f.decide().Lines[0].Denial)
}
