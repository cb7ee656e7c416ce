package rulebook

import (
	"fmt"
	"strings"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/rules/order"
	"claimwright/adjudication/engine/scheme"
	"claimwright/fhir/codec"
)

var nStatus = codec.Intern("status")

// Order looks at rules together, drafts as if they were in use; those that are retired are left out. Today may be 0.
func Order(sch *scheme.Scheme, written []scheme.WrittenRule, today day.Date) (order.Report, error) {
	known := sch.Known()
	known.Today = today
	var entries []order.Entry
	for _, w := range written {
		if w.InUse || w.Document.Root().Get(nStatus).Text() == "draft" {
			entries = append(entries, order.Entry{Rule: w.Rule, With: w.With})
		}
	}
	return order.Look(entries, known)
}

// headings say what the kinds of findings are.
var headings = [...]struct {
	kind order.Kind
	text string
}{
	{order.Never, "Can never act"},
	{order.Unknown, "Name what there is not"},
	{order.Past, "Have ended"},
	{order.Overlap, "Can act on the same line"},
	{order.Tie, "Are ordered by their ids alone"},
}

// WriteOrder tells what was found.
func WriteOrder(out *strings.Builder, r order.Report) {
	for _, h := range headings {
		first := true
		for _, f := range r.Findings {
			if f.Kind != h.kind {
				continue
			}
			if first {
				fmt.Fprintf(out, "%s:\n", h.text)
				first = false
			}
			fmt.Fprintf(out, "  %s", f.Rule.Key)
			if f.Row > 0 && len(f.Rule.Rows) > 1 {
				fmt.Fprintf(out, ", row %d", f.Row)
			}
			fmt.Fprintf(out, ": %s\n", f.Text)
		}
	}
	if r.Left > 0 {
		fmt.Fprintf(out, "and %d more\n", r.Left)
	}
	if r.Ended {
		out.WriteString("There are too many pairs of rows: not all were looked at.\n")
	}
	if len(r.Findings) == 0 {
		out.WriteString("nothing to report\n")
	}
}
