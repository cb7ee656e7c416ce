package xmlform

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/codec"
)

// FuzzRead feeds any bytes: nothing may panic, and what is accepted is well-formed for another parser, too, and becomes
// JSON that survives XML and back.
func FuzzRead(f *testing.F) {
	for _, file := range samples(f) {
		body, err := os.ReadFile(file)
		require.NoError(f, err)
		doc, _ := codec.ParseOwn(body)
		f.Add(Append(nil, doc))
	}
	f.Add([]byte("\xEF\xBB\xBF<?xml version=\"1.0\"?><f:Basic xmlns:f='http://hl7.org/fhir'><!--c--><f:text><d:div xmlns:d='" + xhtml + "'>&#13;<![CDATA[<]]></d:div></f:text></f:Basic>"))
	f.Fuzz(func(t *testing.T, body []byte) {
		l := codec.Limits{MaxBytes: 1 << 20}
		out, issues := Read(body, l)
		if out == nil {
			require.NotEmpty(t, issues)
			return
		}
		require.Empty(t, issues)
		require.True(t, json.Valid(out), "%s", out)
		requireWellFormed(t, body)
		if doc, _ := codec.Parse(out, l); doc != nil {
			requireWellFormed(t, Append(nil, doc))
			requireRoundTrip(t, out, Append, AppendIndented)
		}
	})
}

// requireWellFormed asks the standard library, which is laxer in most respects.
func requireWellFormed(t *testing.T, body []byte) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(body))
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	for {
		_, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		require.NoError(t, err, "%s", body)
	}
}
