package ledger

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/money"
)

// TestASumOfRowsIsThatOfEachRow holds the sum of a window against its rows, one by one: plain ones, and those that are far
// apart, in other digits or large, wherever they stand.
func TestASumOfRowsIsThatOfEachRow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var r Rolling
		at := day.Date(730000)
		e := encoder{}
		for newer := day.Date(0); rapid.IntRange(0, 30).Draw(t, "more") > 0; newer, at = at, at-apart(t) {
			e.row(newer, at)
			digits := rapid.SampledFrom([]uint8{2, 2, 2, 2, 2, 2, 0, 3}).Draw(t, "digits")
			most := rapid.SampledFrom([]int64{99, 9999, 1 << 20, 1 << 27, 1 << 40}).Draw(t, "most")
			e.decimal(money.New(rapid.Int64Range(-most, most).Draw(t, "amount"), digits))
			r.count, r.oldest = r.count+1, at
		}
		r.rows = string(e.out)
		from := day.Date(730000) - day.Date(rapid.IntRange(-2, 2000).Draw(t, "window"))
		rows, sound := r.within(nil, day.Period{From: from, To: day.Forever})
		require.True(t, sound)
		var want money.Decimal
		for _, row := range rows {
			want = want.Add(row.Amount)
		}
		sum, sound := r.since(from)
		require.True(t, sound)
		require.Equal(t, want, sum)
	})
}

func apart(t *rapid.T) day.Date {
	return day.Date(rapid.SampledFrom([]int{1, 1, 1, 2, 127, 128, 400}).Draw(t, "apart"))
}

func TestRowsThatAreCutOffAreUnsound(t *testing.T) {
	e := encoder{}
	newer := day.Date(0)
	for i, amount := range []int64{100, 1 << 20, 1 << 40, 5} {
		at := 730000 - day.Date(i)
		e.row(newer, at)
		e.decimal(money.New(amount, 2))
		newer = at
	}
	whole := Rolling{rows: string(e.out)}
	_, sound := whole.since(1)
	require.True(t, sound)
	starts := map[int]bool{0: true}
	for d := (&decoder{in: whole.rows}); d.at < len(d.in); starts[d.at] = true {
		d.uint()
		d.decimal()
	}
	for n := range whole.rows {
		_, sound := (&Rolling{rows: whole.rows[:n]}).since(1)
		require.Equal(t, starts[n], sound, "%d bytes", n)
	}
}
