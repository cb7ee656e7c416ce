package resources

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"claimwright/fhir/search"
	"claimwright/store"
)

// forward includes what some resources refer to.
func (n *inclusion) forward(ctx context.Context, from []*store.Record) error {
	w := wanted{seen: map[any]struct{}{}, canonicals: map[string][]canonical{}}
	for _, record := range from {
		if err := n.want(&w, record); err != nil {
			return err
		}
	}
	for part := range slices.Chunk(w.references, includedAtOnce) {
		if err := n.fetch(ctx, part); err != nil || n.cut {
			return err
		}
	}
	for _, t := range w.types {
		for part := range slices.Chunk(w.canonicals[t], includedAtOnce) {
			if err := n.fetchCanonicals(ctx, t, part); err != nil || n.cut {
				return err
			}
		}
	}
	return nil
}

// wanted are the references that the includes follow, each once.
type wanted struct {
	references []reference
	// canonicals are by the types that they may be of, and types are these in order.
	canonicals map[string][]canonical
	types      []string
	seen       map[any]struct{}
}

// reference is where a Reference leads: to a resource, at a version that it may state.
type reference struct {
	store.Key
	version string
}

// canonical is what a canonical leads to: a resource with this url, of a version that it may state.
type canonical struct{ url, version string }

func (w *wanted) add(r reference) {
	if _, again := w.seen[r]; !again {
		w.seen[r] = struct{}{}
		w.references = append(w.references, r)
	}
}

func (w *wanted) addCanonical(resourceType string, c canonical) {
	type typed struct {
		canonical
		resourceType string
	}
	if _, again := w.seen[typed{c, resourceType}]; again {
		return
	}
	w.seen[typed{c, resourceType}] = struct{}{}
	if w.canonicals[resourceType] == nil {
		w.types = append(w.types, resourceType)
	}
	w.canonicals[resourceType] = append(w.canonicals[resourceType], c)
}

// want adds what the includes follow of a resource's references.
func (n *inclusion) want(w *wanted, record *store.Record) error {
	if !slices.ContainsFunc(n.includes, func(i search.Include) bool { return !i.Reverse && (i.Source == "" || i.Source == record.Type) }) {
		return nil
	}
	references, err := n.reads.references(record)
	if err != nil {
		return err
	}
	for i := range n.includes {
		for j := range references {
			n.follow(&n.includes[i], w, record.Type, &references[j])
		}
	}
	return nil
}

// follow adds a reference that an include is about.
func (n *inclusion) follow(i *search.Include, w *wanted, source string, ref *search.Reference) {
	switch {
	case i.Reverse || i.Source != "" && i.Source != source || i.Param != "" && i.Param != ref.Param:
	case ref.URL == "":
		if i.Target == "" || i.Target == ref.Type {
			w.add(reference{store.Key{Type: ref.Type, ID: ref.ID}, ref.Version})
		}
	default:
		param, known := n.reads.Custom().Lookup(source, ref.Param)
		if !known {
			return
		}
		for _, t := range param.Targets {
			if hasURL(t) && (i.Target == "" || i.Target == t) {
				w.addCanonical(t, canonical{ref.URL, ref.Version})
			}
		}
	}
}

// fetch includes some resources that are referred to. Those that are not there are passed over.
func (n *inclusion) fetch(ctx context.Context, references []reference) error {
	var keys []store.Key
	references = slices.DeleteFunc(references, n.has)
	for _, r := range references {
		if len(keys) == 0 || !slices.Contains(keys, r.Key) {
			keys = append(keys, r.Key)
		}
	}
	if len(keys) == 0 {
		return nil
	}
	records, err := n.reads.reader.Get(ctx, n.access, keys...)
	if err != nil {
		return fmt.Errorf("read included resources: %w", readFault(err))
	}
	for _, r := range references {
		record := records[slices.Index(keys, r.Key)]
		if record, err = n.at(ctx, r, record); err != nil {
			return err
		}
		if !n.add(record) {
			return nil
		}
	}
	return nil
}

// has tells whether a reference leads to what is there already, or was looked for.
func (n *inclusion) has(r reference) bool {
	if r.version == "" {
		_, tried := n.tried[r.Key]
		n.tried[r.Key] = struct{}{}
		return tried
	}
	version, err := strconv.ParseInt(r.version, 10, 64)
	_, included := n.seen[versioned{r.Key, version}]
	return err != nil || included
}

// at gives the version that a reference states, which may be another one than the current; nil where it is not there.
func (n *inclusion) at(ctx context.Context, r reference, current *store.Record) (*store.Record, error) {
	if r.version == "" || current == nil || current.Deleted {
		return current, nil
	}
	version, err := strconv.ParseInt(r.version, 10, 64)
	if err != nil || current.Version == version {
		return current, nil
	}
	record, err := n.reads.versions.Version(ctx, n.access, r.Key, version)
	if err != nil {
		return nil, fmt.Errorf("read version %d of %s: %w", version, r.Key, readFault(err))
	}
	return record, nil
}

// fetchCanonicals includes resources of a type that canonicals refer to.
func (n *inclusion) fetchCanonicals(ctx context.Context, resourceType string, canonicals []canonical) error {
	anyOf := make([]search.Condition, len(canonicals))
	for i, c := range canonicals {
		anyOf[i] = search.Condition{Kind: search.HasTerm, Param: "url", Text: search.URITerm(c.url)}
	}
	return n.searched(ctx, resourceType, anyOf, func(r *store.Record) (bool, error) {
		doc, err := parseStored(r.Key, r.Body)
		if err != nil {
			return false, err
		}
		url, version := doc.Root().Get(nURL).Text(), doc.Root().Get(nVersion).Text()
		return slices.Contains(canonicals, canonical{url, version}) || slices.Contains(canonicals, canonical{url, ""}), nil
	})
}
