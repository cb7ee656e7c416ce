package trial

import "claimwright/fhir/codec"

// Element names.
var (
	nExtension        = codec.Intern("extension")
	nURL              = codec.Intern("url")
	nValueCode        = codec.Intern("valueCode")
	nValueDecimal     = codec.Intern("valueDecimal")
	nValuePositiveInt = codec.Intern("valuePositiveInt")
	nValueString      = codec.Intern("valueString")
)
