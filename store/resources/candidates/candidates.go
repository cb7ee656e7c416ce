// Package candidates finds the stored patients that may be the one described, and says how well each fits. Patient/$match
// asks it.
//
// It owns how candidates are looked for, in bounded searches under the access of whoever asks, and which of them are given,
// best first. How well a patient fits is package match's to judge. It must not know HTTP, nor how an answer is written.
//
//	found, err := candidates.Find(ctx, reads, principal, options, described, candidates.Wanted{Count: 10})
package candidates

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"claimwright/fhir/codec"
	"claimwright/fhir/match"
	"claimwright/fhir/search"
	"claimwright/store"
	"claimwright/store/resources"
)

// mostOfOneSearch is how many candidates each search gives, in the order of their ids.
const mostOfOneSearch = 50

// Wanted says which of the matches are given.
type Wanted struct {
	// OnlyCertain gives the one match that is certain; none where there are several.
	OnlyCertain bool
	// Count is the most that are given.
	Count int
}

// Found is a patient that may be the one described.
type Found struct {
	Record *store.Record
	match.Result
}

// Find gives the patients that fit a description, a Patient, best first; equal ones in the order of their ids. A
// description by which nobody can be looked for finds nobody. Errors are those of resources.Reads.Search.
func Find(ctx context.Context, reads *resources.Reads, p resources.Principal, o search.Options, described *codec.Document, w Wanted) ([]Found, error) {
	seen := map[string]bool{}
	var all []Found
	for _, query := range match.Queries(described) {
		q, _, err := search.Parse("Patient", query, o)
		if err != nil {
			return nil, err
		}
		q.Count = mostOfOneSearch
		page, err := reads.Search(ctx, p, q, "")
		if err != nil {
			return nil, err
		}
		for _, r := range page.Records {
			if seen[r.ID] {
				continue
			}
			seen[r.ID] = true
			result, err := judge(described, r)
			if err != nil {
				return nil, err
			}
			if result.Grade != match.CertainlyNot && (!w.OnlyCertain || result.Grade == match.Certain) {
				all = append(all, Found{r, result})
			}
		}
	}
	return ranked(all, w), nil
}

func judge(described *codec.Document, r *store.Record) (match.Result, error) {
	doc, issues := codec.Parse(r.Body, codec.Limits{MaxBytes: len(r.Body)})
	if len(issues) > 0 {
		return match.Result{}, fmt.Errorf("the stored %s cannot be read: %s", r.Key, issues[0].Text)
	}
	return match.Judge(described, doc), nil
}

func ranked(all []Found, w Wanted) []Found {
	slices.SortFunc(all, func(a, b Found) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Record.ID, b.Record.ID))
	})
	if w.OnlyCertain && len(all) > 1 {
		return nil
	}
	return all[:min(len(all), w.Count)]
}
