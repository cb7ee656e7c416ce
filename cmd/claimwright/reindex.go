package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"claimwright/cmd/internal/app"
	"claimwright/cmd/internal/console"
	"claimwright/store"
)

func newReindex() *cobra.Command {
	settings := []setting{settingStore, settingLogLevel}
	c := &cobra.Command{
		Use:   "reindex",
		Short: "Index again what an older version has indexed",
		Long: `Replaces the search values of resources that an older version of the extractor made. A server does this in the background
by itself; the command waits for it. It may be interrupted and goes on where it was.`,
		Args: noArgs,
	}
	settingsFlags(c.Flags(), settings...)
	c.RunE = func(c *cobra.Command, _ []string) error {
		return withApp(c, settings, func(a *app.App) error {
			bar := console.NewProgress(c.ErrOrStderr())
			err := a.Reindex(c.Context(), func(p store.Progress) { bar.Show(p.Stage, p.Done, p.Total) })
			bar.Done()
			if err != nil {
				return fmt.Errorf("reindex: %w", err)
			}
			_, err = fmt.Fprintln(c.OutOrStdout(), "every resource is indexed by the current extractor")
			return err
		})
	}
	return c
}
