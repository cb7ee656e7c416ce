package claims

import (
	"context"
	"fmt"

	"claimwright/fhir/codec"
	"claimwright/store"
	"claimwright/store/resources"
)

// trusted are the limits for what the server itself has stored or made, which are no limits: what comes from outside was
// bounded when it came in.
var trusted = codec.Limits{MaxBytes: 1 << 30}

// readDocument reads a resource by key with the server's own access; nil when there is none, or no longer.
func readDocument(ctx context.Context, u *resources.Unit, key store.Key) (*codec.Document, error) {
	found, err := u.Get(ctx, store.System(), key)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", key, err)
	}
	if found[0] == nil || found[0].Deleted {
		return nil, nil
	}
	return parse(found[0])
}

// parse reads a stored resource; it was checked when it was written.
func parse(r *store.Record) (*codec.Document, error) {
	doc, issues := codec.Parse(r.Body, trusted)
	if len(issues) > 0 {
		return nil, fmt.Errorf("the stored %s cannot be read: %s: %s", r.Key, issues[0].Expression, issues[0].Text)
	}
	return doc, nil
}
