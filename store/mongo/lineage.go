package mongo

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"claimwright/store"
)

// lineage walks the history of a type in the order of ids and versions.
type lineage struct {
	*verification
	cursor *mongo.Cursor
	kind   string
	// loaded tells that the cursor stands on a version that nobody has taken yet.
	loaded, ended bool
}

// lineageKey is the id and version in the _id of the history.
func lineageKey(raw bson.Raw) (id string, version int64) {
	id, _ = raw.Lookup("_id", "id").StringValueOK()
	version, _ = raw.Lookup("_id", "version").AsInt64OK()
	return id, version
}

// load stands on the next version; false at the end.
func (l *lineage) load(ctx context.Context) (bool, error) {
	if l.loaded || l.ended {
		return l.loaded, nil
	}
	l.loaded = l.cursor.Next(ctx)
	l.ended = !l.loaded
	return l.loaded, l.cursor.Err()
}

// skipTo passes over the versions of resources before id, all if id is empty: resources that have no current version.
func (l *lineage) skipTo(ctx context.Context, id string) error {
	for {
		there, err := l.load(ctx)
		if err != nil || !there {
			return err
		}
		orphan, _ := lineageKey(l.cursor.Current)
		if id != "" && orphan >= id {
			return nil
		}
		if _, _, err := l.take(ctx, orphan); err != nil {
			return err
		}
		if err := l.recheck(ctx, store.Key{Type: l.kind, ID: orphan}); err != nil {
			return err
		}
	}
}

// take passes over the versions of a resource, checking each, and returns how many there are and the last.
func (l *lineage) take(ctx context.Context, id string) (count, last int64, err error) {
	for {
		there, err := l.load(ctx)
		if err != nil || !there {
			return count, last, err
		}
		owner, version := lineageKey(l.cursor.Current)
		if owner != id {
			return count, last, nil
		}
		l.readable(store.Key{Type: l.kind, ID: id}, l.cursor.Current)
		count, last, l.loaded = count+1, version, false
	}
}
