package sqlite

import (
	"slices"

	"claimwright/store/sqlite/internal/posting"
)

// many is the estimate for a list that is longer than its first blocks.
const many = 1 << 30

// postingList are the resources under an index key: those of the table, changed by what the overlays say.
type postingList struct {
	walk    *blockWalk
	block   []int64 // the rest of the block that is being walked
	numbers []int64 // room for a block
	added   sortedRIDs
	removed map[int64]bool
}

// postings opens the list of a key.
func (sn *snapshot) postings(key indexKey) *postingList {
	p := &postingList{walk: newBlockWalk(sn.floorBlock, sn.nextBlocks, key)}
	var parts []part[int64]
	for _, v := range sn.views() {
		parts = append(parts, part[int64]{&v.overlay.terms, v.extent.terms})
	}
	var added []int64
	p.removed = pending(key, parts, func(rid int64) { added = append(added, rid) })
	p.added.rest = sortRIDs(added)
	return p
}

// estimate is the number of members, or many.
func (p *postingList) estimate() (int, error) {
	if len(p.walk.ahead) == 0 && !p.walk.ended {
		if err := p.walk.fill(); err != nil {
			return 0, err
		}
	}
	n := len(p.added.rest)
	if !p.walk.ended {
		return many, nil
	}
	for _, b := range p.walk.ahead {
		n += int(b.count)
	}
	return n, nil
}

func (p *postingList) seek(rid int64) (int64, bool, error) {
	added, fromOverlay, _ := p.added.seek(rid)
	for {
		at, ok, err := p.stored(rid)
		switch {
		case err != nil:
			return 0, false, err
		case fromOverlay && (!ok || added <= at):
			return added, true, nil
		case ok && p.removed[at]:
			rid = at + 1
		default:
			return at, ok, nil
		}
	}
}

// stored seeks among the members of the table.
func (p *postingList) stored(rid int64) (int64, bool, error) {
	for {
		if len(p.block) > 0 && p.block[0] < rid {
			i, _ := slices.BinarySearch(p.block, rid)
			p.block = p.block[i:]
		}
		if len(p.block) > 0 {
			return p.block[0], true, nil
		}
		b, ok, err := p.walk.to(rid)
		if !ok || err != nil {
			p.block = nil
			return 0, false, err
		}
		if p.numbers, err = posting.Numbers(p.numbers[:0], b.first, b.data); err != nil {
			return 0, false, err
		}
		p.block = p.numbers
	}
}
