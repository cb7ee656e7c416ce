// Package seed loads a scheme into a server's store: FHIR Bundles from a folder, and price lists from CSV.
//
// It owns the order of loading and the CSV form of a price list. Everything is written through store/resources, like a
// client's transaction, so that heads, guards and audit are kept; loading the same files again changes nothing.
//
//	err := seed.Load(ctx, writer, sandbox.Files, progress)
package seed
