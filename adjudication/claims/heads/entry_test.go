package heads_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/claims/heads"
	"claimwright/adjudication/engine/day"
	"claimwright/adjudication/engine/ledger"
	"claimwright/adjudication/engine/money"
	"claimwright/store"
)

func TestRecordRoundTrip(t *testing.T) {
	e := &ledger.Entry{
		Head: "policy/p/GOLD", Seq: 3, Claim: "c", Kind: ledger.Used, At: time.UnixMilli(1_700_000_000_000).UTC(), Today: day.Of(2026, 5, 5),
		Uses: []ledger.Use{{Limit: "ceiling", Amount: money.New(12345, 2)}},
	}
	entry, before, err := heads.DecodeRecord(heads.EncodeRecord(e, []byte("the head before")))
	require.NoError(t, err)
	require.Equal(t, e.Uses[0].Amount, entry.Uses[0].Amount)
	require.Equal(t, e.Seq, entry.Seq)
	require.Equal(t, "the head before", string(before))

	entry, before, err = heads.DecodeRecord(heads.EncodeRecord(nil, []byte("untouched")))
	require.NoError(t, err)
	require.Nil(t, entry)
	require.Equal(t, "untouched", string(before))

	_, _, err = heads.DecodeRecord(nil)
	require.Error(t, err)
	_, _, err = heads.DecodeRecord([]byte{9})
	require.ErrorIs(t, err, store.ErrNewerFormat)
}

func FuzzDecodeRecord(f *testing.F) {
	f.Add(heads.EncodeRecord(&ledger.Entry{Head: "member/1", Seq: 1, Kind: ledger.Released}, []byte("x")))
	f.Add(heads.EncodeRecord(nil, nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		entry, before, err := heads.DecodeRecord(data)
		if err != nil || entry == nil {
			return
		}
		again, same, err := heads.DecodeRecord(heads.EncodeRecord(entry, before))
		require.NoError(t, err)
		require.Equal(t, entry, again)
		require.Equal(t, before, same)
	})
}
