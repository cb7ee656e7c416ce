package testreport

import (
	"fmt"
	"strings"

	"claimwright/conformance/testrun"
	"claimwright/fhir/codec"
)

// About says who tested whom.
type About struct {
	// Server is the base URL of the server; Tester names who ran the scripts.
	Server, Tester string
	// Engine is the program's version, which may be empty.
	Engine string
}

// engineURI names the program that ran the scripts.
const engineURI = "https://claimwright.org/conformance"

// Resource is the TestReport of a result: valid R4, without an id, for a server to give one.
func Resource(r *testrun.Result, about About) []byte {
	w := codec.NewWriter(nil)
	w.Object("")
	w.String("resourceType", "TestReport")
	w.StringOpt("name", oneLine(r.Script.Name))
	w.String("status", status(r))
	w.Object("testScript")
	w.StringOpt("reference", scriptReference(r))
	w.StringOpt("display", oneLine(either(r.Script.Title, r.Script.Name)))
	w.End()
	result := "pass"
	if r.Verdict.Failed() || r.Verdict == testrun.Skip { // R4 knows no other word for what was not shown
		result = "fail"
	}
	w.String("result", result)
	w.Decimal("score", score(r))
	w.StringOpt("tester", oneLine(about.Tester))
	w.Instant("issued", r.Started.Add(r.Took))
	participants(w, about)
	steps(w, "setup", r.Setup)
	tests(w, r)
	steps(w, "teardown", r.Teardown)
	w.End()
	return w.Bytes()
}

// status tells a script that was run from one that was not, or not to its end.
func status(r *testrun.Result) string {
	if r.Verdict == testrun.Skip || r.Reason != "" {
		return "stopped"
	}
	return "completed"
}

// scriptReference is the script by its canonical URL, which every script has.
func scriptReference(r *testrun.Result) string {
	if strings.Contains(r.Script.URL, ":") {
		return r.Script.URL
	}
	if r.Script.ID != "" {
		return "TestScript/" + r.Script.ID
	}
	return ""
}

// score is the percentage of asserts that passed, warnings among them.
func score(r *testrun.Result) string {
	passed, all := r.Count()
	if all == 0 {
		if r.Verdict == testrun.Pass {
			return "100.0"
		}
		return "0.0"
	}
	tenths := passed * 1000 / all
	return fmt.Sprintf("%d.%d", tenths/10, tenths%10)
}

func participants(w *codec.Writer, about About) {
	w.Array("participant")
	w.Object("")
	w.String("type", "test-engine")
	w.String("uri", engineURI)
	w.String("display", strings.TrimSpace("Claimwright "+about.Engine))
	w.End()
	w.Object("")
	w.String("type", "server")
	w.String("uri", about.Server)
	w.End()
	w.End()
}

func tests(w *codec.Writer, r *testrun.Result) {
	w.Array("test")
	for i := range r.Tests {
		t := &r.Tests[i]
		w.Object("")
		w.StringOpt("id", elementID(t.Test.ID))
		w.StringOpt("name", oneLine(t.Test.Name))
		w.StringOpt("description", oneLine(t.Test.Description))
		actions(w, t.Steps)
		w.End()
	}
	w.End()
}

func elementID(id string) string {
	if strings.ContainsAny(id, " \t\r\n") {
		return ""
	}
	return id
}

func steps(w *codec.Writer, key string, all []testrun.Step) {
	if len(all) == 0 {
		return
	}
	w.Object(key)
	actions(w, all)
	w.End()
}

func actions(w *codec.Writer, all []testrun.Step) {
	w.Array("action")
	for i := range all {
		s := &all[i]
		w.Object("")
		if s.Action != nil && s.Action.Assert != nil {
			w.Object("assert")
		} else {
			w.Object("operation")
		}
		w.String("result", string(s.Verdict))
		w.StringOpt("message", message(s))
		w.End()
		w.End()
	}
	w.End()
}

// maxMessage bounds what is told of one action.
const maxMessage = 4000

// message says what was done and, where that is of use, what came of it.
func message(s *testrun.Step) string {
	text := s.Text
	if e := s.Exchange; e != nil && (s.Action == nil || s.Action.Operation != nil) {
		text += fmt.Sprintf(" (%s %s: %d)", e.Method, e.URL, e.Status)
	}
	if s.Message != "" {
		text += ": " + s.Message
	}
	if s.Expected != "" {
		text += "; expected " + s.Expected + ", found " + either(s.Found, "nothing")
	}
	if len(text) > maxMessage {
		text = strings.ToValidUTF8(text[:maxMessage], "")
	}
	return clean(text)
}

// clean takes out what may not stand in a string of FHIR: control characters, blanks at the ends.
func clean(text string) string {
	text = strings.Map(func(c rune) rune {
		if c < ' ' && c != '\n' && c != '\t' && c != '\r' {
			return -1
		}
		return c
	}, text)
	return strings.TrimSpace(text)
}

func oneLine(text string) string { return strings.Join(strings.Fields(clean(text)), " ") }

func either(first, second string) string {
	if first != "" {
		return first
	}
	return second
}
