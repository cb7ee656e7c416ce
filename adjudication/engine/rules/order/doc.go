// Package order tells what can be said of a scheme's rules together: rows that can never act, and why; rows that can act on the
// same line with actions that do not go together, and which of them wins; rules whose order rests on nothing but their ids. It
// owns these judgements and must not know who asks for them: decisions never do.
//
//	report, err := order.Look(entries, order.Scheme{Codes: codes, Plans: plans})
//	for _, f := range report.Findings { … f.Kind, f.Rule, f.Row, f.Text … }
//
// That a row can never act is said only where it is certain. That two rows can act on the same line is said unless the
// contrary is certain.
package order
