package storetest

import (
	"context"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"claimwright/fhir/search"
	"claimwright/store"
)

// benchClients is how many clients submit at once in the benchmarks.
const benchClients = 64

// Benchmark measures what every backend is measured by: submissions from 64 clients, reads by key, and searches for the
// response to a claim, on a store that already holds the given number of submissions.
func Benchmark(b *testing.B, open func(b *testing.B) store.Store, stored int) {
	st := open(b)
	defer func() { require.NoError(b, st.Close()) }()
	clients := make([]*Submitter, benchClients)
	for i := range clients {
		clients[i] = NewSubmitter(i)
	}
	claims := Fill(b, st, clients, stored)

	b.Run("submit", func(b *testing.B) {
		Fill(b, st, clients, b.N)
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "submits/s")
	})
	b.Run("get", func(b *testing.B) { benchGet(b, st, claims) })
	b.Run("search", func(b *testing.B) { benchSearch(b, st, claims) })
}

// Fill submits n times from all clients at once and returns the claims' keys, in no order.
func Fill(tb testing.TB, st store.Store, clients []*Submitter, n int) []store.Key {
	tb.Helper()
	var left atomic.Int64
	left.Store(int64(n))
	done := make(chan []store.Key, len(clients))
	failed := make(chan error, len(clients))
	for _, client := range clients {
		go func() {
			var claims []store.Key
			for left.Add(-1) >= 0 {
				c := client.Next()
				if err := st.Commit(context.Background(), c); err != nil {
					failed <- err
					break
				}
				claims = append(claims, c.Resources[0].Key)
			}
			done <- claims
		}()
	}
	var all []store.Key
	for range clients {
		all = append(all, <-done...)
	}
	close(failed)
	for err := range failed {
		require.NoError(tb, err)
	}
	return all
}

func benchGet(b *testing.B, st store.Store, claims []store.Key) {
	var next atomic.Int64
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			k := claims[int(next.Add(7919))%len(claims)]
			recs, err := st.Get(b.Context(), store.Everything("bench"), k)
			if err != nil || recs[0] == nil {
				b.Errorf("get %s: %v", k, err)
				return
			}
		}
	})
}

func benchSearch(b *testing.B, st store.Store, claims []store.Key) {
	var next atomic.Int64
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			k := claims[int(next.Add(7919))%len(claims)]
			page, err := st.Search(b.Context(), store.Everything("bench"), &search.Query{
				Type: "ClaimResponse", Count: 10, Where: []search.Clause{where(term("request", k.String()))},
			}, "")
			if err != nil || len(page.Records) != 1 {
				b.Errorf("search the response to %s: %d, %v", k, len(page.Records), err)
				return
			}
		}
	})
}
