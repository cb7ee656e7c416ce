package eligibility

import (
	"fmt"
	"strings"
	"time"

	"claimwright/adjudication/engine"
	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/ledger"
	"claimwright/adjudication/engine/scheme"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
)

// trial decides what a request asks about as a claim under one cover, and throws the decision away: nothing else gives the
// figures that a claim of that day would get.
type trial struct {
	cover string
	// asClaim would be denied what needs an authorization; granted is decided as if there were one.
	asClaim, granted         *engine.Claim
	needsDecision, decisions *engine.Decision
}

// maxTrials bounds the covers that a request is decided under.
const maxTrials = 16

// prepareTrials reads the request as a claim, for each of the covers asked about.
func (q *question) prepareTrials(now time.Time) error {
	if q.facility == "" || !q.purposes.benefits && !q.purposes.authorization || !asksAboutProducts(q.doc.Root()) {
		return nil
	}
	for i := range q.member.Covers {
		cover := &q.member.Covers[i]
		if q.inquiry.Insurer != "" && cover.Insurer != q.inquiry.Insurer || q.scheme.Insurer(cover.Insurer) == nil ||
			!cover.InForce(q.inquiry.At) || !q.asksAbout(cover) || len(q.trials) >= maxTrials {
			continue
		}
		t := trial{cover: cover.ID}
		for use, claim := range map[engine.Use]**engine.Claim{engine.UseClaim: &t.asClaim, engine.UsePredetermination: &t.granted} {
			read, err := q.asClaim(cover, use, now)
			if err != nil {
				return err
			}
			*claim = read
		}
		q.trials = append(q.trials, t)
	}
	return nil
}

// asksAbout tells whether the request is about a cover: all of them where it names none.
func (q *question) asksAbout(cover *ledger.Cover) bool {
	if q.purposes.discovery || len(q.named) == 0 {
		return true
	}
	for _, named := range q.named {
		if named != nil && named.ID == cover.ID {
			return true
		}
	}
	return false
}

func asksAboutProducts(request codec.Value) bool {
	for item := range request.Get(nItem).Each() {
		if codeOf(item).Value != "" {
			return true
		}
	}
	return false
}

// trialHeads are the heads that the trials will read.
func (q *question) trialHeads() []string {
	var ids []string
	for i := range q.trials {
		ids = append(ids, engine.Concerned(q.trials[i].asClaim, q.member.Member, q.scheme)...)
	}
	return ids
}

// decideTrials decides on the heads that were read.
func (q *question) decideTrials(now time.Time) {
	for i := range q.trials {
		t := &q.trials[i]
		c := engine.Case{Scheme: q.scheme, Member: q.member.Member, MemberVersion: q.member.Stored, Now: now}
		for _, p := range q.inquiry.Policies {
			c.Policies = append(c.Policies, engine.PolicyHead{Head: p})
		}
		c.Claim = t.asClaim
		t.needsDecision = engine.Decide(&c)
		c.Claim = t.granted
		t.decisions = engine.Decide(&c)
	}
}

// trialOf is the decision under a cover, nil when there was none.
func (q *question) trialOf(s *engine.Standing) *trial {
	for i := range q.trials {
		if t := &q.trials[i]; t.cover == s.Cover.ID && t.decisions.Outcome != engine.Failed {
			return t
		}
	}
	return nil
}

// line is what was decided of the item with an index; needs tells that it needs an authorization.
func (t *trial) line(index int) (l *engine.Line, needs bool) {
	for i := range t.decisions.Lines {
		if own := &t.decisions.Lines[i]; own.Item.Sequence == int64(index)+1 {
			return own, t.needsDecision.Outcome != engine.Failed && t.needsDecision.Lines[i].Denial == engine.AuthorizationRequired
		}
	}
	return nil, false
}

// asClaim writes the request as a Claim of one provider and one day, and reads that as any other.
func (q *question) asClaim(cover *ledger.Cover, use engine.Use, now time.Time) (*engine.Claim, error) {
	body := q.writeClaim(cover, use, now)
	doc, issues := codec.Parse(body, codec.Limits{MaxBytes: len(body)})
	if len(issues) == 0 {
		var claim *engine.Claim
		if claim, issues = engine.ReadClaim(doc); claim != nil {
			return claim, nil
		}
	}
	for i := range issues {
		issues[i].Expression = requestPath(issues[i].Expression)
	}
	return nil, outcome.Rejected(issues)
}

