package scenario

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"
)

// Write writes a line for each file and every difference; verbose names each scenario. It tells how many scenarios failed.
func Write(w io.Writer, results []Result, verbose bool) (failed int, err error) {
	var b strings.Builder
	for len(results) > 0 {
		n := 1
		for n < len(results) && results[n].File == results[0].File {
			n++
		}
		failed += writeFile(&b, results[:n], verbose)
		results = results[n:]
	}
	_, err = io.WriteString(w, b.String())
	return failed, err
}

func writeFile(b *strings.Builder, results []Result, verbose bool) (failed int) {
	for i := range results {
		if len(results[i].Failures) > 0 {
			failed++
		}
	}
	verdict := "ok  "
	if failed > 0 {
		verdict = "FAIL"
	}
	fmt.Fprintf(b, "%s  %s  %s", verdict, results[0].File.Name, counted(len(results), "scenario"))
	if failed > 0 {
		fmt.Fprintf(b, ", %d failed", failed)
	}
	b.WriteByte('\n')
	for i := range results {
		writeResult(b, &results[i], verbose)
	}
	return failed
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func writeResult(b *strings.Builder, r *Result, verbose bool) {
	switch {
	case len(r.Failures) > 0:
		fmt.Fprintf(b, "\n  FAIL  %s\n        %s\n", r.Scenario.Title, r.Scenario.Source)
	case verbose:
		fmt.Fprintf(b, "  ok    %s (%s)\n", r.Scenario.Title, r.Scenario.Source)
	}
	for _, f := range r.Failures {
		for _, text := range strings.Split(f.String(), "\n") {
			fmt.Fprintf(b, "    %s\n", text)
		}
	}
}

// junit is the report that build servers read.
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
	File    string        `xml:"file,attr"`
	Line    int           `xml:"line,attr"`
	Time    string        `xml:"time,attr"`
	Failure *junitFailure `xml:"failure,omitempty"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// WriteJUnit writes the results as JUnit XML: a suite for each file, a case for each scenario.
func WriteJUnit(w io.Writer, results []Result) error {
	report := junit{Tests: len(results)}
	for i := range results {
		r := &results[i]
		if n := len(report.Suites); n == 0 || report.Suites[n-1].Name != r.File.Name {
			report.Suites = append(report.Suites, junitSuite{Name: r.File.Name})
		}
		suite := &report.Suites[len(report.Suites)-1]
		suite.Tests++
		c := junitCase{Name: r.Scenario.Title, Class: r.File.Name, File: r.File.Name, Line: r.Scenario.At.Line,
			Time: fmt.Sprintf("%.3f", r.Took.Round(time.Millisecond).Seconds())}
		if len(r.Failures) > 0 {
			texts := make([]string, len(r.Failures))
			for j := range r.Failures {
				texts[j] = r.Failures[j].String()
			}
			c.Failure = &junitFailure{Message: r.Failures[0].What, Text: strings.Join(texts, "\n")}
			suite.Failures++
			report.Failures++
		}
		suite.Cases = append(suite.Cases, c)
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

// Show writes the FHIR resources that a scenario is made of: what is given as one transaction Bundle, then the resource of
// each step, one JSON value for each. Names in braces stand as they are.
func (s *Scenario) Show(w io.Writer) error {
	if _, err := fmt.Fprintf(w, "%s\n", bundleOf(s.world.Resources)); err != nil {
		return err
	}
	for _, step := range s.steps {
		if step.request == nil {
			continue
		}
		if _, err := fmt.Fprintf(w, "%s\n", marshal(step.request.Resource)); err != nil {
			return err
		}
	}
	return nil
}
