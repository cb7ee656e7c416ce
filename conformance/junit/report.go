package junit

import (
	"encoding/xml"
	"io"
)

// Report is a run of tests. The zero Report has none.
type Report struct {
	XMLName xml.Name `xml:"testsuites"`
	// Tests, Failures and Skipped are counted by Write.
	Tests    int      `xml:"tests,attr"`
	Failures int      `xml:"failures,attr"`
	Skipped  int      `xml:"skipped,attr,omitempty"`
	Suites   []*Suite `xml:"testsuite"`
}

// Suite holds the tests of one file, or of one thing that is tested.
type Suite struct {
	Name string `xml:"name,attr"`
	// Tests, Failures and Skipped are counted by Add.
	Tests    int    `xml:"tests,attr"`
	Failures int    `xml:"failures,attr"`
	Skipped  int    `xml:"skipped,attr,omitempty"`
	Cases    []Case `xml:"testcase"`
}

// Case is one test. File, Line and Time (in seconds, such as "0.012") are left out when they are not known.
type Case struct {
	Name    string   `xml:"name,attr"`
	Class   string   `xml:"classname,attr"`
	File    string   `xml:"file,attr,omitempty"`
	Line    int      `xml:"line,attr,omitempty"`
	Time    string   `xml:"time,attr,omitempty"`
	Failure *Failure `xml:"failure,omitempty"`
	Skipped *Skipped `xml:"skipped,omitempty"`
}

// Failure is why a test failed: in a few words, and in full.
type Failure struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// Skipped is why a test was not run.
type Skipped struct {
	Message string `xml:"message,attr"`
}

// Suite is the last suite if it has that name, else a new one behind it.
func (r *Report) Suite(name string) *Suite {
	if n := len(r.Suites); n > 0 && r.Suites[n-1].Name == name {
		return r.Suites[n-1]
	}
	s := &Suite{Name: name}
	r.Suites = append(r.Suites, s)
	return s
}

// Add adds a test.
func (s *Suite) Add(c Case) {
	s.Cases = append(s.Cases, c)
	s.Tests++
	if c.Failure != nil {
		s.Failures++
	}
	if c.Skipped != nil {
		s.Skipped++
	}
}

// Write writes the report.
func (r *Report) Write(w io.Writer) error {
	r.Tests, r.Failures, r.Skipped = 0, 0, 0
	for _, s := range r.Suites {
		r.Tests += s.Tests
		r.Failures += s.Failures
		r.Skipped += s.Skipped
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(r); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}
