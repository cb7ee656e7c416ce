package codec

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestPrimitiveFormats(t *testing.T) {
	long := strings.Repeat("a", 64)
	for name, test := range map[string]struct {
		class     primitive
		good, bad []string
	}{
		"code": {codeType, []string{"a", "a b", "a\tb", "é"}, []string{"", " a", "a ", "a  b", "a\x00"}},
		"id":   {idType, []string{"a", "A-1.b", long}, []string{"", "a_b", "a b", long + "a", "é", "a/b"}},
		"oid":  {oidType, []string{"urn:oid:1.2", "urn:oid:0.0.10"}, []string{"1.2", "urn:oid:1", "urn:oid:3.1", "urn:oid:1.02", "urn:oid:1.", "urn:oid:1..2", "urn:oid:1.a", "urn:oid:", "urn:oid:12.3"}},
		"uuid": {uuidType, []string{"urn:uuid:c757873d-ec9a-4326-a141-556f43239520"}, []string{"c757873d-ec9a-4326-a141-556f43239520", "urn:uuid:C757873D-ec9a-4326-a141-556f43239520", "urn:uuid:c757873dec9a4326a141556f43239520", "urn:uuid:c757873d-ec9a-4326-a141-556f4323952", "urn:uuid:c757873d-ec9a-4326-a141_556f43239520"}},
		"uri": {uriType, []string{"http://a.example/x?y=z#f", "https://a.example:8080/", "urn:x:y", "a", "#a", "http://a.example/é", "http://a.example/%20", "../x", "urn:a:%41", "mailto:a@b"},
			[]string{"", "a b", "http://a b/", "http://a.example/\u0001", "%zz", "http://[::1", ":x", "http://a.example:port/", "x\ty"}},
		"date":     {dateType, []string{"2026", "2026-02", "2024-02-29", "2000-02-29", "2026-04-30", "0001-01-01", "9999-12-31"}, []string{"", "26", "2026-", "2026-13", "2026-00", "2026-2-1", "2026-02-29", "1900-02-29", "2026-04-31", "2026-01-32", "2026-01-00", "0000", "0000-01-01", "2026/01/01", "20260101", "2026-01-01T10:00:00Z", "x026", "20x6", "2026-x1", "2026-01-x1"}},
		"dateTime": {dateTimeType, []string{"2026", "2026-02-03", "2026-02-03T10:00:00Z", "2026-02-03T10:00:00.5-14:00", "2026-02-03T10:00:00.123456789123+03:30"}, []string{"2026-02-03T10:00Z", "2026-02-03T10:00:00", "2026-02-03T24:00:00Z", "2026-02-03T10:60:00Z", "2026-02-03T23:59:60Z", "2026-02-03T10:00:00+14:30", "2026-02-03T10:00:00+15:00", "2026-02-03T10:00:00+03:60", "2026-02-03T10:00:00.Z", "2026-02-03 10:00:00Z", "2026-02-30T10:00:00Z", "2026-02-03T10:00:00z", "2026-02-03T10:00:00+0300", "2026-02-03T10:00:00.5", "2026-02-03T+03:00"}},
		"instant":  {instantType, []string{"2026-02-03T10:00:00Z", "2026-02-03T10:00:00.000+00:00"}, []string{"2026-02-03", "2026", ""}},
		"time":     {timeType, []string{"00:00:00", "23:59:59.9"}, []string{"24:00:00", "10:00", "10:00:00Z", "10:00:60", "10:00:00.", "10:00:00.x", "10-00-00"}},
		"base64":   {base64Type, []string{"aGk=", "aGkh", "YQ==", "aGkh aGkh", "aGkh\r\naGk=", " aGkh\n"}, []string{"", " ", "aGk", "a===", "aGk=aGkh", "aG kh", "aGk!", "aGk==", "===="}},
		"string":   {stringType, []string{"a", " a ", "\u00e9", "\ta\r\nb"}, []string{" ", "\n", "a\x00", "a\x1f", strings.Repeat("a", maxStringBytes+1)}},
		"markdown": {markdownType, []string{"# a\n", strings.Repeat("a", maxStringBytes)}, []string{"  ", "\x02a"}},
		"currency": {currencyCode, []string{"KES", "USD", "EUR", "ZWG", "HRK", "XXX"}, []string{"", "kes", "KE", "KESX", "QQQ", "K1S", "ZZZ", "AAA"}},
		"MIME":     {openCode, []string{"text/plain", "text/plain; charset=utf-8"}, []string{"", " text/plain"}},
		"boolean":  {booleanType, nil, []string{"true", "1"}},
		"integer":  {integerType, nil, []string{"1"}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, s := range test.good {
				require.True(t, test.class.accepts([]byte(s)), "%.40q", s)
			}
			for _, s := range test.bad {
				require.False(t, test.class.accepts([]byte(s)), "%.40q", s)
			}
			require.NotEmpty(t, expectation[test.class])
		})
	}
}

