package sqlite

import (
	"encoding/binary"
	"math"

	"claimwright/store/sqlite/internal/native"
	"claimwright/store/sqlite/internal/posting"
	"claimwright/store/sqlite/internal/siphash"
)

// indexRow is one entry of the index, of any kind: kindTerm stands for all that is listed.
type indexRow struct {
	kind   kind
	key    indexKey
	rid    int64
	lo, hi float64
	text   string // the folded text or the column's value
}

// tally adds up rows of the index whatever order they come in: if two tallies are equal, so are the rows.
type tally struct {
	count int64
	sum   uint64
}

func (t *tally) add(r *indexRow, times int64) {
	var room [128]byte
	b := append(room[:0], byte(r.kind))
	for _, n := range [...]uint64{uint64(r.key), uint64(r.rid), math.Float64bits(r.lo), math.Float64bits(r.hi)} {
		b = binary.LittleEndian.AppendUint64(b, n)
	}
	t.count += times
	t.sum += uint64(times) * siphash.Sum(siphash.Key{}, append(b, r.text...))
}

// index checks that the index holds exactly the entries of the current versions: first by tallies, which takes one pass
// over each side, then, if these differ, row by row.
func (v *verification) index() error {
	var wanted, have tally
	if err := v.eachWanted(func(_ string, r *indexRow) error {
		wanted.add(r, 1)
		return nil
	}); err != nil {
		return err
	}
	if err := v.eachStored(func(r *indexRow) error {
		have.add(r, 1)
		return nil
	}); err != nil {
		return err
	}
	pending := v.pending()
	for r, removed := range pending {
		stored, err := v.isStored(&r)
		switch {
		case err != nil:
			return err
		case removed && stored:
			have.add(&r, -1)
		case !removed && !stored:
			have.add(&r, 1)
		}
	}
	if wanted == have {
		return nil
	}
	v.progress(stageOf("index rows"))
	return v.compareRows(pending)
}

// eachWanted visits the entries of the current versions.
func (v *verification) eachWanted(visit func(key string, r *indexRow) error) error {
	const sql = `SELECT r.rid, r.type || '/' || r.id, v.entries FROM resource r JOIN version v ON v.seq = r.seq WHERE r.deleted = 0`
	var fault error
	err := v.rows(sql, func(st *native.Stmt) {
		rid := st.IntAt(0)
		e, err := decodeEntries(st.BytesAt(2))
		if err != nil {
			v.find(st.TextAt(1), "%v", err)
			return
		}
		for _, r := range e.rows(rid) {
			if fault == nil {
				fault = visit(st.TextAt(1), &r)
			}
		}
	})
	if err != nil {
		return err
	}
	return fault
}

// rows lists entries as rows of the index.
func (e *entries) rows(rid int64) []indexRow {
	out := make([]indexRow, 0, e.count())
	for _, t := range e.terms {
		out = append(out, indexRow{kind: kindTerm, key: t, rid: rid})
	}
	for _, r := range e.ranges {
		out = append(out, indexRow{kind: kindRange, key: r.key, rid: rid, lo: r.lo, hi: r.hi})
	}
	for _, t := range e.texts {
		out = append(out, indexRow{kind: kindText, key: t.key, rid: rid, text: t.folded})
	}
	for _, c := range e.columns {
		out = append(out, indexRow{kind: kindColumn, key: c.key, rid: rid, text: c.value})
	}
	return out
}

// eachStored visits the rows of the index's tables.
func (v *verification) eachStored(visit func(*indexRow) error) error {
	var fault error
	keep := func(r indexRow) {
		if fault == nil {
			fault = visit(&r)
		}
	}
	blocks := func(k kind, values bool) func(*native.Stmt) {
		return func(st *native.Stmt) {
			items, err := posting.Items(nil, st.IntAt(1), st.BytesAt(3), values)
			if err != nil || int64(len(items)) != st.IntAt(2) {
				v.find("index", "block %d of key %d is damaged", st.IntAt(1), st.IntAt(0))
			}
			for _, item := range items {
				keep(indexRow{kind: k, key: indexKey(st.IntAt(0)), rid: item.RID, text: item.Value})
			}
		}
	}
	tables := []struct {
		sql  string
		read func(*native.Stmt)
	}{
		{"SELECT key, first, n, data FROM posting", blocks(kindTerm, false)},
		{"SELECT key, first, n, data FROM sorting", blocks(kindColumn, true)},
		{"SELECT key, lo, hi, rid FROM span", func(st *native.Stmt) {
			keep(indexRow{kind: kindRange, key: indexKey(st.IntAt(0)), lo: st.FloatAt(1), hi: st.FloatAt(2), rid: st.IntAt(3)})
		}},
		{"SELECT key, folded, rid FROM phrase", func(st *native.Stmt) {
			keep(indexRow{kind: kindText, key: indexKey(st.IntAt(0)), text: st.TextAt(1), rid: st.IntAt(2)})
		}},
	}
	for _, t := range tables {
		if err := v.rows(t.sql, t.read); err != nil {
			return err
		}
	}
	return fault
}

// pending lists what the overlays did to each row last: true where it was removed.
func (v *verification) pending() map[indexRow]bool {
	out := map[indexRow]bool{}
	views := v.sn.views()
	for i := len(views) - 1; i >= 0; i-- { // the older one first
		o := views[i]
		for _, l := range o.overlay.terms.first(o.extent.terms) {
			out[indexRow{kind: kindTerm, key: l.key, rid: l.value}] = l.removed
		}
		for _, l := range o.overlay.ranges.first(o.extent.ranges) {
			out[indexRow{kind: kindRange, key: l.key, rid: l.value.rid, lo: l.value.lo, hi: l.value.hi}] = l.removed
		}
		for _, l := range o.overlay.texts.first(o.extent.texts) {
			out[indexRow{kind: kindText, key: l.key, rid: l.value.rid, text: l.value.folded}] = l.removed
		}
		for _, l := range o.overlay.columns.first(o.extent.columns) {
			out[indexRow{kind: kindColumn, key: l.key, rid: l.value.rid, text: l.value.value}] = l.removed
		}
	}
	return out
}
