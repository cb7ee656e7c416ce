package trial

import (
	"fmt"
	"strconv"
	"strings"

	"claimwright/adjudication/engine/money"
	"claimwright/adjudication/engine/rules"
	"claimwright/adjudication/engine/rules/fact"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/fhir/spelling"
)

const (
	testURL = "https://claimwright.org/fhir/StructureDefinition/rule-test"

	// MaxTests bounds the tests of one rule.
	MaxTests = 200
	// maxExpected bounds what one test expects.
	maxExpected = 64
	// maxIssues bounds what is told of the tests of one rule.
	maxIssues = 50
)

// Test is a test of a rule.
type Test struct {
	Name string
	// Element is the FHIRPath of the test.
	Element string
	// Case are the facts, Place where and when.
	Case  *fact.Case
	Place rules.Place
	// Expect is all that the rule must do; nothing when empty.
	Expect []Expected
}

// Expected is one action that must fire.
type Expected struct {
	// Row is the row of the rule, from 1; 0 is any.
	Row  int
	Kind rules.ActionKind
	// Number is what the action must compute, when HasNumber.
	Number    money.Decimal
	HasNumber bool
}

// Read reads the tests of a rule from the document that it was read from. With any issue there are no tests.
func Read(doc *codec.Document, rule *rules.Rule) ([]Test, []outcome.Issue) {
	r := &reader{rule: rule, names: map[string]bool{}}
	for e := range doc.Root().Get(nExtension).Each() {
		if e.Get(nURL).Text() != testURL {
			continue
		}
		if len(r.tests) == MaxTests {
			r.fail(e, "The rule has too many tests", "more", "at most "+strconv.Itoa(MaxTests))
			break
		}
		r.tests = append(r.tests, r.test(e))
	}
	if len(r.issues) > 0 {
		return nil, r.issues
	}
	return r.tests, nil
}

type reader struct {
	rule   *rules.Rule
	tests  []Test
	names  map[string]bool
	issues []outcome.Issue
}

func (r *reader) fail(at codec.Value, text, found, expected string) {
	if len(r.issues) < maxIssues {
		r.issues = append(r.issues, outcome.Issue{
			Severity: outcome.Failure, Code: outcome.Value, Expression: at.Path(), Text: text, Found: found, Expected: expected,
		})
	}
}

func (r *reader) test(v codec.Value) Test {
	t := Test{Element: v.Path()}
	for part := range v.Get(nExtension).Each() {
		switch name := part.Get(nURL).Text(); name {
		case "name":
			t.Name = strings.Clone(part.Get(nValueString).Text())
		case "facts":
			t.Case = r.facts(part)
		case "expect":
			if len(t.Expect) == maxExpected {
				r.fail(part, "The test expects too much", "more", "at most "+strconv.Itoa(maxExpected))
				continue
			}
			t.Expect = append(t.Expect, r.expected(part))
		default:
			r.fail(part, "The extension has no such part", name, "name, facts or expect")
		}
	}
	switch {
	case t.Name == "":
		r.fail(v, "The test has no name", "nothing", "a part name")
	case r.names[t.Name]:
		r.fail(v, "Two tests of the rule have the same name", t.Name, "another name")
	case t.Case == nil && len(r.issues) == 0:
		r.fail(v, "The test has no facts", "nothing", "a part facts")
	}
	r.names[t.Name] = true
	if t.Case != nil {
		t.Place = settle(t.Case, r.rule)
	}
	return t
}

func (r *reader) facts(part codec.Value) *fact.Case {
	text := part.Get(nValueString).Text()
	c, mistakes := fact.Decode(text)
	for _, m := range mistakes {
		where, expected := "", "facts as conditions name them, in JSON or YAML"
		if m.Line > 0 {
			where = fmt.Sprintf(" (line %d, column %d)", m.Line, m.Column)
		}
		if m.Suggestion != "" {
			expected = "perhaps " + m.Suggestion
		}
		r.fail(part, "The facts cannot be used"+where+": "+m.Text, text, expected)
	}
	return c
}

func (r *reader) expected(v codec.Value) (e Expected) {
	for part := range v.Get(nExtension).Each() {
		switch name := part.Get(nURL).Text(); name {
		case "row":
			n, ok := part.Get(nValuePositiveInt).Int()
			if !ok || n < 1 || n > int64(len(r.rule.Rows)) {
				r.fail(part, "The rule has no such row", part.Get(nValuePositiveInt).Text(), fmt.Sprintf("a row from 1 to %d", len(r.rule.Rows)))
			}
			e.Row = int(n)
		case "action":
			code := part.Get(nValueCode).Text()
			var ok bool
			if e.Kind, ok = rules.KindOf(code); !ok {
				expected := strings.Join(rules.ActionCodes(), ", ")
				if near := spelling.Nearest(code, rules.ActionCodes()); near != "" {
					expected = "perhaps " + near
				}
				r.fail(part, "The action is not known", code, expected)
			}
		case "number":
			n, err := money.Parse(part.Get(nValueDecimal).Text())
			if err != nil {
				r.fail(part, "The number cannot be used", part.Get(nValueDecimal).Text(), "a decimal")
			}
			e.Number, e.HasNumber = n, true
		default:
			r.fail(part, "The extension has no such part", name, "row, action or number")
		}
	}
	if e.Kind == 0 && len(r.issues) == 0 {
		r.fail(v, "What is expected names no action", "nothing", "a part action")
	}
	return e
}

// settle lets a case stand where its rule applies, as far as it does not say otherwise, and fills in what follows.
func settle(c *fact.Case, rule *rules.Rule) rules.Place {
	for _, where := range [...]struct {
		name string
		to   *string
		of   []string
	}{
		{"plan.insurer", &c.Line.Plan.Insurer, rule.Scope.Insurers}, {"plan.code", &c.Line.Plan.Code, rule.Scope.Plans},
		{"facility.id", &c.Facts.Facility.ID, rule.Scope.Facilities}, {"claim.type", &c.Facts.Claim.Type, rule.Scope.Types},
		{"claim.use", &c.Facts.Claim.Use, append(rule.Scope.Uses[:len(rule.Scope.Uses):len(rule.Scope.Uses)], "claim")},
	} {
		if !c.Names(where.name) && len(where.of) > 0 {
			*where.to = where.of[0]
		}
	}
	to, name := &c.Line.Date, "line.date"
	if rule.ByReceipt {
		to, name = &c.Facts.Claim.Received, "claim.received"
	}
	if !c.Names(name) {
		*to = rule.Valid.From
		if *to == 0 {
			*to = rule.Valid.To
		}
	}
	c.Complete()
	return rules.Place{
		Insurer: c.Line.Plan.Insurer, Plan: c.Line.Plan.Code, Facility: c.Facts.Facility.ID,
		Type: c.Facts.Claim.Type, Use: c.Facts.Claim.Use, Target: c.Line.Date, Received: c.Facts.Claim.Received,
	}
}
