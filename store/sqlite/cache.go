package sqlite

import (
	"math"
	"sync"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"claimwright/store"
)

// stored is a current version of a resource as reads need it. It is shared and never changed.
type stored struct {
	record   *store.Record
	labels   []string
	rid, seq int64
}

func (s *stored) bytes() int { return len(s.record.Body) + 400 }

// cache is a bounded map of what is current. It is exactly coherent: the writer replaces entries in the same step in
// which a group becomes visible, and a reader's entry is taken only if no group became visible since he read it.
type cache[K comparable, V any] struct {
	mu        sync.Mutex
	lru       *simplelru.LRU[K, V]
	size      func(V) int
	bytes     int
	limit     int
	published int64 // the group that entries are current as of
}

func newCache[K comparable, V any](limit int, published int64, size func(V) int) *cache[K, V] {
	c := &cache[K, V]{limit: limit, size: size, published: published}
	// The bound is by bytes, below; the list's own bound by count never applies, so that it cannot fail.
	c.lru, _ = simplelru.NewLRU(math.MaxInt, func(_ K, v V) { c.bytes -= size(v) })
	return c
}

// get finds an entry.
func (c *cache[K, V]) get(k K) (V, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.lru.Get(k)
}

// publish tells that a group is visible and lets the writer put and remove what it changed.
func (c *cache[K, V]) publish(group int64, change func(put func(K, V), remove func(K))) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.published = group
	change(c.put, func(k K) { c.lru.Remove(k) })
}

// fill offers what a reader found in the state after a group.
func (c *cache[K, V]) fill(group int64, k K, v V) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.published == group {
		c.put(k, v)
	}
}

func (c *cache[K, V]) put(k K, v V) {
	c.lru.Remove(k)
	c.lru.Add(k, v)
	for c.bytes += c.size(v); c.bytes > c.limit; {
		c.lru.RemoveOldest()
	}
}