// requestPath is where the element of a trial's claim stands in the request: items have the same index.
func requestPath(path string) string {
	if rest, ok := strings.CutPrefix(path, "Claim.item"); ok {
		return requestType + ".item" + rest
	}
	return requestType
}

// claimTypes is R4's code system of Claim.type.
const claimTypes = terminology + "claim-type"

// claimType is what the claim would be: the first category of an item that says so, else professional.
func (q *question) claimType() string {
	for item := range q.doc.Root().Get(nItem).Each() {
		for coding := range item.Get(nCategory).Get(nCoding).Each() {
			if code := coding.Get(nCode).Text(); coding.Get(nSystem).Text() == claimTypes && code != "" {
				return code
			}
		}
	}
	return "professional"
}

func (q *question) writeClaim(cover *ledger.Cover, use engine.Use, now time.Time) []byte {
	root := q.doc.Root()
	w := codec.NewWriter(make([]byte, 0, 2048))
	w.Object("")
	w.String("resourceType", "Claim")
	w.String("status", "active")
	writeConcept(w, "type", claimTypes, q.claimType(), "")
	w.String("use", string(use))
	writeReference(w, "patient", "Patient/"+q.member.ID)
	w.String("created", day.In(now, q.scheme.Insurer(cover.Insurer).Zone).String())
	writeReference(w, "insurer", cover.Insurer)
	writeReference(w, "provider", q.facility)
	w.Raw("priority", []byte(`{"coding":[{"code":"normal"}]}`))
	w.Raw("insurance", fmt.Appendf(nil, `[{"sequence":1,"focal":true,"coverage":{"reference":"Coverage/%s"}}]`, cover.ID))
	w.Array("diagnosis")
	n := 0
	for item := range root.Get(nItem).Each() {
		for d := range item.Get(nDiagnosis).Each() {
			if concept := d.Get(nDiagnosisConcept); concept.Exists() {
				n++
				w.Object("")
				w.Int("sequence", int64(n))
				w.Raw("diagnosisCodeableConcept", concept.Raw())
				w.End()
			}
		}
	}
	w.End()
	w.Array("item")
	q.writeLines(w)
	w.End()
	w.End()
	return w.Bytes()
}

// writeLines writes a line for each item, so that numbers follow from places; one about a category alone has no code.
func (q *question) writeLines(w *codec.Writer) {
	index, diagnosis := 0, 0
	for item := range q.doc.Root().Get(nItem).Each() {
		index++
		w.Object("")
		w.Int("sequence", int64(index))
		w.Array("diagnosisSequence")
		for d := range item.Get(nDiagnosis).Each() {
			if d.Get(nDiagnosisConcept).Exists() {
				diagnosis++
				w.Int("", int64(diagnosis))
			}
		}
		w.End()
		if product := item.Get(nProductOrService); product.Exists() {
			w.Raw("productOrService", product.Raw())
		} else {
			w.Raw("productOrService", []byte(`{"text":"-"}`))
		}
		w.RawOpt("modifier", item.Get(nModifier).Raw())
		q.writeDates(w)
		w.RawOpt("quantity", item.Get(nQuantity).Raw())
		w.RawOpt("unitPrice", item.Get(nUnitPrice).Raw())
		w.End()
	}
}

// writeDates writes the first day asked for. Only where an institutional claim is meant, a period is that of the stay: else it is
// the time within which something is planned.
func (q *question) writeDates(w *codec.Writer) {
	if q.inquiry.Until <= q.inquiry.At || q.claimType() != "institutional" {
		w.String("servicedDate", q.inquiry.At.String())
		return
	}
	w.Object("servicedPeriod")
	w.String("start", q.inquiry.At.String())
	w.String("end", q.inquiry.Until.String())
	w.End()
}

// writeFigures writes what the plan and the member would pay.
func writeFigures(w *codec.Writer, l *engine.Line, insurer *scheme.Insurer) {
	for _, row := range l.Amounts.Rows(nil) {
		if !figures[row.Code] {
			continue
		}
		w.Object("")
		writeConcept(w, "type", row.System, row.Code, "")
		writeMoney(w, "allowedMoney", row.Amount, insurer)
		w.End()
	}
}

// figures are the rows of a decision that answer what something would cost.
var figures = map[string]bool{
	"submitted": true, "eligible": true, "benefit": true, "provider-liability": true, "member-liability": true,
}

// notesOf are the sentences that explain a line, for its description.
func (t *trial) notesOf(l *engine.Line) string {
	var texts []string
	for _, n := range l.Notes {
		texts = append(texts, t.decisions.Notes[n-1])
	}
	return strings.Join(texts, " ")
}
