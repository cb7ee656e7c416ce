package resources

import (
	"context"
	"slices"
	"sync"
)

// lockTable makes the units of work of this process take turns on what they name: strictly first come, first served, so
// that nobody starves and 64 clients of one policy do not race each other into conflicts. It is a courtesy and not the
// truth: another server has a table of its own, and the commit's preconditions decide.
//
// A name is in the table only while it is held.
type lockTable struct {
	mu   sync.Mutex
	held map[string]*lockQueue
}

// lockQueue holds those who wait for a name that somebody else has, in the order in which they came.
type lockQueue struct{ waiting []chan struct{} }

func newLockTable() *lockTable { return &lockTable{held: map[string]*lockQueue{}} }

// acquire takes all names, which must be sorted and distinct: everybody takes them in the same order, so that nobody
// waits in a circle. When the context ends first it gives back what it has and returns the context's error.
func (t *lockTable) acquire(ctx context.Context, names []string) error {
	for i, name := range names {
		if err := t.take(ctx, name); err != nil {
			t.release(names[:i])
			return err
		}
	}
	return nil
}

// release gives names back, each to the first who waits for it.
func (t *lockTable) release(names []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, name := range names {
		t.handOver(name)
	}
}

func (t *lockTable) take(ctx context.Context, name string) error {
	t.mu.Lock()
	queue, taken := t.held[name]
	if !taken {
		t.held[name] = &lockQueue{}
		t.mu.Unlock()
		return nil
	}
	turn := make(chan struct{})
	queue.waiting = append(queue.waiting, turn)
	t.mu.Unlock()

	select {
	case <-turn:
		return nil
	case <-ctx.Done():
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if i := slices.Index(queue.waiting, turn); i >= 0 {
		queue.waiting = slices.Delete(queue.waiting, i, i+1)
	} else { // the turn came in the same moment: pass it on
		t.handOver(name)
	}
	return ctx.Err()
}

// handOver needs mu.
func (t *lockTable) handOver(name string) {
	queue := t.held[name]
	if len(queue.waiting) == 0 {
		delete(t.held, name)
		return
	}
	next := queue.waiting[0]
	queue.waiting[0] = nil
	queue.waiting = queue.waiting[1:]
	close(next)
}

// lockSet sorts names and drops repetitions, as acquire wants them.
func lockSet(names ...string) []string {
	set := slices.Clone(names)
	slices.Sort(set)
	return slices.Compact(set)
}
