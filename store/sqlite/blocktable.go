package sqlite

import (
	"claimwright/store/sqlite/internal/native"
	"claimwright/store/sqlite/internal/posting"
)

// blockTable writes a table of blocks: for each key, runs of items by rid that never overlap.
type blockTable struct {
	floor, next, put, drop *native.Stmt
	values                 bool // the items have values
	items                  []posting.Item
}

// blockOp puts an item or removes it.
type blockOp struct {
	posting.Item
	removed bool
}

// appendFrom is how many new items of a key make it worth looking for a block to append them to.
const appendFrom = 4

// merge applies a key's operations, ascending by rid and one per rid.
func (t *blockTable) merge(w *writer, key indexKey, ops []blockOp) error {
	half := 0
	for half < len(ops) && ops[half].RID < firstIrregular {
		half++
	}
	for _, part := range [][]blockOp{ops[:half], ops[half:]} {
		if len(part) == 0 {
			continue
		}
		apply := t.insert
		if w.isFresh(part) {
			apply = t.append
		}
		if err := apply(w, key, part); err != nil {
			return err
		}
	}
	return nil
}

// isFresh tells that all operations put items of resources that are newer than everything in the tables, so that they
// come after whatever a key has.
func (w *writer) isFresh(ops []blockOp) bool {
	top := w.state.topOrdered
	if ops[0].RID >= firstIrregular {
		top = w.state.topIrregular
	}
	if ops[0].RID <= top || w.merge == nil || w.merge.from.careful {
		return false
	}
	for i := range ops {
		if ops[i].removed {
			return false
		}
	}
	return true
}

// append writes new items behind those that a key has; when they are several, into its last block as far as they fit.
func (t *blockTable) append(w *writer, key indexKey, ops []blockOp) error {
	var last rawBlock
	items := t.items[:0]
	if len(ops) >= appendFrom {
		var found bool
		var err error
		if last, found, err = t.blockAt(key, ops[0].RID); err != nil {
			return err
		}
		sameHalf := last.first < firstIrregular == (ops[0].RID < firstIrregular)
		if found && sameHalf && len(last.data) < posting.MaxBytes*3/4 {
			if items, err = posting.Items(items, last.first, last.data, t.values); err != nil {
				return err
			}
			w.state.indexRows--
		}
	}
	for i := range ops {
		items = append(items, ops[i].Item)
	}
	t.items = items
	return t.putAll(w, key, items)
}

// insert applies operations anywhere, block by block.
func (t *blockTable) insert(w *writer, key indexKey, ops []blockOp) error {
	for len(ops) > 0 {
		block, found, err := t.blockAt(key, ops[0].RID)
		if err != nil {
			return err
		}
		at := ops[0].RID
		if found {
			at = block.first
		}
		next, bounded, err := t.firstAfter(key, at)
		if err != nil {
			return err
		}
		n := len(ops)
		if bounded {
			for n = 0; n < len(ops) && ops[n].RID < next; n++ {
			}
		}
		if err := t.rewrite(w, key, block, found, ops[:n]); err != nil {
			return err
		}
		ops = ops[n:]
	}
	return nil
}

// rewrite applies operations to one block, or to none.
func (t *blockTable) rewrite(w *writer, key indexKey, block rawBlock, found bool, ops []blockOp) error {
	var items []posting.Item
	if found {
		var err error
		if items, err = posting.Items(nil, block.first, block.data, t.values); err != nil {
			return err
		}
		w.state.indexRows--
	}
	items = combine(items, ops)
	if found && (len(items) == 0 || items[0].RID != block.first) {
		t.drop.Int(1, int64(key))
		t.drop.Int(2, block.first)
		if err := t.drop.Run(); err != nil {
			return err
		}
	}
	return t.putAll(w, key, items)
}

// combine applies operations to items; both ascend.
func combine(items []posting.Item, ops []blockOp) []posting.Item {
	out := make([]posting.Item, 0, len(items)+len(ops))
	for len(items) > 0 || len(ops) > 0 {
		if len(ops) == 0 || len(items) > 0 && items[0].RID < ops[0].RID {
			out = append(out, items[0])
			items = items[1:]
			continue
		}
		if len(items) > 0 && items[0].RID == ops[0].RID {
			items = items[1:]
		}
		if !ops[0].removed {
			out = append(out, ops[0].Item)
		}
		ops = ops[1:]
	}
	return out
}

// putAll writes items as blocks, over whatever block begins with the same rid.
func (t *blockTable) putAll(w *writer, key indexKey, items []posting.Item) error {
	for b := range posting.Split(items, t.values, firstIrregular) {
		t.put.Int(1, int64(key))
		t.put.Int(2, b.First)
		t.put.Int(3, int64(b.Count))
		t.put.Blob(4, b.Data)
		if err := t.put.Run(); err != nil {
			return err
		}
		w.state.indexRows++
	}
	return nil
}

// blockAt finds the block that a rid lies in or behind.
func (t *blockTable) blockAt(key indexKey, rid int64) (rawBlock, bool, error) {
	defer t.floor.Reset()
	t.floor.Int(1, int64(key))
	t.floor.Int(2, rid)
	found, err := t.floor.Step()
	if !found {
		return rawBlock{}, false, err
	}
	return readBlock(t.floor), true, nil
}

// firstAfter finds where the next block begins.
func (t *blockTable) firstAfter(key indexKey, rid int64) (int64, bool, error) {
	defer t.next.Reset()
	t.next.Int(1, int64(key))
	t.next.Int(2, rid)
	t.next.Int(3, 1)
	found, err := t.next.Step()
	if !found {
		return 0, false, err
	}
	return t.next.IntAt(0), true, nil
}
