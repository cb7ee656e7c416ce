package jsonbson_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/store/mongo/jsonbson"
)

// claim is a compact claim of ten lines, some 4.7 KB.
func claim() []byte {
	var items []string
	for i := range 10 {
		items = append(items, fmt.Sprintf(`{"sequence":%d,"careTeamSequence":[1],"diagnosisSequence":[1],"productOrService":`+
			`{"coding":[{"system":"http://claimwright.example/services","code":"S-%03d","display":"Consultation, general"}],`+
			`"text":"Consultation"},"servicedDate":"2026-03-%02d","quantity":{"value":%d},"unitPrice":{"value":125.00,`+
			`"currency":"KES"},"net":{"value":%d.50,"currency":"KES"},"locationCodeableConcept":{"coding":[{"system":`+
			`"http://terminology.hl7.org/CodeSystem/v3-RoleCode","code":"HOSP"}]}}`, i+1, i, i+1, i%3+1, 100+i))
	}
	return []byte(`{"resourceType":"Claim","id":"0197f1a2-7c1e-7d30-9a55-3f2f5b9d1c11","meta":{"versionId":"1","lastUpdated":` +
		`"2026-03-12T09:30:00.000Z"},"identifier":[{"system":"http://facility.example/claims","value":"F1-000123"}],` +
		`"status":"active","type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/claim-type","code":` +
		`"professional"}]},"use":"claim","patient":{"reference":"Patient/p1"},"created":"2026-03-12","insurer":` +
		`{"reference":"Organization/ins"},"provider":{"reference":"Organization/f1"},"priority":{"coding":[{"code":` +
		`"normal"}]},"insurance":[{"sequence":1,"focal":true,"coverage":{"reference":"Coverage/c1"}}],"diagnosis":` +
		`[{"sequence":1,"diagnosisCodeableConcept":{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10","code":"J06.9"}]}}],` +
		`"careTeam":[{"sequence":1,"provider":{"reference":"Practitioner/d1"}}],"item":[` + strings.Join(items, ",") +
		`],"total":{"value":1045.00,"currency":"KES"}}`)
}

func indented(b *testing.B) []byte {
	var pretty strings.Builder
	encoder := json.NewEncoder(&pretty)
	encoder.SetIndent("", "  ")
	require.NoError(b, encoder.Encode(json.RawMessage(claim())))
	return []byte(pretty.String())
}

func BenchmarkEncode(b *testing.B) {
	for name, text := range map[string][]byte{"compact": claim(), "indented": indented(b)} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				_, _, err := jsonbson.Encode(make([]byte, 0, len(text)+len(text)/4), text)
				require.NoError(b, err)
			}
		})
	}
}

func BenchmarkDecode(b *testing.B) {
	for name, text := range map[string][]byte{"compact": claim(), "indented": indented(b)} {
		doc, form, err := jsonbson.Encode(nil, text)
		require.NoError(b, err)
		b.Run(name, func(b *testing.B) {
			b.ReportMetric(float64(len(doc)), "bson-bytes")
			b.ReportMetric(float64(len(form)), "form-bytes")
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				_, err := jsonbson.Decode(nil, doc, form)
				require.NoError(b, err)
			}
		})
	}
}
