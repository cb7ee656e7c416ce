package resources

import (
	"context"
	"fmt"
	"slices"

	"claimwright/fhir/registry"
	"claimwright/fhir/search"
	"claimwright/store"
)

// anchorsAtOnce bounds the resources that one search of _revinclude looks for references to.
const anchorsAtOnce = 200

// reverse includes the resources that refer to some.
func (n *inclusion) reverse(ctx context.Context, i *search.Include, to []*store.Record) error {
	sources := []string{i.Source}
	if i.Source == "" {
		var err error
		if sources, err = n.types(ctx); err != nil {
			return err
		}
	}
	for _, source := range sources {
		for part := range slices.Chunk(to, anchorsAtOnce) {
			anyOf, err := n.referring(i, source, part)
			if err != nil {
				return err
			}
			if len(anyOf) == 0 {
				continue
			}
			err = n.searched(ctx, source, anyOf, func(*store.Record) (bool, error) { return true, nil })
			if err != nil || n.cut {
				return err
			}
		}
	}
	return nil
}

// referring are the conditions of which a resource of the source type meets one when it refers to one of some resources.
func (n *inclusion) referring(i *search.Include, source string, to []*store.Record) ([]search.Condition, error) {
	l := linking{reads: n.reads, seen: map[search.Condition]struct{}{}}
	for _, param := range n.reads.Custom().Params(source) {
		if param.Type != registry.Reference || i.Param != "" && i.Param != param.Name {
			continue
		}
		for _, record := range to {
			if i.Target != "" && i.Target != record.Type || len(param.Targets) > 0 && !slices.Contains(param.Targets, record.Type) {
				continue
			}
			if err := l.to(source, param.Name, record); err != nil {
				return nil, err
			}
		}
	}
	return l.conditions, nil
}

// types are the resource types of which there are resources that can be seen.
func (n *inclusion) types(ctx context.Context) ([]string, error) {
	if n.present != nil {
		return n.present, nil
	}
	n.present = []string{}
	for _, t := range registry.Types() {
		page, err := n.reads.reader.Search(ctx, n.access, &search.Query{Type: t, Count: 1}, "")
		if err != nil {
			return nil, fmt.Errorf("search %s to include: %w", t, readFault(err))
		}
		if len(page.Records) > 0 {
			n.present = append(n.present, t)
		}
	}
	return n.present, nil
}
