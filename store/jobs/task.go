package jobs

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
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

// partBytes is about how much of a file one record holds, before it is compressed: little enough for every backend, and for
// commits that hold nobody up.
const partBytes = 256 << 10

// Writer writes a file of the result. It is for the work's goroutine.
type Writer struct {
	task *Task
	name string
	file File
	buf  bytes.Buffer
}

// File begins a file; its name is at most 64 letters, digits, dots and hyphens, and new.
func (t *Task) File(name string) *Writer { return &Writer{task: t, name: name} }

// Write appends to the file and counts it as one line. Errors are ErrTooLarge or those of the store.
func (w *Writer) Write(ctx context.Context, line []byte) error {
	w.task.written += int64(len(line))
	if w.task.written > w.task.runner.options.MaxBytes {
		return ErrTooLarge
	}
	w.file.Lines++
	w.file.Bytes += int64(len(line))
	for len(line) > 0 { // no part is larger than the others, whatever is written at once
		n := min(len(line), partBytes-w.buf.Len())
		w.buf.Write(line[:n])
		line = line[n:]
		if w.buf.Len() >= partBytes {
			if err := w.flush(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// Close writes the rest and adds the file to the result.
func (w *Writer) Close(ctx context.Context) (File, error) {
	if err := w.flush(ctx); err != nil {
		return File{}, err
	}
	w.task.mu.Lock()
	defer w.task.mu.Unlock()
	file := w.file
	w.task.job.Files[w.name] = &file
	return file, nil
}

func (w *Writer) flush(ctx context.Context) error {
	if w.buf.Len() == 0 {
		return nil
	}
	var packed bytes.Buffer
	packed.WriteByte(format)
	z, _ := gzip.NewWriterLevel(&packed, gzip.BestSpeed)
	_, err := z.Write(w.buf.Bytes())
	if err = errors.Join(err, z.Close()); err != nil { // into memory
		return fmt.Errorf("pack a part of %s: %w", w.name, err)
	}
	c := store.Commit{ID: store.NewCommitID(), Internals: []store.InternalWrite{{Key: partKey(w.task.job.ID, w.name, w.file.Parts), Version: 1, Data: packed.Bytes()}}}
	err = w.task.runner.store.Commit(ctx, c)
	if errors.Is(err, store.ErrUnknown) {
		err = w.task.runner.store.Commit(ctx, c)
	}
	if err != nil {
		return fmt.Errorf("write a part of %s: %w", w.name, err)
	}
	w.file.Parts++
	w.buf.Reset()
	return nil
}

// Part reads one part of a file of a job's result, from 0 to File.Parts-1. ErrUnknown when it was removed meanwhile.
func (r *Runner) Part(ctx context.Context, j *Job, file string, n int) ([]byte, error) {
	found, err := r.store.Internals(ctx, store.System(), partKey(j.ID, file, n))
	if err != nil {
		return nil, fmt.Errorf("read a part of %s: %w", file, err)
	}
	if found[0].Version == 0 {
		return nil, ErrUnknown
	}
	if data := found[0].Data; len(data) == 0 || data[0] != format {
		return nil, fmt.Errorf("read a part of %s: %w", file, store.ErrNewerFormat)
	}
	z, err := gzip.NewReader(bytes.NewReader(found[0].Data[1:]))
	if err != nil {
		return nil, fmt.Errorf("unpack a part of %s: %w", file, err)
	}
	part, err := io.ReadAll(io.LimitReader(z, partBytes+1))
	if err != nil {
		return nil, fmt.Errorf("unpack a part of %s: %w", file, err)
	}
	return part, nil
}
