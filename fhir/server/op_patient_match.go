package server

import (
	"context"
	"net/http"
	"strconv"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/store/resources/candidates"
)

// The bounds of $match: how many matches are given unasked, and the most.
const matchCount, matchCountMax = 10, 100

// patientMatch is Patient/$match (R4 patient-operation-match.html).
func patientMatch() *operation {
	return &operation{
		name: "match", resourceType: "Patient", levels: onType, run: matchPatient,
		definition: "http://hl7.org/fhir/OperationDefinition/Patient-match",
	}
}

// matchPatient finds the patients that fit the one described, best first.
func matchPatient(ctx context.Context, c *call) (answered, error) {
	described, wanted, err := matchAsked(c.input)
	if err != nil {
		return answered{}, err
	}
	found, err := candidates.Find(ctx, c.reads, c.principal, c.query, described, wanted)
	if err != nil {
		return answered{}, err
	}
	return answered{body: matchBundle(c, found)}, nil
}

var nResource = codec.Intern("resource")

// matchAsked reads the input: a Patient, bare or as the parameter resource.
func matchAsked(input *codec.Document) (described *codec.Document, w candidates.Wanted, err error) {
	described, w.Count = input, matchCount
	if input.Type() == "Parameters" {
		described = nil
		for p := range input.Root().Get(nParameter).Each() {
			if p.Get(nName).Text() == "resource" {
				described = input.Extract(p.Get(nResource))
			}
		}
		for name, value := range given(input) {
			switch name {
			case "onlyCertainMatches":
				w.OnlyCertain = value == "true"
			case "count":
				n, err := strconv.Atoi(value)
				if err != nil || n < 1 {
					return nil, w, badParameter(name, outcome.Value, value, "a positive number")
				}
				w.Count = min(n, matchCountMax)
			}
		}
	}
	if described.Type() != "Patient" {
		err := outcome.New(http.StatusBadRequest, outcome.Required, "Parameters.parameter.where(name='resource')", "the operation needs a Patient that describes whom to find")
		err.Issues[0].Found, err.Issues[0].Expected = described.Type(), "Patient"
		return nil, w, err
	}
	return described, w, nil
}

func matchBundle(c *call, matches []candidates.Found) []byte {
	w := beginBundle("searchset", nil)
	w.Int("total", int64(len(matches)))
	links{base: c.base + "/Patient/$match"}.write(w)
	w.Array("entry")
	for _, m := range matches {
		w.Object("")
		w.String("fullUrl", c.base+"/"+m.Record.Key.String())
		w.Raw("resource", formed(c.form, m.Record.Body))
		w.Object("search")
		w.Array("extension")
		w.Object("")
		w.String("url", "http://hl7.org/fhir/StructureDefinition/match-grade")
		w.String("valueCode", string(m.Grade))
		w.End()
		w.End()
		w.String("mode", "match")
		w.Decimal("score", strconv.FormatFloat(m.Score, 'f', 2, 64))
		w.End()
		w.End()
	}
	w.End()
	w.End()
	return w.Bytes()
}
