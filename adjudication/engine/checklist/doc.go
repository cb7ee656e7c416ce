// Package checklist shows the fixed checks and the scheme's own rules as one list, in the order in which a line is held
// against them, and publishes each check as a PlanDefinition that is read like a rule. It owns what is said of a check beside
// a rule; what checks there are and how they are set is the engine's and the scheme's. It decides nothing.
//
//	for _, e := range checklist.Of(sch, insurer, plan) { … e.Check, e.Rule … }
package checklist

//go:generate go run ./generate -to ../../../conformance/definitions
