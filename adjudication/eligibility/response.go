package eligibility

import (
	"fmt"
	"time"

	"claimwright/adjudication/claims/answer"
	"claimwright/adjudication/engine"
	"claimwright/adjudication/engine/day"
	"claimwright/fhir/codec"
)

// write writes the CoverageEligibilityResponse (R4 CoverageEligibilityResponse).
func write(q *question, id, request string, now time.Time) []byte {
	root := q.doc.Root()
	standings := q.standings()
	w := codec.NewWriter(make([]byte, 0, 4096))
	w.Object("")
	w.String("resourceType", responseType)
	w.String("id", id)
	w.String("status", "active")
	w.Raw("purpose", root.Get(nPurpose).Raw())
	answer.Party(w, "patient", root, root.Get(nPatient))
	w.RawOpt("servicedDate", root.Get(nServicedDate).Raw())
	w.RawOpt("servicedPeriod", root.Get(nServicedPeriod).Raw())
	w.Instant("created", now)
	if provider := root.Get(nProvider); provider.Exists() {
		answer.Party(w, "requestor", root, provider)
	}
	writeReference(w, "request", request)
	outcome := "complete"
	if !q.answerable() {
		outcome = "error"
	}
	w.String("outcome", outcome)
	w.String("disposition", q.disposition(standings))
	answer.Party(w, "insurer", root, root.Get(nInsurer))
	if q.answerable() {
		q.writeInsurance(w, standings)
	}
	q.writeErrors(w)
	w.End()
	return w.Bytes()
}

// standings are the covers that the answer is about: all of the inquiry, or those that the request names.
func (q *question) standings() []engine.Standing {
	if !q.answerable() {
		return nil
	}
	all := engine.Standings(&q.inquiry)
	if q.purposes.discovery || len(q.named) == 0 {
		return all
	}
	var named []engine.Standing
	for _, s := range all {
		for _, cover := range q.named {
			if cover != nil && cover.ID == s.Cover.ID {
				named = append(named, s)
				break
			}
		}
	}
	return named
}

func (q *question) disposition(standings []engine.Standing) string {
	if !q.answerable() {
		return "The request could not be answered."
	}
	inForce := 0
	for i := range standings {
		if standings[i].InForce {
			inForce++
		}
	}
	when := "on " + q.inquiry.At.String()
	if q.inquiry.Until > q.inquiry.At {
		when = fmt.Sprintf("from %s to %s", q.inquiry.At, q.inquiry.Until)
	}
	switch {
	case len(standings) == 0:
		return "The patient has no such cover."
	case len(standings) == 1 && inForce == 1:
		return fmt.Sprintf("The cover is in force %s.", when)
	case len(standings) == 1:
		return fmt.Sprintf("The cover is not in force %s.", when)
	}
	return fmt.Sprintf("%d of %d covers are in force %s.", inForce, len(standings), when)
}

// writeInsurance writes an insurance for each standing, and for each cover that the request names and the patient does not
// have.
func (q *question) writeInsurance(w *codec.Writer, standings []engine.Standing) {
	w.Array("insurance")
	for i := range standings {
		s := &standings[i]
		w.Object("")
		writeReference(w, "coverage", "Coverage/"+s.Cover.ID)
		w.Bool("inforce", s.InForce)
		writePeriod(w, "benefitPeriod", s.Period)
		if s.Plan != nil && s.Insurer != nil {
			q.writeItems(w, s)
		}
		w.End()
	}
	i := 0
	for in := range q.doc.Root().Get(nInsurance).Each() {
		if q.named[i] == nil {
			w.Object("")
			answer.Party(w, "coverage", q.doc.Root(), in.Get(nCoverage))
			w.Bool("inforce", false)
			w.End()
		}
		i++
	}
	w.End()
}

// writeErrors writes why there is no answer.
func (q *question) writeErrors(w *codec.Writer) {
	var faults []engine.FaultCode
	if !q.member.Known() {
		faults = append(faults, engine.UnknownMember)
	}
	if q.insurer == nil {
		faults = append(faults, engine.UnknownInsurer)
	}
	w.Array("error")
	for _, f := range faults {
		w.Object("")
		writeConcept(w, "code", engine.FaultSystem, string(f), f.Display())
		w.End()
	}
	w.End()
}

func writeConcept(w *codec.Writer, key, system, code, display string) {
	w.Object(key)
	w.Array("coding")
	w.Object("")
	w.String("system", system)
	w.String("code", code)
	w.StringOpt("display", display)
	w.End()
	w.End()
	w.End()
}

func writeReference(w *codec.Writer, key, to string) {
	w.Object(key)
	w.String("reference", to)
	w.End()
}

// writePeriod writes a Period; days since ever and for ever are left out.
func writePeriod(w *codec.Writer, key string, p day.Period) {
	w.Object(key)
	w.StringOpt("start", p.From.String())
	if p.End() < day.Forever {
		w.String("end", p.To.String())
	}
	w.End()
}
