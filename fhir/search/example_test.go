package search_test

import (
	"fmt"

	"claimwright/fhir/codec"
	"claimwright/fhir/search"
)

func Example() {
	d, _ := codec.Parse([]byte(`{"resourceType":"ClaimResponse","status":"active","type":{"coding":[{"code":"oral"}]},"use":"claim",
		"patient":{"reference":"Patient/1"},"created":"2026-03-01","insurer":{"reference":"Organization/i"},
		"request":{"reference":"Claim/7"},"outcome":"complete"}`), codec.Limits{})
	stored := search.Candidate{ID: "r1", Values: search.Extract(d)}

	q, _, _ := search.Parse("ClaimResponse", "request=7&created=ge2026-03&outcome:not=error", search.Options{})
	fmt.Println(q.Where[0].AnyOf[0].Param, q.Where[0].AnyOf[0].Text, q.Match(stored))

	_, warnings, _ := search.Parse("ClaimResponse", "colour=red", search.Options{})
	fmt.Println(warnings[0].Text)

	_, _, err := search.Parse("ClaimResponse", "created=soon", search.Options{})
	fmt.Println(err)
	// Output:
	// request Claim/7 true
	// unknown search parameter colour was ignored
	// invalid value of search parameter created
}
