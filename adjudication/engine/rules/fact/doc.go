// Package fact says what a rule's condition can ask: the named, typed facts about a claim, one of its lines, the member and
// the rest. It owns their names, types and explanations (Catalogue, from which the documentation is generated) and how CEL
// gets at them; it must not know rules, nor where the engine has the facts from.
//
//	env, err := cel.NewEnv(value.Library(lists), fact.Library())
//	ast, issues := env.Compile(`line.code in list("maternity") && member.age < 15`)
//	view := fact.NewView(&facts)
//	view.About(&line) // the next line; facts of the claim stay as they are
//	result, _, err := program.Eval(view)
//
// A fact that nobody knows has the zero value of its type: an empty text, 0, a day for which known() is false.
package fact
