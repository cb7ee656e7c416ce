package scenario_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/scenario"
	"claimwright/adjudication/scenario/source"
)

// story wraps what a test is about in a whole file; it begins on line 3, in column 5.
func story(body string) string {
	return "scenarios:\n  - scenario: t\n    source: s\n" + body
}

func TestMistakesAreToldWithTheirPlace(t *testing.T) {
	cases := []struct{ name, file, want string }{
		{"no YAML", "scenarios: [", `f.yaml:1:1: This is no YAML: did not find expected node content`},
		{"unknown key of a file", "scenario: []", `f.yaml:1:1: The key is not known here: found "scenario", expected one of title, uses, given, scenarios`},
		{"unknown key of a claim", story("    submit: {lnes: [A]}"),
			`f.yaml:4:14: The key is not known here: found "lnes", expected one of id, key, member, cover,`},
		{"a key twice", story("    submit: {lines: [A], lines: [B]}"), `f.yaml:4:26: The key is given twice: found "lines", expected each key once`},
		{"no title", "scenarios:\n  - {source: s, submit: {lines: [A]}}", `f.yaml:2:5: The scenario has no scenario, expected a title that says the rule in plain words`},
		{"no source", "scenarios:\n  - {scenario: t, submit: {lines: [A]}}", `f.yaml:2:5: The scenario has no source, expected where the rule comes from`},
		{"nothing happens", story("    steps: [{expect: {paid: 0}}]"), `f.yaml:4:13: The step does nothing, expected one of submit, create, cancel, review, task, pay, eligibility, balance, write, at`},
		{"two things at once", story("    submit: {lines: [A]}\n    eligibility: {items: [A]}"), `f.yaml:5:18: A step does one thing: found "eligibility", expected either submit or eligibility`},
		{"a part that is none", story("    given: {plan: {limits: [{kind: ceiling, scop: claim}]}}\n    submit: {lines: [A]}"),
			`f.yaml:4:45: The part is not known: found "scop", expected one of id, kind, scope,`},
		{"a code that is none", story("    given: {plan: {limits: [{kind: roof}]}}\n    submit: {lines: [A]}"),
			`f.yaml:4:36: The code is not known: found "roof", expected one of ceiling, deductible`},
		{"an amount that is none", story("    given: {plan: {limits: [{amount: 12.5x}]}}\n    submit: {lines: [A]}"),
			`f.yaml:4:38: The value does not fit amount: found "12.5x", expected an amount such as 1250.00 or 10.00 USD`},
		{"a date that is none", story("    submit: {date: 2026-02-30, lines: [A]}"), `f.yaml:4:20: The value is no date: found "2026-02-30", expected a day such as 2026-03-05`},
		{"a stay that ends before it starts", story("    submit: {stay: 2026-02-03..2026-02-01, lines: [A]}"), `f.yaml:4:20: The value is no period: found "2026-02-03..2026-02-01"`},
		{"a member who is not there", story("    submit: {member: nobody, lines: [A]}"), `f.yaml:4:22: There is no such member: found "nobody", expected one of member`},
		{"a claim that was not", story("    cancel: before"), `f.yaml:4:13: There is no such claim in an earlier step: found "before"`},
		{"a name in a fragment", story("    submit: {lines: [A], fhir: {language: \"{before}\"}}"), `f.yaml:4:13: There is no such claim in an earlier step: found "before"`},
		{"a line that cannot be read", story("    submit: {lines: [two A]}"), `f.yaml:4:22: The line cannot be read: found "two A", expected a line such as`},
		{"a cut that is none", story("    submit: {lines: [A]}\n    expect: {lines: [{cuts: {discount: 1}}]}"), `f.yaml:5:30: There is no such cut: found "discount", expected one of copay,`},
		{"an amount expected that is none", story("    submit: {lines: [A]}\n    expect: {paid: much}"), `f.yaml:5:20: The value is no number: found "much", expected a number such as 1250.00, without separators`},
		{"an expectation that is none", story("    submit: {lines: [A]}\n    expect: {piad: 1}"), `f.yaml:5:14: The key is not known here: found "piad", expected one of refused, outcome,`},
		{"a payment of nothing known", story("    pay: {claims: {before: 1}}"), `f.yaml:4:20: There is no such claim in an earlier step: found "before"`},
		{"a payment that is no amount", story("    steps: [{submit: {id: C, lines: [A]}}, {pay: {claims: {C: all}}}]"), `f.yaml:4:63: The value is no number: found "all"`},
		{"a review of no line", story("    steps: [{submit: {id: C, lines: [A]}}, {review: {claim: C, lines: {x: {}}}}]"), `f.yaml:4:72: This is no line: found "x"`},
		{"a balance of no cover", story("    balance: {cover: x}"), `f.yaml:4:22: There is no such cover: found "x", expected one of member`},
		{"both of a pair", story("    given: {plan: {}, plans: {A: {}}}\n    submit: {lines: [A]}"), `f.yaml:4:30: There may be either plan or plans: found "plans", expected one of the two`},
		{"a name that cannot be an id", story("    given: {plans: {a b: {}}}\n    submit: {lines: [A]}"), `f.yaml:4:21: The name cannot be used: found "a b", expected up to 64 letters, digits, - and .`},
		{"a rule that does nothing", story("    given: {rules: {a: {when: 'true'}}}\n    submit: {lines: [A]}"), `f.yaml:4:24: The rule does nothing: found "no then", expected then: reject`},
		{"an action that is none", story("    given: {rules: {a: {when: 'true', then: refuse}}}\n    submit: {lines: [A]}"), `f.yaml:4:45: The action is not known: found "refuse", expected reject, cap-price,`},
		{"a part of a rule that is none", story("    given: {rules: {a: {wenn: 'true', then: reject}}}\n    submit: {lines: [A]}"), `f.yaml:4:25: The key is not known here: found "wenn"`},
		{"a resource in a file that is not there", story("    given: {resources: [{file: ../x.json}]}\n    submit: {lines: [A]}"), `f.yaml:4:32: The file cannot be used from here: found "../x.json"`},
		{"another file", "uses: ../x.yaml\nscenarios: []", `f.yaml:1:7: The file cannot be used from here: found "../x.yaml", expected a file in or beneath the folder of this one`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := scenario.Parse("f.yaml", []byte(c.file))
			var problems source.Problems
			require.ErrorAs(t, err, &problems)
			require.Contains(t, err.Error(), c.want)
		})
	}
}

