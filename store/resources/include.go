package resources

import (
	"context"
	"fmt"
	"slices"

	"claimwright/fhir/search"
	"claimwright/store"
)

// MostIncluded bounds the resources that a page includes beside its matches.
const MostIncluded = 1_000

const (
	// mostRounds bounds how often :iterate goes on from what was included.
	mostRounds = 32
	// includedAtOnce bounds the resources that are read at once, so that their size is known before too many are.
	includedAtOnce = 100
)

// inclusion collects what a page's matches bring along (R4 §3.1.1.5.4).
type inclusion struct {
	reads    *Reads
	access   store.Access
	includes []search.Include
	// seen are the matches and what was included, by version: a reference to a version brings that version along.
	seen map[versioned]struct{}
	// tried are the matches and what was looked for, whatever its version.
	tried map[store.Key]struct{}
	found []*store.Record
	// room is what is left for bodies in bytes; cut tells that something was left out because of it or of a bound.
	room int
	cut  bool
	// present are the types that _revinclude=* looks at, nil until it does.
	present []string
}

type versioned struct {
	store.Key
	version int64
}

// include finds what the matches of a page bring along, each resource once and none that is a match itself; true tells
// that there is more than a page may hold.
func (r *Reads) include(ctx context.Context, a store.Access, includes []search.Include, matches []*store.Record) ([]*store.Record, bool, error) {
	if len(includes) == 0 || len(matches) == 0 {
		return nil, false, nil
	}
	n := inclusion{
		reads: r, access: a, includes: includes, room: r.roomBeside(matches),
		seen: map[versioned]struct{}{}, tried: map[store.Key]struct{}{},
	}
	for _, match := range matches {
		n.seen[versioned{match.Key, match.Version}] = struct{}{}
		n.tried[match.Key] = struct{}{}
	}
	for round, from := 0, matches; len(from) > 0 && !n.cut; round++ {
		if round > 0 {
			n.includes = slices.DeleteFunc(slices.Clone(n.includes), func(i search.Include) bool { return !i.Iterate })
		}
		if len(n.includes) == 0 {
			break
		}
		if round == mostRounds {
			n.cut = true
			break
		}
		known := len(n.found)
		if err := n.round(ctx, from); err != nil {
			return nil, false, err
		}
		from = n.found[known:]
	}
	return n.found, n.cut, nil
}

// roomBeside is what a page's matches leave for what is included with them, at least a quarter of a page.
func (r *Reads) roomBeside(matches []*store.Record) int {
	room := r.room
	for _, match := range matches {
		room -= len(match.Body)
	}
	return max(room, r.room/4)
}

// round includes what the given resources bring along.
func (n *inclusion) round(ctx context.Context, from []*store.Record) error {
	if err := n.forward(ctx, from); err != nil || n.cut {
		return err
	}
	for i := range n.includes {
		if !n.includes[i].Reverse {
			continue
		}
		if err := n.reverse(ctx, &n.includes[i], from); err != nil || n.cut {
			return err
		}
	}
	return nil
}

// searched includes the resources of a type that meet one of the conditions and pass.
func (n *inclusion) searched(ctx context.Context, resourceType string, anyOf []search.Condition, passes func(*store.Record) (bool, error)) error {
	q := search.Query{Type: resourceType, Where: []search.Clause{{AnyOf: anyOf}}, Count: includedAtOnce}
	for after := store.Position(""); ; {
		page, err := n.reads.reader.Search(ctx, n.access, &q, after)
		if err != nil {
			return fmt.Errorf("search %s to include: %w", resourceType, readFault(err))
		}
		for _, r := range page.Records {
			ok, err := passes(r)
			if err != nil {
				return err
			}
			if ok && !n.add(r) {
				return nil
			}
		}
		if after = page.Next; after == "" {
			return nil
		}
	}
}

// add includes a resource that is there and was not included yet; false when there is no room for it.
func (n *inclusion) add(r *store.Record) bool {
	if r == nil || r.Deleted {
		return true
	}
	at := versioned{r.Key, r.Version}
	if _, again := n.seen[at]; again {
		return true
	}
	if len(n.found) == MostIncluded || n.room < len(r.Body) {
		n.cut = true
		return false
	}
	n.seen[at] = struct{}{}
	n.room -= len(r.Body)
	n.found = append(n.found, r)
	return true
}
