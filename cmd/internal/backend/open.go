package backend

import (
	"context"
	"fmt"
	"io"
	"strings"

	"claimwright/store"
	"claimwright/store/mongo"
	"claimwright/store/sqlite"
)

// Open opens sqlite:PATH or mongodb://…, creating what is not there yet. The caller closes it.
func Open(ctx context.Context, url string) (store.Store, error) {
	if path, ok := strings.CutPrefix(url, "sqlite:"); ok {
		return opened(sqlite.Open(ctx, path))
	}
	if strings.HasPrefix(url, "mongodb://") || strings.HasPrefix(url, "mongodb+srv://") {
		return opened(mongo.Open(ctx, url))
	}
	return nil, fmt.Errorf("open store: %q is neither sqlite:PATH nor mongodb://HOST/DATABASE", url)
}

// Backup writes a consistent copy of the store at url, which a server may be using meanwhile; store.ErrNotOffered where that is left
// to the database's own tools.
func Backup(ctx context.Context, url string, w io.Writer) error {
	if path, ok := strings.CutPrefix(url, "sqlite:"); ok {
		return sqlite.Backup(ctx, path, w)
	}
	return fmt.Errorf("%w: use mongodump --oplog", store.ErrNotOffered)
}

// opened keeps a nil *T from becoming a store that is not nil.
func opened[T store.Store](st T, err error) (store.Store, error) {
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	return st, nil
}
