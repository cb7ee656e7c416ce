package claims_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/codec"
	"claimwright/store/sqlite"
)

// benchmarkMembers is how many members submit; each has a policy of its own.
const benchmarkMembers = 2000

// tenLines are the services of a ten-line claim.
var tenLines = []string{"S-CONS", "S-CBC", "S-MALRDT", "S-TRIAGE", "S-INJ", "S-DRESS", "S-URIN", "S-GLUC", "S-NEB", "S-XRAY"}

func benchmarkWorld(b *testing.B) *world {
	st, err := sqlite.Open(context.Background(), filepath.Join(b.TempDir(), "claims.db"))
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, st.Close()) })
	w := newWorld(b, st)
	for from := 0; from < benchmarkMembers; from += 200 {
		var entries []string
		put := func(key, body string) {
			entries = append(entries, `{"resource":`+body+`,"request":{"method":"PUT","url":"`+key+`"}}`)
		}
		for i := from; i < from+200; i++ {
			put(fmt.Sprintf("Contract/b-%d", i), fmt.Sprintf(`{"resourceType":"Contract","id":"b-%d","status":"executed","type":{"coding":[{"system":"https://claimwright.org/fhir/CodeSystem/contract-type","code":"policy"}]},"applies":{"start":"2026-01-01","end":"2026-12-31"},"authority":[{"reference":"Organization/umoja"}]}`, i))
			put(fmt.Sprintf("Patient/b-%d", i), fmt.Sprintf(`{"resourceType":"Patient","id":"b-%d","gender":"female","birthDate":"1990-01-01"}`, i))
			put(fmt.Sprintf("Coverage/b-%d", i), fmt.Sprintf(`{"resourceType":"Coverage","id":"b-%[1]d","status":"active","beneficiary":{"reference":"Patient/b-%[1]d"},"payor":[{"reference":"Organization/umoja"}],"period":{"start":"2026-01-01","end":"2026-12-31"},"class":[{"type":{"coding":[{"code":"plan"}]},"value":"GOLD"}],"contract":[{"reference":"Contract/b-%[1]d"}]}`, i))
		}
		w.transact(`{"resourceType":"Bundle","type":"transaction","entry":[` + strings.Join(entries, ",") + `]}`)
	}
	return w
}

// tenLineClaim is a claim of some 4.7 KB, as a client sends it.
func tenLineClaim(n int64) []byte {
	member := n % benchmarkMembers
	var items []string
	for i, code := range tenLines {
		items = append(items, fmt.Sprintf(`{"sequence":%d,"diagnosisSequence":[1],"productOrService":{"coding":[{"system":"https://claimwright.org/sandbox/services","code":%q,"display":"as the hospital calls it"}]},"servicedDate":"2026-05-%02d","quantity":{"value":1},"unitPrice":{"value":200.00,"currency":"KES"},"net":{"value":200.00,"currency":"KES"}}`, i+1, code, n/benchmarkMembers%28+1))
	}
	return fmt.Appendf(nil, `{"resourceType":"Claim","identifier":[{"system":"urn:bench","value":"%d"}],"status":"active","type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/claim-type","code":"professional"}]},"use":"claim","patient":{"reference":"Patient/b-%[2]d"},"billablePeriod":{"start":"2026-05-01","end":"2026-05-28"},"created":"2026-05-05T08:00:00Z","insurer":{"reference":"Organization/umoja"},"provider":{"reference":"Organization/ziwani"},"priority":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/processpriority","code":"normal"}]},"payee":{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/payeetype","code":"provider"}]}},"careTeam":[{"sequence":1,"provider":{"reference":"Practitioner/1"}}],"diagnosis":[{"sequence":1,"diagnosisCodeableConcept":{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10","code":"B54"}]}}],"insurance":[{"sequence":1,"focal":true,"coverage":{"reference":"Coverage/b-%[2]d"}}],"item":[%s],"total":{"value":2000.00,"currency":"KES"}}`, n, member, strings.Join(items, ","))
}

// BenchmarkSubmit is a ten-line claim from bytes to a durable answer, 64 clients at once, on the embedded store: everything
// but HTTP.
func BenchmarkSubmit(b *testing.B) {
	w := benchmarkWorld(b)
	ctx := context.Background()
	before, err := w.store.Stats(ctx)
	require.NoError(b, err)
	var next, answered atomic.Int64
	b.ReportAllocs()
	b.SetParallelism(32) // times GOMAXPROCS 2
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			doc, issues := codec.Parse(tenLineClaim(next.Add(1)), codec.Limits{})
			if len(issues) > 0 {
				b.Error(issues)
				return
			}
			answer, err := w.claims.Submit(ctx, everyone, doc)
			if err != nil || field(answer, "outcome") != "complete" {
				b.Error(err, field(answer, "outcome"))
				return
			}
			answered.Add(int64(len(answer.Bytes())))
		}
	})
	b.StopTimer()
	after, err := w.store.Stats(ctx)
	require.NoError(b, err)
	n := float64(b.N)
	b.ReportMetric(n/b.Elapsed().Seconds(), "submits/s")
	b.ReportMetric(float64(answered.Load())/n, "B/answer")
	b.ReportMetric(float64(after.Resources-before.Resources)/n, "docs/op")
	b.ReportMetric(float64(after.Internals-before.Internals)/n, "records/op")
	b.ReportMetric(float64(after.IndexRows-before.IndexRows)/n, "rows/op")
	b.ReportMetric(float64(after.Bytes-before.Bytes)/n, "disk-B/op")
}
