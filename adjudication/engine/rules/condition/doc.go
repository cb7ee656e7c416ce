// Package condition compiles what a rule asks, and what it computes, from CEL text over the facts of package fact. It owns
// what is accepted, how a mistake is told, what an expression may cost, and what can be said of one without running it: which
// codes it is about, how far back it looks. It must not know rules and their actions.
//
//	c, problems := condition.Compile(`line.code in list("maternity") && member.age < 15`, condition.Options{Lists: lists})
//	// problems: 1:33: "there is no fact member.agee; perhaps member.age"
//	holds, err := c.Holds(view)
//
// A Condition is immutable and safe for concurrent use; a View is not.
package condition
