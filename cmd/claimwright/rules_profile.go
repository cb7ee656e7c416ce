package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"claimwright/adjudication/claims"
	"claimwright/adjudication/claims/profile"
	"claimwright/adjudication/engine/day"
	"claimwright/cmd/internal/app"
	"claimwright/cmd/internal/console"
)

// leastLines is from how many lines on a service has anything usual, unless the command says otherwise.
const leastLines = 30

func newRulesProfile() *cobra.Command {
	settings := []setting{settingStore, settingLogLevel}
	var insurer, since, until, out string
	var least int
	c := &cobra.Command{
		Use:   "profile --insurer Organization/ID --since DATE",
		Short: "Compute what is usual among facilities from stored claims, for rules that ask peers",
		Long: `Reads the active claims of an insurer and computes for each service, and each level of facilities, the quantities, unit prices and
repetitions that are usual, and how often each facility claims it. The result is a MeasureReport, which is written to a file: it
counts once it is in the insurer's scheme (seed, or a PUT), and until the next one takes its place. Decisions record the scheme that
they were made by, so they can be made again after it was replaced. Nothing is written to the store.`,
		Example: `  claimwright rules profile --insurer Organization/umoja --since 2026-01-01 --out peers.json --store sqlite:data.db`,
		Args:    noArgs,
	}
	settingsFlags(c.Flags(), settings...)
	c.Flags().StringVar(&insurer, "insurer", "", "the insurer, `Organization/ID`")
	c.Flags().StringVar(&since, "since", "", "the first `date` of service that counts")
	c.Flags().StringVar(&until, "until", "", "the last `date` of service that counts (default today)")
	c.Flags().IntVar(&least, "least", leastLines, "say nothing of services and levels with fewer `lines`")
	c.Flags().StringVar(&out, "out", "", "write the MeasureReport to this `file` (default: standard output)")
	c.RunE = func(c *cobra.Command, _ []string) error {
		request := profile.Request{Insurer: insurer, Least: least, Until: day.In(time.Now(), time.Local)}
		if !strings.HasPrefix(insurer, "Organization/") || since == "" {
			return profileUsage("say --insurer Organization/ID and --since DATE")
		}
		if least < 1 {
			return profileUsage("--least must be 1 or more")
		}
		for _, end := range []struct {
			flag, text string
			to         *day.Date
		}{{"since", since, &request.Since}, {"until", until, &request.Until}} {
			if end.text == "" {
				continue
			}
			at, err := time.Parse(time.DateOnly, end.text)
			if err != nil {
				return profileUsage(fmt.Sprintf("--%s: %q is no date such as 2026-01-31", end.flag, end.text))
			}
			*end.to = day.In(at, time.UTC)
		}
		return withApp(c, settings, func(a *app.App) error { return computeProfile(c, a, request, out) })
	}
	return c
}

func profileUsage(text string) error {
	return &usageError{"rules profile: " + text, "Try: claimwright rules profile --help"}
}

func computeProfile(c *cobra.Command, a *app.App, request profile.Request, out string) error {
	sch, err := claims.NewSchemes(a.Store).Latest(c.Context())
	if err != nil {
		return fmt.Errorf("rules profile: %w", err)
	}
	bar := console.NewProgress(c.ErrOrStderr())
	report, err := profile.Compute(c.Context(), a.Store, sch, request, func(done, total int64) { bar.Show("profile", done, total) })
	bar.Done()
	if err != nil {
		return fmt.Errorf("rules profile: %w", err)
	}
	id := "peers-" + strings.TrimPrefix(request.Insurer, "Organization/")
	body := report.Resource(id[:min(len(id), 64)], time.Now())
	if out == "" {
		_, err = c.OutOrStdout().Write(body)
	} else {
		err = os.WriteFile(out, body, 0o644)
	}
	if err != nil {
		return fmt.Errorf("rules profile: %w", err)
	}
	_, err = fmt.Fprintf(c.ErrOrStderr(), "%d claims, %d lines, %d services; of %d there are enough lines to say what is usual\n",
		report.Claims, report.Lines, report.Services, report.Known)
	return err
}
