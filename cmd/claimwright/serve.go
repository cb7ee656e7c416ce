package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"

	"github.com/spf13/cobra"

	"claimwright/cmd/internal/app"
	"claimwright/cmd/internal/config"
	"claimwright/cmd/internal/telemetry"
)

func newServe() *cobra.Command {
	settings := []setting{settingListen, settingStore, settingSandbox, settingAuth, settingBaseURL, settingLogLevel, settingLogForm}
	c := &cobra.Command{
		Use:   "serve",
		Short: "Serve FHIR R4 at /fhir until interrupted",
		Long: `Serves FHIR R4 at /fhir, and /livez and /readyz beside it, until it is interrupted; requests that run are finished first.

Settings come from the file named by --config, then from the environment (CLAIMWRIGHT_LISTEN, CLAIMWRIGHT_LOG_LEVEL, …), then
from these flags; later wins. There is no sign-in yet: beyond this machine the server listens only with --auth none.`,
		Example: `  claimwright serve --sandbox
  claimwright serve --store sqlite:/var/lib/claimwright/data.db
  claimwright serve --listen 0.0.0.0:8080 --auth none --store "mongodb://db1,db2,db3/claimwright?replicaSet=rs0"`,
		Args: noArgs,
	}
	settingsFlags(c.Flags(), settings...)
	c.RunE = func(c *cobra.Command, _ []string) error {
		cfg, err := loadConfig(c, settings...)
		if err != nil {
			return err
		}
		log := telemetry.NewLogger(c.ErrOrStderr(), cfg.Log.Level, cfg.Log.Format)
		return serve(c.Context(), cfg, log, c.ErrOrStderr())
	}
	return c
}

func serve(ctx context.Context, cfg config.Config, log *slog.Logger, out io.Writer) (err error) {
	listener, err := net.Listen("tcp", cfg.Listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	a, err := app.Open(ctx, cfg, log)
	if err != nil {
		_ = listener.Close() // the reason why nothing is served is err
		return err
	}
	defer func() {
		if closed := a.Close(); err == nil {
			err = closed
		}
	}()
	if cfg.Sandbox {
		if err := a.LoadSandbox(ctx, out); err != nil {
			_ = listener.Close()
			return err
		}
		_, _ = fmt.Fprintf(out, "The sandbox is loaded: everything in it is made up. Never put real data beside it.\n")
	}
	_, _ = fmt.Fprintf(out, "Claimwright %s serves FHIR R4 at %s, stored in %s\n", app.Version, cfg.BaseURL, app.PublicStore(cfg.Store))
	return a.Serve(ctx, listener)
}
