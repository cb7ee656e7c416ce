package explain

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"claimwright/cmd/internal/console"
	"claimwright/fhir/codec"
)

// Write writes the explanation in lines of at most width characters, as far as words allow.
func (e *Explanation) Write(out io.Writer, width int) error {
	w := &writer{width: width}
	e.header(w)
	e.faults(w)
	for _, l := range e.lines {
		e.writeLine(w, l)
	}
	e.writeTotals(w)
	e.writeBasis(w)
	if len(e.Wrong) > 0 {
		w.title("WRONG: the figures do not add up")
		for _, text := range e.Wrong {
			w.item("- ", text)
		}
	}
	_, err := io.WriteString(out, w.String())
	return err
}

type writer struct {
	strings.Builder
	width int
}

// title begins a block.
func (w *writer) title(text string) {
	if w.Len() > 0 {
		w.WriteByte('\n')
	}
	for _, l := range console.Wrap(text, w.width) {
		w.WriteString(l + "\n")
	}
}

const indent = "  "

// item writes a text behind a mark, wrapped.
func (w *writer) item(mark, text string) {
	lines := console.Wrap(text, w.width-len(indent)-len(mark))
	w.WriteString(indent + mark + strings.Join(lines, "\n"+indent+strings.Repeat(" ", len(mark))) + "\n")
}

func (w *writer) table(t *console.Table) { t.Write(&w.Builder, indent, w.width) }

// facts is a table of names and values that leaves out what is empty.
type facts struct{ *console.Table }

func newFacts() facts { return facts{console.NewTable()} }

func (f facts) add(name, value string) {
	if value != "" {
		f.Row(name, value)
	}
}

// header says who, which claim and how it came out.
func (e *Explanation) header(w *writer) {
	r := e.response
	version := ""
	if v := r.Document().VersionID(); v != "" {
		version = ", version " + v
	}
	w.title("ClaimResponse/" + r.Document().ID() + version)
	f := newFacts()
	f.add("answers", referenceText(r.Get(nRequest)))
	if e.claim.Exists() {
		f.add("claim number", identifiers(e.claim.Get(nIdentifier)))
	}
	f.add("patient", named(r.Get(nPatient)))
	f.add("insurer", named(r.Get(nInsurer)))
	f.add("provider", named(r.Get(nRequestor)))
	for in := range r.Get(nInsurance).Each() {
		name := "cover"
		if !in.Get(nFocal).Bool() {
			name = "other cover"
		}
		f.add(name, named(in.Get(nCoverage)))
	}
	f.add("asked for", strings.TrimSuffix(r.Get(nUse).Text()+", "+textOf(r.Get(nType)), ", "))
	f.add("decided", r.Get(nCreated).Text())
	status := ""
	if s := r.Get(nStatus).Text(); s != "active" {
		status = strings.ToUpper(s) + "; "
	}
	f.add("outcome", status+r.Get(nOutcome).Text())
	f.add("", r.Get(nDisposition).Text())
	f.add("authorization", strings.TrimSpace(r.Get(nPreAuthRef).Text()+" "+
		periodText(r.Get(nPreAuthPeriod).Get(nStart).Text(), r.Get(nPreAuthPeriod).Get(nEnd).Text())))
	if p := r.Get(nPayment); p.Exists() {
		f.add("payment", strings.TrimSpace(valueText(p.Get(nAmount))+" "+p.Get(nDate).Text()))
	}
	w.table(f.Table)
}

// named is a Reference with its display.
func named(v codec.Value) string {
	to, display := referenceText(v), v.Get(nDisplay).Text()
	if display == "" || display == to {
		return to
	}
	return to + " (" + display + ")"
}

func identifiers(list codec.Value) string {
	var texts []string
	for id := range list.Each() {
		texts = append(texts, id.Get(nValue).Text())
	}
	return strings.Join(texts, ", ")
}

// faults says why nothing could be decided.
func (e *Explanation) faults(w *writer) {
	first := true
	for f := range e.response.Get(nError).Each() {
		if first {
			w.title("Nothing was decided, because")
			first = false
		}
		text := textOf(f.Get(nCode))
		if n := f.Get(nItemSequence).Text(); n != "" {
			text = "line " + n + ": " + text
		}
		w.item("- ", text)
	}
}

