package claims

import (
	"context"
	"strings"
	"time"

	"claimwright/adjudication/engine/rules/trial"
	"claimwright/adjudication/engine/scheme"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
)

// testTime bounds how long the tests of a rule may take when it is written.
const testTime = 5 * time.Second

// testRule runs the tests that stand beside a rule: what is wrong with them, and those that fail, are refused. Nothing is
// tested of other documents, nor when a scheme is loaded; nor of a rule that is retired, which must be possible whatever became
// of the lists that it names.
func testRule(ctx context.Context, written []scheme.WrittenRule, doc *codec.Document) []outcome.Issue {
	if statusOfDocument(doc) == "retired" {
		return nil
	}
	for i := range written {
		w := &written[i]
		if w.Document != doc {
			continue
		}
		tests, issues := trial.Read(doc, w.Rule)
		if len(issues) > 0 || len(tests) == 0 {
			return issues
		}
		ctx, cancel := context.WithTimeout(ctx, testTime)
		defer cancel()
		return failures(trial.Run(ctx, w.Rule, w.With, tests))
	}
	return nil
}

// failures names the tests that fail.
func failures(results []trial.Result) (issues []outcome.Issue) {
	for i := range results {
		r := &results[i]
		if r.Holds() {
			continue
		}
		issues = append(issues, outcome.Issue{
			Severity: outcome.Failure, Code: outcome.BusinessRule, Expression: r.Test.Element,
			Text: "The test of the rule fails: " + r.Test.Name, Found: strings.Join(r.Differences, "; "),
			Expected: r.Test.Expectation(),
		})
	}
	return issues
}
