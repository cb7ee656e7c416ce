package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"claimwright/cmd/internal/console"
	"claimwright/cmd/internal/offline"
	"claimwright/cmd/internal/telemetry"
)

// adjudicateFlags are the flags of adjudicate.
type adjudicateFlags struct {
	scheme, out, now, baseURL, logLevel string
	workers                             int
}

func newAdjudicate() *cobra.Command {
	var f adjudicateFlags
	c := &cobra.Command{
		Use:   "adjudicate --scheme DIR (CLAIMS.ndjson | -)",
		Short: "Decide a file of claims without a server",
		Long: `Decides claims by a scheme from a folder, in memory and with the rules and the code of Claim/$submit. The folder is one that
seed takes: transaction Bundles, or other .json and .ndjson files of FHIR resources; claims in it are what happened before. The
file has one Claim a line, or a Bundle or Parameters as $submit takes them; - is standard input. Blank lines are left out.

The answers, one a line in the order of the file, are ClaimResponses, or Bundles where Bundles were sent. A line that cannot be
processed gets an OperationOutcome in its place, and the command then exits with 1 after all others were decided. Earlier lines
count for later ones, exactly as if they were submitted one after the other; the number of workers decides nothing but the time.

Nothing is kept: everything is in memory, some 50 KB for a claim of ten lines.`,
		Example: `  claimwright adjudicate --scheme ./my-scheme claims.ndjson --out responses.ndjson
  claimwright adjudicate --scheme ./my-scheme --now 2026-12-31T12:00:00Z - < claims.ndjson | jq .disposition`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return &usageError{"adjudicate: name one file of claims, or - for standard input", "Try: claimwright adjudicate --help"}
			}
			return nil
		},
	}
	flags := c.Flags()
	flags.StringVar(&f.scheme, "scheme", "", "`folder` with the scheme")
	flags.StringVar(&f.out, "out", "", "`file` to write the answers to (default standard output)")
	flags.IntVar(&f.workers, "workers", 0, "claims decided at the same time (default one for each processor)")
	flags.StringVar(&f.now, "now", "", "the clock, a `time` such as 2026-12-31T12:00:00Z: the same input then gives the same answers, ids included (default the real clock)")
	flags.StringVar(&f.baseURL, "base-url", "", "FHIR base `URL` that absolute references in the claims are beneath")
	flags.StringVar(&f.logLevel, settingLogLevel.flag, "warn", "debug, info, warn or error")
	c.RunE = func(c *cobra.Command, args []string) error { return f.run(c, args[0]) }
	return c
}

// options reads what the flags mean.
func (f *adjudicateFlags) options(c *cobra.Command) (offline.Options, error) {
	usage := func(text string) error {
		return &usageError{"adjudicate: " + text, "Try: claimwright adjudicate --help"}
	}
	o := offline.Options{Workers: f.workers, Base: f.baseURL, Logger: telemetry.NewLogger(c.ErrOrStderr(), f.logLevel, "text")}
	if f.scheme == "" {
		return o, usage("--scheme names the folder with the scheme")
	}
	if f.workers < 0 || f.workers > 1024 {
		return o, usage(fmt.Sprintf("--workers: %d is not between 1 and 1024", f.workers))
	}
	if f.now != "" {
		now, err := time.Parse(time.RFC3339, f.now)
		if err != nil {
			return o, usage(fmt.Sprintf("--now: %q is not a time such as 2026-12-31T12:00:00Z", f.now))
		}
		o.Now = now
	}
	o.Scheme = os.DirFS(f.scheme)
	return o, nil
}

func (f *adjudicateFlags) run(c *cobra.Command, name string) (err error) {
	o, err := f.options(c)
	if err != nil {
		return err
	}
	in := c.InOrStdin()
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return err
		}
		defer func() { _ = file.Close() }() // it was only read
		in = file
	}
	bar := console.NewProgress(c.ErrOrStderr())
	defer bar.Done()
	a, err := offline.Open(c.Context(), o, func(_ string, done, total int) { bar.Show("load scheme", int64(done), int64(total)) })
	if err != nil {
		return err
	}
	out := c.OutOrStdout()
	if f.out != "" {
		file, err := os.Create(f.out)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, file.Close()) }()
		out = file
	}
	return decideAll(c, a, in, out, bar)
}

// barEvery is after how many claims the bar moves: drawing it costs as much as many decisions.
const barEvery = 256

func decideAll(c *cobra.Command, a *offline.Adjudicator, in io.Reader, out io.Writer, bar *console.Progress) error {
	began, last := time.Now(), int64(0)
	summary, err := a.Run(c.Context(), in, out, func(done int64) {
		if last = done; done%barEvery == 0 {
			bar.Show("claims", done, 0)
		}
	})
	took := time.Since(began)
	if last > 0 {
		bar.Show("claims", last, 0)
	}
	bar.Done()
	if err != nil {
		return fmt.Errorf("adjudicate: %w", err)
	}
	if err := summary.Write(c.ErrOrStderr(), took); err != nil {
		return err
	}
	if summary.Refused > 0 {
		return fmt.Errorf("adjudicate: %d claims could not be processed", summary.Refused)
	}
	return nil
}
