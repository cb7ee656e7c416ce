package terminology

import "claimwright/fhir/codec"

// The elements that are read.
var (
	nURL              = codec.Intern("url")
	nVersion          = codec.Intern("version")
	nCompose          = codec.Intern("compose")
	nInactive         = codec.Intern("inactive")
	nInclude          = codec.Intern("include")
	nExclude          = codec.Intern("exclude")
	nSystem           = codec.Intern("system")
	nConcept          = codec.Intern("concept")
	nCode             = codec.Intern("code")
	nDisplay          = codec.Intern("display")
	nFilter           = codec.Intern("filter")
	nProperty         = codec.Intern("property")
	nOp               = codec.Intern("op")
	nValue            = codec.Intern("value")
	nValueSet         = codec.Intern("valueSet")
	nExpansion        = codec.Intern("expansion")
	nContains         = codec.Intern("contains")
	nAbstract         = codec.Intern("abstract")
	nTotal            = codec.Intern("total")
	nContent          = codec.Intern("content")
	nHierarchyMeaning = codec.Intern("hierarchyMeaning")
	nValueCoding      = codec.Intern("valueCoding")
)

// propertyValues are the choices of CodeSystem.concept.property.value[x] that are a primitive.
var propertyValues = []codec.Name{
	codec.Intern("valueCode"), codec.Intern("valueString"), codec.Intern("valueInteger"), codec.Intern("valueBoolean"),
	codec.Intern("valueDateTime"), codec.Intern("valueDecimal"),
}
