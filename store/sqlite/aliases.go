package sqlite

import (
	"sync"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"claimwright/store"
)

// aliasLimit bounds the remembered rids of ids that do not determine theirs.
const aliasLimit = 50_000

// aliases remember the rids of ids of other forms than the server's. A rid never changes once it was given, so that
// nothing here is ever wrong.
type aliases struct {
	mu   sync.Mutex
	rids *simplelru.LRU[store.Key, int64]
}

func newAliases() *aliases {
	rids, _ := simplelru.NewLRU[store.Key, int64](aliasLimit, nil) // fails only for a limit below 1
	return &aliases{rids: rids}
}

func (a *aliases) get(k store.Key) (int64, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.rids.Get(k)
}

func (a *aliases) put(k store.Key, rid int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.rids.Add(k, rid)
}
