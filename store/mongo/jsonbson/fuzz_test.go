package jsonbson_test

import (
	"encoding/json"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/v2/bson"

	"claimwright/store/mongo/jsonbson"
)

// Whatever is accepted comes back byte for byte, and exactly what encoding/json takes for an object is accepted.
func FuzzRoundTrip(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"a":1}`, "{ \"a\" : [ 1 , -0.50e+3 , \"\\u003c\\ud83d\\ude00\" ] }\n", `{"$a":{"b.c":[[],{}]},"":null}`,
		`{"a":12345678901234567890123456789012345678901234567890.5}`, `{"a":true,"b":false,"a":0}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		doc, form, err := jsonbson.Encode(nil, text)
		if err != nil {
			var object map[string]json.RawMessage
			valid := json.Unmarshal(text, &object) == nil && object != nil && utf8.Valid(text)
			require.False(t, valid && !deep(text), "refused a valid object")
			return
		}
		require.True(t, json.Valid(text))
		require.NoError(t, bson.Raw(doc).Validate())
		back, err := jsonbson.Decode(nil, doc, form)
		require.NoError(t, err)
		require.Equal(t, string(text), string(back))
	})
}

// deep tells whether text might nest deeper than MaxDepth.
func deep(text []byte) bool {
	brackets := 0
	for _, c := range text {
		if c == '{' || c == '[' {
			brackets++
		}
	}
	return brackets > jsonbson.MaxDepth
}

// Damaged documents and forms give errors, never panics or endless output.
func FuzzDecode(f *testing.F) {
	doc, form, err := jsonbson.Encode(nil, []byte("{ \"a\" : [ 1 , -0.50e+3 , \"\\u003c\" ] }\n"))
	require.NoError(f, err)
	f.Add(doc, form)
	f.Add(doc, []byte{1, 0, 0, 0})
	f.Fuzz(func(t *testing.T, doc, form []byte) {
		_, err := jsonbson.Decode(nil, doc, form)
		if err != nil {
			require.ErrorIs(t, err, jsonbson.ErrDocument)
		}
	})
}
