package resources

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"claimwright/fhir/search"
	"claimwright/store"
)

// Unknown is the Total of a page whose matches nobody counted.
const Unknown = -1

// What is counted unasked: so many matches, of so many types, which are those of every compartment. More are counted only for
// clients that want to know.
const (
	cheapTotal = 10_000
	cheapTypes = 75
)

// totalOf is the total that goes with a page: what costs nothing to know, what the client wants, what the first page told,
// or what can be counted cheaply. count counts to a bound, or with 0 all.
func totalOf(wanted search.Total, from beginning, page *Page, count func(countTo int64) (int64, error)) (int64, error) {
	switch {
	case wanted == search.TotalNone:
		return Unknown, nil
	case from.first() && !page.More:
		return int64(len(page.Records)), nil
	case wanted == search.TotalAccurate || wanted == search.TotalEstimate:
		return count(0)
	case !from.first():
		return from.total, nil
	}
	n, err := count(cheapTotal)
	if err != nil || n > cheapTotal {
		return Unknown, err
	}
	return n, nil
}

// countTo counts the matches of a query that a store can execute.
func (r *Reads) countTo(ctx context.Context, a store.Access, q *search.Query, countTo int64) (int64, error) {
	counted := *q
	counted.CountTo = countTo
	n, err := r.reader.Count(ctx, a, &counted)
	if err != nil {
		return 0, fmt.Errorf("count %s: %w", q.Type, readFault(err))
	}
	return n, nil
}

// countAcrossTo counts the matches of all types together. Counting to a bound, it leaves joins alone, which would have to be
// followed anew.
func (r *Reads) countAcrossTo(ctx context.Context, p Principal, x *search.Across, countTo int64) (int64, error) {
	if countTo == 0 {
		return r.CountAcross(ctx, p, x)
	}
	beyond := countTo + 1
	if len(x.Queries) > cheapTypes {
		return beyond, nil
	}
	total := int64(0)
	for _, q := range x.Queries {
		if total == countTo || q.Deferred() {
			return beyond, nil
		}
		n, err := r.countTo(ctx, p.Access, q, countTo-total)
		if err != nil || n > countTo-total {
			return beyond, err
		}
		total += n
	}
	return total, nil
}

// beginning is where a page begins. Its link carries the total that the first page told, so that all pages tell the same.
type beginning struct {
	after store.Position
	total int64
}

func (b beginning) first() bool { return b.after == "" }

// seal makes the token of a beginning; the empty one where there is no further page, or where its position ends with a
// transaction.
func (b beginning) seal(s *store.Sealer, digest string, a store.Access) string {
	if b.after == "" || b.after.Staged() {
		return ""
	}
	return s.Seal(store.Position(strconv.FormatInt(b.total, 10)+" ")+b.after, digest, a)
}

// openBeginning reads a token back, the empty one as the first page.
func (r *Reads) openBeginning(ctx context.Context, p Principal, digest, token string) (*store.Sealer, beginning, error) {
	seal, at, err := r.open(ctx, p, digest, token)
	if err != nil || at == "" {
		return seal, beginning{}, err
	}
	total, after, _ := strings.Cut(string(at), " ")
	n, err := strconv.ParseInt(total, 10, 64)
	if err != nil || after == "" {
		return nil, beginning{}, readFault(store.ErrCursorLost)
	}
	return seal, beginning{store.Position(after), n}, nil
}
