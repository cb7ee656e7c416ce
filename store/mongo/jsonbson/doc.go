// Package jsonbson turns the JSON text of a resource into a BSON document and back, byte for byte.
//
// It owns the mapping: objects and arrays as such, integers as int32 or int64, every other number as Decimal128 with its
// precision (125.00 stays 125.00), strings as strings. What BSON alone cannot tell goes into a second, small byte string,
// the form: white space between the tokens, escapes that could have been written otherwise ("\u003c"), numbers in
// exponent notation, and numbers of more than 34 digits, which stand as text in the document. Compact JSON of ordinary
// numbers and strings, which is nearly all there is, needs no form, and Encode then returns none.
//
// It must not know FHIR, the database or the driver. It reads the text itself, in one pass and without building anything
// in between: the storage contract hands over bytes, not a parsed Document, and the bytes were checked on their way in.
// It never gives a meaning to names: {"$oid": …} is an object with an odd name, which is stored as "＄oid".
//
//	doc, form, err := jsonbson.Encode(nil, []byte(`{"net": {"value": 125.00}}`))
//	text, err := jsonbson.Decode(nil, doc, form) // the same bytes again
package jsonbson
