package bench

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"
	"time"
)

// Report is everything that one run measured.
type Report struct {
	Go         string        `json:"go"`
	Processors int           `json:"processors"`
	Clients    int           `json:"clients"`
	Lines      string        `json:"lines"`
	Fsyncs     float64       `json:"fsyncsPerSecond"`
	Phases     []Result      `json:"phases"`
	PerSubmit  *Cost         `json:"perSubmit,omitempty"`
	Ratios     []Ratio       `json:"ratios"`
	Delays     []Delay       `json:"delays"`
	Took       time.Duration `json:"took"`
}

// Cost is what one submission adds to the store.
type Cost struct {
	Documents float64 `json:"documents"`
	Internals float64 `json:"internalRecords"`
	IndexRows float64 `json:"indexRows"`
	Bytes     float64 `json:"bytes"`
}

// Ratio compares two rates of the same run.
type Ratio struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	// Target is the least that is wanted; 0 when nothing is.
	Target float64 `json:"target,omitempty"`
}

// Delay is what 99 of 100 requests of a phase stay below, beside what is wanted.
type Delay struct {
	Name   string        `json:"name"`
	P99    time.Duration `json:"p99"`
	Target time.Duration `json:"target"`
}

// Phase finds a phase's result by name; the zero Result when there was none.
func (r *Report) Phase(name string) Result {
	for _, p := range r.Phases {
		if p.Name == name {
			return p
		}
	}
	return Result{}
}

// Compare adds the ratio of two phases' rates, unless one of them did not run.
func (r *Report) Compare(name, of, to string, target float64) {
	a, b := r.Phase(of), r.Phase(to)
	if a.Rate > 0 && b.Rate > 0 {
		r.Ratios = append(r.Ratios, Ratio{Name: name, Value: a.Rate / b.Rate, Target: target})
	}
}

// Errors counts the failed requests of all phases.
func (r *Report) Errors() int64 {
	var n int64
	for _, p := range r.Phases {
		n += p.Errors
	}
	return n
}

// WriteJSON writes the report for machines; durations are in nanoseconds.
func (r *Report) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// WriteTable writes the report for people.
func (r *Report) WriteTable(w io.Writer) error {
	var text bytes.Buffer
	fmt.Fprintf(&text, "%s, %d processors, %d clients, %s lines a claim, generator in the same process\n\n", r.Go, r.Processors, r.Clients, r.Lines)
	r.writePhases(&text)
	fmt.Fprintf(&text, "\nfsync loop (4 KiB, one after the other): %.0f per second\n", r.Fsyncs)
	if c := r.PerSubmit; c != nil {
		fmt.Fprintf(&text, "a submission stores %.1f documents, %.1f internal records, %.1f index rows, %.0f bytes\n", c.Documents, c.Internals, c.IndexRows, c.Bytes)
	}
	for _, x := range r.Ratios {
		fmt.Fprintf(&text, "%s: %.3f", x.Name, x.Value)
		if x.Target > 0 {
			fmt.Fprintf(&text, " (wanted %.3f or more)", x.Target)
		}
		text.WriteByte('\n')
	}
	for _, d := range r.Delays {
		fmt.Fprintf(&text, "p99 of %s: %s with %d clients (wanted below %s with 16)\n", d.Name, short(d.P99), r.Clients, d.Target)
	}
	for _, p := range r.Phases {
		if p.FirstErr != "" {
			fmt.Fprintf(&text, "first error of %s: %s\n", p.Name, p.FirstErr)
		}
	}
	_, err := w.Write(text.Bytes())
	return err
}

// writePhases lays the phases out in columns.
func (r *Report) writePhases(text *bytes.Buffer) {
	var rows bytes.Buffer
	rows.WriteString("phase\trequests\terrors\tper second\tp50\tp99\tmax\tCPU/request\tresident\t\n")
	for _, p := range r.Phases {
		fmt.Fprintf(&rows, "%s\t%d\t%d\t%.0f\t%s\t%s\t%s\t%s\t%d MB\t\n", p.Name, p.Requests, p.Errors, p.Rate,
			short(p.P50), short(p.P99), short(p.Max), short(p.CPU), p.Resident>>20)
	}
	columns := tabwriter.NewWriter(text, 0, 0, 2, ' ', tabwriter.AlignRight)
	_, _ = columns.Write(rows.Bytes()) // a buffer takes everything
	_ = columns.Flush()
}

// short rounds a duration to three digits or so.
func short(d time.Duration) string {
	switch {
	case d >= time.Second:
		return d.Round(10 * time.Millisecond).String()
	case d >= time.Millisecond:
		return d.Round(10 * time.Microsecond).String()
	default:
		return d.Round(100 * time.Nanosecond).String()
	}
}