func TestAllMistakesAreToldAtOnce(t *testing.T) {
	_, err := scenario.Parse("f.yaml", []byte(story("    submit: {date: never, lines: [two A], member: nobody}")))
	var problems source.Problems
	require.ErrorAs(t, err, &problems)
	require.Len(t, problems, 3)
}

func run(t *testing.T, body string) []scenario.Result {
	t.Helper()
	file, err := scenario.Parse("f.yaml", []byte(body))
	require.NoError(t, err)
	results, err := scenario.Run(context.Background(), []*scenario.File{file}, scenario.Options{NewStore: newStore})
	require.NoError(t, err)
	return results
}

// TestDifferencesAreFound holds every kind of expectation against an answer that is otherwise: an expectation that cannot
// fail would prove nothing.
func TestDifferencesAreFound(t *testing.T) {
	const begin = `    given:
      services: {A: {price: 1000, category: consultation}}
      plan: {benefits: [{id: most, percent: 80}], limits: [{id: top, kind: ceiling, scope: member, amount: 500}]}
`
	const submit = begin + "    submit: {id: C, lines: [A, A at 900, B at 5]}\n    expect: "
	const weigh = begin + "    at: 2026-05-10\n    balance: {}\n    expect: "
	const price = begin + "    eligibility: {provider: hospital, items: [A]}\n    expect: "
	const ask = begin + "    eligibility: {items: [A]}\n    expect: "
	cases := []struct{ expect, what, found string }{
		{submit + "{outcome: partial}", "outcome", "complete"},
		{submit + "{state: approved}", "business state", "partly-approved"},
		{submit + "{status: cancelled}", "status", "active"},
		{submit + "{paid: 501}", "paid in total", "500.00"},
		{submit + "{submitted: 1}", "submitted in total", "1905.00"},
		{submit + "{eligible: 1}", "eligible in total", "1900.00"},
		{submit + "{member: 1}", "borne by the member in total", "1400.00"},
		{submit + "{provider: 1}", "borne by the provider in total", "5.00"},
		{submit + "{currency: USD}", "currency", "KES"},
		{submit + "{error: [x]}", "error", ""},
		{submit + "{notes: [x y]}", "notes", "The cover pays 80 %."},
		{submit + "{disposition: x}", "disposition", "Partly approved"},
		{submit + "{cover: other}", "cover", "member"},
		{submit + "{plan: other}", "plan", "PLAN"},
		{submit + "{category: visit}", "category", "consultation"},
		{submit + "{setting: inpatient}", "setting", "outpatient"},
		{submit + "{ageGroup: child}", "ageGroup", "adult"},
		{submit + "{targetDate: 2026-01-01}", "targetDate", "2026-05-10"},
		{submit + "{priceList: x}", "priceList", "prices-insurer"},
		{submit + "{limits: {top: {before: 1}}}", "top, before", "0"},
		{submit + "{limits: {top: {after: 1}}}", "top, after", "500"},
		{submit + "{limits: {top: {left: 1}}}", "top, left", "0"},
		{submit + "{limits: {top: {allowed: 1}}}", "top, allowed", "500"},
		{submit + "{limits: {other: {left: 1}}}", "other, left", "no such limit among top"},
		{submit + "{lines: [500]}", "number of lines", "3"},
		{submit + "{lines: {1: 400}}", "line 1, paid", "500.00"},
		{submit + "{lines: {1: frequency}}", "line 1, denied", "no"},
		{submit + "{lines: {3: 0}}", "line 3, denied", "not-in-register"},
		{submit + "{lines: {3: frequency}}", "line 3, denied", "not-in-register"},
		{submit + "{lines: {4: 0}}", "line 4, paid", "no such line"},
		{submit + "{lines: {1: {cuts: {copay: 1, over-ceiling: 300}}}}", "line 1, copay", "200.00"},
		{submit + "{lines: {1: {cuts: {copay: 200}}}}", "line 1, other cuts", "over-ceiling 300.00"},
		{submit + "{lines: {1: {quantity: 2}}}", "line 1, quantity granted", "1"},
		{submit + "{lines: {2: {unit: 1000}}}", "line 2, unit price", "900"},
		{submit + "{lines: {1: {percent: 70}}}", "line 1, percentage covered", "80"},
		{submit + "{lines: {1: {review: plan-review}}}", "line 1, review", "no"},
		{submit + "{lines: {1: {benefit: least}}}", "line 1, benefit of the plan", "most"},
		{submit + "{lines: {1: {plan: other}}}", "line 1, plan", "PLAN"},
		{submit + "{lines: {1: {notes: [x y]}}}", "line 1, notes", "The cover pays 80 %."},
		{submit + "{lines: {1: {limits: {top: {before: 1}}}}}", "line 1, top, before", "0"},
		{submit + "{refused: []}", "submit", "an answer"},
		{submit + "{response: {use: predetermination}}", "response.use", `"claim"`},
		{submit + "{stored: [{resourceType: Task, status: draft}]}", "stored", "none; the last Task is"},
		{submit + "{absent: [{resourceType: Task, status: completed}]}", "absent", "1 of them"},
		{submit + "{tax: 1}", "tax in total", "0"},
		{submit + "{others: 1}", "borne by other payers in total", "0"},
		{submit + "{payment: 1}", "payment so far", "0"},
		{submit + "{authorized: 2026-01-01..2026-02-01}", "authorised", "no"},
		{submit + "{lines: {1: {tax: 1}}}", "line 1, tax", "0"},
		{submit + "{lines: {1: {details: [1]}}}", "line 1.1, paid", "no such line"},
		{submit + "{same: C}", "the same answer as to C", "no claim C"},
		{submit + "{claims: {C: {state: paid}}}", "C: business state", "partly-approved"},
		{weigh + "{limits: {top: {left: 1}}}", "top, left", "500.00"},
		{weigh + "{limits: {top: {reserved: 1}}}", "top, reserved", "0"},
		{weigh + "{limits: {top: {complete: false}}}", "top, complete", "true"},
		{weigh + "{limits: {other: {left: 1}}}", "other, left", "no such limit"},
		{weigh + "{inforce: false}", "in force", "true"},
		{ask + "{inforce: false}", "in force", "true"},
		{ask + "{outcome: error}", "outcome", "complete"},
		{ask + "{covers: {other: {inforce: true}}}", "other, in force", "no such cover"},
		{ask + "{limits: {top: {used: 1}}}", "top, used", "0"},
		{ask + "{items: {A: {excluded: true}}}", "A, excluded", "false"},
		{price + "{items: {A: {paid: 1}}}", "A, paid", "500.00"},
		{price + "{items: {A: {member: 1}}}", "A, borne by the member", "500.00"},
		{price + "{items: {A: {submitted: 1}}}", "A, submitted", "1000.00"},
		{price + "{items: {A: {provider: 1}}}", "A, borne by the provider", "0"},
		{price + "{items: {A: {network: out}}}", "A, network", "in"},
		{price + "{items: {A: {authorizationRequired: true}}}", "A, authorisation required", "false"},
		{price + "{items: {A: {text: x y}}}", "A, description", "80 %"},
		{ask + "{items: {B: {excluded: true}}}", "B, excluded", "no such item"},
	}
	for _, c := range cases {
		t.Run(c.expect[len(begin):], func(t *testing.T) {
			failures := run(t, story(c.expect))[0].Failures
			require.NotEmpty(t, failures)
			require.Equal(t, c.what, failures[0].What)
			require.Contains(t, failures[0].Found, c.found)
			require.NotEqual(t, failures[0].Expected, failures[0].Found)
		})
	}
}

