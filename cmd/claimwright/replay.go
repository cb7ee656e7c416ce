package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"claimwright/adjudication/claims/replay"
	"claimwright/adjudication/engine"
	"claimwright/cmd/internal/app"
	"claimwright/cmd/internal/console"
)

// replayFlags are the flags of replay that are no settings.
type replayFlags struct {
	all   bool
	since string
}

func newReplay() *cobra.Command {
	settings := []setting{settingStore, settingLogLevel}
	var f replayFlags
	c := &cobra.Command{
		Use:   "replay (ClaimResponse/ID ... | --all | --since DATE)",
		Short: "Decide stored claims again from what was recorded, and tell what comes out differently",
		Long: `Makes decisions again from what was recorded of them: the claim, the ledger heads as they were read, the answers of other
payers, a reviewer's figures, and the scheme of then, made again from the history of its resources. Nothing is written.

What this version of the engine decided must come out byte for byte, and what was booked in the ledger must follow from it: every
difference is shown, and the command exits with 1. What another version decided may come out otherwise: the figures that changed are
shown with the difference, and that is no error. Responses of other payers and of outcome error record no decision.

With --all and --since only what is not the same is shown.`,
		Example: `  claimwright replay ClaimResponse/01a21cab-01b2-7d7f-b422-cb151ad51284 --store sqlite:data.db
  claimwright replay --all --store sqlite:data.db
  claimwright replay --since 2026-11-01`,
	}
	settingsFlags(c.Flags(), settings...)
	c.Flags().BoolVar(&f.all, "all", false, "replay every decision")
	c.Flags().StringVar(&f.since, "since", "", "replay what was written since a `date`, or a time such as 2026-11-01T12:00:00Z")
	c.RunE = func(c *cobra.Command, args []string) error {
		ids, since, err := f.selected(args)
		if err != nil {
			return err
		}
		return withApp(c, settings, func(a *app.App) error { return replayAll(c, a, ids, since) })
	}
	return c
}

// selected reads what is to be replayed: ids, or all since a time.
func (f *replayFlags) selected(args []string) (ids []string, since time.Time, err error) {
	usage := func(text string) error { return &usageError{"replay: " + text, "Try: claimwright replay --help"} }
	ways := 0
	for _, given := range []bool{len(args) > 0, f.all, f.since != ""} {
		if given {
			ways++
		}
	}
	if ways != 1 {
		return nil, since, usage("name ClaimResponses, or say --all, or --since")
	}
	if f.since != "" {
		if since, err = time.Parse(time.DateOnly, f.since); err != nil {
			since, err = time.Parse(time.RFC3339, f.since)
		}
		if err != nil {
			return nil, since, usage(fmt.Sprintf("--since: %q is neither a date nor a time such as 2026-11-01T12:00:00Z", f.since))
		}
	}
	for _, arg := range args {
		id, err := responseID(arg)
		if err != nil {
			return nil, since, usage(err.Error())
		}
		ids = append(ids, id)
	}
	return ids, since, nil
}

// responseID reads "ClaimResponse/x".
func responseID(arg string) (string, error) {
	id, ok := strings.CutPrefix(arg, "ClaimResponse/")
	if !ok || id == "" || strings.Contains(id, "/") {
		return "", fmt.Errorf("%q is not of the form ClaimResponse/ID", arg)
	}
	return id, nil
}

func replayAll(c *cobra.Command, a *app.App, ids []string, since time.Time) error {
	r, report := replay.New(a.Store), &replayReport{out: c.OutOrStdout(), width: console.Width(c.OutOrStdout()), counts: map[replay.Verdict]int{}}
	if len(ids) > 0 {
		for _, id := range ids {
			results, err := r.Response(c.Context(), id)
			if err != nil {
				return fmt.Errorf("replay: %w", err)
			}
			for i := range results {
				report.add(&results[i], true)
			}
		}
		return report.conclude()
	}
	bar := console.NewProgress(c.ErrOrStderr())
	err := r.All(c.Context(), since, func(result replay.Result) { report.add(&result, false) },
		func(done, total int64) { bar.Show("replay", done, total) })
	bar.Done()
	if err != nil {
		return fmt.Errorf("replay: %w", err)
	}
	return report.conclude()
}

// replayReport shows results and counts them.
type replayReport struct {
	out    io.Writer
	width  int
	counts map[replay.Verdict]int
	err    error // of the first write that failed
}

// add counts a result, and shows it if anything is to be said.
func (r *replayReport) add(result *replay.Result, always bool) {
	r.counts[result.Verdict]++
	if !always && (result.Verdict == replay.Same || result.Verdict == replay.NotADecision) || r.err != nil {
		return
	}
	var text strings.Builder
	fmt.Fprintf(&text, "%s version %d: %s", result.Response, result.Version, result.Verdict)
	if result.Recorded != "" && result.Recorded != result.Engine {
		fmt.Fprintf(&text, " (engine %s then, %s now)", result.Recorded, result.Engine)
	}
	if result.Reason != "" {
		fmt.Fprintf(&text, ": %s", result.Reason)
	}
	text.WriteByte('\n')
	table := console.NewTable(1, 2, 3)
	if len(result.Differences) > 0 {
		table.Row("what", "stored", "again", "by")
	}
	for _, d := range result.Differences {
		table.Row(strings.TrimPrefix(d.At, "ClaimResponse."), or(d.Stored, "-"), or(d.Again, "-"), d.By)
	}
	table.Write(&text, "  ", r.width)
	if result.More > 0 {
		fmt.Fprintf(&text, "  and %d more\n", result.More)
	}
	_, r.err = io.WriteString(r.out, text.String())
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// conclude says how many there were of each kind; the error is that any is a fault.
func (r *replayReport) conclude() error {
	if r.err != nil {
		return r.err
	}
	total, faults := 0, 0
	var parts []string
	for _, v := range []replay.Verdict{replay.Same, replay.Changed, replay.Different, replay.Unable} {
		n := r.counts[v]
		total += n
		if v.Fault() {
			faults += n
		}
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, strings.ToLower(v.String())))
		}
	}
	text := fmt.Sprintf("%d decisions made again by engine %s", total, engine.Version)
	if len(parts) > 0 {
		text += ": " + strings.Join(parts, ", ")
	}
	if n := r.counts[replay.NotADecision]; n > 0 {
		text += fmt.Sprintf("; %d responses record no decision", n)
	}
	if _, err := fmt.Fprintln(r.out, text); err != nil {
		return err
	}
	if faults > 0 {
		return fmt.Errorf("replay: %d decisions do not come out as they were recorded", faults)
	}
	return nil
}
