package mongo

import (
	"context"
	"sync"

	"claimwright/store"
)

// gate lets calls in until it is shut, and shuts when those inside have left. The zero value is open.
type gate struct {
	mu     sync.Mutex
	closed bool
	inside sync.WaitGroup
	// feeds are ended by shut, since they wait for changes that may never come.
	feeds map[*feed]struct{}
}

// enter lets a call in; leave must be called when it ends.
func (g *gate) enter(ctx context.Context) (leave func(), err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return nil, store.ErrClosed
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	g.inside.Add(1)
	return g.inside.Done, nil
}

// admit registers a feed; refused when the gate is shut.
func (g *gate) admit(f *feed) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return store.ErrClosed
	}
	if g.feeds == nil {
		g.feeds = make(map[*feed]struct{})
	}
	g.feeds[f] = struct{}{}
	return nil
}

func (g *gate) dismiss(f *feed) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.feeds, f)
}

func (g *gate) shut() error {
	g.mu.Lock()
	if g.closed {
		g.mu.Unlock()
		return store.ErrClosed
	}
	g.closed = true
	for f := range g.feeds {
		f.stop()
	}
	g.mu.Unlock()
	g.inside.Wait()
	return nil
}