func TestRefusalsAreCompared(t *testing.T) {
	refused := "    submit: {lines: [A], status: draft}\n    expect: {refused: [Only an active claim%s]}"
	require.Empty(t, run(t, story(fmt.Sprintf(refused, "")))[0].Failures)
	failures := run(t, story(fmt.Sprintf(refused, " is")))[0].Failures
	require.Len(t, failures, 1)
	require.Contains(t, failures[0].Found, "Claim.status Only an active claim can be decided.")
	failures = run(t, story("    submit: {lines: [A], status: draft}"))[0].Failures
	require.Equal(t, "an answer", failures[0].Expected)
}

func TestASchemeThatCannotBeLoadedIsAFailure(t *testing.T) {
	failures := run(t, story("    given: {plan: {limits: [{kind: ceiling, scope: claim}]}}\n    submit: {lines: [A]}"))[0].Failures
	require.Len(t, failures, 1)
	require.Equal(t, "the scheme", failures[0].What)
}

func TestFilesUseOthers(t *testing.T) {
	folder := t.TempDir()
	write := func(name, body string) {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(folder, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(body), 0o600))
	}
	write("base/clinic.yaml", "given: {services: {A: 10, B: 20}, plan: {benefits: [{percent: 50}]}}")
	write("a.yaml", "uses: base/clinic.yaml\ngiven: {services: {B: 40, A: null}}\n"+story("    submit: {lines: [A at 1, B]}\n    expect: {lines: [not-in-register, 20]}"))
	files, err := scenario.Load(folder)
	require.NoError(t, err)
	require.Len(t, files, 1, "a base has no scenarios")
	require.Equal(t, filepath.Join(folder, "a.yaml"), files[0].Name)
	results, err := scenario.Run(context.Background(), files, scenario.Options{NewStore: newStore})
	require.NoError(t, err)
	require.Empty(t, results[0].Failures)

	write("b.yaml", "uses: base/none.yaml\n"+story("    submit: {lines: [A]}"))
	_, err = scenario.Load(filepath.Join(folder, "b.yaml"))
	require.ErrorContains(t, err, "none.yaml: The file cannot be read: no such file or directory")

	write("c.yaml", "uses: c.yaml\nscenarios: []")
	_, err = scenario.Load(filepath.Join(folder, "c.yaml"))
	require.ErrorContains(t, err, "The files use one another too deeply")
}

