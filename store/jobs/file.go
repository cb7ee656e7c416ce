package jobs

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"

	"claimwright/store"
)

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
