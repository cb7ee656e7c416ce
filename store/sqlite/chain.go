package sqlite

import (
	"iter"
	"sync"
)

// chains keep, for each key, what was done to its entries, newest first. They only grow, so that a reader who knows how
// many links there were at his snapshot sees exactly those, whatever is added meanwhile. One goroutine adds; any number
// read.
type chains[V any] struct {
	mu     *sync.RWMutex // shared by the chains of one overlay
	heads  map[indexKey]int32
	chunks []*chunk[V]
	count  int32
}

// chunk holds links that were added one after the other. Links never move, so that growing copies nothing.
type chunk[V any] [chunkLength]link[V]

const chunkLength = 1024

// link is one addition or removal. next is the index of the link before it under the same key, -1 at the end.
type link[V any] struct {
	key     indexKey
	next    int32
	removed bool
	value   V
}

func newChains[V any](mu *sync.RWMutex) chains[V] {
	return chains[V]{mu: mu, heads: map[indexKey]int32{}}
}

// add appends a link; the caller holds the lock.
func (c *chains[V]) add(key indexKey, removed bool, value V) {
	next, ok := c.heads[key]
	if !ok {
		next = -1
	}
	if c.count%chunkLength == 0 {
		c.chunks = append(c.chunks, new(chunk[V]))
	}
	c.chunks[c.count/chunkLength][c.count%chunkLength] = link[V]{key: key, next: next, removed: removed, value: value}
	c.heads[key] = c.count
	c.count++
}

// of walks the links of a key, newest first, leaving out those that are not among the first limit.
func (c *chains[V]) of(key indexKey, limit int32) iter.Seq[*link[V]] {
	c.mu.RLock()
	at, ok := c.heads[key]
	chunks := c.chunks
	c.mu.RUnlock()
	return func(yield func(*link[V]) bool) {
		for ok && at >= 0 {
			l := &chunks[at/chunkLength][at%chunkLength]
			if at < limit && !yield(l) {
				return
			}
			at = l.next
		}
	}
}

// first walks the links that were added first, oldest first.
func (c *chains[V]) first(n int32) iter.Seq2[int32, *link[V]] {
	c.mu.RLock()
	chunks := c.chunks
	c.mu.RUnlock()
	return func(yield func(int32, *link[V]) bool) {
		for i := range n {
			if !yield(i, &chunks[i/chunkLength][i%chunkLength]) {
				return
			}
		}
	}
}

// part is what a reader sees of chains.
type part[V any] struct {
	*chains[V]
	limit int32
}

// pending visits the rows that parts, newest first, have under a key and that were not removed again; a row may come
// twice. It answers which rows were removed, whose like in the tables do not count.
func pending[V comparable](key indexKey, parts []part[V], visit func(V)) map[V]bool {
	if !anyRemoved(key, parts) { // nearly always: then there is nothing to remember
		for _, p := range parts {
			for l := range p.of(key, p.limit) {
				visit(l.value)
			}
		}
		return nil
	}
	removed := map[V]bool{}
	for _, p := range parts {
		for l := range p.of(key, p.limit) {
			if _, known := removed[l.value]; known {
				continue
			}
			removed[l.value] = l.removed
			if !l.removed {
				visit(l.value)
			}
		}
	}
	return removed
}

func anyRemoved[V any](key indexKey, parts []part[V]) bool {
	for _, p := range parts {
		for l := range p.of(key, p.limit) {
			if l.removed {
				return true
			}
		}
	}
	return false
}
