package r4proto

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	claimpb "github.com/google/fhir/go/proto/google/fhir/proto/r4/core/resources/claim_go_proto"

	r4pb "github.com/google/fhir/go/proto/google/fhir/proto/r4/core/resources/bundle_and_contained_resource_go_proto"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
)

func document(t *testing.T, body string) *codec.Document {
	t.Helper()
	d, issues := codec.Parse([]byte(body), codec.Limits{})
	require.Empty(t, issues)
	return d
}

// roundTrip converts to protos and back.
func roundTrip(t *testing.T, d *codec.Document) *codec.Document {
	t.Helper()
	r, err := ToProto(d)
	require.NoError(t, err)
	again, err := FromProto(r)
	require.NoError(t, err)
	return again
}

// plain decodes JSON so that the order of members does not matter but the spelling of numbers does.
func plain(t *testing.T, body []byte) any {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var v any
	require.NoError(t, decoder.Decode(&v))
	return v
}

func TestSamplesSurviveTheRoundTrip(t *testing.T) {
	files, err := filepath.Glob("../testdata/samples/*.json")
	require.NoError(t, err)
	files = append(files, "../testdata/claim-10-items.json")
	require.Greater(t, len(files), 10)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			body, err := os.ReadFile(file)
			require.NoError(t, err)
			once := roundTrip(t, document(t, string(body)))
			// What the first conversion loses is listed below; a second one must not lose anything more.
			require.Equal(t, string(once.Bytes()), string(roundTrip(t, once).Bytes()))
			if name := filepath.Base(file); name != "patient.json" && name != "parameters.json" { // they have odd fractions
				require.Equal(t, plain(t, body), plain(t, once.Bytes()))
			}
		})
	}
}

func TestGetters(t *testing.T) {
	r, err := ToProto(document(t, `{"resourceType":"Basic","id":"b1","code":{"coding":[{"system":"urn:x:y","code":"c"}]},"subject":{"reference":"Patient/7"}}`))
	require.NoError(t, err)
	require.Equal(t, "b1", r.GetBasic().GetId().GetValue())
	require.Equal(t, "7", r.GetBasic().GetSubject().GetPatientId().GetValue())
}

func TestListedLosses(t *testing.T) {
	for name, test := range map[string]struct{ before, after string }{
		"short fraction":  {`"meta":{"lastUpdated":"2026-02-03T10:00:00.2Z"}`, `"meta":{"lastUpdated":"2026-02-03T10:00:00.200Z"}`},
		"long fraction":   {`"meta":{"lastUpdated":"2026-02-03T10:00:00.123456789Z"}`, `"meta":{"lastUpdated":"2026-02-03T10:00:00.123456Z"}`},
		"negative zero":   {`"meta":{"lastUpdated":"2026-02-03T10:00:00-00:00"}`, `"meta":{"lastUpdated":"2026-02-03T10:00:00+00:00"}`},
		"_reference":      {`"subject":{"reference":"Patient/1","_reference":{"id":"a"}}`, `"subject":{"reference":"Patient/1"}`},
		"decimals remain": {`"extension":[{"url":"u","valueDecimal":125.00},{"url":"u","valueDecimal":1.2750E2}]`, `"extension":[{"url":"u","valueDecimal":125.00},{"url":"u","valueDecimal":1.2750E2}]`},
	} {
		t.Run(name, func(t *testing.T) {
			wrap := func(members string) string {
				return `{"resourceType":"Basic","code":{"text":"x"},` + members + `}`
			}
			again := roundTrip(t, document(t, wrap(test.before)))
			require.Equal(t, plain(t, []byte(wrap(test.after))), plain(t, again.Bytes()))
		})
	}
}

func TestResourcesInParameters(t *testing.T) {
	const body = `{"resourceType":"Parameters","id":"p","parameter":[
		{"name":"a","valueString":"x"},
		{"name":"resource","resource":{"resourceType":"Patient","id":"one","active":true}},
		{"name":"parts","part":[{"name":"b","valueInteger":1},{"name":"inner","resource":{"resourceType":"Parameters","parameter":[
			{"name":"deep","resource":{"resourceType":"Patient","id":"two"}}]}}]},
		{"name":"last","resource":{"resourceType":"Organization","name":"O"}}]}`
	d := document(t, body)
	r, err := ToProto(d)
	require.NoError(t, err)
	var first r4pb.ContainedResource
	require.NoError(t, r.GetParameters().GetParameter()[1].GetResource().UnmarshalTo(&first))
	require.Equal(t, "one", first.GetPatient().GetId().GetValue())
	again, err := FromProto(r)
	require.NoError(t, err)
	require.Equal(t, plain(t, []byte(body)), plain(t, again.Bytes()))
}

func TestFromProtoDoesNotChangeItsArgument(t *testing.T) {
	r, err := ToProto(document(t, `{"resourceType":"Basic","contained":[{"resourceType":"Patient","id":"p"}],"code":{"text":"x"},"subject":{"reference":"#p"}}`))
	require.NoError(t, err)
	before := proto.Clone(r)
	_, err = FromProto(r)
	require.NoError(t, err)
	require.True(t, proto.Equal(before, r))
}

func TestErrors(t *testing.T) {
	_, err := ToProto(nil)
	require.Error(t, err)
	_, err = ToProto(document(t, `{"resourceType":"Binary","contentType":"a/b","data":"aGVs\nbG8h"}`))
	require.ErrorContains(t, err, "convert Binary to a proto")

	_, err = FromProto(&r4pb.ContainedResource{OneofResource: &r4pb.ContainedResource_Claim{Claim: &claimpb.Claim{}}})
	require.Error(t, err)
	var refused *outcome.Error
	incomplete, convertErr := ToProto(document(t, `{"resourceType":"Basic","code":{"text":"x"}}`))
	require.NoError(t, convertErr)
	incomplete.GetBasic().Code.Text.Value = " "
	_, err = FromProto(incomplete)
	require.ErrorAs(t, err, &refused)
	require.Equal(t, "Basic.code.text", refused.Issues[0].Expression)
}
