// Package r4proto converts between a codec.Document and google/fhir's R4 protos, for Go programs that want generated
// types with getters. The server does not use it, and nothing else in this module imports it: a proto tree costs some
// eighty times the time of a Document and seven times its memory.
//
//	resource, err := r4proto.ToProto(doc)
//	if err != nil {
//		return err
//	}
//	status := resource.GetClaim().GetStatus().GetValue()
//
// # What gets lost
//
// The protos hold what R4 means rather than what a document says, so a round trip changes:
//
//   - the order of members (sorted by name, resourceType among them) and all white space;
//   - fractions of a second: .2 becomes .200, and more than six digits are cut to microseconds;
//   - the offset -00:00, which becomes +00:00;
//   - id and extensions of Reference.reference ("_reference") beside a literal reference, which are dropped.
//
// Decimals keep their spelling (125.00, 1.2750E2). Parameters.parameter.resource, which google/fhir v0.7.4 can neither
// read nor write, is converted here; only within a Parameters that is itself an entry of a Bundle it is an error. Legal
// documents that google/fhir cannot read at all are errors too: base64 with line breaks, decimals beyond float64, and
// nulls in arrays of numbers or times (see differences.md of package codec).
package r4proto
