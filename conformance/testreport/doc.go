// Package testreport tells how TestScripts went: as TestReport resources of R4 and as JUnit XML, the report that build servers read.
//
// It owns these forms and nothing else; how scripts are run is conformance/testrun's.
//
//	body := testreport.Resource(result, testreport.About{Server: "https://fhir.example.org/r4", Tester: "Claimwright"})
//	err := testreport.JUnit(w, results)
package testreport
