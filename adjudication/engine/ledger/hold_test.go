package ledger

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/money"
)

func ceilingUse(amount int64) []Use {
	return []Use{{Policy: "policy/p/A", Limit: "ceiling", Period: today.Year(), Amount: money.New(amount, 2)}}
}

// fullHold sets something of everything aside.
func fullHold(authorization string, until day.Date) Hold {
	return Hold{
		Authorization: authorization, Until: until, Provider: "Organization/f", Period: day.Period{From: today - 2, To: until},
		Rows: Rows{Uses: ceilingUse(700), Provisions: []Provision{{Item: "x", Period: single(today), Count: 1, Keep: 30}},
			Daily: []Daily{{Policy: "policy/p/A", Limit: "r", At: today, Amount: money.New(700, 2), Days: 30}}},
		Shares: []Share{{Head: "policy/p/A", Rows: Rows{Uses: []Use{{Limit: "all", Amount: money.New(700, 2)}}}}},
		Lines:  []Held{{Item: "x", Quantity: money.Whole(2), Amount: money.New(700, 2)}},
	}
}

func held(seq uint64, at day.Date, holds ...Hold) *Entry {
	return &Entry{Head: "member/m", Seq: seq, Claim: "c", Kind: Reserved, Today: at, Holds: holds}
}

func used(t require.TestingT, m *Member) string {
	u, known := m.Used("policy/p/A", "ceiling", today.Year())
	require.True(t, known)
	return u.Round(2).String()
}

func TestWhatIsSetAsideIsInTheSumsUntilItsLastDay(t *testing.T) {
	m, err := (&Member{ID: "m"}).With(held(1, today, fullHold("a", today+30)))
	require.NoError(t, err)
	require.Equal(t, "7.00", used(t, m))
	times, _, _ := m.Provided("x", single(today))
	require.Equal(t, 1, times)
	require.Equal(t, "Organization/f", m.Hold("a").Provider)
	require.Nil(t, m.Hold("b"))

	require.Same(t, m, m.On(today+30), "nothing has ended")
	require.Equal(t, "0.00", used(t, m.On(today+31)), "readers do not wait for an entry")
	require.Equal(t, "0.00", used(t, m.Without(m.Reserved)))
	require.Equal(t, "7.00", used(t, m), "the head itself is unchanged")

	last := held(2, today+30)
	same, err := m.With(last)
	require.NoError(t, err)
	require.Equal(t, "7.00", used(t, same))
	gone, err := m.With(held(2, today+31))
	require.NoError(t, err)
	require.Equal(t, "0.00", used(t, gone))
	require.Empty(t, gone.Uses)
	require.Empty(t, gone.Reserved)
	require.Empty(t, gone.Services)
	require.Empty(t, Prove("member/m", &gone.Tally, []Entry{*held(1, today, fullHold("a", today+30)), *held(2, today+31)}))
}

func TestWhatIsSetAsideIsTakenInParts(t *testing.T) {
	m, err := (&Member{ID: "m"}).With(held(1, today, fullHold("a", today+30)))
	require.NoError(t, err)
	part := Hold{Authorization: "a", Until: today + 30, Rows: Rows{Uses: ceilingUse(-300)}, Lines: []Held{{Item: "x", Quantity: money.Whole(-1), Amount: money.New(-300, 2)}}}
	e := held(2, today, part)
	e.Uses = ceilingUse(250)
	m, err = m.With(e)
	require.NoError(t, err)
	require.Equal(t, "6.50", used(t, m), "4.00 set aside, 2.50 used")
	require.Equal(t, []Held{{Item: "x", Quantity: money.Whole(1), Amount: money.New(400, 2)}}, m.Hold("a").Lines)

	_, err = m.With(held(3, today, Hold{Authorization: "a", Until: today + 30, Rows: Rows{Uses: ceilingUse(-500)}}))
	require.ErrorIs(t, err, ErrOverdrawn)
	_, err = m.With(held(3, today, Hold{Authorization: "b", Until: today + 30, Lines: []Held{{Item: "x", Quantity: money.Whole(-1)}}}))
	require.ErrorIs(t, err, ErrOverdrawn)

	back := e.Reversal(3, time.Time{}, today)
	again, err := m.With(&back)
	require.NoError(t, err)
	require.Equal(t, "7.00", used(t, again))
	require.Equal(t, fullHold("a", today+30).Lines, again.Hold("a").Lines)

	rest := m.Hold("a").Neg()
	closed, err := m.With(held(3, today, rest))
	require.NoError(t, err)
	require.Nil(t, closed.Hold("a"))
	require.Equal(t, "2.50", used(t, closed))
}

