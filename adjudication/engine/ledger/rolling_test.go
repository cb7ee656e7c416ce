package ledger

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/money"
)

func daily(seq uint64, at day.Date, amount int64, days int32, today day.Date) *Entry {
	return &Entry{Head: "member/m", Seq: seq, Today: today, Daily: []Daily{{Policy: "p", Limit: "r", At: at, Amount: money.Whole(amount), Days: days}}}
}

func TestFullestLooksAtEveryPeriod(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m, amounts := &Member{}, make([]int64, 40)
		var err error
		for seq := range uint64(rapid.IntRange(0, 30).Draw(rt, "uses")) {
			at := rapid.IntRange(0, 39).Draw(rt, "at")
			amount := int64(rapid.IntRange(1, 9).Draw(rt, "amount"))
			amounts[at] += amount
			m, err = m.With(daily(seq+1, today+day.Date(at), amount, 7, today))
			require.NoError(rt, err)
		}
		n := rapid.IntRange(1, 12).Draw(rt, "days")
		at := rapid.IntRange(0, 39).Draw(rt, "asked")
		also := rapid.IntRange(0, 39).Draw(rt, "also")
		amounts[also] += 5
		var want int64
		for from := at - n + 1; from <= at; from++ {
			var sum int64
			for i := max(from, 0); i < min(from+n, 40); i++ {
				sum += amounts[i]
			}
			want = max(want, sum)
		}
		period, used, known := m.Fullest("p", "r", today+day.Date(at), int32(n), []Spent{{today + day.Date(also), money.Whole(5)}})
		require.True(rt, known)
		require.Equal(rt, money.Whole(want), used.Round(0))
		require.True(rt, period.Holds(today+day.Date(at)))
		require.Equal(rt, day.Date(n-1), period.To-period.From)
	})
}

func TestRollingUseIsTakenBack(t *testing.T) {
	m := &Member{}
	m, err := m.With(daily(1, today, 5, 30, today))
	require.NoError(t, err)
	_, err = m.With(daily(2, today, -6, 30, today))
	require.ErrorIs(t, err, ErrOverdrawn)
	_, err = m.With(daily(2, today+1, -5, 30, today))
	require.ErrorIs(t, err, ErrOverdrawn)
	huge := daily(2, today, 1<<62, 30, today)
	huge.Daily = append(huge.Daily, huge.Daily...)
	_, err = m.With(huge)
	require.ErrorIs(t, err, ErrOutOfRange)
	back := daily(1, today, 5, 30, today).Reversal(2, today0(), today)
	after, err := m.With(&back)
	require.NoError(t, err)
	require.Empty(t, after.Rolling)
	_, used, _ := m.Fullest("p", "r", today, 30, nil)
	require.Equal(t, "5", used.String(), "the older head is unchanged")
}

func TestRollingUseIsForgotten(t *testing.T) {
	old := today - KeepRollingDays - 30 - spareRollingDays - 1
	m := &Member{}
	m, err := m.With(daily(1, old, 5, 30, old))
	require.NoError(t, err)
	later, err := m.With(daily(2, today, 7, 30, today))
	require.NoError(t, err)
	_, used, known := later.Fullest("p", "r", old+29, 30, nil)
	require.True(t, used.IsZero())
	require.False(t, known)
	_, used, known = later.Fullest("p", "r", today, 30, nil)
	require.Equal(t, "7", used.String())
	require.True(t, known)
	back := daily(1, old, 5, 30, old).Reversal(3, today0(), today)
	after, err := later.With(&back)
	require.NoError(t, err, "what is forgotten is taken back silently")
	require.Equal(t, later.Rolling, after.Rolling)

	unused, err := m.With(&Entry{Head: "member/m", Seq: 2, Today: old + 2*KeepDays + 1})
	require.NoError(t, err)
	require.Empty(t, unused.Rolling, "of a limit that is not used any more")
	_, _, known = unused.Fullest("p", "r", old+29, 30, nil)
	require.False(t, known)
	back = daily(1, old, 5, 30, old).Reversal(3, today0(), today)
	_, err = unused.With(&back)
	require.NoError(t, err)
}

