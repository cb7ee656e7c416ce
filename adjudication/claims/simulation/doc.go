// Package simulation tells what rules would have done to claims that were decided already.
//
// It owns the question (which rules, which claims), the walk over the store and the comparison. Every claim is decided again
// twice from what was recorded of it: by the scheme of then, and by the scheme of then with the rules changed; the difference
// is what the rules make. How anything is decided is the engine's business, and how what was recorded is found again that of
// package replay. Nothing is written.
//
//	report, err := simulation.New(st, schemes).Run(ctx, simulation.Request{Rules: []*rules.Rule{rule}, Since: day.Of(2026, 10, 1)})
//	report.Write(os.Stdout)
//
// A report is the same however many claims are decided at once.
//
// # What is decided again
//
// The first decision of each claim, before any person looked at it: what a reviewer said later is no part of it, and is held
// against what the rules would have done. Claims that were cancelled since are left out.
//
// # What is not modelled
//
// Each claim meets its heads as they were then. That a claim which would have been paid less leaves more of a limit to the
// next one is not modelled; nor is that a provider who knows a rule claims otherwise. The report says so.
package simulation
