package codec

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// FuzzParse feeds any bytes: nothing may panic, the work stays linear, and what is accepted is JSON whose tape is sound.
func FuzzParse(f *testing.F) {
	for _, body := range samples(f) {
		f.Add(body)
	}
	for _, d := range differences {
		f.Add([]byte(d.example))
	}
	f.Add([]byte(nestedBundles(3)))
	f.Fuzz(func(t *testing.T, body []byte) {
		requireLinearWork(t, body)
		d, issues := Parse(body, Limits{})
		if d == nil {
			require.NotEmpty(t, issues)
			require.LessOrEqual(t, len(issues), defaultMaxProblems+2)
			return
		}
		require.Empty(t, issues)
		require.True(t, json.Valid(body))
		for i := range d.tape {
			v := Value{d, uint32(i)}
			require.True(t, json.Valid(v.Raw()), "%q", v.Raw())
			v.Text()
			require.NotEmpty(t, v.TypeName())
			if i < 100 { // the path of the n-th node takes n steps
				require.NotEmpty(t, v.Path())
			}
		}
		stored := d.WithMeta("f", 1, time.Unix(0, 0))
		again, issues := Parse(stored.Bytes(), Limits{MaxDepth: defaultMaxDepth + 1, MaxBytes: len(body) + 1000})
		require.Empty(t, issues)
		require.Equal(t, again.tape, stored.tape)
	})
}

// requireLinearWork counts, rather than times, the two things that grow with a body: what is read twice and the tape.
func requireLinearWork(t *testing.T, body []byte) {
	p := new(parser)
	p.reset(body, Limits{}.withDefaults())
	p.document()
	require.LessOrEqual(t, p.surveyedBytes, len(body))
	require.LessOrEqual(t, len(p.tape), len(body)+1)
	require.LessOrEqual(t, p.at, len(body))
}

// FuzzNarrative feeds any text into a narrative.
func FuzzNarrative(f *testing.F) {
	f.Add(`<div xmlns="http://www.w3.org/1999/xhtml"><p style="color:red" title='&#xE9;'>x<br/></p><!-- y --><a href="&#106;avascript:x">z</a></div>`)
	f.Fuzz(func(t *testing.T, xhtml string) { narrativeFlaw([]byte(xhtml)) })
}
