package engine

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// allChecks is a claim of ten lines under a scheme in which every check is on and every line is held against every kind of
// rule and limit.
func allChecks(t testing.TB) *fixture {
	f := newFixture(t)
	f.created = "2026-05-20"
	f.terminology = []string{`{"resourceType":"ValueSet","url":"urn:list","status":"active","compose":{"include":[{"system":"urn:icd","concept":[{"code":"A00"}]}]}}`}
	f.claim = diagnosisJSON([]string{"urn:icd|Z99", "urn:icd|A00"})
	f.insurer = []string{
		"check-setting check=diagnosis-not-listed list=urn:list", "check-setting check=late-submission days=90",
		"check-setting check=back-dated days=30", "check-setting check=duplicate-content",
	}
	f.plan = []string{
		"plan-limit id=d kind=deductible scope=member period=calendar-year amount=120",
		"plan-limit id=k kind=ceiling scope=claim amount=1400",
		"plan-limit id=m kind=ceiling scope=member period=calendar-year amount=9000",
		"plan-limit id=p kind=ceiling scope=policy amount=15000",
		"plan-category-limit category=consultation amount=1450 maxCount=30",
		"plan-benefit kind=coinsurance percent=90 waitingMonths=2",
	}
	for _, code := range []string{"A", "B", "C", "D", "E", "F", "G", "H", "I", "J"} {
		f.register[code] = "category=consultation careType=out sex=female ageGroup=adult frequencyDays=7 frequencyPeriod=calendar-year frequencyCount=12"
		f.plan = append(f.plan, "plan-benefit item="+code+" kind=coinsurance percent=80 waitingMonths=2 maxQuantity=40")
		f.provide(code, "2026-03-01")
		f.line(code, "2", "110")
	}
	return f
}

func TestAllChecksLetAGoodClaimPass(t *testing.T) {
	d := allChecks(t).decide()
	require.Equal(t, PartlyApproved, d.State)
	require.Len(t, d.Lines, 10)
	for i := range d.Lines {
		require.Equal(t, NotDenied, d.Lines[i].Denial)
		require.GreaterOrEqual(t, len(d.Lines[i].Checks), 7)
	}
}

func BenchmarkDecideAllChecks(b *testing.B) {
	c := allChecks(b).makeCase()
	b.ReportAllocs()
	for b.Loop() {
		if d := Decide(c); d.State != PartlyApproved {
			b.Fatal(d.Disposition)
		}
	}
}
