package sqlite

import "claimwright/store"

// locate finds the current version of a resource as of the last group; version 0 where there is none.
func (w *writer) locate(k store.Key) (located, error) {
	rid, ordered := orderedRID(k.Type, k.ID)
	if ordered && rid > w.maxOrdered {
		return located{}, nil // newer than all: the way of every resource that the server makes
	}
	if !ordered {
		rid, ordered = w.s.aliases.get(k)
	}
	if ordered {
		if c, ok := w.s.records.get(rid); ok && c.record.Key == k {
			return located{
				rid: rid, resourceType: k.Type, id: k.ID, version: c.record.Version, seq: c.seq,
				updated: c.record.Updated.UnixMilli(), deleted: c.record.Deleted,
			}, nil
		}
		at, found, err := w.byRID(rid)
		if err != nil || !found || at.is(k) {
			return at, err
		}
	}
	w.id.Text(1, k.Type)
	w.id.Text(2, k.ID)
	at, _, err := readLocated(w.id)
	return at, err
}

// byRID reads the row of a resource by its number.
func (w *writer) byRID(rid int64) (located, bool, error) {
	w.rid.Int(1, rid)
	return readLocated(w.rid)
}

// is tells whether the row is that of a key.
func (l *located) is(k store.Key) bool { return l.resourceType == k.Type && l.id == k.ID }

// internal finds the current state of an internal record as of the last group.
func (w *writer) internal(k store.InternalKey) (internalState, error) {
	if in, ok := w.s.knownInternal(k); ok {
		return in, nil
	}
	return readInternal(w.record, k)
}