func TestReports(t *testing.T) {
	results := run(t, story("    submit: {lines: [A at 1]}\n    expect: {paid: 1}")+"\n  - {scenario: u, source: s, submit: {lines: [A at 1]}}")
	var out bytes.Buffer
	failed, err := scenario.Write(&out, results, true)
	require.NoError(t, err)
	require.Equal(t, 1, failed)
	require.Equal(t, `FAIL  f.yaml  2 scenarios, 1 failed

  FAIL  t
        s
    f.yaml:5:20: step 1: paid in total
        expected  1
        found     0.00
  ok    u (s)
`, out.String())
	out.Reset()
	require.NoError(t, scenario.WriteJUnit(&out, results))
	require.Contains(t, out.String(), `<testsuites tests="2" failures="1">`)
	require.Contains(t, out.String(), `<failure message="paid in total">f.yaml:5:20: step 1: paid in total`)
}

func TestManyRunInTheirOrder(t *testing.T) {
	files, err := scenario.Load("../../testdata/scenarios")
	require.NoError(t, err)
	var told []int
	results, err := scenario.Run(context.Background(), files, scenario.Options{NewStore: newStore, Parallel: 8,
		Only:     func(s *scenario.Scenario) bool { return len(s.Title)%4 == 0 },
		Progress: func(done, _ int) { told = append(told, done) }})
	require.NoError(t, err)
	require.Len(t, told, len(results))
	at := 0
	for _, f := range files {
		for _, s := range f.Scenarios {
			if len(s.Title)%4 == 0 {
				require.Same(t, s, results[at].Scenario)
				at++
			}
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = scenario.Run(ctx, files, scenario.Options{NewStore: newStore})
	require.ErrorIs(t, err, context.Canceled)
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(story("    submit: {id: a, lines: [2 A at 10 USD, {code: B, details: [C]}]}\n    expect: {lines: {1: {cuts: {copay: 1}}}}")))
	f.Add([]byte(story("    steps: [{submit: {id: a, event: x, before: [{cover: member}], lines: [A]}}, {review: {claim: a, lines: {1.1: {price: 1}}}}, {pay: {claims: {a: 1}}}, {balance: {}}]")))
	f.Add([]byte("a: &a [*a]"))
	f.Add([]byte("x-a: &a {b: 1}\ngiven: {<<: *a, plans: {P: {limits: [{amount: 1}]}}}\n" + story("    cancel: a")))
	f.Fuzz(func(t *testing.T, body []byte) {
		file, err := scenario.Parse("f.yaml", body)
		if err != nil {
			require.NotEmpty(t, err.Error())
			return
		}
		for _, s := range file.Scenarios {
			require.NoError(t, s.Show(new(bytes.Buffer)))
		}
	})
}
