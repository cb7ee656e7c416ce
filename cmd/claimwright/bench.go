package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"claimwright/cmd/internal/app"
	"claimwright/cmd/internal/bench"
	"claimwright/cmd/internal/config"
	"claimwright/cmd/internal/console"
	"claimwright/cmd/internal/telemetry"
	"claimwright/testdata/sandbox"
)

// benchFlags are the flags of bench that are not the suite's own options.
type benchFlags struct {
	url, store, jsonFile string
	lines                []int
	stored               []int
}

func newBench() *cobra.Command {
	var o bench.Options
	var f benchFlags
	c := &cobra.Command{
		Use:   "bench",
		Short: "Load a server as its users do, check every answer and print what it carried",
		Long: `Enrols a made-up membership, submits claims and polls for their decisions over HTTP, checks every answer, and prints rates, latencies,
processor time and memory. In the same run it measures two yardsticks: a bare Echo handler with bodies of the same size, and a loop
that writes 4 KiB and syncs. On a shared machine quote the ratios, and run it more than once.

Without --url it measures a server in this process, on an SQLite store of its own that is deleted afterwards. With --url it measures a
running server, which must be one to play with: the claims stay there.

Modes: submit (Claim/$submit), poll (read a ClaimResponse by id), search (ClaimResponse?request=), mix (one submission in five),
chain (a member's latest decisions by the member's number, patient and claim included), transaction (a Bundle of 100 entries).
With --rate the load is an open loop: requests arrive at that rate whether or not earlier ones are answered, and latency counts from
arrival. Without it every client sends its next request when it has the answer to the last.`,
		Example: `  claimwright bench
  claimwright bench --stored 10000,100000 --mode submit,poll,search --duration 20s
  claimwright bench --stored 100000 --mode poll,search,chain,transaction --clients 16
  claimwright bench --mode mix --rate 1500 --lines 1,50 --json bench.json
  claimwright bench --url http://127.0.0.1:8080 --mode submit`,
		Args: noArgs,
	}
	flags := c.Flags()
	flags.StringVar(&f.url, "url", "", "running server to measure, such as http://127.0.0.1:8080 (default: one in this process)")
	flags.StringVar(&f.store, "store", "", "store of the server in this process (default: a temporary SQLite file)")
	flags.StringSliceVar(&o.Modes, "mode", nil, "what to measure: submit, poll, search, mix, chain, transaction (default all)")
	flags.IntVar(&o.Clients, "clients", 64, "connections at the same time")
	flags.IntSliceVar(&f.lines, "lines", []int{10}, "lines of a claim: a number, or the least and the most, such as 1,50")
	flags.IntSliceVar(&f.stored, "stored", []int{0}, "claims to have stored before measuring; several numbers measure at each")
	flags.IntVar(&o.Members, "members", 2000, "members of the made-up population")
	flags.DurationVar(&o.Duration, "duration", 10*time.Second, "length of each phase")
	flags.Float64Var(&o.Rate, "rate", 0, "requests that arrive a second (default: as many as the clients carry)")
	flags.StringVar(&f.jsonFile, "json", "", "also write the report to this `file`, as JSON")
	c.RunE = func(c *cobra.Command, _ []string) error {
		if err := f.apply(&o); err != nil {
			return err
		}
		return runBench(c, o, f)
	}
	return c
}

func (f benchFlags) apply(o *bench.Options) error {
	switch {
	case len(f.lines) == 1:
		o.MinLines, o.MaxLines = f.lines[0], f.lines[0]
	case len(f.lines) == 2 && f.lines[0] <= f.lines[1]:
		o.MinLines, o.MaxLines = f.lines[0], f.lines[1]
	default:
		return &usageError{"bench: --lines takes a number, or the least and the most", "Try: claimwright bench --help"}
	}
	if o.MinLines < 1 || o.MaxLines > 1000 || o.Clients < 1 || o.Members < 4 {
		return &usageError{"bench: --lines is 1 to 1000, --clients at least 1, --members at least 4", "Try: claimwright bench --help"}
	}
	for _, n := range f.stored {
		o.Stored = append(o.Stored, int64(n))
	}
	return nil
}

func runBench(c *cobra.Command, o bench.Options, f benchFlags) (err error) {
	bar := console.NewProgress(c.ErrOrStderr())
	o.Progress, o.Scheme = bar.Show, sandbox.Files
	if f.url != "" {
		u, err := url.Parse(f.url)
		if err != nil || u.Scheme != "http" || u.Host == "" {
			return &usageError{"bench: --url is http://host:port", "Try: claimwright bench --help"}
		}
		o.Address = u.Host
	} else {
		stop, err := startInProcess(c.Context(), &o, f.store, c.ErrOrStderr())
		if err != nil {
			return err
		}
		defer func() {
			if stopped := stop(); err == nil {
				err = stopped
			}
		}()
	}
	report, err := bench.RunAll(c.Context(), o)
	bar.Done()
	if writeErr := writeReport(report, c.OutOrStdout(), f.jsonFile); err == nil {
		err = writeErr
	}
	if err == nil && report.Errors() > 0 {
		err = fmt.Errorf("bench: %d requests failed", report.Errors())
	}
	return err
}

func writeReport(r *bench.Report, out io.Writer, jsonFile string) error {
	if err := r.WriteTable(out); err != nil || jsonFile == "" {
		return err
	}
	f, err := os.Create(jsonFile)
	if err != nil {
		return err
	}
	if err := r.WriteJSON(f); err != nil {
		_ = f.Close() // the first error is the one to tell
		return err
	}
	return f.Close()
}

// startInProcess serves on a free loopback port until stop is called, and points the options at it.
func startInProcess(ctx context.Context, o *bench.Options, storeURL string, logTo io.Writer) (stop func() error, err error) {
	folder, err := os.MkdirTemp("", "claimwright-bench-")
	if err != nil {
		return nil, fmt.Errorf("bench: %w", err)
	}
	clean := func() { _ = os.RemoveAll(folder) }
	if storeURL == "" {
		storeURL = "sqlite:" + filepath.Join(folder, "bench.db")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		clean()
		return nil, fmt.Errorf("bench: %w", err)
	}
	cfg, err := config.Load(config.Sources{Flags: map[string]any{"listen": listener.Addr().String(), "store": storeURL, "log.level": "warn"}})
	if err == nil {
		var a *app.App
		if a, err = app.Open(ctx, cfg, telemetry.NewLogger(logTo, cfg.Log.Level, cfg.Log.Format)); err == nil {
			o.Address, o.Folder, o.Sizes = listener.Addr().String(), folder, a.Sizes
			return serveInBackground(ctx, a, listener, clean), nil
		}
	}
	_ = listener.Close() // err says why it is not needed
	clean()
	return nil, err
}

func serveInBackground(ctx context.Context, a *app.App, listener net.Listener, clean func()) (stop func() error) {
	ctx, cancel := context.WithCancel(ctx)
	served := make(chan error, 1)
	go func() { served <- a.Serve(ctx, listener) }()
	return func() error {
		cancel()
		err := <-served
		if closed := a.Close(); err == nil {
			err = closed
		}
		clean()
		return err
	}
}
