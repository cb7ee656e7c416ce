package sqlite

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestBodiesComeBackAsTheyWere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		unit := rapid.SliceOfN(rapid.Byte(), 1, 300).Draw(t, "unit")
		body := bytes.Repeat(unit, rapid.IntRange(1, 50).Draw(t, "times"))
		packed := packBody(body)
		require.LessOrEqual(t, len(packed), len(body)+1)
		got, err := unpackBody(packed)
		require.NoError(t, err)
		require.Equal(t, body, got)
	})
}

func TestRepetitionIsNotStored(t *testing.T) {
	body := bytes.Repeat([]byte(`{"system":"http://terminology.hl7.org/CodeSystem/adjudication","code":"benefit"},`), 100)
	require.Less(t, len(packBody(body)), len(body)/7)
}

func TestDamagedBodiesAreTold(t *testing.T) {
	whole := packBody(bytes.Repeat([]byte("claim "), 500))
	for name, stored := range map[string][]byte{
		"nothing": nil, "unknown form": {9, '{', '}'}, "cut off": whole[:len(whole)-1],
	} {
		t.Run(name, func(t *testing.T) {
			_, err := unpackBody(stored)
			require.Error(t, err)
		})
	}
}
