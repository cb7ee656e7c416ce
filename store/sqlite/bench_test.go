package sqlite

import (
	"fmt"
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/search"
	"claimwright/store"
	"claimwright/store/storetest"
)

// benchSizes are how many submissions are stored before what is measured. CLAIMWRIGHT_BENCH_STORED=full adds the size at
// which the server is measured.
func benchSizes() []int {
	if os.Getenv("CLAIMWRIGHT_BENCH_STORED") == "full" {
		return []int{10_000, 100_000}
	}
	return []int{10_000}
}

// benchStore opens a store and fills it.
func benchStore(b *testing.B, stored int) (*Store, *loader) {
	b.Helper()
	st := openIn(b, newPath(b))
	b.Cleanup(func() { require.NoError(b, st.Close()) })
	l := &loader{st: st}
	for i := range 64 {
		l.clients = append(l.clients, storetest.NewSubmitter(i))
	}
	l.fill(b, stored)
	return st, l
}

// loader hands commits to the writer's own functions, in groups, without the queue and its waiting callers.
type loader struct {
	st      *Store
	clients []*storetest.Submitter
	claims  []store.Key
}

func (l *loader) batch(n int) []*request {
	out := make([]*request, n)
	for i := range out {
		c := l.clients[i%len(l.clients)].Next()
		l.claims = append(l.claims, c.Resources[0].Key)
		out[i] = &request{commit: l.st.prepare(&c), outcome: make(chan error, 1)}
	}
	return out
}

func (l *loader) fill(b *testing.B, n int) {
	for ; n > 0; n -= 64 {
		l.write(b, l.batch(min(n, 64)))
	}
}

func (l *loader) write(b *testing.B, batch []*request) {
	task := &request{task: func() error { l.st.writer.writeGroup(batch); return nil }}
	require.NoError(b, l.st.hand(b.Context(), task))
	for _, r := range batch {
		require.NoError(b, <-r.outcome)
	}
}

// BenchmarkCommit measures the writer alone: groups of 64 submissions that are encoded beforehand.
func BenchmarkCommit(b *testing.B) {
	for _, stored := range benchSizes() {
		b.Run(fmt.Sprintf("stored=%d", stored), func(b *testing.B) {
			st, l := benchStore(b, stored)
			before, err := st.Stats(b.Context())
			require.NoError(b, err)
			var spent time.Duration
			b.ResetTimer()
			for done := 0; done < b.N; done += 64 {
				b.StopTimer()
				batch := l.batch(min(64, b.N-done))
				b.StartTimer()
				start := time.Now()
				l.write(b, batch)
				spent += time.Since(start)
			}
			b.StopTimer()
			after, err := st.Stats(b.Context())
			require.NoError(b, err)
			b.ReportMetric(float64(b.N)/spent.Seconds(), "submits/s")
			b.ReportMetric(float64(after.Versions-before.Versions)/float64(b.N), "docs/submit")
			b.ReportMetric(float64(after.IndexRows)/float64(after.Versions/3), "index-rows/submit")
			b.ReportMetric(float64(after.Bytes)/float64(after.Versions/3), "bytes/submit")
			reportMemory(b)
		})
	}
}

func reportMemory(b *testing.B) {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.HeapInuse)/(1<<20), "MB-heap")
}

// BenchmarkEncode measures what the caller of Commit computes before the writer is asked.
func BenchmarkEncode(b *testing.B) {
	st, _ := benchStore(b, 0)
	c := storetest.NewSubmitter(0).Next()
	b.ReportAllocs()
	for b.Loop() {
		st.prepare(&c)
	}
}

// BenchmarkGet measures reads by key, of resources that are mostly not in memory.
func BenchmarkGet(b *testing.B) {
	for _, stored := range benchSizes() {
		b.Run(fmt.Sprintf("stored=%d", stored), func(b *testing.B) {
			st, l := benchStore(b, stored)
			b.ReportAllocs()
			b.ResetTimer()
			for i := 0; i < b.N; i++ {
				recs, err := st.Get(b.Context(), store.Everything("bench"), l.claims[i*7919%len(l.claims)])
				if err != nil || recs[0] == nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "gets/s")
		})
	}
}

// BenchmarkSearchToken measures the search for the response to a claim.
func BenchmarkSearchToken(b *testing.B) {
	for _, stored := range benchSizes() {
		b.Run(fmt.Sprintf("stored=%d", stored), func(b *testing.B) {
			st, l := benchStore(b, stored)
			b.ReportAllocs()
			b.ResetTimer()
			for i := 0; i < b.N; i++ {
				q := &search.Query{Type: "ClaimResponse", Count: 10, Where: []search.Clause{{AnyOf: []search.Condition{
					{Kind: search.HasTerm, Param: "request", Text: l.claims[i*7919%len(l.claims)].String()},
				}}}}
				page, err := st.Search(b.Context(), store.Everything("bench"), q, "")
				if err != nil || len(page.Records) != 1 {
					b.Fatal(len(page.Records), err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "searches/s")
		})
	}
}

// BenchmarkStore measures what every backend is measured by.
func BenchmarkStore(b *testing.B) {
	for _, stored := range benchSizes() {
		b.Run(fmt.Sprintf("stored=%d", stored), func(b *testing.B) {
			storetest.Benchmark(b, func(b *testing.B) store.Store { return openIn(b, newPath(b)) }, stored)
		})
	}
}
