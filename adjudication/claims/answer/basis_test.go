package answer

import (
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/engine"
	"claimwright/fhir/codec"
)

// TestBasisIsReadBack: what a decision is made from must be found in its response, or no decision can be made again. A part
// that is added to engine.Basis fails here until the full decision has it and BasisOf reads it.
func TestBasisIsReadBack(t *testing.T) {
	d := fullDecision()
	d.Basis.Clock, d.Basis.ClaimID, d.Basis.ResponseID = d.Basis.Received, "c", "r"
	for i := range reflect.TypeFor[engine.Basis]().NumField() {
		field := reflect.TypeFor[engine.Basis]().Field(i)
		require.False(t, reflect.ValueOf(d.Basis).Field(i).IsZero(), "the full decision has no %s", field.Name)
	}
	claim := parsed(t, []byte(claimOfEverything))
	response := parsed(t, Response(ResponseInput{ID: "r", ClaimID: "c", Claim: claim, Decision: d, Created: d.Basis.Clock}))
	got, err := BasisOf(response)
	require.NoError(t, err)
	want := d.Basis
	want.Clock, want.Received = want.Clock.UTC(), want.Received.UTC()
	require.Equal(t, &want, got)

	d.Outcome = engine.Failed
	_, err = BasisOf(parsed(t, Response(ResponseInput{ID: "r", ClaimID: "c", Claim: claim, Decision: d, Created: d.Basis.Clock})))
	require.ErrorIs(t, err, ErrNoBasis)
}

func FuzzBasisOf(f *testing.F) {
	doc, _ := codec.Parse([]byte(claimOfEverything), codec.Limits{})
	f.Add(Response(ResponseInput{ID: "r", ClaimID: "c", Claim: doc, Decision: fullDecision(), Created: time.Unix(1, 0)}))
	f.Add([]byte(`{"resourceType":"ClaimResponse","extension":[{"url":"` + BasisExtension + `","extension":[{"url":"head","valueString":"@"}]}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		doc, issues := codec.Parse(body, codec.Limits{})
		if len(issues) > 0 {
			return
		}
		b, err := BasisOf(doc)
		require.Equal(t, err != nil, b == nil)
	})
}
