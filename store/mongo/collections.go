package mongo

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"golang.org/x/sync/errgroup"

	"claimwright/store"
)

// The collections that are not about a resource type.
const (
	commitCollection = "_commits"
	storeCollection  = "_store"

	historySuffix = "_history"
)

// internalCollections are where the internal records are.
var internalCollections = map[store.Space]string{
	store.SpaceHead:    "_heads",
	store.SpaceEntry:   "_entries",
	store.SpaceGuard:   "_guards",
	store.SpaceOutbox:  "_outbox",
	store.SpaceSetting: "_settings",
	store.SpaceJob:     "_jobs",
}

// typeName is what a resource type may look like, since it becomes the name of a collection.
var typeName = regexp.MustCompile(`^[A-Z][A-Za-z0-9]{0,63}$`)

// current is the collection of a type's current versions.
func (s *Store) current(resourceType string) *mongo.Collection { return s.db.Collection(resourceType) }

// history is the collection of a type's older versions.
func (s *Store) history(resourceType string) *mongo.Collection {
	return s.db.Collection(resourceType + historySuffix)
}

// internal is the collection of a space.
func (s *Store) internal(space store.Space) (*mongo.Collection, error) {
	name, known := internalCollections[space]
	if !known {
		return nil, fmt.Errorf("there is no space %q of internal records", space)
	}
	return s.db.Collection(name), nil
}

// typeRegister remembers the types whose collections this process has made or found.
type typeRegister struct {
	mu    sync.Mutex
	ready map[string]bool
}

func (r *typeRegister) has(resourceType string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.ready[resourceType]
}

func (r *typeRegister) add(resourceType string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ready == nil {
		r.ready = make(map[string]bool)
	}
	r.ready[resourceType] = true
}

// ensureAll makes the internal collections, and the indexes of all types that are there.
func (s *Store) ensureAll(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(8)
	g.Go(func() error { return s.createIndexes(ctx, s.db.Collection(commitCollection), commitIndexes()) })
	names, err := s.db.ListCollectionNames(ctx, bson.D{}, options.ListCollections().SetNameOnly(true))
	if err != nil {
		return fmt.Errorf("list collections: %w", err)
	}
	for _, name := range internalCollections {
		if !slices.Contains(names, name) {
			g.Go(func() error { return s.createCollection(ctx, name) })
		}
	}
	for _, name := range names {
		if typeName.MatchString(name) {
			g.Go(func() error { return s.ensureType(ctx, name) })
		}
	}
	return g.Wait()
}

func (s *Store) createCollection(ctx context.Context, name string) error {
	if err := s.db.CreateCollection(ctx, name); err != nil && !hasCode(err, codeNamespaceExists) {
		return fmt.Errorf("create collection %s: %w", name, err)
	}
	return nil
}

// ensureType makes the collections and indexes of a type before its first write by this process.
func (s *Store) ensureType(ctx context.Context, resourceType string) error {
	if s.types.has(resourceType) {
		return nil
	}
	if !typeName.MatchString(resourceType) {
		return fmt.Errorf("%q is no resource type", resourceType)
	}
	if err := s.createIndexes(ctx, s.current(resourceType), currentIndexes(resourceType)); err != nil {
		return err
	}
	if err := s.createIndexes(ctx, s.history(resourceType), historyIndexes()); err != nil {
		return err
	}
	s.types.add(resourceType)
	return nil
}

func (s *Store) createIndexes(ctx context.Context, c *mongo.Collection, models []mongo.IndexModel) error {
	if _, err := c.Indexes().CreateMany(ctx, models); err != nil {
		return fmt.Errorf("create indexes of %s: %w", c.Name(), err)
	}
	return nil
}

// storedTypes are the types that have a collection, sorted.
func (s *Store) storedTypes(ctx context.Context) ([]string, error) {
	names, err := s.db.ListCollectionNames(ctx, bson.D{}, options.ListCollections().SetNameOnly(true))
	if err != nil {
		return nil, fmt.Errorf("list collections: %w", err)
	}
	names = slices.DeleteFunc(names, func(name string) bool { return !typeName.MatchString(name) })
	slices.SortFunc(names, strings.Compare)
	return names, nil
}
