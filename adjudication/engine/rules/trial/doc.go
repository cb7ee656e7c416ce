// Package trial holds the tests that stand beside a rule: facts, and what the rule must do about them. It owns how a
// PlanDefinition carries tests (extension rule-test), how they are run, what is told of one that fails, and which parts of the
// rule's conditions no test has made true, or false. It must not know who asks for it: decisions never do.
//
//	tests, issues := trial.Read(doc, rule)
//	for _, result := range trial.Run(ctx, rule, context, tests) { … result.Differences … }
//	coverage, err := trial.Cover(rule, context, tests)
//
// A test asks its rule alone. It stands where the rule applies unless it says otherwise: an insurer, plan, facility, type or
// use, and a date, that the test does not name are the first that the rule's scope and period name.
package trial