// writeTotals writes the totals, as the way from what was billed to what is paid, and who bears the rest.
func (e *Explanation) writeTotals(w *writer) {
	if len(e.totals) == 0 {
		return
	}
	w.title("Totals" + inCurrency(e.currency))
	t := console.NewTable(1)
	for _, r := range e.totals {
		name := nameOf(r.code)
		if bearer, ok := strings.CutSuffix(r.code, ofBearer); ok {
			name = "borne by " + bearerName(bearer)
		}
		value := r.value
		if r.isAmount {
			value = r.amount.String()
			if isCut(r.code) {
				value = r.amount.Neg().String()
			}
		}
		t.Row(name, value)
	}
	w.table(t)
}

func inCurrency(currency string) string {
	if currency == "" {
		return ""
	}
	return ", in " + currency
}

// names are the categories in a clerk's words; others are shown as they are.
var names = map[string]string{
	"submitted": "billed", "benefit": "paid", "eligpercent": "percentage covered", "copay": "co-payment",
	"disallowed": "disallowed", "price-reduction": "price reduction", "eligible": "eligible", "deductible": "deductible",
	"over-fixed-limit": "over fixed limit", "over-category": "over category", "over-ceiling": "over ceiling",
	"other-payers": "paid by others", "tax": "tax in the eligible amount",
}

func nameOf(code string) string {
	if name, ok := names[code]; ok {
		return name
	}
	return strings.ReplaceAll(code, "-", " ")
}

// isCut tells the categories that are taken off.
func isCut(code string) bool {
	return !isLiability(code) && !slices.Contains([]string{"submitted", "eligible", "benefit", "eligpercent", "tax"}, code)
}

func bearerName(bearer string) string {
	switch bearer {
	case "":
		return ""
	case "other-payer":
		return "another payer"
	}
	return "the " + bearer
}

// writeBasis says what the decision rests on: everything in decision-basis, the limits as a table.
func (e *Explanation) writeBasis(w *writer) {
	if len(e.basis.parts) == 0 {
		return
	}
	if limits := e.basis.all("limit"); len(limits) > 0 {
		w.title("Limits, before and after the claim")
		w.table(limitTable(limits))
	}
	w.title("It rests on")
	f := newFacts()
	last := ""
	for _, p := range e.basis.parts {
		if p.name == "limit" {
			continue
		}
		name := words(basisName(p.name))
		if name == last {
			name = ""
		} else {
			last = name
		}
		f.Row(name, basisText(&p))
	}
	w.table(f.Table)
}

// basisText is a part in words: of a rule's points, how many for what, and the rule.
func basisText(p *part) string {
	if p.name != "scored" {
		return p.text()
	}
	return p.get("number") + " for " + or(p.get("text"), p.get("title")) + " (" + p.get("source") + ")"
}

func basisName(name string) string {
	switch name {
	case "scored":
		return "score is made of"
	case "engine":
		return "engine version"
	case "scheme":
		return "scheme digest"
	case "head":
		return "ledger heads"
	}
	return name
}

func limitTable(limits []part) *console.Table {
	t := console.NewTable(3, 4, 5, 6)
	t.Row("limit", "counts", "in", "allowed", "before", "after", "left")
	for i := range limits {
		l := &limits[i]
		left := ""
		allowed, ok := l.amount("allowed")
		after, too := l.amount("after")
		if ok && too {
			left = allowed.Sub(after).Floor0().String()
		}
		cells := []string{
			shortID(l.get("id")), nameOf(l.get("kind")), or(l.get("period"), "each claim"), l.get("allowed"), l.get("before"), l.get("after"), left,
		}
		if more := rest(l, limitParts); more != "" {
			cells = append(cells, strings.TrimPrefix(more, "; "))
		}
		t.Row(cells...)
	}
	return t
}

// shortID leaves the code system out of the id of what counts a service: the columns need the room.
func shortID(id string) string {
	at := strings.LastIndexByte(id, '|')
	if at < 0 {
		return id
	}
	return id[at+1:]
}

// limitParts are the parts of a limit that have columns.
var limitParts = []string{"id", "kind", "period", "allowed", "before", "after"}

// rest is what an extension says beyond the parts that are known.
func rest(p *part, known []string) string {
	var texts []string
	for i := range p.parts {
		if !slices.Contains(known, p.parts[i].name) {
			texts = append(texts, words(p.parts[i].name)+" "+p.parts[i].text())
		}
	}
	if len(texts) == 0 {
		return ""
	}
	return "; " + strings.Join(texts, "; ")
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// describeLimit is a limit's use in words, for the cut that it made.
func describeLimit(l *part) string {
	text := fmt.Sprintf("%s allowed, %s used before and %s after", l.get("allowed"), l.get("before"), l.get("after"))
	if period := l.get("period"); period != "" {
		text += ", " + period
	}
	return text + rest(l, limitParts)
}
