package main

import "strings"

// correct mends the SearchParameters whose expressions cannot be evaluated on R4's own elements as they stand.
func correct(p *parameter) {
	switch p.URL {
	case "http://hl7.org/fhir/SearchParameter/InsurancePlan-name":
		// "name | alias": the only alternatives of R4 that do not start at their type.
		p.Expression = "InsurancePlan.name | InsurancePlan.alias"
	case "http://hl7.org/fhir/SearchParameter/DocumentReference-relationship":
		// The expressions of the two components are exchanged: relatesto is the reference, relation the code.
		p.Component[0].Expression, p.Component[1].Expression = p.Component[1].Expression, p.Component[0].Expression
	case "http://hl7.org/fhir/SearchParameter/Observation-code-value-date":
		// FHIRPath's DateTime instead of FHIR's dateTime.
		p.Component[1].Expression = strings.ReplaceAll(p.Component[1].Expression, "DateTime", "dateTime")
	case "http://hl7.org/fhir/SearchParameter/diagnosticreport-genetic-DiagnosticReport-assessed-condition":
		// No target; the extension's definition has it.
		p.Target = []string{"Condition"}
	}
}