func TestAPolicyKnowsOnlyHowMuchIsSetAside(t *testing.T) {
	hold := fullHold("a", today+30)
	p := &Policy{ID: "policy/p/A"}
	for seq := range uint64(3) { // of three members
		e := &Entry{Head: p.ID, Seq: seq + 1, Kind: Reserved, Today: today, Holds: []Hold{hold.Share(p.ID)}}
		next, err := p.With(e)
		require.NoError(t, err)
		p = next
	}
	require.Len(t, p.Reserved, 1)
	all, _ := p.Used("", "all", day.Period{})
	require.Equal(t, "21.00", all.String())
	all, _ = p.Without([]Hold{hold}).Used("", "all", day.Period{})
	require.Equal(t, "14.00", all.String())
	all, _ = p.On(today+31).Used("", "all", day.Period{})
	require.True(t, all.IsZero())
	other := hold.Share("policy/q/A")
	require.True(t, other.Empty())
}

// A policy's head may learn earlier than a member's that a day has passed, by the entry of another member.
func TestWhatHasLapsedIsNotTakenTwice(t *testing.T) {
	hold := fullHold("a", today+5)
	p := &Policy{ID: "policy/p/A"}
	for seq, e := range []*Entry{
		{Holds: []Hold{hold.Share(p.ID)}, Today: today},
		{Uses: []Use{{Limit: "other", Amount: money.Whole(1)}}, Today: today + 6},
		{Holds: []Hold{{Until: today + 5, Rows: hold.Neg().Shares[0].Rows}}, Today: today + 5}, // a clock that is behind
	} {
		e.Head, e.Seq = p.ID, uint64(seq)+1
		next, err := p.With(e)
		require.NoError(t, err)
		p = next
	}
	require.Empty(t, p.Reserved)
	all, _ := p.Used("", "all", day.Period{})
	require.True(t, all.IsZero())
}

func TestProveComparesWhatIsSetAside(t *testing.T) {
	entries := []Entry{*held(1, today, fullHold("a", today+30))}
	m, err := (&Member{ID: "m"}).With(&entries[0])
	require.NoError(t, err)
	wrong := m.Tally
	wrong.Reserved = []Hold{fullHold("a", today+31)}
	require.Len(t, Prove("member/m", &wrong, entries), 1)
	wrong.Reserved = nil
	require.Len(t, Prove("member/m", &wrong, entries), 1)
	require.Empty(t, Prove("member/m", &m.Tally, entries))
}

// TestSumsHoldWhatIsSetAside: after any sequence of holds, parts taken and days passing, a head's sums are what was used
// and what is still set aside, and its entries prove it.
func TestSumsHoldWhatIsSetAside(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := &Member{ID: "m"}
		var entries []Entry
		consumed, at := int64(0), today
		for seq := range uint64(rapid.IntRange(1, 12).Draw(t, "entries")) {
			e := held(seq+1, at)
			id := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "authorization")
			view := m.On(at)
			switch h := view.Hold(id); {
			case h == nil && rapid.Bool().Draw(t, "opens"):
				e.Holds = []Hold{fullHold(id, at+day.Date(rapid.IntRange(0, 20).Draw(t, "days")))}
			case h != nil && rapid.Bool().Draw(t, "all"):
				e.Holds = []Hold{h.Neg()}
			case h != nil && len(h.Uses) > 0:
				most, _ := h.Uses[0].Amount.Parts()
				amount := int64(rapid.IntRange(0, int(most)).Draw(t, "part"))
				e.Holds = []Hold{{Authorization: id, Until: h.Until, Rows: Rows{Uses: ceilingUse(-amount)}}}
				e.Uses = ceilingUse(amount)
				consumed += amount
			}
			next, err := m.With(e)
			require.NoError(t, err)
			m, entries = next, append(entries, *e)
			at += day.Date(rapid.IntRange(0, 10).Draw(t, "pass"))
		}
		want := money.New(consumed, 2)
		for _, h := range m.Reserved {
			for _, u := range h.Uses {
				want = want.Add(u.Amount)
			}
		}
		require.Equal(t, want.Round(2).String(), used(t, m))
		require.Empty(t, Prove("member/m", &m.Tally, entries))
		require.Equal(t, money.New(consumed, 2).String(), used(t, m.On(at+100)))
	})
}
