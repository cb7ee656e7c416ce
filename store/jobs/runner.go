package jobs

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/google/uuid"

	"claimwright/store"
)

// Runner runs jobs. It is safe for concurrent use and has goroutines only while there are jobs.
type Runner struct {
	store   store.Store
	options Options
	slots   chan struct{}

	mu      sync.Mutex
	tasks   map[string]*Task
	stopped bool
	wg      sync.WaitGroup
}

// New makes a runner over a store, beside those of other servers.
func New(st store.Store, o Options) *Runner {
	o = o.withDefaults()
	return &Runner{store: st, options: o, slots: make(chan struct{}, o.Workers), tasks: map[string]*Task{}}
}

// Spec describes a job.
type Spec struct {
	// Principal is who may ask for it; Kind says to whoever started it what its result is; Request names it.
	Principal, Kind, Request string
	// Writes tells that the work changes the store: when the runner stops, it is waited for.
	Writes bool
	// Release gives back what the work holds; it is called once, when an accepted job has ended, begun or not. May be nil.
	Release func()
}

// Work is what a job does. What it returns is kept as the job's result and should be small: what is large goes into files.
// It must end soon when its context does.
type Work func(ctx context.Context, t *Task) ([]byte, error)

// Start accepts a job: when it returns an id, the job is remembered and will be begun, unless the runner is stopped before.
// ErrBusy: too many jobs; ErrStopped: the server is about to end.
func (r *Runner) Start(ctx context.Context, s Spec, work Work) (string, error) {
	if err := r.makeRoom(ctx); err != nil {
		return "", err
	}
	now := r.options.Clock().UTC()
	t := &Task{runner: r, job: &Job{
		ID: uuid.NewString(), Principal: s.Principal, Kind: s.Kind, Request: s.Request, State: Waiting, Began: now, Beat: now, Files: map[string]*File{},
	}, writes: s.Writes, release: s.Release}
	background, cancel := context.WithTimeout(context.WithoutCancel(ctx), r.options.Timeout)
	t.cancel = cancel
	if err := r.enter(t); err != nil {
		cancel()
		return "", err
	}
	if err := t.save(ctx); err != nil {
		r.leave(t)
		cancel()
		return "", fmt.Errorf("accept a job: %w", err)
	}
	go r.run(background, t, work)
	return t.job.ID, nil
}

func (r *Runner) enter(t *Task) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.stopped:
		return ErrStopped
	case len(r.tasks) >= r.options.Workers+r.options.Waiting:
		return ErrBusy
	}
	r.tasks[t.job.ID] = t
	r.wg.Add(1)
	return nil
}

func (r *Runner) leave(t *Task) {
	r.mu.Lock()
	delete(r.tasks, t.job.ID)
	r.mu.Unlock()
	r.wg.Done()
}

func (r *Runner) task(id string) *Task {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.tasks[id]
}

// run takes a job through its life.
func (r *Runner) run(ctx context.Context, t *Task, work Work) {
	defer r.leave(t)
	defer t.cancel()
	beating := make(chan struct{})
	go func() {
		defer close(beating)
		t.beat(ctx)
	}()
	result, err := r.begin(ctx, t, work)
	t.cancel()
	<-beating
	t.finish(result, err)
	if t.release != nil {
		t.release()
	}
}

// begin waits for a slot and works; a panic of the work is a failure of the job alone.
func (r *Runner) begin(ctx context.Context, t *Task, work Work) (result []byte, err error) {
	select {
	case r.slots <- struct{}{}:
		defer func() { <-r.slots }()
	case <-ctx.Done():
		return nil, errNotBegun
	}
	if !t.claim() {
		return nil, errNotBegun
	}
	if err := t.save(ctx); err != nil {
		return nil, errors.Join(errNotBegun, err)
	}
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("the work panicked: %v", cause)
		}
	}()
	return work(ctx, t)
}

// errNotBegun says that a job did nothing.
var errNotBegun = errors.New("job was not begun")

// Stop takes no more jobs and waits for those that there are, within the context: those that wait or only read end at once,
// those that write when they are done, or when the context is. Each says in the store what became of it.
func (r *Runner) Stop(ctx context.Context) error {
	r.mu.Lock()
	r.stopped = true
	for _, t := range r.tasks {
		if !t.writes || !t.begun.Load() {
			t.cancel()
		}
	}
	r.mu.Unlock()
	ended := make(chan struct{})
	go func() { r.wg.Wait(); close(ended) }()
	select {
	case <-ended:
		return nil
	case <-ctx.Done():
	}
	r.mu.Lock()
	for _, t := range r.tasks {
		t.cancel()
	}
	r.mu.Unlock()
	<-ended
	return fmt.Errorf("stop the jobs: %w", ctx.Err())
}
