package jsonbson_test

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/v2/bson"

	"claimwright/store/mongo/jsonbson"
)

// roundTrip encodes and decodes text, checks that it comes back byte for byte and that the driver finds the document
// valid, and returns the document and its form.
func roundTrip(t testing.TB, text string) (bson.Raw, []byte) {
	t.Helper()
	doc, form, err := jsonbson.Encode(nil, []byte(text))
	require.NoError(t, err)
	require.NoError(t, bson.Raw(doc).Validate())
	back, err := jsonbson.Decode(nil, doc, form)
	require.NoError(t, err)
	require.Equal(t, text, string(back))
	return doc, form
}

func TestCompactTextNeedsNoForm(t *testing.T) {
	for name, text := range map[string]string{
		"empty":             `{}`,
		"nested":            `{"a":{"b":[{},[],[[1]],null,true,false]}}`,
		"order of names":    `{"z":1,"a":2,"m":3}`,
		"numbers":           `{"a":[0,-1,2147483648,-9223372036854775808,9223372036854775807,125.00,-0,-0.0,0.000000100]}`,
		"34 digits":         `{"a":[1234567890123456789012345678901234,0.1234567890123456789012345678901234]}`,
		"beyond int64":      `{"a":[9223372036854775808,-9223372036854775809,18446744073709551615,18446744073709551616]}`,
		"canonical escapes": `{"a":"quote \" backslash \\ \b\f\n\r\t\u0000\u001f"}`,
		"other scripts":     `{"name":"Aminata Ouédraogo 漢字 😀"}`,
		"empty name":        `{"":""}`,
	} {
		t.Run(name, func(t *testing.T) {
			_, form := roundTrip(t, text)
			require.Nil(t, form)
		})
	}
}

func TestWhatTheDocumentCannotTellStandsInTheForm(t *testing.T) {
	for name, text := range map[string]string{
		"indented":           "{\n  \"a\" : [ 1, 2 ],\n\t\"b\":{ }\r\n}\n",
		"leading space":      ` {"a":1}`,
		"exponent":           `{"a":1.2750E2,"b":1e5,"c":1E-7,"d":-0e0}`,
		"35 digits":          `{"a":12345678901234567890123456789012345,"b":0.12345678901234567890123456789012345}`,
		"huge exponent":      `{"a":1e999999999999999999999,"b":1e-999999999999999999999,"c":0e99999}`,
		"needless escapes":   `{"a":"\u003cdiv\u003e","b":"\/","c":"\u00e9","d":"\u000A","e":"\u001F"}`,
		"surrogates":         `{"a":"\ud83d\ude00","lone":"\ud83d","low first":"\ude00\ud83d"}`,
		"escaped name":       `{"\u0061":1}`,
		"operator as name":   `{"$oid":"507f1f77bcf86cd799439011","a.b":1,"$":2,"n\u0000l":3}`,
		"string after space": `{"a": "\u003c" , "b" :[ "x" ]}`,
	} {
		t.Run(name, func(t *testing.T) {
			_, form := roundTrip(t, text)
			require.NotEmpty(t, form)
		})
	}
}

func TestTypesInTheDatabase(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want any
	}{
		"small integer":    {`{"v":125}`, int32(125)},
		"smallest int32":   {`{"v":-2147483648}`, int32(math.MinInt32)},
		"int64":            {`{"v":-2147483649}`, int64(math.MinInt32) - 1},
		"smallest int64":   {`{"v":-9223372036854775808}`, int64(math.MinInt64)},
		"largest int64":    {`{"v":9223372036854775807}`, int64(math.MaxInt64)},
		"decimal":          {`{"v":125.00}`, decimal(t, "125.00")},
		"negative decimal": {`{"v":-0.05}`, decimal(t, "-0.05")},
		"negative zero":    {`{"v":-0.00}`, decimal(t, "-0.00")},
		"exponent":         {`{"v":1.2750E2}`, decimal(t, "127.50")},
		"20 digits":        {`{"v":18446744073709551616}`, decimal(t, "18446744073709551616")},
		"34 digits":        {`{"v":9999999999999999999999999999999999}`, decimal(t, "9999999999999999999999999999999999")},
		"least exponent":   {`{"v":1e-6176}`, decimal(t, "1E-6176")},
		"35 digits":        {`{"v":99999999999999999999999999999999999}`, "99999999999999999999999999999999999"},
		"unescaped":        {`{"v":"a\u003cb\/c"}`, "a<b/c"},
		"lone surrogate":   {`{"v":"\ud800"}`, "\ufffd"},
		"null":             {`{"v":null}`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			doc, _ := roundTrip(t, c.text)
			var got bson.M
			require.NoError(t, bson.Unmarshal(doc, &got))
			require.Equal(t, bson.M{"v": c.want}, got)
		})
	}
}

