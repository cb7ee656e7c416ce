package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"claimwright/cmd/internal/app"
	"claimwright/cmd/internal/console"
	"claimwright/store"
)

func newVerify() *cobra.Command {
	settings := []setting{settingStore, settingLogLevel}
	c := &cobra.Command{
		Use:   "verify",
		Short: "Prove that the stored data are whole: versions, index, ledger sums, a response for every claim",
		Long: `Reads everything and proves what must hold: versions without gaps, index rows that point somewhere, heads of policies and
members that are the sum of their entries, a ClaimResponse for every decided Claim. Prints each finding; exits with 1 if
there is any.`,
		Args: noArgs,
	}
	settingsFlags(c.Flags(), settings...)
	c.RunE = func(c *cobra.Command, _ []string) error {
		return withApp(c, settings, func(a *app.App) error { return verify(c, a) })
	}
	return c
}

func verify(c *cobra.Command, a *app.App) error {
	bar := console.NewProgress(c.ErrOrStderr())
	findings := 0 // they decide the exit code, shown or not
	report := func(f store.Finding) {
		findings++
		_, _ = fmt.Fprintf(c.OutOrStdout(), "%s: %s\n", f.Key, f.Text)
	}
	err := a.Verify(c.Context(), report, func(p store.Progress) { bar.Show(p.Stage, p.Done, p.Total) })
	bar.Done()
	if err != nil {
		return fmt.Errorf("verify: %w", err)
	}
	if findings > 0 {
		return fmt.Errorf("verify: %d findings", findings)
	}
	_, err = fmt.Fprintln(c.OutOrStdout(), "everything holds")
	return err
}
