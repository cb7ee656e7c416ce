package mongo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.mongodb.org/mongo-driver/v2/event"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"
	"go.mongodb.org/mongo-driver/v2/mongo/readpref"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"
	"go.mongodb.org/mongo-driver/v2/x/mongo/driver/connstring"

	"claimwright/store"
)

// DefaultDatabase is used when the URI names none.
const DefaultDatabase = "claimwright"

// Store is a store.Store on one MongoDB database. It is safe for concurrent use, and any number of servers may share the
// database.
type Store struct {
	client *mongo.Client
	db     *mongo.Database
	gate   gate
	types  typeRegister
	limits limits
}

var _ store.Store = (*Store)(nil)

// limits bound what one call may cost.
type limits struct {
	// searchTime bounds a search or count in the database.
	searchTime time.Duration
	// countTime bounds a count that may answer that it is too much to tell.
	countTime time.Duration
	// sortCandidates is how many matches are sorted outside an index at most.
	sortCandidates int
	// attempts is how often a commit is tried when MongoDB asks to try again.
	attempts int
	// settleTime bounds the questions after the outcome of a commit that was lost.
	settleTime time.Duration
}

// Option changes how a Store is opened.
type Option func(*settings)

type settings struct {
	client *options.ClientOptions
	limits limits
}

// WithMonitor watches the commands that are sent, for tests and traces. Commands hold patient data: never log them.
func WithMonitor(m *event.CommandMonitor) Option {
	return func(s *settings) { s.client.SetMonitor(m) }
}

// WithSearchTime bounds the time that a search may take in the database, 10 seconds by default; beyond it the search fails
// with store.ErrTooCostly.
func WithSearchTime(d time.Duration) Option {
	return func(s *settings) { s.limits.searchTime = d }
}

// Open connects to the database named in the URI's path, DefaultDatabase if none is, and makes what is missing in it. A
// standalone server is refused, and one older than 4.4; so are data of a newer format, with store.ErrNewerFormat. Options
// of the URI for read and write concern and read preference are overruled: the store needs majority and primary. Errors
// never show the URI.
func Open(ctx context.Context, uri string, opts ...Option) (*Store, error) {
	parsed, err := connstring.ParseAndValidate(uri)
	if err != nil {
		return nil, fmt.Errorf("MongoDB URI: %w", err)
	}
	set := settings{client: clientOptions(uri), limits: limits{
		searchTime: 10 * time.Second, countTime: 200 * time.Millisecond, sortCandidates: 10_000, attempts: 12, settleTime: 10 * time.Second,
	}}
	for _, opt := range opts {
		opt(&set)
	}
	client, err := mongo.Connect(set.client)
	if err != nil {
		return nil, fmt.Errorf("connect to MongoDB: %w", err)
	}
	name := parsed.Database
	if name == "" {
		name = DefaultDatabase
	}
	s := &Store{client: client, db: client.Database(name, databaseOptions()), limits: set.limits}
	if err := s.prepare(ctx); err != nil {
		return nil, errors.Join(err, client.Disconnect(context.WithoutCancel(ctx)))
	}
	return s, nil
}

func clientOptions(uri string) *options.ClientOptions {
	o := options.Client().ApplyURI(uri).SetRetryWrites(true).SetRetryReads(true)
	if o.AppName == nil {
		o.SetAppName("claimwright")
	}
	if o.ServerSelectionTimeout == nil {
		o.SetServerSelectionTimeout(10 * time.Second)
	}
	return o
}

// databaseOptions are what the contract's durability and isolation need: a write is acknowledged when a majority has it
// in its journal, and nothing is read that could be rolled back.
func databaseOptions() *options.DatabaseOptionsBuilder {
	journal := true
	return options.Database().
		SetReadPreference(readpref.Primary()).
		SetReadConcern(readconcern.Majority()).
		SetWriteConcern(&writeconcern.WriteConcern{W: "majority", Journal: &journal})
}

// prepare checks the server and the data, and makes collections and indexes.
func (s *Store) prepare(ctx context.Context) error {
	if err := s.checkTopology(ctx); err != nil {
		return err
	}
	if err := s.checkFormat(ctx); err != nil {
		return err
	}
	return s.ensureAll(ctx)
}

// Close implements store.Store.
func (s *Store) Close() error {
	if err := s.gate.shut(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := s.client.Disconnect(ctx); err != nil {
		return fmt.Errorf("disconnect from MongoDB: %w", err)
	}
	return nil
}
