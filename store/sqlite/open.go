package sqlite

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"claimwright/store"
	"claimwright/store/sqlite/internal/native"
)

// ErrInUse tells that another process, or another Store of this one, has the file open.
var ErrInUse = errors.New("file is in use")

// Open opens the store in a file and creates the file when there is none. The file belongs to the Store until it is
// closed: a second one gets ErrInUse. Beside the file stand, as long as it is open, SQLite's "-wal" and "-shm" and a
// "-lock" of our own; all but the lock belong to a copy of the file that is made without Backup.
//
// A file of a newer format gives store.ErrNewerFormat.
func Open(ctx context.Context, path string, opts ...Option) (*Store, error) {
	o := defaults()
	for _, set := range opts {
		set(&o)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	path, err := resolve(path)
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	s := &Store{path: path, options: o, wake: &bell{}, done: make(chan struct{})}
	if err := s.open(); err != nil {
		return nil, fmt.Errorf("open store %s: %w", path, errors.Join(err, s.abandon()))
	}
	go s.writer.run()
	go s.checks.run()
	return s, nil
}

// resolve refuses what SQLite would take for something else than a file, and follows links, so that a file has one lock
// by whatever name it is opened.
func resolve(path string) (string, error) {
	if path == "" || path == ":memory:" {
		return "", fmt.Errorf("%q is no file", path)
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real, nil
	}
	folder, err := filepath.EvalSymlinks(filepath.Dir(path)) // the file is yet to be made
	if err != nil {
		return "", fmt.Errorf("folder of the file: %w", err)
	}
	return filepath.Join(folder, filepath.Base(path)), nil
}

func (s *Store) open() error {
	var err error
	if s.lock, err = takeLock(s.path + "-lock"); err != nil {
		return err
	}
	if s.writer, err = openWriter(s); err != nil {
		return err
	}
	s.keys = keyMaker{s.settings.secret}
	state := s.writer.state
	s.records = newCache[int64](s.options.recordCache, state.group, (*stored).bytes)
	s.internals = newCache[store.InternalKey](s.options.internCache, state.group, internalState.bytes)
	s.aliases = newAliases()
	s.published.Store(state.group)
	active, err := s.writer.recover()
	if err != nil {
		return fmt.Errorf("recover what is not merged: %w", err)
	}
	s.overlays.Store(&overlays{active: active})
	if s.checks, err = openCheckpointer(s); err != nil {
		return err
	}
	s.readers = make(chan *reader, s.options.readers)
	for range s.options.readers {
		r, err := openReader(s.path)
		if err != nil {
			return err
		}
		s.readers <- r
	}
	return nil
}

// abandon closes what a failed open has opened.
func (s *Store) abandon() error {
	var errs []error
	for len(s.readers) > 0 {
		r := <-s.readers
		errs = append(errs, r.conn.Close())
	}
	if s.checks != nil {
		errs = append(errs, s.checks.conn.Close())
	}
	if s.writer != nil {
		errs = append(errs, s.writer.conn.Close())
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Close())
	}
	return errors.Join(errs...)
}

// takeLock locks a file of its own beside the store's, by SQLite's means, which work on every platform and end with the
// process. Readers of the store's file, such as the sqlite3 command, are not kept out.
func takeLock(path string) (*native.Conn, error) {
	c, err := native.Open(path, native.ReadWrite)
	if err != nil {
		return nil, err
	}
	err = c.Exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE")
	switch {
	case err == nil:
		return c, nil
	case native.IsBusy(err):
		err = ErrInUse
	}
	return nil, errors.Join(err, c.Close())
}
