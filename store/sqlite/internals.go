package sqlite

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"claimwright/store"
	"claimwright/store/sqlite/internal/native"
)

// Internals implements store.Reader. All records are as of one moment: no group becomes visible in between, and what is
// merged into the table meanwhile is what was visible before.
func (s *Store) Internals(ctx context.Context, a store.Access, keys ...store.InternalKey) ([]store.Internal, error) {
	if err := s.isOpen(ctx); err != nil {
		return nil, err
	}
	for _, k := range keys {
		if !a.AllowsInternal(k.Space) {
			return nil, fmt.Errorf("read %s records: %w", k.Space, store.ErrDenied)
		}
	}
	s.visible.RLock()
	out, missing := s.knownInternals(keys)
	s.visible.RUnlock()
	if len(missing) == 0 {
		return out, nil
	}
	// The reader is taken before the lock: whoever has the last reader may be waiting for a group to become visible.
	err := s.read(ctx, func(r *reader) error {
		s.visible.RLock()
		defer s.visible.RUnlock()
		out, missing = s.knownInternals(keys)
		for _, i := range missing {
			in, err := readInternal(r.internal, keys[i])
			if err != nil {
				return err
			}
			out[i].Version, out[i].Data = in.version, in.data
			s.internals.fill(s.published.Load(), keys[i], in)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read internal records: %w", err)
	}
	return out, nil
}

// knownInternals finds those internal records that are in memory, and which are not.
func (s *Store) knownInternals(keys []store.InternalKey) (out []store.Internal, missing []int) {
	out = make([]store.Internal, len(keys))
	for i, k := range keys {
		out[i].Key = k
		in, ok := s.knownInternal(k)
		if !ok {
			missing = append(missing, i)
		}
		out[i].Version, out[i].Data = in.version, in.data
	}
	return out, missing
}

// knownInternal finds an internal record that is in memory.
func (s *Store) knownInternal(k store.InternalKey) (internalState, bool) {
	if in, ok := s.internals.get(k); ok {
		return in, true
	}
	now := s.overlays.Load()
	if in, ok := now.active.internal(k); ok {
		return in, true
	}
	if now.frozen != nil {
		return now.frozen.internal(k)
	}
	return internalState{}, false
}

// readInternal reads an internal record from its table.
func readInternal(st *native.Stmt, k store.InternalKey) (internalState, error) {
	defer st.Reset()
	st.Text(1, string(k.Space))
	st.Text(2, k.ID)
	row, err := st.Step()
	if !row {
		return internalState{}, err
	}
	return internalState{version: st.IntAt(0), data: st.BlobAt(1)}, nil
}

// ScanInternals implements store.Maintainer.
func (s *Store) ScanInternals(
	ctx context.Context, a store.Access, space store.Space, prefix, after string, limit int,
) ([]store.Internal, error) {
	if err := s.isOpen(ctx); err != nil {
		return nil, err
	}
	if !a.AllowsInternal(space) {
		return nil, fmt.Errorf("scan %s records: %w", space, store.ErrDenied)
	}
	scan := internalScan{space: space, prefix: prefix, limit: limit}
	scan.pending = s.pendingInternals(space, prefix, after)
	err := s.read(ctx, func(r *reader) error { return scan.run(r.scanInternals, after) })
	if err != nil {
		return nil, fmt.Errorf("scan %s records: %w", space, err)
	}
	return scan.out, nil
}

// pendingInternals lists what the overlays say about the records of a scan, in id order; version 0 is a removal.
func (s *Store) pendingInternals(space store.Space, prefix, after string) []store.Internal {
	now := s.overlays.Load()
	found := map[string]internalState{}
	for _, o := range []*overlay{now.frozen, now.active} { // what is newer replaces what is older
		if o == nil {
			continue
		}
		o.mu.RLock()
		for k, in := range o.internals {
			if k.Space == space && k.ID > after && strings.HasPrefix(k.ID, prefix) {
				found[k.ID] = in
			}
		}
		o.mu.RUnlock()
	}
	out := make([]store.Internal, 0, len(found))
	for id, in := range found {
		out = append(out, store.Internal{Key: store.InternalKey{Space: space, ID: id}, Version: in.version, Data: in.data})
	}
	slices.SortFunc(out, func(x, y store.Internal) int { return strings.Compare(x.Key.ID, y.Key.ID) })
	return out
}

// internalScan merges the rows of the table with what the overlays say.
type internalScan struct {
	space   store.Space
	prefix  string
	limit   int
	pending []store.Internal
	out     []store.Internal
}

func (sc *internalScan) run(st *native.Stmt, after string) error {
	defer st.Reset()
	st.Text(1, string(sc.space))
	st.Text(2, max(after+"\x00", sc.prefix)) // the first text after an id is the id and a zero byte
	for len(sc.out) < sc.limit {
		row, err := st.Step()
		if err != nil {
			return err
		}
		id := ""
		if row {
			id = st.TextAt(0)
			row = strings.HasPrefix(id, sc.prefix)
		}
		if !row {
			sc.take(func(string) bool { return true })
			return nil
		}
		overridden := sc.take(func(pending string) bool { return pending <= id })
		if overridden != id && len(sc.out) < sc.limit {
			sc.out = append(sc.out, store.Internal{
				Key: store.InternalKey{Space: sc.space, ID: id}, Version: st.IntAt(1), Data: st.BlobAt(2),
			})
		}
	}
	return nil
}

// take appends pending records as long as the condition holds and there is room, and answers the last id seen.
func (sc *internalScan) take(while func(id string) bool) (last string) {
	for len(sc.pending) > 0 && len(sc.out) < sc.limit && while(sc.pending[0].Key.ID) {
		last = sc.pending[0].Key.ID
		if sc.pending[0].Version > 0 {
			sc.out = append(sc.out, sc.pending[0])
		}
		sc.pending = sc.pending[1:]
	}
	return last
}
