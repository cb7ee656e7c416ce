package jobs

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"claimwright/store"
)

// Task is a job as its work sees it. Its methods are for the work's goroutine.
type Task struct {
	runner *Runner
	cancel context.CancelFunc
	writes bool
	// release is what Spec says.
	release func()
	// begun is set once the work is; cancelled when nobody wants the job any more.
	begun, cancelled atomic.Bool

	mu      sync.Mutex
	job     *Job
	written int64
}

// Progress says how far the work is, for whoever asks; at most 100 characters count.
func (t *Task) Progress(text string) {
	t.mu.Lock()
	t.job.Progress = text[:min(len(text), 100)]
	t.mu.Unlock()
}

func (t *Task) progress() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.job.Progress
}

// ID is the job's.
func (t *Task) ID() string { return t.job.ID }

// claim turns a waiting job into a running one, unless it was cancelled or the runner was stopped.
func (t *Task) claim() bool {
	r := t.runner
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stopped || t.cancelled.Load() {
		return false
	}
	t.begun.Store(true)
	t.mu.Lock()
	t.job.State = Running
	t.mu.Unlock()
	return true
}

// save writes the job's record. A conflict means that it was cancelled, here or on another server.
func (t *Task) save(ctx context.Context) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.cancelled.Load() {
		return ErrUnknown
	}
	t.job.Beat = t.runner.options.Clock().UTC()
	c := store.Commit{ID: store.NewCommitID(), Internals: []store.InternalWrite{{Key: jobKey(t.job.ID), Version: t.job.version + 1, Data: t.job.encode()}}}
	err := t.runner.store.Commit(ctx, c)
	if errors.Is(err, store.ErrUnknown) { // the same commit again is not applied twice
		err = t.runner.store.Commit(ctx, c)
	}
	switch {
	case err == nil:
		t.job.version++
	case errors.Is(err, store.ErrConflict):
		t.cancelled.Store(true)
		t.cancel()
	}
	return err
}

// beat says again and again that the job is worked on, until its context ends.
func (t *Task) beat(ctx context.Context) {
	ticker := time.NewTicker(t.runner.options.Beat)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			_ = t.save(ctx) // a sign that is missed is no harm; a conflict cancels
		}
	}
}

// lastWord is how long the end of a job may take to be written, when everything else is over.
const lastWord = 10 * time.Second

// finish writes what became of the job.
func (t *Task) finish(result []byte, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), lastWord)
	defer cancel()
	r := t.runner
	t.mu.Lock()
	t.job.Ended = r.options.Clock().UTC()
	switch {
	case err == nil:
		t.job.State, t.job.Result = Done, result
	case errors.Is(err, errNotBegun), !t.writes && errors.Is(err, context.Canceled):
		t.job.State = Stopped
	case t.writes && errors.Is(err, context.Canceled):
		t.job.State = Lost
	case errors.Is(err, ErrTooLarge):
		t.job.State = TooLarge
	default:
		t.job.State = Failed
	}
	state := t.job.State
	if state != Done {
		t.job.Files = nil
	}
	t.mu.Unlock()
	if err != nil && state == Failed {
		r.options.Logger.LogAttrs(ctx, slog.LevelError, "job failed", slog.String("job", t.job.ID), slog.Any("error", err))
	}
	saved := t.save(ctx)
	if saved != nil || state != Done {
		if err := r.forgetParts(ctx, t.job.ID); err != nil {
			r.options.Logger.LogAttrs(ctx, slog.LevelWarn, "files of a job were not removed", slog.String("job", t.job.ID), slog.Any("error", err))
		}
	}
}