func decimal(t testing.TB, s string) bson.Decimal128 {
	d, err := bson.ParseDecimal128(s)
	require.NoError(t, err)
	return d
}

func TestOddNamesAreStoredHarmlessly(t *testing.T) {
	doc, _ := roundTrip(t, `{"$set":1,"a.b":2,"x$":3}`)
	elements, err := doc.Elements()
	require.NoError(t, err)
	var names []string
	for _, e := range elements {
		names = append(names, e.Key())
	}
	require.Equal(t, []string{"＄set", "a．b", "x$"}, names)
}

func TestEncodeAppends(t *testing.T) {
	doc, form, err := jsonbson.Encode([]byte("before"), []byte(`{"a":1}`))
	require.NoError(t, err)
	back, err := jsonbson.Decode([]byte("also "), doc[len("before"):], form)
	require.NoError(t, err)
	require.Equal(t, `also {"a":1}`, string(back))
}

func TestRefusedText(t *testing.T) {
	for name, text := range map[string]string{
		"nothing": ``, "no object": `[1]`, "string": `"a"`, "two objects": `{}{}`, "open": `{"a":1`, "comma": `{"a":1,}`,
		"no colon": `{"a" 1}`, "bare name": `{a:1}`, "leading zero": `{"a":01}`, "no fraction": `{"a":1.}`,
		"no exponent": `{"a":1e}`, "sign": `{"a":+1}`, "minus": `{"a":-}`, "word": `{"a":nul}`, "control": "{\"a\":\"\n\"}",
		"escape": `{"a":"\x"}`, "hex": `{"a":"\u12g4"}`, "cut escape": `{"a":"\`, "array comma": `{"a":[1,]}`,
		"array open": `{"a":[1`, "not UTF-8": "{\"a\":\"\xff\"}", "too deep": strings.Repeat(`{"a":`, 97) + "1" + strings.Repeat("}", 97),
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := jsonbson.Encode(nil, []byte(text))
			require.ErrorIs(t, err, jsonbson.ErrSyntax)
		})
	}
}

func TestDeepestAllowed(t *testing.T) {
	roundTrip(t, strings.Repeat(`{"a":`, jsonbson.MaxDepth)+"1"+strings.Repeat("}", jsonbson.MaxDepth))
}

func TestChangedByHand(t *testing.T) {
	doc, err := bson.Marshal(bson.D{{Key: "a", Value: 5.5}, {Key: "b", Value: decimal(t, "1E3")}, {Key: "c", Value: int64(7)}})
	require.NoError(t, err)
	text, err := jsonbson.Decode(nil, doc, nil)
	require.NoError(t, err)
	require.Equal(t, `{"a":5.5,"b":1E3,"c":7}`, string(text))
	require.True(t, json.Valid(text))
}

func TestDamagedDocuments(t *testing.T) {
	good, form, err := jsonbson.Encode(nil, []byte(`{"a": [1, "x", 2.5e1]}`))
	require.NoError(t, err)
	for i := range good {
		_, err := jsonbson.Decode(nil, good[:i], form)
		require.ErrorIs(t, err, jsonbson.ErrDocument)
	}
	_, err = jsonbson.Decode(nil, append(good, 0), form)
	require.ErrorIs(t, err, jsonbson.ErrDocument)
	for i := range form[1:] {
		_, err := jsonbson.Decode(nil, good, form[:i+1])
		require.ErrorIs(t, err, jsonbson.ErrDocument)
	}
	for name, value := range map[string]any{"NaN": math.NaN(), "infinity": decimal(t, "Infinity"), "date": bson.DateTime(0)} {
		t.Run(name, func(t *testing.T) {
			doc, err := bson.Marshal(bson.D{{Key: "v", Value: value}})
			require.NoError(t, err)
			_, err = jsonbson.Decode(nil, doc, nil)
			require.ErrorIs(t, err, jsonbson.ErrDocument)
		})
	}
}

// The official examples are in the npm package hl7.fhir.r4.examples 4.0.1; the variable names the folder with its files.
func TestOfficialExamples(t *testing.T) {
	dir := os.Getenv("CLAIMWRIGHT_R4_EXAMPLES")
	if dir == "" {
		t.Skip("CLAIMWRIGHT_R4_EXAMPLES is not set; CI sets it")
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	count := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		if !strings.Contains(string(text), `"resourceType"`) {
			continue // package.json and .index.json
		}
		roundTrip(t, string(text))
		compact, err := json.Marshal(json.RawMessage(text))
		require.NoError(t, err)
		roundTrip(t, string(compact))
		count++
	}
	t.Logf("%d examples, as published and compacted, equal after JSON → BSON → JSON", count)
}
