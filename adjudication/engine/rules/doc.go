// Package rules holds the rules that a scheme writes itself: PlanDefinitions of type eca-rule, compiled once and asked for
// every line that they can concern. It owns what a rule is, which of them concern a line, and in which order they act; the
// packages beneath it own what conditions compute with (value), can ask (fact) and look like (condition). It must not know how
// a decision is made: it says what fired, the engine acts.
//
//	rule, issues := rules.Read(doc, rules.Context{Lists: lists})
//	set := rules.NewSet([]*rules.Rule{rule})
//	asking := set.About(view, rules.Place{Insurer: "Organization/umoja", Plan: "GOLD", …})
//	for _, fired := range asking.Early(nil, line) { … fired.Rule, fired.Action … }
//
// # When rules act
//
// Reject, cap and require act before a line is valued, review, flag, score and note after it. A rule with an action of the
// first kind is asked before, and cannot ask what is only known afterwards.
//
// # Order
//
// Rules are asked by priority, the smallest first, then by id. Within a rule its rows are asked in order, and either the
// first that holds acts, or all that hold. Rules of one group take turns in the same way: where the group's rules say first,
// only one of them acts on a line.
package rules
