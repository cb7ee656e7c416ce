// Package intake reads what is handed to a $submit operation: which resources are to be decided, what came along with
// them, and what their references lead to.
//
// It owns the shapes of the input (a resource alone, Parameters, a collection Bundle with one focal resource and what it
// refers to, a Bundle of several, a Bundle of Bundles), the lookup of references among contained and bundled resources,
// the rewriting of references before a resource is stored, and the digest by which the same submission is known again.
// It is pure: it must not know the store, the scheme or how anything is decided.
//
//	in, err := intake.Read(doc, intake.Options{Type: "Claim"})
//	for item := range in.Items() {
//		patient := item.Target(item.Doc.Root().Get(nPatient))
//		...
//	}
package intake
