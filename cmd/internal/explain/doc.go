// Package explain turns a decided ClaimResponse into text that a clerk can follow: line by line what was billed, each cut
// with who bears it and the rule and limit that made it, what is paid, and what the decision rests on.
//
// It owns the reading of the extensions decision-basis and line-trace, the checking of every sum while it reads, and the
// layout. What it does not know in an extension it shows by its name, so that nothing is lost. It must not know the store,
// nor decide anything.
//
//	e, err := explain.Read(response, claim) // the Claim may be nil: then what was billed is known by amounts alone
//	err = e.Write(os.Stdout, console.Width(os.Stdout))
//	for _, wrong := range e.Wrong { … } // sums that do not add up
package explain
