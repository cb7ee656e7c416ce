package memory

import (
	"slices"
	"strings"
	"sync"
)

// ordered are ids that can be walked in order. Adding costs nothing but memory: they are sorted when somebody asks, so
// that whoever only reads by key never pays. An id may be gone from what it names; who walks must look.
type ordered struct {
	mu     sync.Mutex // whoever reads the store may sort, several at once
	sorted []string
	added  []string
}

// add needs the store's lock for writing.
func (o *ordered) add(id string) { o.added = append(o.added, id) }

// after are the ids greater than one, in order and each once. The slice must not be changed, and stays as it is.
func (o *ordered) after(id string) []string {
	ids := o.all()
	at, found := slices.BinarySearch(ids, id)
	if found {
		at++
	}
	return ids[at:]
}

// from are the ids not less than a prefix and greater than another one.
func (o *ordered) from(prefix, after string) []string {
	if after >= prefix {
		return o.after(after)
	}
	ids := o.all()
	at, _ := slices.BinarySearch(ids, prefix)
	return ids[at:]
}

func (o *ordered) all() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.added) == 0 {
		return o.sorted
	}
	slices.Sort(o.added)
	merged := make([]string, 0, len(o.sorted)+len(o.added))
	old, fresh := o.sorted, o.added
	for len(old) > 0 || len(fresh) > 0 {
		from := &fresh
		if len(fresh) == 0 || len(old) > 0 && strings.Compare(old[0], fresh[0]) <= 0 {
			from = &old
		}
		if id := (*from)[0]; len(merged) == 0 || merged[len(merged)-1] != id {
			merged = append(merged, id)
		}
		*from = (*from)[1:]
	}
	o.sorted, o.added = merged, nil
	return merged
}
