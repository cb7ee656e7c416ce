package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/url"
	"strings"
	"time"

	"claimwright/adjudication/claims"
	"claimwright/adjudication/engine"
	"claimwright/cmd/internal/backend"
	"claimwright/cmd/internal/config"
	"claimwright/cmd/internal/console"
	"claimwright/cmd/internal/seed"
	fhirbundle "claimwright/fhir/bundle"
	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/fhir/search"
	"claimwright/fhir/server"
	"claimwright/store"
	"claimwright/store/resources"
	"claimwright/testdata/sandbox"
)

// Version is the release and Released its day, which dates the CapabilityStatement.
const (
	Version  = "0.1.0"
	Released = "2026-11-22"
)

func released() time.Time {
	day, err := time.Parse(time.DateOnly, Released)
	if err != nil { // the constant above is a date
		return time.Time{}
	}
	return day
}

// The versions of what is stored and decided, for the version command.
const (
	EngineVersion    = engine.Version
	ExtractorVersion = search.ExtractorVersion
)

// App is a server put together, not yet serving. Close it when done.
type App struct {
	Store     store.Store
	Resources *resources.Service
	server    *server.Server
	log       *slog.Logger
}

// Open opens the store and puts the server together.
func Open(ctx context.Context, cfg config.Config, log *slog.Logger) (*App, error) {
	codec.Warm()
	st, err := backend.Open(ctx, cfg.Store)
	if err != nil {
		return nil, err
	}
	a := assemble(st, cfg, log)
	if err := a.Resources.LoadParameters(ctx); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

// operator is who loads schemes from the command line.
func operator() resources.Principal {
	return resources.Principal{ID: "operator", Access: store.Everything("operator")}
}

// LoadSandbox writes the made-up scheme and shows progress on out.
func (a *App) LoadSandbox(ctx context.Context, out io.Writer) error {
	return a.LoadScheme(ctx, sandbox.Files, out)
}

// LoadScheme writes the Bundles of a scheme's folder and shows progress on out.
func (a *App) LoadScheme(ctx context.Context, folder fs.FS, out io.Writer) error {
	bar := console.NewProgress(out)
	defer bar.Done()
	return seed.Load(ctx, transactor{a.Resources}, folder, func(_ string, done, total int) {
		bar.Show("load scheme", int64(done), int64(total))
	})
}

// LoadResource creates or replaces one resource by its id.
func (a *App) LoadResource(ctx context.Context, body []byte) error {
	doc, issues := codec.Parse(body, codec.Limits{})
	if len(issues) > 0 {
		return outcome.Of(0, issues)
	}
	key := store.Key{Type: doc.Type(), ID: doc.ID()}
	if _, err := a.Resources.Update(ctx, operator(), key, doc, resources.UpdateOptions{}); err != nil {
		return fmt.Errorf("load %s: %w", key, err)
	}
	return nil
}

// transactor writes the Bundles of a scheme as the operator.
type transactor struct{ resources *resources.Service }

func (t transactor) Transaction(ctx context.Context, bundle *codec.Document) error {
	plan, err := fhirbundle.Parse(bundle, fhirbundle.Options{})
	if err != nil {
		return err
	}
	_, err = t.resources.Transaction(ctx, operator(), plan, resources.BundleOptions{})
	return err
}

// Verify proves the stored data: the backend's own checks, then the ledger.
func (a *App) Verify(ctx context.Context, report func(store.Finding), progress func(store.Progress)) error {
	if err := a.Store.Verify(ctx, report, progress); err != nil {
		return err
	}
	return claims.VerifyLedger(ctx, a.Store, report, progress)
}

// Reindex indexes again what an older extractor has indexed.
func (a *App) Reindex(ctx context.Context, progress func(store.Progress)) error {
	return a.Resources.Reindex(ctx, progress)
}

// Serve serves on the listener until ctx ends; the reindexing of older data runs beside it, at the start and whenever the
// search parameters change.
func (a *App) Serve(ctx context.Context, listener net.Listener) error {
	ctx, cancel := context.WithCancel(ctx)
	kept := make(chan struct{})
	go func() {
		defer close(kept)
		a.Resources.KeepParameters(ctx)
	}()
	err := a.server.Run(ctx, listener)
	cancel()
	<-kept
	return err
}

// Close closes the store.
func (a *App) Close() error {
	if err := a.Store.Close(); err != nil && !errors.Is(err, store.ErrClosed) {
		return fmt.Errorf("close store: %w", err)
	}
	return nil
}

// PublicStore is a store's address without the password in it, to be shown.
func PublicStore(address string) string {
	u, err := url.Parse(address)
	if err != nil || strings.HasPrefix(address, "sqlite:") {
		return address
	}
	return u.Redacted()
}
