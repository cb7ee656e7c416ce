package scenario

import (
	"fmt"
	"io"
	"strings"
	"time"

	"claimwright/conformance/junit"
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

// WriteJUnit writes the results as JUnit XML: a suite for each file, a case for each scenario.
func WriteJUnit(w io.Writer, results []Result) error {
	var report junit.Report
	for i := range results {
		r := &results[i]
		c := junit.Case{Name: r.Scenario.Title, Class: r.File.Name, File: r.File.Name, Line: r.Scenario.At.Line,
			Time: fmt.Sprintf("%.3f", r.Took.Round(time.Millisecond).Seconds())}
		if len(r.Failures) > 0 {
			texts := make([]string, len(r.Failures))
			for j := range r.Failures {
				texts[j] = r.Failures[j].String()
			}
			c.Failure = &junit.Failure{Message: r.Failures[0].What, Text: strings.Join(texts, "\n")}
		}
		report.Suite(r.File.Name).Add(c)
	}
	return report.Write(w)
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
