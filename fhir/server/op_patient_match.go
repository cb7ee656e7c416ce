package server

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"

	"claimwright/fhir/codec"
	"claimwright/fhir/match"
	"claimwright/fhir/outcome"
	"claimwright/fhir/search"
	"claimwright/store"
)

// The bounds of $match: how many matches are given unasked, the most, and how many candidates one search gives.
const (
	matchCount, matchCountMax = 10, 100
	matchCandidates           = 50
)

// patientMatch is Patient/$match (R4 patient-operation-match.html).
func patientMatch() *operation {
	return &operation{
		name: "match", resourceType: "Patient", levels: onType, run: matchPatient,
		definition: "http://hl7.org/fhir/OperationDefinition/Patient-match",
	}
}

type matched struct {
	record *store.Record
	match.Result
}

// matchPatient finds the patients that fit the one described, best first.
func matchPatient(ctx context.Context, c *call) (answered, error) {
	described, certain, count, err := matchAsked(c.input)
	if err != nil {
		return answered{}, err
	}
	found := map[string]matched{}
	for _, query := range match.Queries(described) {
		q, _, err := search.Parse("Patient", query, c.query)
		if err != nil {
			return answered{}, err
		}
		q.Count, q.Total = matchCandidates, search.TotalNone
		page, err := c.reads.Search(ctx, c.principal, q, "")
		if err != nil {
			return answered{}, err
		}
		for _, r := range page.Records {
			doc, issues := codec.Parse(r.Body, codec.Limits{MaxBytes: len(r.Body)})
			if refused := outcome.Rejected(issues); refused != nil {
				return answered{}, refused
			}
			if result := match.Judge(described, doc); result.Grade != match.CertainlyNot {
				found[r.ID] = matched{r, result}
			}
		}
	}
	return answered{body: matchBundle(c, ranked(found, certain, count))}, nil
}

// ranked are the matches that are answered. Of those that are certain there must be one alone, else none is.
func ranked(found map[string]matched, onlyCertain bool, count int) []matched {
	var all []matched
	for _, m := range found {
		if !onlyCertain || m.Grade == match.Certain {
			all = append(all, m)
		}
	}
	slices.SortFunc(all, func(a, b matched) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.record.ID, b.record.ID))
	})
	if onlyCertain && len(all) > 1 {
		return nil
	}
	return all[:min(len(all), count)]
}

var nResource = codec.Intern("resource")

// matchAsked reads the input: a Patient, bare or as the parameter resource.
func matchAsked(input *codec.Document) (described *codec.Document, onlyCertain bool, count int, err error) {
	described, count = input, matchCount
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
				onlyCertain = value == "true"
			case "count":
				n, err := strconv.Atoi(value)
				if err != nil || n < 1 {
					return nil, false, 0, badParameter(name, outcome.Value, value, "a positive number")
				}
				count = min(n, matchCountMax)
			}
		}
	}
	if described.Type() != "Patient" {
		err := outcome.New(http.StatusBadRequest, outcome.Required, "Parameters.parameter.where(name='resource')", "the operation needs a Patient that describes whom to find")
		err.Issues[0].Found, err.Issues[0].Expected = described.Type(), "Patient"
		return nil, false, 0, err
	}
	return described, onlyCertain, count, nil
}

func matchBundle(c *call, matches []matched) []byte {
	w := beginBundle("searchset", nil)
	w.Int("total", int64(len(matches)))
	links{base: c.base + "/Patient/$match"}.write(w)
	w.Array("entry")
	for _, m := range matches {
		w.Object("")
		w.String("fullUrl", c.base+"/"+m.record.Key.String())
		w.Raw("resource", formed(c.form, m.record.Body))
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
