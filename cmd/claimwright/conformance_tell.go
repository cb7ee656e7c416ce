package main

import (
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"claimwright/cmd/internal/console"
	"claimwright/conformance/testreport"
	"claimwright/conformance/testrun"
)

// tellConformance prints the table of results, what failed, and the sum of it; the error is that something failed.
func tellConformance(w io.Writer, results []*testrun.Result, verbose bool) error {
	var text strings.Builder
	resultTable(results).Write(&text, "", console.Width(w))
	for _, r := range results {
		tellFailures(&text, r, verbose)
	}
	passed, failed, skipped := 0, 0, 0
	for _, r := range results {
		switch {
		case r.Verdict.Failed():
			failed++
		case r.Verdict == testrun.Skip:
			skipped++
		default:
			passed++
		}
	}
	fmt.Fprintf(&text, "\n%d of %d scripts passed", passed, len(results))
	if skipped > 0 {
		fmt.Fprintf(&text, ", %d skipped", skipped)
	}
	text.WriteString("\n")
	if _, err := io.WriteString(w, text.String()); err != nil {
		return err
	}
	if failed > 0 {
		return fmt.Errorf("conformance run: %d of %d scripts failed", failed, len(results))
	}
	return nil
}

func resultTable(results []*testrun.Result) *console.Table {
	table := console.NewTable(1)
	table.Row("RESULT", "MS", "SCRIPT", "TEST")
	shared := sharedFolder(results)
	for _, r := range results {
		path := strings.TrimPrefix(r.Script.Path, shared)
		if r.Reason != "" || len(r.Tests) == 0 {
			table.Row(string(r.Verdict), milliseconds(r.Took), path, r.Reason)
			continue
		}
		for i := range r.Tests {
			t := &r.Tests[i]
			table.Row(string(t.Verdict), milliseconds(t.Took), path, t.Test.Title())
		}
	}
	return table
}

// sharedFolder is the folder that all scripts are in or beneath, with its separator, so that a table need not repeat it.
func sharedFolder(results []*testrun.Result) string {
	shared := ""
	for i, r := range results {
		folder, _ := filepath.Split(r.Script.Path)
		if i == 0 {
			shared = folder
		}
		for !strings.HasPrefix(folder, shared) {
			shared, _ = filepath.Split(strings.TrimSuffix(shared, string(filepath.Separator)))
		}
	}
	return shared
}

func milliseconds(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }

// tellFailures tells what failed or warned in a script; verbose, also what went well.
func tellFailures(text *strings.Builder, r *testrun.Result, verbose bool) {
	part := func(name string, steps []testrun.Step) {
		if verbose {
			tellSteps(text, r.Script.Path+" · "+name, steps)
			return
		}
		if failures := testreport.Failures(steps); failures != "" {
			fmt.Fprintf(text, "\n%s · %s\n%s\n", r.Script.Path, name, indented(failures))
		}
	}
	part("setup", r.Setup)
	for i := range r.Tests {
		part(r.Tests[i].Test.Title(), r.Tests[i].Steps)
	}
	if verbose {
		part("teardown", r.Teardown)
	}
}

func tellSteps(text *strings.Builder, title string, steps []testrun.Step) {
	if len(steps) == 0 {
		return
	}
	fmt.Fprintf(text, "\n%s\n", title)
	for i := range steps {
		s := &steps[i]
		line := fmt.Sprintf("%-7s  %s", s.Verdict, s.Text)
		if e := s.Exchange; e != nil && s.Action != nil && s.Action.Operation != nil {
			line += fmt.Sprintf(" (%s %s: %d, %s ms)", e.Method, e.URL, e.Status, milliseconds(e.Took))
		}
		fmt.Fprintf(text, "  %s\n", line)
		if s.Verdict.Failed() || s.Verdict == testrun.Warning {
			fmt.Fprintf(text, "%s\n", indented(testreport.Failures(steps[i:i+1])))
		}
		if s.Verdict.Failed() && s.Exchange != nil {
			fmt.Fprintf(text, "%s\n", indented(wholeExchange(s.Exchange)))
		}
	}
}

// maxBodyShown is how much of a body is printed.
const maxBodyShown = 4000

// wholeExchange is a request and its answer as they were sent; credentials are left out, for output like this is passed on.
func wholeExchange(e *testrun.Exchange) string {
	var b strings.Builder
	fmt.Fprintf(&b, "> %s %s\n%s%s", e.Method, e.URL, headerLines("> ", e.RequestHeader), bodyLines("> ", e.RequestBody))
	if e.Status != 0 {
		fmt.Fprintf(&b, "< %d\n%s%s", e.Status, headerLines("< ", e.ResponseHeader), bodyLines("< ", e.ResponseBody))
	}
	return strings.TrimRight(b.String(), "\n")
}

func headerLines(mark string, h http.Header) string {
	h = h.Clone()
	for _, secret := range []string{"Authorization", "Proxy-Authorization", "Cookie", "Set-Cookie"} {
		if h.Get(secret) != "" {
			h.Set(secret, "…")
		}
	}
	var b strings.Builder
	_ = h.Write(&b) // a Builder takes everything
	return marked(mark, b.String())
}

func bodyLines(mark string, body []byte) string {
	text := string(body)
	if len(text) > maxBodyShown {
		text = text[:maxBodyShown] + "…"
	}
	return marked(mark, strings.ToValidUTF8(text, "�"))
}

func marked(mark, text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(mark + strings.TrimRight(printable(line), "\r\n") + "\n")
	}
	return b.String()
}

// printable keeps an answer from steering the terminal.
func printable(text string) string {
	return strings.Map(func(c rune) rune {
		if c < ' ' && c != '\n' && c != '\t' || c == 0x7f {
			return '·'
		}
		return c
	}, text)
}

func indented(text string) string {
	return "    " + strings.ReplaceAll(text, "\n", "\n    ")
}
