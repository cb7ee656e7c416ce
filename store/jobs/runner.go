package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"claimwright/store"
)

// Options bound what jobs may cost; a zero field means its default.
type Options struct {
	// Clock tells the time; nil is time.Now.
	Clock func() time.Time
	// Logger is told of jobs that failed for a reason of the server's; nil is silent.
	Logger *slog.Logger
	// Workers is how many jobs are worked on at once, 2; Waiting how many may wait, 32.
	Workers, Waiting int
	// Stored is how many jobs the store keeps, running ones included, over all servers: 500.
	Stored int
	// Keep is how long an ended job and its files are kept: 24 h.
	Keep time.Duration
	// Beat is how often a running job is said to be alive, 15 s. After four times that a job without a sign is Lost.
	Beat time.Duration
	// MaxBytes is how much one job may write to its files: 8 GiB.
	MaxBytes int64
	// Timeout is the longest that a job may take: 6 h.
	Timeout time.Duration
}

func (o Options) withDefaults() Options {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	o.Workers, o.Waiting, o.Stored = or(o.Workers, 2), or(o.Waiting, 32), or(o.Stored, 500)
	o.Keep, o.Beat, o.Timeout = or(o.Keep, 24*time.Hour), or(o.Beat, 15*time.Second), or(o.Timeout, 6*time.Hour)
	o.MaxBytes = or(o.MaxBytes, 8<<30)
	return o
}

func or[T int | int64 | time.Duration](given, otherwise T) T {
	if given > 0 {
		return given
	}
	return otherwise
}

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

// makeRoom forgets jobs that have expired and refuses a new one where still too many are kept.
func (r *Runner) makeRoom(ctx context.Context) error {
	kept, after := 0, ""
	for {
		records, err := r.store.ScanInternals(ctx, store.System(), store.SpaceJob, jobPrefix, after, 200)
		if err != nil {
			return fmt.Errorf("look through the jobs: %w", err)
		}
		for _, record := range records {
			after = record.Key.ID
			j, err := decode(strings.TrimPrefix(record.Key.ID, jobPrefix), record)
			if err != nil {
				return err
			}
			if r.options.Clock().Before(j.end(r.options.Keep)) {
				kept++
				continue
			}
			if err := r.forget(ctx, j); err != nil {
				return err
			}
		}
		if len(records) < 200 {
			break
		}
	}
	if kept >= r.options.Stored {
		return ErrBusy
	}
	return nil
}

// Job is a job of a principal's; ErrUnknown when there is none, or it has expired.
func (r *Runner) Job(ctx context.Context, id, principal string) (*Job, error) {
	if len(id) > 64 {
		return nil, ErrUnknown
	}
	found, err := r.store.Internals(ctx, store.System(), jobKey(id))
	if err != nil {
		return nil, fmt.Errorf("read job %s: %w", id, err)
	}
	if found[0].Version == 0 {
		return nil, ErrUnknown
	}
	j, err := decode(id, found[0])
	if err != nil {
		return nil, err
	}
	now := r.options.Clock()
	if j.Principal != principal || !now.Before(j.end(r.options.Keep)) {
		return nil, ErrUnknown
	}
	if t := r.task(id); t != nil {
		j.Progress = t.progress()
	} else if !j.Over() && now.Sub(j.Beat) > 4*r.options.Beat {
		if j.State = Lost; j.version == 1 { // as it was accepted: it was never begun
			j.State = Stopped
		}
	}
	return j, nil
}

// Cancel ends a job of a principal's and forgets it with its files; work that is under way ends soon. ErrUnknown when there
// is none.
func (r *Runner) Cancel(ctx context.Context, id, principal string) error {
	j, err := r.Job(ctx, id, principal)
	if err != nil {
		return err
	}
	if t := r.task(id); t != nil {
		t.cancelled.Store(true)
		t.cancel()
	}
	return r.forget(ctx, j)
}

// forget removes a job, so that nobody finds it, and then its files. A server that works on it learns of it with its next
// sign of life.
func (r *Runner) forget(ctx context.Context, j *Job) error {
	for {
		err := r.store.Commit(ctx, store.Commit{ID: store.NewCommitID(), Internals: []store.InternalWrite{{Key: jobKey(j.ID), Version: j.version + 1, Delete: true}}})
		if err == nil {
			break
		}
		if !errors.Is(err, store.ErrConflict) {
			return fmt.Errorf("forget job %s: %w", j.ID, err)
		}
		found, err := r.store.Internals(ctx, store.System(), jobKey(j.ID))
		if err != nil {
			return fmt.Errorf("read job %s: %w", j.ID, err)
		}
		if found[0].Version == 0 {
			break
		}
		j.version = found[0].Version
	}
	return r.forgetParts(ctx, j.ID)
}

// partsAtOnce bounds how many parts one commit removes.
const partsAtOnce = 16

func (r *Runner) forgetParts(ctx context.Context, id string) error {
	for {
		parts, err := r.store.ScanInternals(ctx, store.System(), store.SpaceJob, partsOf(id), "", partsAtOnce)
		if err != nil {
			return fmt.Errorf("look for the parts of job %s: %w", id, err)
		}
		if len(parts) == 0 {
			return nil
		}
		c := store.Commit{ID: store.NewCommitID()}
		for _, p := range parts {
			c.Internals = append(c.Internals, store.InternalWrite{Key: p.Key, Version: p.Version + 1, Delete: true})
		}
		if err := r.store.Commit(ctx, c); err != nil && !errors.Is(err, store.ErrConflict) {
			return fmt.Errorf("remove the parts of job %s: %w", id, err)
		}
	}
}

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
