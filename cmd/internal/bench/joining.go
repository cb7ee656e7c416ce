package bench

import (
	"bytes"
	"fmt"
	"net/http"
)

// Chain asks for the decisions about a member as an exchange does that knows the member's number only: a chained search, the
// latest first, with each decision's patient and claim beside it.
func (s *Submissions) Chain(n int64) *Request {
	member := int(n * 7919 % int64(s.Members))
	path := "/fhir/ClaimResponse?patient.identifier=" + memberSystem + "%7C" + memberID(member) +
		"&_sort=-created&_count=20&_include=ClaimResponse:patient&_include=ClaimResponse:request"
	return &Request{Method: http.MethodGet, Path: path, Check: func(a Answer) error { return checkChain(a, memberID(member)) }}
}

// checkChain wants as many claims beside the decisions as there are decisions, all of one member, who is there once.
func checkChain(a Answer, member string) error {
	if a.Status != http.StatusOK {
		return fmt.Errorf("status %d: %.200s", a.Status, a.Body)
	}
	matches, includes := bytes.Count(a.Body, []byte(`"mode":"match"`)), bytes.Count(a.Body, []byte(`"mode":"include"`))
	if matches > 0 && (includes != matches+1 || !bytes.Contains(a.Body, []byte(`"id":"`+member+`"`))) {
		return fmt.Errorf("%d decisions with %d resources beside them, not a claim each and the member", matches, includes)
	}
	return nil
}

// bundleEntries is the size of the transactions of the load.
const bundleEntries = 100

// Transaction posts a Bundle of 100 entries: fifty patients, and an observation of each that refers to it by urn:uuid.
func (s *Submissions) Transaction(n int64) *Request {
	b := make([]byte, 0, bundleEntries*420)
	b = append(b, `{"resourceType":"Bundle","type":"transaction","entry":[`...)
	for i := range bundleEntries / 2 {
		if i > 0 {
			b = append(b, ',')
		}
		uuid := fmt.Sprintf("urn:uuid:00000000-0000-4000-8000-%012x", i+1)
		b = fmt.Appendf(b, `{"fullUrl":"%s","resource":{"resourceType":"Patient","identifier":[{"system":"https://claimwright.org/bench/transactions","value":"%s-%d-%d"}],`+
			`"name":[{"family":"Bench","given":["Transaction"]}],"birthDate":"1990-01-01"},"request":{"method":"POST","url":"Patient"}},`, uuid, s.Run, n, i)
		b = fmt.Appendf(b, `{"resource":{"resourceType":"Observation","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"29463-7"}]},`+
			`"subject":{"reference":"%s"},"effectiveDateTime":"2026-03-04","valueQuantity":{"value":%d,"unit":"kg","system":"http://unitsofmeasure.org","code":"kg"}},`+
			`"request":{"method":"POST","url":"Observation"}}`, uuid, 50+i)
	}
	b = append(b, `]}`...)
	return &Request{Method: http.MethodPost, Path: "/fhir", Body: b, Check: checkTransaction}
}

func checkTransaction(a Answer) error {
	if a.Status != http.StatusOK {
		return fmt.Errorf("status %d: %.200s", a.Status, a.Body)
	}
	if created := bytes.Count(a.Body, []byte(`"status":"201`)); created != bundleEntries {
		return fmt.Errorf("%d of %d entries created", created, bundleEntries)
	}
	return nil
}
