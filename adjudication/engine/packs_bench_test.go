package engine

import (
	"regexp"
	"testing"

	"claimwright/adjudication/packs"
)

var draft = regexp.MustCompile(`"status":\s*"draft"`)

// BenchmarkDecidePacks decides ten lines with all shipped packs active; BenchmarkDecide without any rule tells what they add.
func BenchmarkDecidePacks(b *testing.B) {
	f := newFixture(b)
	for _, p := range packs.All() {
		for i := range p.Files {
			f.terminology = append(f.terminology, string(draft.ReplaceAll(p.Files[i].Body, []byte(`"status":"active"`))))
		}
	}
	decideTen(b, f)
}

// BenchmarkDecideWithoutPacks is the same claim without rules.
func BenchmarkDecideWithoutPacks(b *testing.B) { decideTen(b, newFixture(b)) }

func decideTen(b *testing.B, f *fixture) {
	f.claim = `"diagnosis":[{"sequence":1,"diagnosisCodeableConcept":{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10","code":"S52.5"}]}}],`
	for range 10 {
		f.line("A", "1", "90")
	}
	c := f.makeCase()
	b.ReportAllocs()
	for b.Loop() {
		if d := Decide(c); d.State == Rejected {
			b.Fatal("the late rules are not asked")
		}
	}
}
