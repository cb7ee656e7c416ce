package sqlite

import (
	"math"

	"claimwright/store/sqlite/internal/native"
)

// rawBlock is a row of a table of blocks, not decoded.
type rawBlock struct {
	first, count int64
	data         []byte
}

// blockWalk reads the blocks of one key in ascending order, skipping those that end before what is looked for. It reads
// a few ahead, and jumps when these are not enough.
type blockWalk struct {
	floor, next *native.Stmt
	key         int64
	ahead       []rawBlock
	from        int64 // where the last block read begins
	batch       int64
	ended       bool // nothing is left behind the blocks ahead
}

func newBlockWalk(floor, next *native.Stmt, key indexKey) *blockWalk {
	return &blockWalk{floor: floor, next: next, key: int64(key), from: math.MinInt64, batch: 2}
}

// to answers the next block that may hold rid or something above it; false when there is none.
func (b *blockWalk) to(rid int64) (rawBlock, bool, error) {
	for {
		for len(b.ahead) > 1 && b.ahead[1].first <= rid {
			b.ahead = b.ahead[1:]
		}
		if len(b.ahead) > 0 {
			// Of the last block ahead it is not known where it ends; a block further on may begin at or below rid.
			if len(b.ahead) > 1 || b.ended || b.ahead[0].first > rid {
				out := b.ahead[0]
				b.ahead = b.ahead[1:]
				return out, true, nil
			}
			if err := b.jump(rid); err != nil {
				return rawBlock{}, false, err
			}
			out := b.ahead[0]
			b.ahead = nil
			return out, true, nil
		}
		if b.ended {
			return rawBlock{}, false, nil
		}
		if err := b.fill(); err != nil {
			return rawBlock{}, false, err
		}
	}
}

// jump replaces the blocks ahead by the one that begins at or below rid, which is the last of them or comes after it.
func (b *blockWalk) jump(rid int64) error {
	defer b.floor.Reset()
	b.floor.Int(1, b.key)
	b.floor.Int(2, rid)
	row, err := b.floor.Step()
	if !row {
		return err
	}
	b.ahead = append(b.ahead[:0], readBlock(b.floor))
	b.from = b.ahead[0].first
	return nil
}

// fill reads the next blocks.
func (b *blockWalk) fill() error {
	defer b.next.Reset()
	b.next.Int(1, b.key)
	b.next.Int(2, b.from)
	b.next.Int(3, b.batch)
	b.ahead = b.ahead[:0]
	for {
		row, err := b.next.Step()
		if err != nil {
			return err
		}
		if !row {
			break
		}
		b.ahead = append(b.ahead, readBlock(b.next))
		b.from = b.ahead[len(b.ahead)-1].first
	}
	b.ended = int64(len(b.ahead)) < b.batch
	b.batch = min(2*b.batch, 32)
	return nil
}

func readBlock(s *native.Stmt) rawBlock {
	return rawBlock{first: s.IntAt(0), count: s.IntAt(1), data: s.BlobAt(2)}
}
