package engine

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// What is authorized is set aside under limits of every scope and period, used by the claim on whatever day it comes, and
// given back when it is not.
func TestAuthorizationsUnderLimitsOfEveryKind(t *testing.T) {
	for name, limit := range map[string]string{
		"rolling":        "scope=member period=rolling days=30",
		"rolling family": "scope=family period=rolling days=30",
		"family":         "scope=family",
		"event":          "scope=event",
		"month":          "scope=member period=calendar-month",
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			f.claim = `"accident":{"date":"2026-05-01"},`
			f.plan = []string{"plan-limit id=x kind=ceiling amount=500 " + limit}
			f.line("A", "3", "100").authorize("pa")
			auth := f.auth
			f.auth = ""
			require.Equal(t, []string{"200.00"}, paid(f.line("A", "9", "100").decide()), "300 of 500 are set aside")
			f.auth, f.lines = auth, nil

			f.dates = "2026-05-12"
			require.Equal(t, []string{"300.00"}, paid(f.line("A", "3", "100").submit()))
			require.Empty(t, f.account.member.Reserved)
			f.auth = ""
			require.Equal(t, []string{"200.00"}, paid(f.line("A", "9", "100").submit()))
			require.Equal(t, []string{"0.00"}, paid(f.line("A", "9", "100").submit()))
		})
	}
}

func TestAnUnusedAuthorizationFreesItsRollingLimit(t *testing.T) {
	f := newFixture(t)
	f.plan = []string{"plan-limit id=x kind=ceiling scope=member period=rolling days=365 amount=500"}
	f.line("A", "3", "100").authorize("pa")
	f.auth = ""
	q := f.inquiryWithGroups(f.dates)
	b := Standings(q)[0].Balances[0]
	require.Equal(t, "300.00", b.Reserved.String())
	require.Equal(t, "200.00", b.Left.String())
	f.now = f.now.AddDate(0, 3, 0)
	require.Equal(t, []string{"500.00"}, paid(f.line("A", "9", "100").submit()), "it has ended")
}
