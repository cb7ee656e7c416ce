package rulebook

import (
	"fmt"
	"slices"
	"strings"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/rules"
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
	{order.Reason, "Can reject the same line"},
}

// WriteOrder tells what was found. Rows of the same two rules that overlap with the same end are told together; rows that only
// reject the same line are counted, unless all is asked for.
func WriteOrder(out *strings.Builder, r order.Report, all bool) {
	for _, h := range headings {
		var found []order.Finding
		for _, f := range r.Findings {
			if f.Kind == h.kind {
				found = append(found, f)
			}
		}
		if found == nil {
			continue
		}
		if h.kind == order.Reason && !all {
			fmt.Fprintf(out, "%s: %s of rows; the first that is asked gives the reason (--all names them)\n", h.text, counted(len(found), "pair", "pairs"))
			continue
		}
		fmt.Fprintf(out, "%s:\n", h.text)
		if h.kind == order.Overlap || h.kind == order.Reason {
			writeOverlaps(out, found)
			continue
		}
		for _, f := range found {
			fmt.Fprintf(out, "  %s%s: %s\n", f.Rule.Key, rowsOf(f.Rule, []int{f.Row}), f.Text)
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

// writeOverlaps tells the overlaps of two rules in a line.
func writeOverlaps(out *strings.Builder, found []order.Finding) {
	type pair struct {
		rule, other *rules.Rule
		text        string
	}
	var pairs []pair
	together := map[pair][]order.Finding{}
	for _, f := range found {
		p := pair{f.Rule, f.Other, f.Text}
		if together[p] == nil {
			pairs = append(pairs, p)
		}
		together[p] = append(together[p], f)
	}
	for _, p := range pairs {
		var rows, others []int
		var codes []string
		anything := false
		for _, f := range together[p] {
			rows, others = append(rows, f.Row), append(others, f.OtherRow)
			codes = append(codes, f.Codes...)
			anything = anything || f.Codes == nil
		}
		on := ""
		if !anything {
			slices.Sort(codes)
			on = " on " + few(slices.Compact(codes))
		}
		fmt.Fprintf(out, "  %s%s and %s%s%s: %s\n", p.other.Key, rowsOf(p.other, others), p.rule.Key, rowsOf(p.rule, rows), on, p.text)
	}
}

// rowsOf names rows of a rule that has several; 0 is the whole rule.
func rowsOf(rule *rules.Rule, rows []int) string {
	slices.Sort(rows)
	rows = slices.Compact(rows)
	switch {
	case len(rule.Rows) == 1 || rows[0] == 0:
		return ""
	case len(rows) == 1:
		return fmt.Sprintf(", row %d", rows[0])
	}
	texts := make([]string, len(rows))
	for i, n := range rows {
		texts[i] = fmt.Sprint(n)
	}
	return ", rows " + few(texts)
}

// few names some of many.
func few(all []string) string {
	const most = 8
	if len(all) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(all[:most], ", "), len(all)-most)
	}
	return strings.Join(all, ", ")
}
