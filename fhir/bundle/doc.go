// Package bundle understands batch and transaction Bundles (R4 http.html#transaction) as far as that needs no store.
//
// It owns the plan: which entries there are and what each asks for, what is wrong with the Bundle itself (bdl-1 to
// bdl-12, overlapping identities), in which order entries are processed, how references between entries are rewritten
// once ids are known, and the form of the answer. It must not know a store, a principal or what a write does; package
// resources executes plans.
//
//	plan, err := bundle.Read(body, codec.Limits{}, bundle.Options{Base: "https://payer.example/fhir"})
//	if err != nil {
//		return err // an outcome.Error that names Bundle.entry[i]
//	}
//	for _, i := range plan.Order() {
//		entry := &plan.Entries[i] // entry.Method, entry.Target, entry.Resource …
//	}
package bundle
