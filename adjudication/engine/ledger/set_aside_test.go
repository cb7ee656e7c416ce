package ledger

import (
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/engine/money"
)

func TestWhatIsProvisional(t *testing.T) {
	use := func(amount, provisional int64) Use {
		return Use{Policy: "p", Limit: "l", Period: today.Year(), Amount: money.New(amount, 2), Provisional: money.New(provisional, 2)}
	}
	m := &Member{ID: "m"}
	for i, step := range []struct {
		use   Use
		aside string
	}{
		{use(1000, 1000), "10.00"}, // provisional
		{use(500, 0), "10.00"},     // final, of another claim
		{use(0, -1000), "0.00"},    // the first is reviewed and stays as it is
		{use(-200, 300), "3.00"},
		{use(-300, -300), "0.00"}, // released
	} {
		e := entry(uint64(i+1), today, []Use{step.use})
		stored, err := DecodeEntry(e.Encode())
		require.NoError(t, err)
		require.True(t, stored.Uses[0].Provisional.Equal(step.use.Provisional))
		next, err := m.With(stored)
		require.NoError(t, err)
		m, err = DecodeMember(next.Encode())
		require.NoError(t, err)
		require.Equal(t, step.aside, m.SetAside("p", "l", today.Year()).Round(2).String(), i)
	}
	used, _ := m.Used("p", "l", today.Year())
	require.Equal(t, "10.00", used.String())

	final := entry(m.Seq+1, today, []Use{{Policy: "p", Limit: "forgotten", Period: today.Year(), Provisional: money.New(-100, 2)}})
	next, err := m.With(final)
	require.NoError(t, err)
	require.Len(t, next.Uses, 1, "what was forgotten is not remembered as nothing")

	sum := Sum(*entry(1, today, []Use{use(1000, 1000)}), *entry(2, today, []Use{use(-1000, -1000), use(1000, 0)}))
	require.Equal(t, []Use{use(1000, 0)}, sum.Uses)
	require.Len(t, Sum(*entry(1, today, []Use{use(0, -1000)})).Uses, 1, "that it is final now says something")
}