func TestNumberFormats(t *testing.T) {
	for name, test := range map[string]struct {
		class     primitive
		good, bad []string
	}{
		"integer":     {integerType, []string{"0", "-1", "2147483647", "-2147483648"}, []string{"-0", "1.0", "1e2", "2147483648", "-2147483649"}},
		"unsignedInt": {unsignedIntType, []string{"0", "2147483647"}, []string{"-0", "-1", "1.5", "4294967296"}},
		"positiveInt": {positiveIntType, []string{"1", "2147483647"}, []string{"0", "-1", "1E1"}},
		"decimal":     {decimalType, []string{"0", "-0", "1.50", "1e6144", "1.2750E+2", "1e-6144", strings.Repeat("9", 40)}, []string{"1e6145", "1E-6145", "1e99999999999999999999"}},
		"string":      {stringType, nil, []string{"1"}},
		"boolean":     {booleanType, nil, []string{"1"}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, s := range test.good {
				require.True(t, test.class.acceptsNumber([]byte(s)), s)
			}
			for _, s := range test.bad {
				require.False(t, test.class.acceptsNumber([]byte(s)), s)
			}
		})
	}
}

func TestScanningAgreesWithEncodingJSON(t *testing.T) {
	alphabet := []rune("ab0 \"\\/bfnrtu{}[]:,.-+eE\x00\x1f\x7fé\u2028😀\ufffd18dDcC")
	rapid.Check(t, func(t *rapid.T) {
		raw := []byte(rapid.StringOfN(rapid.SampledFrom(alphabet), 0, 40, -1).Draw(t, "raw"))
		for _, body := range [][]byte{raw, append(append([]byte{'"'}, raw...), '"'), append(append([]byte{'['}, raw...), ']')} {
			s := scanner{body: body, maxDepth: 1000}
			s.blanks()
			ok := s.skip(nil)
			s.blanks()
			ok = ok && s.at == len(body)
			if ok != json.Valid(body) {
				// Half a surrogate pair is the one thing that only encoding/json takes.
				require.True(t, json.Valid(body) && strings.Contains(s.wrong.expected, "surrogates"), "%q: %v", body, s.wrong)
			}
		}
	})
}

func TestUnescapingAgreesWithEncodingJSON(t *testing.T) {
	piece := rapid.SampledFrom([]string{`\"`, `\\`, `\/`, `\b`, `\f`, `\n`, `\r`, `\t`, `\u0041`, `\u00e9`, `\uD83D\uDE00`, `\ufffd`, "a", "é", "😀", "/", " "})
	rapid.Check(t, func(t *rapid.T) {
		quoted := `"` + strings.Join(rapid.SliceOf(piece).Draw(t, "pieces"), "") + `"`
		var want string
		require.NoError(t, json.Unmarshal([]byte(quoted), &want))
		s := scanner{body: []byte(quoted)}
		text, ok := s.str()
		require.True(t, ok)
		require.Equal(t, want, string(appendUnescaped(nil, s.body[text.off:text.end])))
	})
}

func TestNumbersAgreeWithEncodingJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.SampledFrom([]rune("0123456789+-.eE")), 1, 12, -1).Draw(t, "number")
		s := scanner{body: []byte(text)}
		require.Equal(t, json.Valid([]byte(text)), s.number() && s.at == len(text))
	})
}
