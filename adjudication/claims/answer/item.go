package answer

import (
	"claimwright/adjudication/engine"
	"claimwright/adjudication/engine/money"
	"claimwright/fhir/codec"
)

func writeItems(w *codec.Writer, d *engine.Decision, trace *tracer) {
	var rows []engine.Row
	w.Array("item")
	for i := range d.Lines {
		l := &d.Lines[i]
		w.Object("")
		w.Array("extension")
		trace.line(l)
		w.End()
		w.Int("itemSequence", l.Item.Sequence)
		w.Array("noteNumber")
		for _, n := range l.Notes {
			w.Int("", int64(n))
		}
		w.End()
		w.Array("adjudication")
		rows = l.Rows(rows[:0])
		for j := range rows {
			if !isLiability(rows[j].Code) {
				writeRow(w, &rows[j], d.Currency)
			}
		}
		w.End()
		w.End()
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
