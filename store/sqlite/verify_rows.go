package sqlite

import (
	"slices"

	"claimwright/store"
	"claimwright/store/sqlite/internal/native"
	"claimwright/store/sqlite/internal/posting"
)

func stageOf(name string) store.Progress { return store.Progress{Stage: name} }

// isStored tells whether a table holds a row of the index.
func (v *verification) isStored(r *indexRow) (found bool, err error) {
	switch r.kind {
	case kindTerm:
		return v.isInBlock(v.sn.floorBlock, r, false)
	case kindColumn:
		return v.isInBlock(v.sn.floorValue, r, true)
	case kindRange:
		st := v.sn.isSpan
		st.Int(1, int64(r.key))
		st.Int(2, int64(spanLevel(r.lo, r.hi)))
		st.Float(3, r.lo)
		st.Float(4, r.hi)
		st.Int(5, r.rid)
		defer st.Reset()
		return st.Step()
	default:
		st := v.sn.isPhrase
		st.Int(1, int64(r.key))
		st.Text(2, r.text)
		st.Int(3, r.rid)
		defer st.Reset()
		return st.Step()
	}
}

func (v *verification) isInBlock(floor *native.Stmt, r *indexRow, values bool) (bool, error) {
	defer floor.Reset()
	floor.Int(1, int64(r.key))
	floor.Int(2, r.rid)
	if row, err := floor.Step(); !row {
		return false, err
	}
	b := readBlock(floor)
	items, err := posting.Items(nil, b.first, b.data, values)
	return slices.Contains(items, posting.Item{RID: r.rid, Value: r.text}), err
}

// compareRows names the rows of the index that are missing and those that point nowhere.
func (v *verification) compareRows(pending map[indexRow]bool) error {
	missing := 0
	err := v.eachWanted(func(key string, r *indexRow) error {
		removed, known := pending[*r]
		stored := known && !removed
		if !known {
			var err error
			if stored, err = v.isStored(r); err != nil {
				return err
			}
		}
		if !stored {
			if missing++; missing <= maxFindings {
				v.find(key, "the index lacks an entry of kind %c under key %d", r.kind, int64(r.key))
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return v.danglingRows(pending)
}

func (v *verification) danglingRows(pending map[indexRow]bool) error {
	const sql = `SELECT v.entries FROM resource r JOIN version v ON v.seq = r.seq WHERE r.rid = ?1 AND r.deleted = 0`
	return v.sn.maintain(sql, func(st *native.Stmt) error {
		dangling := 0
		check := func(r *indexRow) error {
			defer st.Reset()
			st.Int(1, r.rid)
			found, err := st.Step()
			if err != nil {
				return err
			}
			if found {
				e, err := decodeEntries(st.BytesAt(0))
				found = err == nil && slices.Contains(e.rows(r.rid), *r)
			}
			if !found {
				if dangling++; dangling <= maxFindings {
					v.find("index", "an entry of kind %c under key %d points to resource %d, which has no such value", r.kind, int64(r.key), r.rid)
				}
			}
			return nil
		}
		for r, removed := range pending {
			if removed {
				continue
			}
			if err := check(&r); err != nil {
				return err
			}
		}
		return v.eachStored(func(r *indexRow) error {
			if pending[*r] {
				return nil
			}
			return check(r)
		})
	})
}
