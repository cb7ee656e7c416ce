// Package scheme is what a claim is decided against: insurers, facilities, plans, the register of services and items, and
// negotiated prices, compiled from FHIR resources into one immutable value.
//
// It owns the meaning of our scheme extensions (conformance/definitions) and their effective dates. It must not know
// members, claims or the ledger, and it reads nothing but the documents it is given.
//
//	sch, issues := scheme.Compile(docs) // issues name every resource and element that was left out, and why
//	insurer := sch.Insurer("Organization/umoja")
//	plan := sch.Plan(insurer.Key, "GOLD", target)
//	item := sch.Item(scheme.Code{System: system, Value: "S-DEL"}, target)
//	price, listed := sch.PriceLists(insurer.Key, facility.Key).Price(item, target)
//
// Effective versions are resources of their own: looking something up names a day and gives the version that was in
// force then, whatever is the newest.
package scheme
