package resources

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"claimwright/fhir/search"
	"claimwright/store"
)

// Reads are the reading interactions, for a principal and under his access. A Service has them over the store; a Unit
// over what it staged. Errors are outcome.Errors wherever a client is to blame.
type Reads struct {
	reader   store.Reader
	versions store.Versions
	sealer   *lazySealer
	// extractor makes the values that no index sorts by, and sees where references lead.
	extractor Extractor
	// parameters are those beside R4's own; see extractorNow.
	parameters *parameters
	// room bounds the bytes of a page's bodies.
	room int
}

// Page is one page of records for a client.
type Page struct {
	Records []*store.Record
	// Included are the resources that the query includes beside these matches; Cut tells that there are more of them than a
	// page holds.
	Included []*store.Record
	Cut      bool
	// Total is the number of all matches, or Unknown: it is told where it is cheap to tell, or where the query wants it.
	Total int64
	// More tells that there are further records, and Next is the token of the page that begins with them. Inside a
	// transaction a search that met staged writes has no token, because its order ends with the transaction.
	More bool
	Next string
}

// Read is the current version of a resource: 404 when there is none, 410 when it was deleted.
func (r *Reads) Read(ctx context.Context, p Principal, key store.Key) (*store.Record, error) {
	found, err := r.reader.Get(ctx, p.Access, key)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", key, readFault(err))
	}
	return present(key, found[0])
}

// ReadAll are the current versions of those of the resources that are there and may be seen, in the order of the keys.
func (r *Reads) ReadAll(ctx context.Context, p Principal, keys ...store.Key) ([]*store.Record, error) {
	found, err := r.reader.Get(ctx, p.Access, keys...)
	if err != nil {
		return nil, fmt.Errorf("read %d resources: %w", len(keys), readFault(err))
	}
	return slices.DeleteFunc(found, func(r *store.Record) bool { return r == nil || r.Deleted }), nil
}

// VRead is one version of a resource: 404 when there is none, 410 when it is a delete.
func (r *Reads) VRead(ctx context.Context, p Principal, key store.Key, version int64) (*store.Record, error) {
	found, err := r.versions.Version(ctx, p.Access, key, version)
	if err != nil {
		return nil, fmt.Errorf("read version %d of %s: %w", version, key, readFault(err))
	}
	return present(key, found)
}

func present(key store.Key, r *store.Record) (*store.Record, error) {
	switch {
	case r == nil:
		return nil, notFound(key)
	case r.Deleted:
		return nil, gone(r)
	}
	return r, nil
}

// Search is a page of a query's matches, shorter than asked where they are very large; token is empty for the first page or the Next of the page before. A token is
// good for the same query and the same principal only.
func (r *Reads) Search(ctx context.Context, p Principal, q *search.Query, token string) (Page, error) {
	digest := searchDigest(q)
	seal, from, err := r.openBeginning(ctx, p, digest, token)
	if err != nil {
		return Page{}, err
	}
	resolved, err := r.resolve(ctx, p.Access, q)
	if err != nil {
		return Page{}, err
	}
	page, err := portions(q.Count, r.room, from.after, r.pages(ctx, p.Access, resolved))
	if err != nil {
		return Page{}, fmt.Errorf("search %s: %w", q.Type, readFault(err))
	}
	out := Page{Records: page.Records, More: page.Next != ""}
	out.Total, err = totalOf(q.Total, from, &out, func(countTo int64) (int64, error) {
		return r.countTo(ctx, p.Access, resolved, countTo)
	})
	if err != nil {
		return Page{}, err
	}
	out.Next = beginning{page.Next, out.Total}.seal(seal, digest, p.Access)
	out.Included, out.Cut, err = r.include(ctx, p.Access, q.Include, page.Records)
	return out, err
}

// Count counts a query's matches, whatever its page size.
func (r *Reads) Count(ctx context.Context, p Principal, q *search.Query) (int64, error) {
	q, err := r.resolve(ctx, p.Access, q)
	if err != nil {
		return 0, err
	}
	return r.countTo(ctx, p.Access, q, 0)
}

// SealPlace makes a page link's token for a place that a caller knows how to read, bound to the principal and to the text
// that says what is paged through; OpenPlace gives it back, and fails with 400 for any other token. The empty token is the
// empty place.
func (r *Reads) SealPlace(ctx context.Context, p Principal, what, place string) (string, error) {
	seal, err := r.sealer.get(ctx)
	if err != nil {
		return "", fmt.Errorf("load the key of page links: %w", readFault(err))
	}
	return seal.Seal(store.Position(place), what, p.Access), nil
}

// OpenPlace opens what SealPlace sealed.
func (r *Reads) OpenPlace(ctx context.Context, p Principal, what, token string) (string, error) {
	_, place, err := r.open(ctx, p, what, token)
	return string(place), err
}

func (r *Reads) open(ctx context.Context, p Principal, digest, token string) (*store.Sealer, store.Position, error) {
	seal, err := r.sealer.get(ctx)
	if err != nil {
		return nil, "", fmt.Errorf("load the key of page links: %w", readFault(err))
	}
	after, err := seal.Open(token, digest, p.Access)
	if err != nil {
		return nil, "", readFault(err)
	}
	return seal, after, nil
}

// searchDigest is what a page token is bound to: the parameters that were honoured, and the order.
func searchDigest(q *search.Query) string {
	var b strings.Builder
	b.WriteString("search " + q.Type + "?" + q.Applied)
	if q.Compartment != "" {
		b.WriteString(" in " + q.Compartment)
	}
	for _, key := range q.Sort {
		fmt.Fprintf(&b, " %s:%t", key.Param, key.Desc)
	}
	return b.String()
}
