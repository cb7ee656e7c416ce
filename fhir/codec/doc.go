// Package codec turns the bytes of a FHIR R4 resource into a Document: checked, and readable without parsing again.
//
// It owns JSON: the one pass that scans, validates and indexes a request body (Parse), the cursor that everything else
// reads through (Value), the splicing that makes a stored version out of a request (WithMeta, Replace, Extract), and
// the Writer that makes new resources. It is the only package that imports google/fhir, and it uses it as the source of
// the schema alone: the proto descriptors and their annotations are compiled, once, into tables (schema_compile.go).
// It must not know the store, HTTP or any meaning of a resource beyond R4's own structure.
//
//	doc, issues := codec.Parse(body, codec.Limits{})
//	if len(issues) > 0 {
//		return outcome.Of(http.StatusBadRequest, issues)
//	}
//	patient := doc.Root().Find(nPatient, nReference).Text()
//
// # The tape
//
// A Document is the request's own bytes plus a tape: a flat slice of 16-byte nodes in document order, one for each
// value. A node knows where its bytes are, which key it stands under and where its subtree ends, so that a reader steps
// over what it does not want. Nothing is copied and nothing is converted; numbers keep their spelling.
//
// # Strictness
//
// Parse accepts what R4 4.0.1 allows and nothing else; differences.md lists, class by class, where that differs from
// google/fhir's own parser and why. Checked are structure, cardinality, choice, primitive formats, required bindings,
// ISO 4217 currencies, literal references and their targets, contained resources and references to them, and the
// narrative's XHTML. Not checked are FHIRPath invariants, bindings of CodeableConcepts, profiles and whether a
// referenced resource exists.
//
// # Memory
//
// A Document keeps the body it was parsed from alive, and the body must not change afterwards. Value.Text and Value.Raw
// share that memory: whoever keeps such a string longer than the request clones it (strings.Clone), or a cached code of
// five bytes pins a whole bundle. Document.ID, VersionID and LastUpdated return copies; Document.Type never refers to
// the body.
//
// # Tests
//
// The differential test needs nothing but the tree. Where CLAIMWRIGHT_R4_EXAMPLES names the folder with the JSON files of
// the npm package hl7.fhir.r4.examples 4.0.1, the official examples are tested too, and so are mutants of them.
package codec
