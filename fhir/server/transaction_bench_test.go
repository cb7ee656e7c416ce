package server

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"claimwright/store/resources"
)

// BenchmarkTransaction posts Bundles of a hundred entries, half of which refer to the other half.
func BenchmarkTransaction(b *testing.B) {
	st := openStore(b)
	h := openOver(b, st, Options{Resources: resources.New(st, resources.Options{})})
	n := 0
	for b.Loop() {
		n++
		var body strings.Builder
		body.WriteString(`{"resourceType":"Bundle","type":"transaction","entry":[`)
		for i := range 50 {
			if i > 0 {
				body.WriteByte(',')
			}
			fmt.Fprintf(&body, `{"fullUrl":"urn:uuid:00000000-0000-4000-8000-%012x","resource":{"resourceType":"Patient","identifier":[{"system":"urn:bench","value":"%d-%d"}],`+
				`"name":[{"family":"Bench","given":["Transaction"]}],"birthDate":"1990-01-01"},"request":{"method":"POST","url":"Patient"}},`, i, n, i)
			fmt.Fprintf(&body, `{"resource":{"resourceType":"Observation","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"29463-7"}]},`+
				`"subject":{"reference":"urn:uuid:00000000-0000-4000-8000-%012x"},"effectiveDateTime":"2026-03-04","valueQuantity":{"value":%d,"unit":"kg"}},`+
				`"request":{"method":"POST","url":"Observation"}}`, i, 50+i)
		}
		body.WriteString(`]}`)
		h.send(http.MethodPost, "/fhir", body.String()).want(http.StatusOK)
	}
}
