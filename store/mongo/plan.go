package mongo

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"

	"claimwright/store"
)

// plan is a commit made ready: its documents encoded, its records in the order that every server writes them in, its
// preconditions apart from what it writes itself. It is made once and may be applied many times.
type plan struct {
	commit *store.Commit
	// spaces and types are the groups of records, in the order of writing.
	spaces []spaceWrites
	types  []typeWrites
	// present are the records that must keep their version, absent the resources and vacant the internal records that
	// must stay away.
	present []store.Precondition
	absent  []store.Key
	vacant  []store.InternalKey
}

// spaceWrites are the internal writes of one space, sorted by id.
type spaceWrites struct {
	space                     store.Space
	creates, updates, deletes []*store.InternalWrite
}

// typeWrites are the writes of one type, sorted by id.
type typeWrites struct {
	name             string
	creates, updates []resourceWrite
}

type resourceWrite struct {
	*store.Write
	document bson.Raw
}

// single tells that a compare-and-set is all that the commit needs.
func (p *plan) single() bool {
	return len(p.commit.Resources) == 1 && len(p.commit.Internals) == 0 &&
		len(p.present)+len(p.absent)+len(p.vacant) == 0
}

func (s *Store) plan(c *store.Commit) (*plan, error) {
	p := &plan{commit: c}
	if err := p.require(c.Requires); err != nil {
		return nil, err
	}
	if err := p.addInternals(c.Internals); err != nil {
		return nil, err
	}
	return p, p.addResources(c.Resources)
}

func (p *plan) addResources(writes []store.Write) error {
	byType := make(map[string]*typeWrites)
	for i := range writes {
		w := &writes[i]
		document, err := currentDocument(w, p.commit.ID, p.commit.ExtractorVersion)
		if err != nil {
			return err
		}
		group := byType[w.Type]
		if group == nil {
			group = &typeWrites{name: w.Type}
			byType[w.Type] = group
		}
		if w.Version == 1 {
			group.creates = append(group.creates, resourceWrite{w, document})
		} else {
			group.updates = append(group.updates, resourceWrite{w, document})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(byType)) {
		group := byType[name]
		for _, list := range [][]resourceWrite{group.creates, group.updates} {
			slices.SortFunc(list, func(a, b resourceWrite) int { return strings.Compare(a.ID, b.ID) })
		}
		p.types = append(p.types, *group)
	}
	return nil
}

func (p *plan) addInternals(writes []store.InternalWrite) error {
	bySpace := make(map[store.Space]*spaceWrites)
	sorted := make([]*store.InternalWrite, len(writes))
	for i := range writes {
		sorted[i] = &writes[i]
	}
	slices.SortFunc(sorted, func(a, b *store.InternalWrite) int { return strings.Compare(a.Key.ID, b.Key.ID) })
	for _, w := range sorted {
		if _, known := internalCollections[w.Key.Space]; !known {
			return fmt.Errorf("there is no space %q of internal records", w.Key.Space)
		}
		group := bySpace[w.Key.Space]
		if group == nil {
			group = &spaceWrites{space: w.Key.Space}
			bySpace[w.Key.Space] = group
		}
		switch {
		case w.Delete && w.Version == 1: // to remove what is not there is to demand that it is not there
			p.vacant = append(p.vacant, w.Key)
		case w.Delete:
			group.deletes = append(group.deletes, w)
		case w.Version == 1:
			group.creates = append(group.creates, w)
		default:
			group.updates = append(group.updates, w)
		}
	}
	for _, space := range slices.Sorted(maps.Keys(bySpace)) {
		p.spaces = append(p.spaces, *bySpace[space])
	}
	return nil
}

// require sorts the preconditions out. One about a record that the commit writes is decided here, since the write has a
// precondition of its own; so are two that contradict each other.
func (p *plan) require(all []store.Precondition) error {
	written := make(map[store.Precondition]int64)
	for i := range p.commit.Resources {
		w := &p.commit.Resources[i]
		written[store.Precondition{Key: w.Key}] = w.Version - 1
	}
	for i := range p.commit.Internals {
		w := &p.commit.Internals[i]
		written[store.Precondition{Internal: w.Key}] = w.Version - 1
	}
	for _, need := range all {
		subject := store.Precondition{Key: need.Key, Internal: need.Internal}
		if need.Internal != (store.InternalKey{}) {
			subject.Key = store.Key{}
		}
		version, decided := written[subject]
		if decided && version != need.Version {
			return fmt.Errorf("require %v at version %d: %w", subject, need.Version, store.ErrConflict)
		}
		if decided {
			continue
		}
		written[subject] = need.Version
		if err := p.addRequirement(subject, need.Version); err != nil {
			return err
		}
	}
	slices.SortFunc(p.present, comparePreconditions)
	return nil
}

func (p *plan) addRequirement(subject store.Precondition, version int64) error {
	subject.Version = version
	inner := subject.Internal != (store.InternalKey{})
	if inner && internalCollections[subject.Internal.Space] == "" {
		return fmt.Errorf("there is no space %q of internal records", subject.Internal.Space)
	}
	if !inner && !typeName.MatchString(subject.Key.Type) {
		return fmt.Errorf("%q is no resource type", subject.Key.Type)
	}
	switch {
	case version > 0:
		p.present = append(p.present, subject)
	case inner:
		p.vacant = append(p.vacant, subject.Internal)
	default:
		p.absent = append(p.absent, subject.Key)
	}
	return nil
}

func comparePreconditions(a, b store.Precondition) int {
	return cmp.Or(cmp.Compare(a.Internal.Space, b.Internal.Space), strings.Compare(a.Internal.ID, b.Internal.ID),
		strings.Compare(a.Key.Type, b.Key.Type), strings.Compare(a.Key.ID, b.Key.ID))
}
