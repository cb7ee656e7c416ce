package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"claimwright/cmd/internal/backend"
)

func newBackup() *cobra.Command {
	settings := []setting{settingStore, settingLogLevel}
	c := &cobra.Command{
		Use:   "backup FILE",
		Short: "Write a consistent copy of the store to a file",
		Long: `Writes a consistent copy of an SQLite store to FILE, which must not exist yet, whether or not a server is running on it. The
copy is a store of its own: verify it, serve it to restore. MongoDB brings its own tools (mongodump --oplog).`,
		Example: `  claimwright backup --store sqlite:data.db data-2026-11-22.db`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return &usageError{"backup: name one file to write", "Try: claimwright backup --help"}
			}
			return nil
		},
	}
	settingsFlags(c.Flags(), settings...)
	c.RunE = func(c *cobra.Command, args []string) error {
		cfg, err := loadConfig(c, settings...)
		if err != nil {
			return err
		}
		size, err := backupTo(c, cfg.Store, args[0])
		if err == nil {
			_, err = fmt.Fprintf(c.OutOrStdout(), "wrote %s, %d bytes\n", args[0], size)
		}
		return err
	}
	return c
}

// backupTo writes beside the name first, so that a file by that name is always whole.
func backupTo(c *cobra.Command, store, name string) (size int64, err error) {
	if _, err := os.Stat(name); !errors.Is(err, os.ErrNotExist) {
		return 0, fmt.Errorf("backup: %s exists already", name)
	}
	part, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".part-*")
	if err != nil {
		return 0, fmt.Errorf("backup: %w", err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(part.Name())
		}
	}()
	err = backend.Backup(c.Context(), store, part)
	if err == nil {
		err = part.Sync()
	}
	info, statErr := part.Stat()
	if err = errors.Join(err, statErr, part.Close()); err != nil {
		return 0, fmt.Errorf("backup: %w", err)
	}
	if err := os.Rename(part.Name(), name); err != nil {
		return 0, fmt.Errorf("backup: %w", err)
	}
	return info.Size(), nil
}
