package answer

import (
	"claimwright/adjudication/engine"
	"claimwright/adjudication/engine/money"
	"claimwright/fhir/codec"
)

// itemWriter writes ClaimResponse.item: what was decided of each line, beneath the items and details that the claim has it in.
type itemWriter struct {
	*codec.Writer
	trace *tracer
	d     *engine.Decision
	rows  []engine.Row
}

// levels are the names of a line's number on each level (R4 ClaimResponse.item), and of the list beneath.
var levels = [...]struct {
	sequence, parts string
	number          func(*engine.ClaimLine) int64
}{
	{"itemSequence", "detail", func(l *engine.ClaimLine) int64 { return l.Sequence }},
	{"detailSequence", "subDetail", func(l *engine.ClaimLine) int64 { return l.Detail }},
	{"subDetailSequence", "", func(l *engine.ClaimLine) int64 { return l.SubDetail }},
}

func writeItems(w *codec.Writer, d *engine.Decision, trace *tracer) {
	i := &itemWriter{Writer: w, trace: trace, d: d}
	i.Array("item")
	i.level(d.Lines, 0)
	i.End()
}

// level writes lines that are neighbours, those of one item or detail together.
func (w *itemWriter) level(lines []engine.Line, level int) {
	number := levels[level].number
	for len(lines) > 0 {
		n := 1
		for n < len(lines) && number(lines[n].Item) == number(lines[0].Item) {
			n++
		}
		w.Object("")
		if level+1 < len(levels) && levels[level+1].number(lines[0].Item) != 0 {
			w.whole(lines[:n], level)
		} else {
			w.line(&lines[0], level)
		}
		w.End()
		lines = lines[n:]
	}
}

// line writes what was decided of one line.
func (w *itemWriter) line(l *engine.Line, level int) {
	w.Array("extension")
	w.trace.line(l)
	w.End()
	w.Int(levels[level].sequence, levels[level].number(l.Item))
	w.Array("noteNumber")
	for _, n := range l.Notes {
		w.Int("", int64(n))
	}
	w.End()
	w.rows = l.Rows(w.rows[:0])
	w.adjudication()
}

// whole writes what the parts of an item or a detail add up to, and the parts.
func (w *itemWriter) whole(lines []engine.Line, level int) {
	w.Int(levels[level].sequence, levels[level].number(lines[0].Item))
	sum := engine.Sum(lines)
	w.rows = sum.Rows(w.rows[:0])
	w.adjudication()
	w.Array(levels[level].parts)
	w.level(lines, level+1)
	w.End()
}

func (w *itemWriter) adjudication() {
	w.Array("adjudication")
	for i := range w.rows {
		if !isLiability(w.rows[i].Code) {
			writeRow(w.Writer, &w.rows[i], w.d.Currency)
		}
	}
	w.End()
}

// isLiability tells the rows of who bears what. Of a line, each cut in its trace says so; the totals carry both.
func isLiability(code string) bool {
	return code == "provider-liability" || code == "member-liability" || code == "other-payer-liability"
}

// writeTotals writes one total for each category (R4 ClaimResponse.total); percentages have none.
func writeTotals(w *codec.Writer, d *engine.Decision) {
	w.Array("total")
	for _, r := range d.Totals.Rows(nil) {
		writeRow(w, &r, d.Currency)
	}
	w.End()
}

// writeRow writes an adjudication or a total: a category with either an amount or a value.
func writeRow(w *codec.Writer, r *engine.Row, currency string) {
	w.Object("")
	if category, ok := categories[category{r.System, r.Code}]; ok {
		w.Raw("category", category)
	} else {
		writeConcept(w, "category", r.System, r.Code, "", "")
	}
	if r.Reason != engine.NotDenied {
		writeConcept(w, "reason", engine.DenialSystem, r.Reason.Code(), r.Reason.Display(), "")
	}
	if r.IsValue {
		writeDecimal(w, "value", r.Value)
	} else {
		w.Object("amount")
		writeDecimal(w, "value", r.Amount)
		w.String("currency", currency)
		w.End()
	}
	w.End()
}

// category is the category of an adjudication or a total.
type category struct{ system, code string }

// categories are the categories of all rows but rare ones, written once: a claim of ten lines has sixty of them.
var categories = func() map[category][]byte {
	known := []category{
		{engine.R4AdjudicationSystem, "submitted"}, {engine.R4AdjudicationSystem, "eligible"},
		{engine.R4AdjudicationSystem, "benefit"}, {engine.R4AdjudicationSystem, "eligpercent"},
	}
	for k := engine.Disallowed; k <= engine.OverCeiling; k++ {
		known = append(known, category{k.System(), k.Code()})
	}
	written := make(map[category][]byte, len(known))
	for _, c := range known {
		w := codec.NewWriter(nil)
		writeConcept(w, "", c.system, c.code, "", "")
		written[c] = w.Bytes()
	}
	return written
}()

func writeDecimal(w *codec.Writer, key string, d money.Decimal) {
	var digits [32]byte
	w.Raw(key, d.Append(digits[:0]))
}