func TestRollingRowsAreBounded(t *testing.T) {
	e := &Entry{Head: "member/m", Seq: 1, Today: today}
	for at := range day.Date(MaxRollingRows + 500) {
		e.Daily = append(e.Daily, Daily{Policy: "p", Limit: "r", At: today + at, Amount: money.New(12345, 2), Days: MaxRollingRows})
	}
	m, err := (&Member{}).With(e)
	require.NoError(t, err)
	require.Less(t, len(m.Encode()), 6*MaxRollingRows)
	_, _, known := m.Fullest("p", "r", today+530, 1, nil)
	require.False(t, known)
	_, _, known = m.Fullest("p", "r", today+531, 1, nil)
	require.True(t, known)
}

// Rows that cannot be read are not guessed at.
func TestUnsoundRowsAreNotKnown(t *testing.T) {
	r := rolled(Rolling{Limit: "r"}, Spent{today, money.Whole(1)}, Spent{today - 1, money.Whole(200)})
	r.rows = r.rows[:len(r.rows)-1]
	m, err := DecodeMember((&Member{Tally: Tally{Rolling: []Rolling{r}}}).Encode())
	require.NoError(t, err)
	_, _, known := m.Fullest("", "r", today, 5, nil)
	require.False(t, known)
	_, err = m.With(&Entry{Seq: 1, Today: today, Daily: []Daily{{Limit: "r", At: today - 1, Amount: money.Whole(1), Days: 5}}})
	require.ErrorIs(t, err, ErrCorrupt)
	r.count = 1000
	_, err = DecodeMember((&Member{Tally: Tally{Rolling: []Rolling{r}}}).Encode())
	require.ErrorIs(t, err, ErrCorrupt, "more rows than bytes")
}

// Rows are changed where they lie; what comes out is what unpacking, changing and packing would give.
func TestRowsAreChangedInPlace(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var r Rolling
		amounts := map[day.Date]int64{}
		for range rapid.IntRange(0, 40).Draw(rt, "changes") {
			at := today + day.Date(rapid.IntRange(0, 12).Draw(rt, "at"))*day.Date(rapid.SampledFrom([]int{1, 200}).Draw(rt, "far"))
			amount := int64(rapid.SampledFrom([]int{1, 7, 300, -1, -7, -300}).Draw(rt, "amount"))
			err := r.change(&Daily{At: at, Amount: money.Whole(amount)})
			if amounts[at]+amount < 0 {
				require.ErrorIs(rt, err, ErrOverdrawn)
				return
			}
			require.NoError(rt, err)
			if amounts[at] += amount; amounts[at] == 0 {
				delete(amounts, at)
			}
			rows, sound := r.within(nil, day.Period{To: day.Forever})
			require.True(rt, sound)
			require.Len(rt, rows, len(amounts))
			require.Len(rt, rows, int(r.count))
			for i, s := range rows {
				require.Equal(rt, money.Whole(amounts[s.At]), s.Amount)
				require.True(rt, i == 0 || rows[i-1].At > s.At)
			}
			if len(rows) > 0 {
				require.Equal(rt, rows[len(rows)-1].At, r.oldest)
				require.Equal(rt, rows[0].At, r.newest())
			}
		}
	})
}

// A limit that counted whole periods before, or does so now, is not known by the days alone, nor by the period.
func TestUseCountedOtherwiseIsNotKnown(t *testing.T) {
	year := day.Period{From: today - 200, To: today + 164}
	m, err := (&Member{}).With(&Entry{Head: "member/m", Seq: 1, Today: today, Uses: []Use{{Policy: "p", Limit: "r", Period: year, Amount: money.Whole(5)}}})
	require.NoError(t, err)
	for at, want := range map[day.Date]bool{today: false, year.To + 29: false, year.To + 30: true, year.From - 30: true, year.From - 29: false} {
		_, _, known := m.Fullest("p", "r", at, 30, nil)
		require.Equal(t, want, known, at-today)
		_, _, known = m.Fullest("p", "r", at, 30, []Spent{{at, money.Whole(1)}})
		require.Equal(t, want, known, at-today)
	}
	_, _, known := m.Fullest("p", "other", today, 30, nil)
	require.True(t, known)

	m, err = (&Member{}).With(daily(1, today, 5, 30, today))
	require.NoError(t, err)
	_, known = m.Used("p", "r", year)
	require.False(t, known)
	_, known = m.Used("p", "r", day.Period{From: today + 1, To: today + 30})
	require.True(t, known)
	_, known = m.Used("q", "r", year)
	require.True(t, known)
}
