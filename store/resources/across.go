package resources

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"claimwright/fhir/search"
	"claimwright/store"
)

// SearchAcross is a page of the matches of a search over several types, in their common order; a page ends and goes on as
// Search's do. A resource that is moved by a write while a client pages is met where it then is; all others once.
func (r *Reads) SearchAcross(ctx context.Context, p Principal, x *search.Across, token string) (Page, error) {
	if len(x.Queries) == 1 {
		return r.Search(ctx, p, x.Queries[0], token)
	}
	digest := acrossDigest(x)
	seal, from, err := r.openBeginning(ctx, p, digest, token)
	if err != nil {
		return Page{}, err
	}
	behind, err := parseMilestone(from.after)
	if err != nil {
		return Page{}, readFault(err)
	}
	records, more, err := r.gather(ctx, p, x, behind)
	if err != nil {
		return Page{}, err
	}
	page := Page{Records: records, More: more}
	page.Total, err = totalOf(x.Total, from, &page, func(countTo int64) (int64, error) { return r.countAcrossTo(ctx, p, x, countTo) })
	if err != nil {
		return Page{}, err
	}
	if page.Included, page.Cut, err = r.include(ctx, p.Access, x.Queries[0].Include, records); err != nil {
		return Page{}, err
	}
	if more {
		page.Next = beginning{milestoneOf(records[len(records)-1]).position(), page.Total}.seal(seal, digest, p.Access)
	}
	return page, nil
}

// CountAcross counts the matches of all types together.
func (r *Reads) CountAcross(ctx context.Context, p Principal, x *search.Across) (int64, error) {
	total := int64(0)
	for _, q := range x.Queries {
		n, err := r.Count(ctx, p, q)
		if err != nil {
			return 0, err
		}
		total += n
	}
	return total, nil
}

func acrossDigest(x *search.Across) string {
	var b strings.Builder
	b.WriteString("across")
	for _, q := range x.Queries {
		b.WriteString(" " + searchDigest(q))
	}
	return b.String()
}

// gather reads a page from behind a milestone. It stops early when the bodies take all the room there is.
func (r *Reads) gather(ctx context.Context, p Principal, x *search.Across, from *milestone) (records []*store.Record, more bool, err error) {
	streams := r.streams(ctx, p, x, from)
	room := r.room
	for {
		next, err := first(streams, x.Sort)
		if err != nil || next == nil {
			return records, false, err
		}
		if full := len(records) >= x.Count || room < len(next.records[0].Body); full && len(records) > 0 {
			return records, true, nil
		}
		room -= len(next.records[0].Body)
		records = append(records, next.records[0])
		if err := next.step(); err != nil {
			return nil, false, err
		}
	}
}

// stream is what is left of one type's matches, read in small batches.
type stream struct {
	query   *search.Query
	records []*store.Record
	after   store.Position
	ended   bool
	// resolved tells that the query is what a store can execute; it becomes so when it is first read.
	resolved bool
	read     func() (store.Page, error)
}

// streams opens the searches of all types where the milestone left them. Without a sort key types come one after the
// other, so that the later ones need not be opened before it is their turn.
func (r *Reads) streams(ctx context.Context, p Principal, x *search.Across, from *milestone) []*stream {
	batch := min(x.Count+1, portion)
	if len(x.Sort) > 0 { // every type is read from; most of them have less than their share
		batch = min(batch, max(4, 2*batch/len(x.Queries)))
	}
	room := max(r.room/len(x.Queries), smallRoom)
	var all []*stream
	for _, q := range x.Queries {
		part := *q
		part.Count = batch
		s := &stream{query: &part}
		if from != nil {
			over := false
			if s.after, over = from.behind(r.reader, s.query); over {
				continue
			}
		}
		s.read = func() (store.Page, error) { return r.batch(ctx, p, s, room) }
		all = append(all, s)
	}
	return all
}

