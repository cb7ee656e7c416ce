package jobs

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"claimwright/store"
)

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
