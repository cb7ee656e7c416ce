package resources_test

import (
	"context"
	"testing"

	"claimwright/store"
	"claimwright/store/resources"
	"claimwright/store/storetest"
)

// sink is a store that takes every commit and keeps nothing, so that a benchmark sees this package's own cost.
type sink struct{ *storetest.Memory }

func (sink) Commit(context.Context, store.Commit) error { return nil }

const benchClaim = `{"resourceType":"Claim","identifier":[{"system":"http://facility.example/claims","value":"C-1"}],"status":"active",
"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/claim-type","code":"professional"}]},"use":"claim",
"patient":{"reference":"Patient/p"},"created":"2026-11-02","insurer":{"reference":"Organization/i"},"provider":{"reference":"Organization/f"},
"priority":{"coding":[{"code":"normal"}]},"insurance":[{"sequence":1,"focal":true,"coverage":{"reference":"Coverage/c"}}],
"item":[{"sequence":1,"productOrService":{"coding":[{"system":"http://x","code":"A1"}]},"servicedDate":"2026-11-01","quantity":{"value":1},"unitPrice":{"value":125.00,"currency":"XAF"},"net":{"value":125.00,"currency":"XAF"}}]}`

func BenchmarkCreate(b *testing.B) {
	s := resources.New(sink{storetest.NewMemory()}, resources.Options{})
	doc := document(b, benchClaim)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Create(b.Context(), clerk, doc, resources.CreateOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}
