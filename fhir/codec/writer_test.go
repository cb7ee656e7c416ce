package codec

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestWriter(t *testing.T) {
	w := NewWriter(nil)
	w.Object("")
	w.String("resourceType", "Task")
	w.StringOpt("id", "")
	w.Object("meta")
	w.StringOpt("versionId", "")
	w.End()
	w.Array("note")
	w.Object("")
	w.String("text", "say \"hi\"\n\x01\\ é \xff")
	w.End()
	w.Object("")
	w.End()
	w.End()
	w.Array("input")
	w.End()
	w.Key("priority")
	w.String("", "routine")
	w.Key("for")
	w.Object("")
	w.End()
	w.Key("owner")
	w.Object("")
	w.String("display", "x")
	w.End()
	w.Int("n", -3)
	w.IntOpt("zero", 0)
	w.Bool("b", true)
	w.Decimal("d", "125.00")
	w.Decimal("e", "12,5")
	w.DecimalOpt("f", "")
	w.Raw("r", []byte(`[1]`))
	w.RawOpt("s", nil)
	w.Instant("at", time.Unix(1, 5e6))
	w.Array("list")
	w.Int("", 1)
	w.Bool("", false)
	w.Raw("", []byte(`{}`))
	w.End()
	w.End()
	w.End()
	want := `{"resourceType":"Task","note":[{"text":"say \"hi\"\n\u0001\\ é ` + "\uFFFD" + `"}],"priority":"routine",` +
		`"owner":{"display":"x"},"n":-3,"b":true,"d":125.00,"e":"12,5","r":[1],"at":"1970-01-01T00:00:01.005Z","list":[1,false,{}]}`
	require.Equal(t, []byte(want), w.Bytes())
}

func TestWriterKeepsAnEmptyRoot(t *testing.T) {
	w := NewWriter([]byte("x="))
	w.Object("")
	w.End()
	require.Equal(t, "x={}", string(w.Bytes()))
}

func TestQuotingAgreesWithEncodingJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })).Draw(t, "s")
		var got, want string
		require.NoError(t, json.Unmarshal(appendQuoted(nil, s), &got))
		canonical, err := json.Marshal(s)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(canonical, &want))
		require.Equal(t, want, got)
	})
}
