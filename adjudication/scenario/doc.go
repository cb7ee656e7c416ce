// Package scenario runs stories that a scheme officer can read: given a scheme, covers and history, when claims arrive, then
// these decisions. docs/scenarios.md teaches the format.
//
// It owns the format's steps and expectations, and the runner. Every scenario has a store of its own and goes through the
// real use cases, with the clock that it says; after its last step the ledger is verified and every decision is made again,
// and the sums of every answer are checked, whether it asks for that or not. It must not know HTTP, nor which store it runs over: the caller hands that in.
//
//	files, err := scenario.Load("testdata/scenarios")
//	results := scenario.Run(ctx, files, scenario.Options{NewStore: memory.New})
package scenario
