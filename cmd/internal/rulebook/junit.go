package rulebook

import (
	"encoding/xml"
	"io"
	"strings"
)

type junit struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name    string        `xml:"name,attr"`
	Class   string        `xml:"classname,attr"`
	Failure *junitFailure `xml:"failure,omitempty"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// WriteJUnit writes how tests went as JUnit XML: a suite for each rule, a case for each test.
func WriteJUnit(w io.Writer, all []Tested) error {
	var report junit
	for i := range all {
		t := &all[i]
		suite := junitSuite{Name: t.Rule.Rule.Key, Failures: t.Failed()}
		for _, m := range t.Mistakes[:min(1, len(t.Mistakes))] {
			suite.Cases = append(suite.Cases, junitCase{Name: "tests", Class: suite.Name, Failure: &junitFailure{Message: m.Text, Text: Told(m)}})
		}
		for j := range t.Results {
			r := &t.Results[j]
			c := junitCase{Name: r.Test.Name, Class: suite.Name}
			if !r.Holds() {
				c.Failure = &junitFailure{Message: r.Differences[0], Text: strings.Join(r.Differences, "\n")}
			}
			suite.Cases = append(suite.Cases, c)
		}
		suite.Tests = len(suite.Cases)
		report.Tests += suite.Tests
		report.Failures += suite.Failures
		report.Suites = append(report.Suites, suite)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(report); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}
