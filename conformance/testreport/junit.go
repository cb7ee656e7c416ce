package testreport

import (
	"fmt"
	"io"
	"strings"
	"time"

	"claimwright/conformance/junit"
	"claimwright/conformance/testrun"
)

// JUnit writes results as JUnit XML: a suite for each script, a case for each test. A failed setup is a case of its own.
func JUnit(w io.Writer, results []*testrun.Result) error {
	var report junit.Report
	for _, r := range results {
		suite := report.Suite(r.Script.Path)
		switch {
		case r.Verdict == testrun.Skip:
			suite.Add(junit.Case{Name: r.Script.Name, Class: suite.Name, File: r.Script.Path, Skipped: &junit.Skipped{Message: r.Reason}})
		case r.Reason != "":
			suite.Add(junit.Case{
				Name: "setup", Class: suite.Name, File: r.Script.Path, Time: seconds(r.Took),
				Failure: &junit.Failure{Message: r.Reason, Text: Failures(r.Setup)},
			})
		}
		for i := range r.Tests {
			t := &r.Tests[i]
			c := junit.Case{Name: t.Test.Title(), Class: suite.Name, File: r.Script.Path, Time: seconds(t.Took)}
			switch {
			case t.Verdict.Failed():
				c.Failure = &junit.Failure{Message: first(t.Steps), Text: Failures(t.Steps)}
			case t.Verdict == testrun.Skip:
				c.Skipped = &junit.Skipped{Message: r.Reason}
			}
			suite.Add(c)
		}
	}
	return report.Write(w)
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }

func first(steps []testrun.Step) string {
	for i := range steps {
		if steps[i].Verdict.Failed() {
			return steps[i].Message
		}
	}
	return ""
}

// Failures tells the steps that failed or warned: what was to hold, what was found, and the request.
func Failures(steps []testrun.Step) string {
	var b strings.Builder
	for i := range steps {
		s := &steps[i]
		if !s.Verdict.Failed() && s.Verdict != testrun.Warning {
			continue
		}
		fmt.Fprintf(&b, "%s: %s\n", s.Verdict, s.Text)
		fmt.Fprintf(&b, "  at        %s\n", s.At)
		fmt.Fprintf(&b, "  because   %s\n", s.Message)
		if s.Expected != "" {
			fmt.Fprintf(&b, "  expected  %s\n  found     %s\n", s.Expected, either(s.Found, "nothing"))
		}
		if e := s.Exchange; e != nil {
			fmt.Fprintf(&b, "  request   %s %s\n", e.Method, e.URL)
			if e.Status != 0 {
				fmt.Fprintf(&b, "  answer    %d, %s\n", e.Status, size(e.ResponseBody))
			}
		}
	}
	return clean(b.String())
}

func size(body []byte) string {
	if len(body) == 0 {
		return "no body"
	}
	return fmt.Sprintf("%d bytes", len(body))
}
