package engine

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/ledger"
)

// otherwise submits a claim for two units of A at 40 on 10 May, and then one that differs.
func otherwise(t *testing.T, setting string, change func(*fixture)) string {
	t.Helper()
	f := newFixture(t)
	f.plan = []string{"check-setting check=duplicate-content " + setting}
	f.line("A", "2", "40").submit()
	f.line("A", "2.00", "40.0")
	change(f)
	return strings.Join(denied(f.submit()), " ")
}

func TestContentIsKnownAgain(t *testing.T) {
	lines := func(code, quantity, unit string) func(*fixture) {
		return func(f *fixture) { f.lines = nil; f.line(code, quantity, unit) }
	}
	on := func(at string) func(*fixture) {
		return func(f *fixture) { f.lines, f.dates = nil, at; f.line("A", "2", "40") }
	}
	const hit, free = "duplicate-content", ""
	for name, c := range map[string]struct {
		change      func(*fixture)
		exact, near string // near within 3 days
	}{
		"the same":         {func(*fixture) {}, hit, hit},
		"another service":  {lines("B", "2", "40"), free, free},
		"another quantity": {lines("A", "1", "80"), free, hit},
		"another amount":   {lines("A", "2", "41"), free, hit},
		"the amount as a net": {func(f *fixture) {
			f.lines = nil
			f.rawLine("A", `"quantity":{"value":2},"net":{"value":80,"currency":"USD"}`)
		}, hit, hit},
		"three days before":       {on("2026-05-07"), free, hit},
		"four days before":        {on("2026-05-06"), free, free},
		"three days after":        {on("2026-05-13"), free, hit},
		"four days after":         {on("2026-05-14"), free, free},
		"another line beside it":  {func(f *fixture) { f.line("B", "1", "1") }, hit + " ", hit + " "},
		"twice in the same claim": {func(f *fixture) { f.lines = nil; f.line("B", "1", "1").line("B", "1", "1") }, " ", " "},
		"another facility":        {func(f *fixture) { f.claim = `"provider":{"reference":"Organization/fac2"},` }, free, hit},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, c.exact, otherwise(t, "match=exact", c.change))
			require.Equal(t, c.near, otherwise(t, "match=near days=3", c.change))
		})
	}
	require.Equal(t, free, otherwise(t, "match=near", on("2026-05-11")))
	require.Equal(t, hit, otherwise(t, "match=near", on("2026-05-10")), "0 days are the same day")
	require.Equal(t, " "+hit, otherwise(t, "withinClaim=true", func(f *fixture) { f.lines = nil; f.line("B", "1", "1").line("B", "1", "1") }))
	require.Equal(t, free, otherwise(t, "enabled=false", func(*fixture) {}))
}

func TestContentIsNotKeptUnlessAskedFor(t *testing.T) {
	f := newFixture(t)
	d := f.line("A", "1", "100").submit()
	require.Empty(t, d.Entries[0].Fingerprints)
	f.plan = []string{"check-setting check=duplicate-content"}
	d = f.line("A", "1", "100").submit()
	require.Equal(t, []string{""}, denied(d), "what was claimed before it was set is not known")
	require.Len(t, d.Entries[0].Fingerprints, 1)
	d = f.line("A", "1", "100").submit()
	require.Equal(t, []string{"duplicate-content"}, denied(d))
	require.Contains(t, d.Notes, "Line 1: the same was claimed for 2026-05-10 before.")
	require.Empty(t, d.Entries)
}

func TestADeniedOrCancelledLineMayBeClaimedAgain(t *testing.T) {
	f := newFixture(t)
	f.plan = []string{"check-setting check=duplicate-content", "plan-benefit kind=coinsurance percent=100 visitType=emergency"}
	require.Equal(t, []string{"not-covered"}, denied(f.line("A", "1", "100").submit()))
	f.plan = f.plan[:1]
	d := f.line("A", "1", "100").submit()
	require.Equal(t, []string{""}, denied(d))
	back := d.Entries[0].Reversal(f.account.member.Seq+1, f.now, day.Date(0))
	require.Equal(t, ledger.MemberID("m"), back.Head)
	f.book(&back)
	require.Equal(t, []string{""}, denied(f.line("A", "1", "100").submit()))
}

func TestContentThatWasForgottenIsReviewed(t *testing.T) {
	f := newFixture(t)
	f.plan = []string{"check-setting check=duplicate-content"}
	f.line("A", "1", "100").makeCase()
	for range 2 {
		e := &ledger.Entry{Head: ledger.MemberID("m"), Seq: f.account.member.Seq + 1, Today: date("2026-06-01")}
		for i := range ledger.MaxFingerprints {
			e.Fingerprints = append(e.Fingerprints, ledger.Fingerprint{Hash: uint64(i), At: date("2026-05-11") + day.Date(i/900), Count: 1})
		}
		f.book(e)
	}
	require.Equal(t, ReviewOfHistory, f.decide().Lines[0].Review)
	f.lines, f.dates = nil, "2026-05-20"
	require.Equal(t, NoReview, f.line("A", "1", "100").decide().Lines[0].Review)
}
