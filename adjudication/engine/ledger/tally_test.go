package ledger

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/money"
)

var today = day.Of(2026, time.June, 1)

func single(d day.Date) day.Period { return day.Period{From: d, To: d} }

// entry follows a head and adds uses and provisions.
func entry(seq uint64, at day.Date, uses []Use, provisions ...Provision) *Entry {
	return &Entry{Head: "member/m", Seq: seq, Claim: "c", Kind: Used, Today: at, Uses: uses, Provisions: provisions}
}

func TestUsesAddUp(t *testing.T) {
	year := today.Year()
	m := &Member{ID: "m"}
	use := func(limit string, amount int64) []Use {
		return []Use{{Policy: "policy/p/A", Limit: limit, Period: year, Amount: money.New(amount, 2)}}
	}
	var err error
	for i, amount := range []int64{1000, 250} {
		m, err = m.With(entry(uint64(i+1), today, use("ceiling", amount)))
		require.NoError(t, err)
	}
	used, known := m.Used("policy/p/A", "ceiling", year)
	require.True(t, known)
	require.Equal(t, "12.50", used.String())
	used, _ = m.Used("policy/p/B", "ceiling", year)
	require.True(t, used.IsZero())
	used, _ = m.Used("policy/p/A", "ceiling", (year.To + 1).Year())
	require.True(t, used.IsZero())

	_, err = m.With(entry(3, today, use("ceiling", 1<<62)))
	require.NoError(t, err)
	_, err = m.With(entry(3, today, append(use("ceiling", 1<<62), use("ceiling", 1<<62)...)))
	require.ErrorIs(t, err, ErrOutOfRange)
	m, err = m.With(entry(3, today, use("ceiling", -1250)))
	require.NoError(t, err)
	require.Empty(t, m.Uses)
	_, err = m.With(entry(4, today, use("ceiling", -1)))
	require.ErrorIs(t, err, ErrOverdrawn)
	_, err = m.With(entry(4, today, nil, Provision{Item: "x", Period: single(today), Count: -1}))
	require.ErrorIs(t, err, ErrOverdrawn)
}

func TestEntriesFollowEachOther(t *testing.T) {
	m := &Member{ID: "m"}
	for _, seq := range []uint64{0, 2} {
		_, err := m.With(entry(seq, today, nil))
		require.ErrorIs(t, err, ErrOutOfOrder)
	}
}

func TestProvidedTellsCertainFromUnsure(t *testing.T) {
	m := &Member{}
	m, err := m.With(entry(1, today, nil,
		Provision{Item: "x", Period: single(today), Count: 1, Keep: 30},
		Provision{Item: "x", Period: single(today - 40), Count: 2, Keep: 30},
		Provision{Item: "x", Period: (today - 400).Year(), Count: 1, Keep: 30},
	))
	require.NoError(t, err)
	times, unsure, known := m.Provided("x", day.Period{From: today - 30, To: today + 30})
	require.Equal(t, []any{1, 0, true}, []any{times, unsure, known})
	times, unsure, _ = m.Provided("x", day.Period{From: today - 200, To: today})
	require.Equal(t, []int{3, 1}, []int{times, unsure}, "a year lies only partly in the window")
	times, _, known = m.Provided("y", day.Period{})
	require.Zero(t, times)
	require.True(t, known)
}

func TestWhatIsTooOldIsForgottenAndKnownToBe(t *testing.T) {
	old := today - KeepDays - 400
	m := &Member{}
	m, err := m.With(entry(1, old, []Use{{Limit: "l", Period: old.Year(), Amount: money.Whole(5)}},
		Provision{Item: "x", Period: single(old), Count: 1, Keep: 30}))
	require.NoError(t, err)
	later, err := m.With(entry(2, today, nil, Provision{Item: "x", Period: single(today), Count: 1, Keep: 30}))
	require.NoError(t, err)

	_, known := later.Used("", "l", old.Year())
	require.False(t, known)
	_, known = later.Used("", "l", today.Year())
	require.True(t, known)
	_, _, known = later.Provided("x", day.Period{From: old - 1, To: old + 1})
	require.False(t, known)
	times, _, known := later.Provided("x", day.Period{From: today - 30, To: today + 30})
	require.Equal(t, 1, times)
	require.True(t, known)

	first := entry(1, old, []Use{{Limit: "l", Period: old.Year(), Amount: money.Whole(5)}}, Provision{Item: "x", Period: single(old), Count: 1})
	back := first.Reversal(3, time.Time{}, today)
	after, err := later.With(&back)
	require.NoError(t, err, "what is forgotten is taken back silently")
	require.Equal(t, later.Services, after.Services)

	times, _, _ = m.Provided("x", day.Period{From: old, To: old})
	require.Equal(t, 1, times, "the older head is unchanged")
}

func TestAHeadDoesNotGrowWithItsPast(t *testing.T) {
	size := func(claims int) int {
		m := &Member{ID: "m"}
		var err error
		for i := range claims {
			at := today - day.Date(claims-i)
			m, err = m.With(entry(uint64(i+1), at, []Use{{Policy: "policy/p/A", Limit: "l", Period: at.Year(), Amount: money.New(100, 2)}},
				Provision{Item: "x", Period: single(at), Count: 1, Keep: 7}))
			require.NoError(t, err)
		}
		return len(m.Encode())
	}
	require.Less(t, size(5000), size(MaxDays)+100)
}

func TestProveFindsWhatDiffers(t *testing.T) {
	m := &Member{ID: "m"}
	var entries []Entry
	for i := range 4 {
		e := entry(uint64(i+1), today, []Use{{Limit: "l", Period: today.Year(), Amount: money.New(100, 2)}}, Provision{Item: "x", Period: single(today), Count: 1})
		next, err := m.With(e)
		require.NoError(t, err)
		m, entries = next, append([]Entry{*e}, entries...)
	}
	require.Empty(t, Prove("member/m", &m.Tally, entries), "in any order")

	wrong := m.Tally
	wrong.Uses = []Use{{Limit: "l", Period: today.Year(), Amount: money.New(300, 2)}}
	require.Len(t, Prove("member/m", &wrong, entries), 2)
	wrong = m.Tally
	wrong.Services = nil
	require.Len(t, Prove("member/m", &wrong, entries), 1)
	require.Len(t, Prove("member/m", &m.Tally, entries[1:]), 4, "a missing entry")
	require.Len(t, Prove("member/m", &m.Tally, entries[:3]), 1, "a gap")
	require.Len(t, Prove("member/n", &m.Tally, entries), 1, "another's entries")
}
