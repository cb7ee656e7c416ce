// Package packs holds rules that come with Claimwright for schemes to take over: what fraud and waste look like, and what a
// hospital portal and openIMIS demand. It owns the packs, one folder each of PlanDefinitions and of the ValueSets that these
// name; it knows nothing of the code that reads or asks them.
//
//	for _, pack := range packs.All() {
//		for _, f := range pack.Files { … f.Name, f.Body … }
//	}
//
// Every rule is a draft: off until a scheme writes it to its server with status active. Lists of services hold the codes of
// the made-up scheme, because no code is everybody's: each scheme puts its own in their place. docs/rules/packs.md says of
// every rule what it catches, what it misses, and which numbers to adapt.
package packs
