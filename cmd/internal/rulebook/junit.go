package rulebook

import (
	"io"
	"strings"

	"claimwright/conformance/junit"
)

// WriteJUnit writes how tests went as JUnit XML: a suite for each rule, a case for each test.
func WriteJUnit(w io.Writer, all []Tested) error {
	var report junit.Report
	for i := range all {
		t := &all[i]
		suite := report.Suite(t.Rule.Rule.Key)
		for _, m := range t.Mistakes[:min(1, len(t.Mistakes))] {
			suite.Add(junit.Case{Name: "tests", Class: suite.Name, Failure: &junit.Failure{Message: m.Text, Text: Told(m)}})
		}
		for j := range t.Results {
			r := &t.Results[j]
			c := junit.Case{Name: r.Test.Name, Class: suite.Name}
			if !r.Holds() {
				c.Failure = &junit.Failure{Message: r.Differences[0], Text: strings.Join(r.Differences, "\n")}
			}
			suite.Add(c)
		}
	}
	return report.Write(w)
}
