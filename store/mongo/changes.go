package mongo

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"claimwright/store"
)

// Changes implements store.Store by a change stream over the database. Positions are its resume tokens, which are good as
// long as MongoDB's oplog reaches back to them.
func (s *Store) Changes(ctx context.Context, a store.Access, from store.Position) (store.Feed, error) {
	leave, err := s.gate.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	o := options.ChangeStream()
	if from != "" {
		token, err := parseToken(from)
		if err != nil {
			return nil, err
		}
		o.SetResumeAfter(token)
	}
	stream, err := s.db.Watch(ctx, versionsOnly, o)
	if err != nil {
		return nil, changesFault(err)
	}
	running, stop := context.WithCancel(context.Background())
	f := &feed{
		store: s, access: a, stream: stream, stop: stop, changes: make(chan store.Change), done: make(chan struct{}),
	}
	if err := s.gate.admit(f); err != nil {
		stop()
		return nil, errors.Join(err, stream.Close(context.WithoutCancel(ctx)))
	}
	go f.follow(running)
	return f, nil
}

// versionsOnly passes the writes of current versions: they are inserted or replaced, and only they have the field index.
// Reindexing and the locks of preconditions are updates.
var versionsOnly = mongo.Pipeline{{{Key: "$match", Value: bson.D{
	{Key: "operationType", Value: bson.D{{Key: "$in", Value: bson.A{"insert", "replace"}}}},
	{Key: "fullDocument.index", Value: bson.D{{Key: "$exists", Value: true}}},
}}}}

func parseToken(from store.Position) (bson.Raw, error) {
	token, err := base64.RawURLEncoding.DecodeString(string(from))
	if err != nil || bson.Raw(token).Validate() != nil {
		return nil, lostPosition(from)
	}
	return token, nil
}

// changesFault tells a lost position from other faults.
func changesFault(err error) error {
	for _, code := range []int{codeChangeStreamHistory, codeChangeStreamFatal, codeInvalidResumeToken} {
		if hasCode(err, code) {
			return fmt.Errorf("follow changes: %w: %w", store.ErrCursorLost, err)
		}
	}
	return fmt.Errorf("follow changes: %w", err)
}

// feed hands over changes from the goroutine that reads the stream, so that a caller who leaves early loses none.
type feed struct {
	store   *Store
	access  store.Access
	stream  *mongo.ChangeStream
	stop    context.CancelFunc
	changes chan store.Change
	// done is closed when the stream has ended; err is why, and set before.
	done chan struct{}
	err  error
}

// Next implements store.Feed.
func (f *feed) Next(ctx context.Context) (store.Change, error) {
	if err := ctx.Err(); err != nil {
		return store.Change{}, err
	}
	select {
	case c := <-f.changes:
		return c, nil
	case <-f.done:
		return store.Change{}, f.err
	case <-ctx.Done():
		return store.Change{}, ctx.Err()
	}
}

// Close implements store.Feed.
func (f *feed) Close() error {
	f.stop()
	<-f.done
	f.store.gate.dismiss(f)
	return nil
}

// follow reads the stream until it ends or the feed is closed.
func (f *feed) follow(ctx context.Context) {
	defer close(f.done)
	defer release(ctx, f.stream)
	f.err = f.deliver(ctx)
	if ctx.Err() != nil { // whoever stopped the feed has closed it or the store
		f.err = store.ErrClosed
	}
}

func (f *feed) deliver(ctx context.Context) error {
	for f.stream.Next(ctx) {
		r, err := f.read(ctx)
		if err != nil {
			return err
		}
		if r == nil {
			continue
		}
		token := base64.RawURLEncoding.EncodeToString(f.stream.ResumeToken())
		select {
		case f.changes <- store.Change{Record: r, Position: store.Position(token)}:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if err := f.stream.Err(); err != nil {
		return changesFault(err)
	}
	return fmt.Errorf("follow changes: the stream ended: %w", store.ErrCursorLost) // the database was dropped
}

// read decodes the version of the current event; nil if the access does not allow it, now or then.
func (f *feed) read(ctx context.Context) (*store.Record, error) {
	raw, ok := f.stream.Current.Lookup("fullDocument").DocumentOK()
	collection, named := f.stream.Current.Lookup("ns", "coll").StringValueOK()
	if !ok || !named {
		return nil, fmt.Errorf("follow changes: an event without its document: %w", store.ErrCursorLost)
	}
	r, err := decode(collection, raw)
	if err != nil {
		return nil, err
	}
	if f.access.All() {
		return r.Record, nil
	}
	if !f.access.Allows(r.labels) {
		return nil, nil
	}
	visible, err := f.store.visible(ctx, f.access, r.Type, bson.A{r.ID})
	if err != nil || len(visible) == 0 {
		return nil, err
	}
	return r.Record, nil
}