// batch reads the next records of a stream.
func (r *Reads) batch(ctx context.Context, p Principal, s *stream, room int) (store.Page, error) {
	if !s.resolved {
		q, err := r.resolve(ctx, p.Access, s.query)
		if err != nil {
			return store.Page{}, err
		}
		s.query, s.resolved = q, true
	}
	page, err := portions(s.query.Count, room, s.after, func(count int, after store.Position) (store.Page, error) {
		part := *s.query
		part.Count = count
		return r.reader.Search(ctx, p.Access, &part, after)
	})
	if err != nil {
		return page, fmt.Errorf("search %s: %w", s.query.Type, readFault(err))
	}
	return page, nil
}

// smallRoom is what a batch of one of many types may take at least.
const smallRoom = 1 << 20

// fill reads the next batch when there is none; a stream that has ended keeps no records.
func (s *stream) fill() error {
	for len(s.records) == 0 && !s.ended {
		page, err := s.read()
		if err != nil {
			return err
		}
		s.records, s.after, s.ended = page.Records, page.Next, page.Next == ""
	}
	return nil
}

func (s *stream) step() error {
	s.records = s.records[1:]
	return s.fill()
}

// first finds the stream whose next record comes first; nil when all have ended. Streams are in the order of their types.
func first(streams []*stream, sorts []search.Sort) (*stream, error) {
	var best *stream
	for _, s := range streams {
		if err := s.fill(); err != nil {
			return nil, err
		}
		if len(s.records) == 0 {
			continue
		}
		if len(sorts) == 0 {
			return s, nil
		}
		if best == nil || milestoneOf(s.records[0]).before(milestoneOf(best.records[0]), sorts[0]) {
			best = s
		}
	}
	return best, nil
}

// milestone is the resource after which a page of several types goes on.
type milestone struct {
	updated      int64 // milliseconds since 1970
	resourceType string
	id           string
}

func milestoneOf(r *store.Record) *milestone {
	return &milestone{r.Updated.UnixMilli(), r.Type, r.ID}
}

// before compares by a sort key alone; of equals none is before the other.
func (m *milestone) before(o *milestone, key search.Sort) bool {
	switch {
	case key.Param == "_lastUpdated" && key.Desc:
		return m.updated > o.updated
	case key.Param == "_lastUpdated":
		return m.updated < o.updated
	case key.Desc:
		return m.id > o.id
	}
	return m.id < o.id
}

func (m *milestone) position() store.Position {
	return store.Position(fmt.Sprintf("across %d %s %s", m.updated, m.resourceType, m.id))
}

// parseMilestone reads a position back; nil for the first page.
func parseMilestone(at store.Position) (*milestone, error) {
	if at == "" {
		return nil, nil
	}
	parts := strings.Split(string(at), " ")
	if len(parts) != 4 || parts[0] != "across" || parts[3] == "" {
		return nil, store.ErrCursorLost
	}
	updated, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil {
		return nil, store.ErrCursorLost
	}
	return &milestone{updated, parts[2], parts[3]}, nil
}

// Texts that are before and after every id, whose characters are letters, digits, hyphens and dots.
const (
	beforeIDs = "!"
	afterIDs  = "~"
)

// behind is the position in one type's search that has everything up to the milestone behind it, and whether the search
// is over. Equal sort keys are in the order of the types.
func (m *milestone) behind(r store.Reader, q *search.Query) (at store.Position, over bool) {
	updated := time.UnixMilli(m.updated)
	later := q.Type > m.resourceType // with an equal key, this type's turn is still to come
	if q.Type == m.resourceType {
		return r.Behind(q, m.id, updated), false
	}
	switch {
	case len(q.Sort) == 0:
		return "", !later
	case q.Sort[0].Param == "_lastUpdated" && later:
		return r.Behind(q, beforeIDs, updated), false
	case q.Sort[0].Param == "_lastUpdated":
		return r.Behind(q, afterIDs, updated), false
	case !later:
		return r.Behind(q, m.id, updated), false
	case q.Sort[0].Desc:
		return r.Behind(q, m.id+beforeIDs, updated), false
	}
	last := len(m.id) - 1
	return r.Behind(q, m.id[:last]+string(m.id[last]-1)+afterIDs, updated), false
}
