package claims

import (
	"crypto/sha256"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/store"
)

func TestSubmissionsRoundTrip(t *testing.T) {
	var l submissions
	for i := range 3 {
		l = l.with(past{digest: sha256.Sum256([]byte{byte(i)}), by: fmt.Sprint("Organization/", i), claim: fmt.Sprint(i), rejected: i == 1, duplicate: i == 2})
	}
	got, err := decodeSubmissions(l.encode())
	require.NoError(t, err)
	require.Equal(t, l, got)
	require.Equal(t, "0", got.original())
	require.Equal(t, "2", got.same("Organization/2", sha256.Sum256([]byte{2})).claim)
	require.Nil(t, got.same("Organization/1", sha256.Sum256([]byte{2})))
	require.Equal(t, "2", got.without("0").original(), "a rejected claim is nobody's original")

	empty, err := decodeSubmissions(nil)
	require.NoError(t, err)
	require.Empty(t, empty)
	_, err = decodeSubmissions([]byte{guardFormat + 1})
	require.ErrorIs(t, err, store.ErrNewerFormat)
	_, err = decodeSubmissions(l.encode()[:50])
	require.ErrorIs(t, err, errGuard)
}

func TestSubmissionsAreBounded(t *testing.T) {
	var l submissions
	l = l.with(past{claim: "paid"})
	for i := range 3 * mostSubmissions {
		l = l.with(past{claim: fmt.Sprint(i), rejected: true})
	}
	require.Len(t, l, mostSubmissions)
	require.Equal(t, "paid", l.original(), "rejected ones are forgotten first")
	for i := range 2 * mostSubmissions {
		l = l.with(past{claim: fmt.Sprint("p", i)})
	}
	require.Len(t, l, mostSubmissions)
}

func TestEpochRoundTrip(t *testing.T) {
	e := epochRecord{version: 7, counts: map[string]uint64{"Organization": 1, "InsurancePlan": 2, "ChargeItemDefinition": 300, "Contract": 4, "ValueSet": 5, "CodeSystem": 6, "PlanDefinition": 7, "MeasureReport": 8}}
	got, err := decodeEpoch(store.Internal{Version: 7, Data: e.encode()})
	require.NoError(t, err)
	require.Equal(t, e, got)
	old := epochRecord{counts: map[string]uint64{"Organization": 1, "InsurancePlan": 2, "ChargeItemDefinition": 3, "Contract": 4}}
	got, err = decodeEpoch(store.Internal{Data: []byte{epochFormat, 1, 2, 3, 4}})
	require.NoError(t, err)
	require.Equal(t, old, got, "counters that were appended since count from 0")
	_, err = decodeEpoch(store.Internal{Data: []byte{epochFormat, 1, 2}})
	require.ErrorIs(t, err, errEpoch)
	_, err = decodeEpoch(store.Internal{Data: []byte{epochFormat + 1}})
	require.ErrorIs(t, err, store.ErrNewerFormat)
}

func TestCompanion(t *testing.T) {
	cases := map[string]string{
		"01a20248-35c5-7733-98a9-69b20ec29e6e": "01a20248-35c5-7733-98a9-69b20ec29e6e",
		"01A20248-35C5-7733-98A9-69B20EC29E6E": "claim-01A20248-35C5-7733-98A9-69B20EC29E6E",
		"1":                                    "claim-1",
		"01a20248-35c5-7733-98a9-69b20ec29e6x": "claim-01a20248-35c5-7733-98a9-69b20ec29e6x",
	}
	for id, want := range cases {
		require.Equal(t, want, Companion(id))
	}
	long := Companion("a23456789-123456789-123456789-123456789-123456789-123456789-1234")
	require.LessOrEqual(t, len(long), maxID)
	require.NotEqual(t, long, Companion("b23456789-123456789-123456789-123456789-123456789-123456789-1234"))
}

func FuzzDecodeSubmissions(f *testing.F) {
	f.Add(submissions{{by: "Organization/1", claim: "1"}}.encode())
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := decodeSubmissions(data)
		if err != nil || len(data) == 0 {
			return
		}
		again, err := decodeSubmissions(l.encode())
		require.NoError(t, err)
		require.Len(t, again, len(l))
	})
}
