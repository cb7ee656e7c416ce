// Package xmlform turns FHIR's XML form into its JSON form and back, without loss (R4 xml.html).
//
// The codec reads JSON alone and everything is stored as JSON, so XML is a form for the wire: a request's XML becomes JSON
// before anything looks at it (Read), and an answer's JSON becomes XML when everything is done (Append). The package owns
// what the two forms do differently: the order of elements, attributes, namespaces, narratives as elements, nulls. What a
// type's elements are it asks of fhir/codec. It must not know HTTP, the store or what a resource means.
//
//	json, issues := xmlform.Read(body, codec.Limits{})
//	doc, issues := codec.Parse(json, codec.Limits{})
//	answer := xmlform.Append(nil, doc)
//
// # What may differ after XML and back
//
// Elements come in the order of their definition, and what JSON allows to be written in several ways comes in one: white
// space, escapes, arrays of nulls alone. Decimals keep their digits and texts their characters, line ends and tabs
// included, but for U+FFFE and U+FFFF, which XML cannot hold and which become U+FFFD. White space around the div of a
// narrative is dropped, and "]]>" in its text becomes "]]&gt;".
package xmlform
