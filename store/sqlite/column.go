package sqlite

import (
	"cmp"
	"slices"

	"claimwright/store/sqlite/internal/posting"
)

// column are the values that resources sort by under one key, walked in ascending order of the resources.
type column struct {
	walk    *blockWalk
	block   []posting.Item
	items   []posting.Item // room for a block
	pending map[int64]pendingValue
}

// pendingValue is what the overlays say of a resource's value.
type pendingValue struct {
	value   string
	removed bool
}

// columnOf opens the column of a key.
func (sn *snapshot) columnOf(key indexKey) *column {
	c := &column{walk: newBlockWalk(sn.floorValue, sn.nextValues, key), pending: map[int64]pendingValue{}}
	for _, v := range sn.views() {
		for l := range v.overlay.columns.of(key, v.extent.columns) {
			if _, known := c.pending[l.value.rid]; !known {
				c.pending[l.value.rid] = pendingValue{l.value.value, l.removed}
			}
		}
	}
	return c
}

// of finds the value of a resource; "" where it has none. Later calls ask for later resources.
func (c *column) of(rid int64) (string, error) {
	if p, ok := c.pending[rid]; ok {
		if p.removed {
			return "", nil
		}
		return p.value, nil
	}
	for {
		i, found := slices.BinarySearchFunc(c.block, rid, func(item posting.Item, rid int64) int { return cmp.Compare(item.RID, rid) })
		if c.block = c.block[i:]; found {
			return c.block[0].Value, nil
		}
		if len(c.block) > 0 {
			return "", nil
		}
		b, ok, err := c.walk.to(rid)
		if !ok || err != nil {
			c.block = nil
			return "", err
		}
		if c.items, err = posting.Items(c.items[:0], b.first, b.data, true); err != nil {
			return "", err
		}
		c.block = c.items
	}
}
