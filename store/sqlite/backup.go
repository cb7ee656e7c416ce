package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"claimwright/store/sqlite/internal/native"
)

// Backup implements store.Maintainer; it is the function Backup of the store's own file.
func (s *Store) Backup(ctx context.Context, w io.Writer) error {
	if err := s.isOpen(ctx); err != nil {
		return err
	}
	return Backup(ctx, s.path, w)
}

// Backup writes a copy of a file, compacted, as of one moment; a server that has the file open, in this process or another,
// goes on meanwhile. The copy is made beside the original first, so that the disk must have room for it. It is opened like
// any other file, and is another one: what is written to it is not what is written to the original, so that positions of one
// are lost to the other.
func Backup(ctx context.Context, path string, w io.Writer) (err error) {
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	folder, err := os.MkdirTemp(filepath.Dir(path), ".backup-*")
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	copied := filepath.Join(folder, "copy.db")
	if err := copyTo(path, copied); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	f, err := os.Open(copied)
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if _, err := io.Copy(w, &interruptible{ctx: ctx, r: f}); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	return nil
}

// copyTo copies the file on a connection of its own, so that no reader is missing meanwhile.
func copyTo(original, path string) (err error) {
	c, err := native.Open(original, native.ReadOnly)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	st, err := c.Prepare("VACUUM INTO ?1")
	if err != nil {
		return err
	}
	st.Text(1, path)
	if err := st.Run(); err != nil {
		return err
	}
	return renameInstance(path)
}

// renameInstance makes a copy a file of its own.
func renameInstance(path string) (err error) {
	c, err := native.Open(path, native.ReadWrite)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	instance, err := draw(instanceBytes)
	if err != nil {
		return err
	}
	return c.Exec(fmt.Sprintf("UPDATE setting SET value = x'%x' WHERE name = 'instance'", instance))
}

// interruptible reads until the context ends.
type interruptible struct {
	ctx context.Context
	r   io.Reader
}

func (i *interruptible) Read(p []byte) (int, error) {
	if err := i.ctx.Err(); err != nil {
		return 0, err
	}
	return i.r.Read(p)
}
