package engine

import (
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/engine/scheme"
)

func TestAnOutlookAsksOnlyTheChecksThatDeny(t *testing.T) {
	outlook := func(f *fixture, code string) Outlook {
		k := f.makeCase()
		q := &Inquiry{Scheme: k.Scheme, Member: k.Member, At: date("2026-05-10")}
		s := Standings(q)
		require.Len(t, s, 1)
		return q.Outlook(&s[0], scheme.Code{System: "urn:reg", Value: code}, scheme.OtherVisit, "Organization/fac")
	}
	for check, hit := range map[Denial]func(*fixture){
		NotInPriceList:   hits[NotInPriceList],
		PatientCategory:  hits[PatientCategory],
		NotCovered:       hits[NotCovered],
		InWaitingPeriod:  hits[InWaitingPeriod],
		QuantityExceeded: hits[QuantityExceeded],
		TooFrequent:      func(f *fixture) { f.register["A"] = "frequencyDays=9"; f.provide("A", "2026-05-05") },
	} {
		for setting, want := range map[string]Denial{"": check, " per=claim": check, " enabled=false": NotDenied, " action=review": NotDenied} {
			f := newFixture(t)
			f.line("A", "1", "100")
			hit(f)
			f.insurer = []string{"check-setting check=" + check.Code() + setting}
			require.Equal(t, want, outlook(f, "A").Denial, "%s%s", check.Code(), setting)
		}
	}
}

func TestTheFirstFreeDayFollowsThePractice(t *testing.T) {
	for i, want := range []string{"2026-05-14", "2026-05-14", "2026-06-10"} {
		f := newFixture(t)
		f.register["A"] = "frequencyDays=9"
		f.provide("A", "2026-05-05")
		f.provide("A", "2026-05-31")
		f.settings("profile=" + profiles[i])
		k := f.line("A", "1", "100").makeCase()
		q := &Inquiry{Scheme: k.Scheme, Member: k.Member, At: date("2026-05-10")}
		s := Standings(q)
		o := q.Outlook(&s[0], scheme.Code{System: "urn:reg", Value: "A"}, scheme.OtherVisit, "")
		require.Equal(t, want, o.NotBefore.String(), profiles[i])
	}
}
