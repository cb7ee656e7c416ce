package resources

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"claimwright/fhir/search"
	"claimwright/store"
)

// mostSorted bounds the matches of a search that sorts by what no index has in order, because each of them is read.
const mostSorted = 10_000

// pages reads the pages of a resolved query. One that no store can sort is sorted here.
func (r *Reads) pages(ctx context.Context, a store.Access, q *search.Query) func(count int, after store.Position) (store.Page, error) {
	if q.SortsByBody() {
		s := &sorting{reads: r, ctx: ctx, access: a, query: q}
		return s.page
	}
	return func(count int, after store.Position) (store.Page, error) {
		part := *q
		part.Count = count
		return r.reader.Search(ctx, a, &part, after)
	}
}

// sorting is a search whose order is made of the matches' bodies: their sort values are gathered, a bounded number of
// them, and then the page's resources are read. It is gathered once for all portions of a page.
type sorting struct {
	reads    *Reads
	ctx      context.Context
	access   store.Access
	query    *search.Query
	gathered bool
	places   []place
}

// place is where a match is in the order.
type place struct {
	id     string
	values []search.SortValue
}

func (s *sorting) page(count int, after store.Position) (store.Page, error) {
	if !s.gathered {
		if err := s.gather(); err != nil {
			return store.Page{}, err
		}
	}
	rest := s.places
	if after != "" {
		last, err := parsePlace(after, len(s.query.Sort))
		if err != nil {
			return store.Page{}, err
		}
		first, found := slices.BinarySearchFunc(rest, last, s.compare)
		if found {
			first++
		}
		rest = rest[first:]
	}
	var page store.Page
	for len(page.Records) < count && len(rest) > 0 { // a match that changed in between may match no longer
		batch := rest[:min(count-len(page.Records), len(rest))]
		rest = rest[len(batch):]
		records, err := s.read(batch)
		if err != nil {
			return store.Page{}, err
		}
		page.Records = append(page.Records, records...)
		if len(rest) > 0 {
			page.Next = batch[len(batch)-1].position()
		} else {
			page.Next = ""
		}
	}
	return page, nil
}

// gather makes the places of all matches, in order.
func (s *sorting) gather() error {
	q := *s.query
	q.Sort, q.Count = nil, 4*portion
	for after := store.Position(""); ; {
		found, err := s.reads.reader.Search(s.ctx, s.access, &q, after)
		if err != nil {
			return err
		}
		for _, r := range found.Records {
			p, err := s.placeOf(r)
			if err != nil {
				return err
			}
			s.places = append(s.places, p)
		}
		if len(s.places) > mostSorted {
			return fmt.Errorf("sort more than %d matches by what no index has in order: %w", mostSorted, store.ErrTooCostly)
		}
		if after = found.Next; after == "" {
			break
		}
	}
	slices.SortFunc(s.places, s.compare)
	s.gathered = true
	return nil
}

func (s *sorting) placeOf(r *store.Record) (place, error) {
	p := place{id: strings.Clone(r.ID)}
	values, _, err := s.reads.extractorNow().Extract(r.Key, r.Body)
	if err != nil {
		return p, fmt.Errorf("read the sort values of %s: %w", r.Key, err)
	}
	for _, key := range s.query.Sort {
		var v search.SortValue
		switch key.Param {
		case "_id":
			v.Text = p.id
		case "_lastUpdated":
			v.Num = float64(r.Updated.UnixMilli())
		default:
			v = values.SortValue(key)
			v.Text = strings.Clone(v.Text) // not to keep the body
		}
		p.values = append(p.values, v)
	}
	return p, nil
}

func (s *sorting) compare(a, b place) int {
	for i, key := range s.query.Sort {
		if c := a.values[i].Compare(b.values[i], key.Desc); c != 0 {
			return c
		}
	}
	return strings.Compare(a.id, b.id)
}

// read reads the resources of places, in their order, as far as they still match.
func (s *sorting) read(places []place) ([]*store.Record, error) {
	ids := make([]search.Condition, len(places))
	for i, p := range places {
		ids[i] = search.Condition{Kind: search.HasID, Text: p.id}
	}
	q := *s.query
	q.Where = append(slices.Clip(q.Where), search.Clause{AnyOf: ids})
	q.Sort, q.Count = nil, len(ids)
	found, err := s.reads.reader.Search(s.ctx, s.access, &q, "")
	if err != nil {
		return nil, err
	}
	byID := make(map[string]*store.Record, len(found.Records))
	for _, r := range found.Records {
		byID[r.ID] = r
	}
	var ordered []*store.Record
	for _, p := range places {
		if r := byID[p.id]; r != nil {
			ordered = append(ordered, r)
		}
	}
	return ordered, nil
}

// placeMark starts the position of a search that is sorted here.
const placeMark = "place"

// position writes a place: the id, then one line for each sort value.
func (p place) position() store.Position {
	lines := []string{placeMark, strconv.Quote(p.id)}
	for _, v := range p.values {
		if v.Missing {
			lines = append(lines, "-")
			continue
		}
		lines = append(lines, strconv.FormatFloat(v.Num, 'x', -1, 64)+":"+strconv.Quote(v.Text))
	}
	return store.Position(strings.Join(lines, "\n"))
}

// parsePlace reads a position with a number of sort values.
func parsePlace(after store.Position, keys int) (place, error) {
	lost := fmt.Errorf("position of a sorted search: %w", store.ErrCursorLost)
	lines := strings.Split(string(after), "\n")
	if len(lines) != 2+keys || lines[0] != placeMark {
		return place{}, lost
	}
	id, err := strconv.Unquote(lines[1])
	if err != nil {
		return place{}, lost
	}
	p := place{id: id}
	for _, line := range lines[2:] {
		if line == "-" {
			p.values = append(p.values, search.SortValue{Missing: true})
			continue
		}
		num, text, _ := strings.Cut(line, ":")
		var v search.SortValue
		var errNum, errText error
		v.Num, errNum = strconv.ParseFloat(num, 64)
		v.Text, errText = strconv.Unquote(text)
		if errNum != nil || errText != nil {
			return place{}, lost
		}
		p.values = append(p.values, v)
	}
	return p, nil
}
