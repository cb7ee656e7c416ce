package simulation_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/adjudication/claims/simulation"
	"claimwright/adjudication/engine/rules"
	"claimwright/fhir/bundle"
	"claimwright/fhir/codec"
	"claimwright/store"
	"claimwright/store/resources"
	"claimwright/store/sqlite"
)

const (
	benchmarkMembers = 500
	benchmarkClaims  = 4000
)

// services are those of a ten-line claim.
var services = []string{"S-CONS", "S-CBC", "S-MALRDT", "S-TRIAGE", "S-INJ", "S-DRESS", "S-URIN", "S-GLUC", "S-NEB", "S-XRAY"}

// BenchmarkSimulate is a rule tried on stored claims of three and of ten lines: one that concerns a service of every claim, as
// the dearest case, and one that concerns none. It reports claims a second and the processor's time for each.
func BenchmarkSimulate(b *testing.B) {
	for _, lines := range []int{3, 10} {
		w := newWorld(b)
		populated(b, w, lines)
		simulateBoth(b, fmt.Sprintf("lines=%d/", lines), w)
	}
}

// BenchmarkSimulateStored is the same over the embedded store, from the disk's cache.
func BenchmarkSimulateStored(b *testing.B) {
	st, err := sqlite.Open(context.Background(), filepath.Join(b.TempDir(), "claims.db"))
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, st.Close()) })
	w := worldOver(b, st)
	populated(b, w, 10)
	simulateBoth(b, "lines=10/", w)
}

func simulateBoth(b *testing.B, name string, w *world) {
	for _, c := range [...]struct{ touches, code string }{{"none", "S-OTHER"}, {"every", services[0]}} {
		rule := w.rule(ruleJSON("tried", "draft", fmt.Sprintf(`line.code == %q && member.age > 18`, c.code), does("reject"), ""))
		b.Run(name+"touches="+c.touches, func(b *testing.B) {
			before := processorTime(b)
			decided := int64(0)
			for b.Loop() {
				report, err := w.sim.Run(context.Background(), store.Everything("officer"), simulation.Request{Rules: []*rules.Rule{rule}}, nil)
				require.NoError(b, err)
				require.EqualValues(b, benchmarkClaims, report.Claims)
				decided += report.Claims
			}
			b.ReportMetric(float64(decided)/b.Elapsed().Seconds(), "claims/s")
			b.ReportMetric(float64(processorTime(b)-before)/1e3/float64(decided), "cpu-us/claim")
		})
	}
}

// processorTime is what the process has used, in nanoseconds.
func processorTime(b *testing.B) int64 {
	var used syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &used))
	return used.Utime.Nano() + used.Stime.Nano()
}

// populated puts claims of so many lines into a world.
func populated(b *testing.B, w *world, lines int) {
	for from := 0; from < benchmarkMembers; from += 100 {
		var entries []string
		put := func(key, body string) {
			entries = append(entries, `{"resource":`+body+`,"request":{"method":"PUT","url":"`+key+`"}}`)
		}
		for i := from; i < from+100; i++ {
			put(fmt.Sprintf("Contract/b-%d", i), fmt.Sprintf(`{"resourceType":"Contract","id":"b-%d","status":"executed","type":{"coding":[{"system":"https://claimwright.org/fhir/CodeSystem/contract-type","code":"policy"}]},"applies":{"start":"2026-01-01","end":"2026-12-31"},"authority":[{"reference":"Organization/umoja"}]}`, i))
			put(fmt.Sprintf("Patient/b-%d", i), fmt.Sprintf(`{"resourceType":"Patient","id":"b-%d","gender":"female","birthDate":"1990-01-01"}`, i))
			put(fmt.Sprintf("Coverage/b-%d", i), fmt.Sprintf(`{"resourceType":"Coverage","id":"b-%[1]d","status":"active","beneficiary":{"reference":"Patient/b-%[1]d"},"payor":[{"reference":"Organization/umoja"}],"period":{"start":"2026-01-01","end":"2026-12-31"},"class":[{"type":{"coding":[{"code":"plan"}]},"value":"GOLD"}],"contract":[{"reference":"Contract/b-%[1]d"}]}`, i))
		}
		plan, err := bundle.Read([]byte(`{"resourceType":"Bundle","type":"transaction","entry":[`+strings.Join(entries, ",")+`]}`), codec.Limits{}, bundle.Options{})
		require.NoError(b, err)
		_, err = w.service.Transaction(w.tick(), everyone, plan, resources.BundleOptions{})
		require.NoError(b, err)
	}
	for i := range benchmarkClaims {
		var of []line
		for _, code := range services[:lines] {
			of = append(of, line{code, "200.00"})
		}
		w.claim(fmt.Sprintf("b-%d", i%benchmarkMembers), fmt.Sprintf("2026-05-%02d", i/benchmarkMembers+1), of...)
	}
}
