package offline

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"runtime"
	"time"

	"claimwright/adjudication/claims"
	"claimwright/cmd/internal/seed"
	fhirbundle "claimwright/fhir/bundle"
	"claimwright/fhir/codec"
	"claimwright/store"
	"claimwright/store/memory"
	"claimwright/store/resources"
)

// Options say what is decided by; all but Scheme may be left out.
type Options struct {
	// Scheme is a folder as the command seed takes it.
	Scheme fs.FS
	// Workers is how many claims are decided at the same time; 0 is one for each processor.
	Workers int
	// Now is the clock. The zero value is the real one; otherwise it stands still, and ids follow from the places of the
	// claims in the file, so that the same input gives the same answers.
	Now time.Time
	// Base is the base URL of the server that absolute references in the claims are of; empty for none.
	Base string
	// Logger is told which parts of the scheme cannot be used; nil is silent.
	Logger *slog.Logger
}

// Adjudicator decides claims by one scheme. What it has decided counts for what it decides later.
type Adjudicator struct {
	options Options
	store   *memory.Store
	service *resources.Service
	schemes *claims.Schemes
	claims  *claims.Claims
	groups  groups
}

// Open loads the scheme.
func Open(ctx context.Context, o Options, progress func(file string, done, total int)) (*Adjudicator, error) {
	codec.Warm()
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	a := &Adjudicator{options: o, store: memory.New()}
	of := resources.Options{Logger: o.Logger, BaseURL: o.Base}
	if !o.Now.IsZero() {
		of.Clock = func() time.Time { return o.Now }
	}
	a.service = resources.New(a.store, of)
	a.schemes = claims.NewSchemes(a.store)
	a.claims = claims.New(a.service, a.schemes, claims.Options{Base: []string{o.Base}, Logger: o.Logger})
	if err := seed.Load(ctx, a, o.Scheme, progress); err != nil {
		return nil, err
	}
	if _, err := a.schemes.Latest(ctx); err != nil {
		return nil, fmt.Errorf("compile the scheme: %w", err)
	}
	var err error
	a.groups, err = readGroups(ctx, a.store)
	return a, err
}

// Store is where the scheme is and all that was decided.
func (a *Adjudicator) Store() store.Store { return a.store }

// operator is in whose name everything is written.
func operator(request string) resources.Principal {
	return resources.Principal{ID: "offline", Request: request, Access: store.Everything("offline")}
}

// Transaction writes a Bundle of the scheme.
func (a *Adjudicator) Transaction(ctx context.Context, bundle *codec.Document) error {
	plan, err := fhirbundle.Parse(bundle, fhirbundle.Options{})
	if err != nil {
		return err
	}
	_, err = a.service.Transaction(ctx, operator("scheme"), plan, resources.BundleOptions{})
	return err
}
