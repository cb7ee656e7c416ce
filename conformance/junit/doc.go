// Package junit writes test results as JUnit XML, the report that build servers read. It owns that form and nothing else: what
// was tested, and how it is told, is for its callers to say.
//
//	report := junit.Report{}
//	suite := report.Suite("checks.yaml")
//	suite.Add(junit.Case{Name: "a member who is not active", Class: suite.Name})
//	err := report.Write(w)
package junit
