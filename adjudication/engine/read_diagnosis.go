package engine

import (
	"strconv"

	"claimwright/adjudication/engine/scheme"
	"claimwright/fhir/outcome"
)

// MaxDiagnoses bounds the diagnoses of one claim.
const MaxDiagnoses = 200

// Diagnosis is one Claim.diagnosis. What it refers to elsewhere is not read.
type Diagnosis struct {
	Sequence int64
	// Codes are the codings of diagnosisCodeableConcept, in order.
	Codes []scheme.Code
}

// diagnoses reads the diagnoses that have a code.
func (r *claimReader) diagnoses(c *Claim) {
	list := r.root.Get(nDiagnosis)
	n := list.Len()
	switch {
	case n == 0:
		return
	case n > MaxDiagnoses:
		r.add(outcome.TooLong, list, "The claim has too many diagnoses", strconv.Itoa(n), "at most "+strconv.Itoa(MaxDiagnoses))
		return
	}
	c.Diagnoses = make([]Diagnosis, 0, n)
	codes := make([]scheme.Code, 0, n) // of all diagnoses, one after the other
	for v := range list.Each() {
		first := len(codes)
		for coding := range v.Get(nDiagnosisConcept).Get(nCoding).Each() {
			if id := code(coding, nCode); id.Value != "" {
				codes = append(codes, id)
			}
		}
		if len(codes) > first {
			c.Diagnoses = append(c.Diagnoses, Diagnosis{Sequence: r.sequence(v), Codes: codes[first:len(codes):len(codes)]})
		}
	}
	r.distinct(list)
}

// diagnosed tells whether any diagnosis of a line satisfies: of those that the line points to, or, where it points to
// none, of all that the claim has.
func (c *Claim) diagnosed(l *ClaimLine, satisfies func(*Diagnosis) bool) bool {
	for i := range c.Diagnoses {
		if d := &c.Diagnoses[i]; l.pointsTo(d) && satisfies(d) {
			return true
		}
	}
	return false
}

func (l *ClaimLine) pointsTo(d *Diagnosis) bool {
	if !l.diagnosisSequence.Exists() {
		return true
	}
	for v := range l.diagnosisSequence.Each() {
		if n, _ := v.Int(); n == d.Sequence {
			return true
		}
	}
	return false
}
