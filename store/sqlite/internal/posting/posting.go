// Package posting writes the blocks that the index is made of: lists of resource numbers in ascending order, each with or
// without a value. A block is at most MaxBytes long, so that it fits into a page of the B-tree beside others.
//
// It owns the encoding and the splitting into blocks. It knows neither SQL nor what the numbers and values mean.
//
//	for block := range posting.Split(items) {
//		row := block.Encode() // decoded again by Decode(row.First, row.Data)
//	}
package posting

import (
	"encoding/binary"
	"errors"
	"iter"
	"slices"
)

// MaxBytes bounds the encoded size of a block, single items with longer values excepted. SQLite moves what is longer than
// a quarter of a page out of the tree.
const MaxBytes = 900

// ErrDamaged tells that a block is not what Encode wrote.
var ErrDamaged = errors.New("posting block is damaged")

// Item is a number and its value. In a block either all items have a value or none has: see Block.
type Item struct {
	RID   int64
	Value string
}

// Block is an encoded run of items.
type Block struct {
	// First is the number of the first item, Count the number of items.
	First int64
	Count int
	// Data are the distances between the numbers; with values, each number is followed by its value.
	Data []byte
}

// Split encodes items, ascending and without duplicates, into as few blocks as fit. With values tells whether the items'
// values are kept. No block holds numbers on both sides of the boundary.
func Split(items []Item, values bool, boundary int64) iter.Seq[Block] {
	return func(yield func(Block) bool) {
		for len(items) > 0 {
			var b Block
			b, items = cut(items, values, boundary)
			if !yield(b) {
				return
			}
		}
	}
}

func cut(items []Item, values bool, boundary int64) (Block, []Item) {
	b := Block{First: items[0].RID, Data: make([]byte, 0, min(MaxBytes, 12*len(items)))}
	last := b.First
	for _, item := range items {
		end := len(b.Data)
		b.Data = binary.AppendUvarint(b.Data, uint64(item.RID-last))
		if values {
			b.Data = binary.AppendUvarint(b.Data, uint64(len(item.Value)))
			b.Data = append(b.Data, item.Value...)
		}
		full := len(b.Data) > MaxBytes || b.First < boundary && item.RID >= boundary
		if full && b.Count > 0 {
			b.Data = slices.Clip(b.Data[:end])
			break
		}
		b.Count++
		last = item.RID
	}
	return b, items[b.Count:]
}

// Numbers appends a block's numbers to dst.
func Numbers(dst []int64, first int64, data []byte) ([]int64, error) {
	for len(data) > 0 {
		d, n := uint64(data[0]), 1
		if d >= 0x80 {
			if d, n = binary.Uvarint(data); n <= 0 {
				return dst, ErrDamaged
			}
		}
		first += int64(d)
		dst = append(dst, first)
		data = data[n:]
	}
	return dst, nil
}

// Items appends a block's items to dst.
func Items(dst []Item, first int64, data []byte, values bool) ([]Item, error) {
	for len(data) > 0 {
		d, n := binary.Uvarint(data)
		if n <= 0 {
			return dst, ErrDamaged
		}
		first += int64(d)
		item := Item{RID: first}
		data = data[n:]
		if values {
			size, n := binary.Uvarint(data)
			if n <= 0 || size > uint64(len(data)-n) {
				return dst, ErrDamaged
			}
			item.Value = string(data[n : n+int(size)])
			data = data[n+int(size):]
		}
		dst = append(dst, item)
	}
	return dst, nil
}
