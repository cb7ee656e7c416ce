package resources_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"claimwright/store"
	"claimwright/store/resources"
	"claimwright/store/storetest"
)

// TestHistoryAt holds what was current at each moment against what a log of the writes says, over every backend.
func TestHistoryAt(t *testing.T) {
	for _, backend := range backends {
		t.Run(backend.name, func(t *testing.T) {
			b := benchOver(t, backend.open(t))
			type version struct {
				key     store.Key
				version int64
				from    time.Time
				until   time.Time // zero while it is current
				deleted bool
			}
			var log []*version // oldest first
			latest := map[store.Key]*version{}
			write := func(k store.Key, deleted bool) {
				b.clock.now = b.clock.now.Add(time.Second)
				if deleted {
					_, err := b.Delete(t.Context(), clerk, k, resources.DeleteOptions{})
					require.NoError(t, err)
				} else {
					b.put(t, `{"resourceType":%q,"id":%q,"language":"l-%d"%s}`, k.Type, k.ID, len(log), map[string]string{"Basic": `,"code":{"text":"x"}`}[k.Type])
				}
				v := &version{key: k, version: 1, from: b.clock.now.UTC().Truncate(time.Millisecond), deleted: deleted}
				if before := latest[k]; before != nil {
					before.until, v.version = v.from, before.version+1
				}
				latest[k], log = v, append(log, v)
			}
			p, q, other := key("Patient", "p"), key("Patient", "q"), key("Basic", "p")
			for _, k := range []store.Key{p, q, p, other, p, q, other} {
				write(k, false)
			}
			write(p, true)
			write(q, true)
			write(p, false)
			for _, about := range []store.HistoryQuery{{}, {Type: "Patient"}, {Type: "Patient", ID: "p"}} {
				for i := range log {
					at := log[i].from.Add(500 * time.Millisecond)
					for _, until := range []time.Time{{}, at.Add(time.Millisecond), at.Add(2 * time.Second)} {
						var want []string
						for _, v := range log {
							there := !v.from.Before(at) || !v.deleted && (v.until.IsZero() || v.until.After(at))
							inside := until.IsZero() || v.from.Before(until)
							asked := (about.Type == "" || about.Type == v.key.Type) && (about.ID == "" || about.ID == v.key.ID)
							if there && inside && asked {
								want = append(want, fmt.Sprint(v.key, v.version))
							}
						}
						slices.Reverse(want)
						for _, limit := range []int{1, 3, 100} {
							about.Limit, about.Until = limit, until
							require.Equal(t, want, listed(t, b, about, at), "%+v at %s", about, at)
						}
					}
				}
			}
		})
	}
}

// listed follows the pages of a history.
func listed(t *testing.T, b *bench, h store.HistoryQuery, at time.Time) (lines []string) {
	t.Helper()
	for token := ""; ; {
		page, err := b.HistoryAt(t.Context(), clerk, h, at, token)
		require.NoError(t, err)
		require.LessOrEqual(t, len(page.Records), h.Limit)
		for _, r := range page.Records {
			lines = append(lines, fmt.Sprint(r.Key, r.Version))
		}
		if token = page.Next; token == "" {
			return lines
		}
	}
}

// TestHistoryAtIsBounded: a page does not look through any number of versions that were replaced.
func TestHistoryAtIsBounded(t *testing.T) {
	c := &historian{Store: storetest.NewMemory()}
	b := benchOver(t, c)
	b.put(t, `{"resourceType":"Patient","id":"first"}`)
	for i := range 2500 {
		b.put(t, `{"resourceType":"Patient","id":"p","language":"l-%d"}`, i)
	}
	at := b.clock.now.Add(time.Hour)
	c.read = 0
	page, err := b.HistoryAt(t.Context(), clerk, store.HistoryQuery{Type: "Patient", Limit: 50}, at, "")
	require.NoError(t, err)
	require.NotEmpty(t, page.Next)
	require.Less(t, c.read, 1500)
	require.Equal(t, []string{fmt.Sprint(key("Patient", "p"), 2500), fmt.Sprint(key("Patient", "first"), 1)}, listed(t, b, store.HistoryQuery{Type: "Patient", Limit: 50}, at))
}

// historian counts the versions that histories read.
type historian struct {
	store.Store
	read int
}

func (h *historian) History(ctx context.Context, a store.Access, q store.HistoryQuery) (store.Page, error) {
	page, err := h.Store.History(ctx, a, q)
	h.read += len(page.Records)
	return page, err
}
