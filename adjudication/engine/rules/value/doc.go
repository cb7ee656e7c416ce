// Package value holds the values that a rule's condition computes with besides CEL's own: exact amounts and quantities
// (decimal), days (date), sets of codes (codes), and the codes that a claim carries (coded). It owns their operators and
// functions, and must not know facts, rules or claims.
//
//	env, err := cel.NewEnv(value.Library(lists))
//	env.Compile(`decimal("12.50") * 3 > 30 && date("2026-02-28") + 1 == date("2026-03-01")`)
//	env.Compile(`"O80" in within("O00-O9A")`)
//
// Values are immutable and safe for concurrent use. Operators never panic: what cannot be computed is an error of the
// expression.
package value
