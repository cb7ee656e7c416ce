package testrun

import (
	"net/http"
	"time"

	"claimwright/conformance/testscript"
)

// Verdict is how something went; the words are those of R4's report-action-result-codes.
type Verdict string

// The verdicts.
const (
	Pass    Verdict = "pass"
	Skip    Verdict = "skip"
	Fail    Verdict = "fail"
	Warning Verdict = "warning"
	// Error is what could not be carried out: no answer, a variable without a value, an expression that cannot be evaluated.
	Error Verdict = "error"
)

// Failed tells the verdicts that make a test fail.
func (v Verdict) Failed() bool { return v == Fail || v == Error }

// Result is a script that was run.
type Result struct {
	Script *testscript.Script
	// Verdict is Pass, Fail or Skip; Reason says why a script was skipped or stopped before its first action.
	Verdict Verdict
	Reason  string
	Setup   []Step
	Tests   []TestResult
	// Teardown never changes the verdict.
	Teardown []Step
	Started  time.Time
	Took     time.Duration
}

// TestResult is one test of a script.
type TestResult struct {
	Test    *testscript.Test
	Verdict Verdict
	Steps   []Step
	Took    time.Duration
}

// Step is one action, or one fixture that was created or deleted without an action.
type Step struct {
	// Action is nil for fixtures with autocreate or autodelete.
	Action *testscript.Action
	// At is the FHIRPath of the action or fixture, Text what it does in words.
	At, Text string
	Verdict  Verdict
	// Message says why the verdict is not Pass; Found and Expected state the difference where there is one.
	Message, Found, Expected string
	// Exchange is the request that an operation sent, or that an assert is about; nil where there is none.
	Exchange *Exchange
	Took     time.Duration
}

// Exchange is a request and its answer.
type Exchange struct {
	Method, URL    string
	RequestHeader  http.Header
	RequestBody    []byte
	Status         int
	ResponseHeader http.Header
	ResponseBody   []byte
	Took           time.Duration
}

// Count counts the asserts of setup and tests, and those that passed or only warned.
func (r *Result) Count() (passed, all int) {
	count := func(steps []Step) {
		for i := range steps {
			if a := steps[i].Action; a == nil || a.Assert == nil {
				continue
			}
			all++
			if v := steps[i].Verdict; v == Pass || v == Warning {
				passed++
			}
		}
	}
	count(r.Setup)
	for i := range r.Tests {
		count(r.Tests[i].Steps)
	}
	return passed, all
}
