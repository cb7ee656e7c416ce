package resources

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"claimwright/store"
)

// The data of a guard: a format byte; a byte that is 1 when there are more holders than are listed; and for each holder
// eight bytes that tell its identifier exactly, the length of its id, and the id.
const (
	guardFormat = 1
	exactBytes  = 8
	// mostHolders bounds a guard's size. An identifier that so many resources carry identifies nothing.
	mostHolders = 128
)

var errGuardCut = errors.New("a guard is cut short")

// guard is the decoded form.
type guard struct {
	holders []holder
	more    bool
}

// holder is a resource that carries the identifier.
type holder struct {
	id    string
	exact [exactBytes]byte
}

func (g *guard) add(h holder) {
	switch {
	case slices.Contains(g.holders, h):
	case len(g.holders) >= mostHolders:
		g.more = true
	default:
		g.holders = append(g.holders, h)
	}
}

func (g *guard) remove(h holder) {
	if i := slices.Index(g.holders, h); i >= 0 {
		g.holders = slices.Delete(g.holders, i, i+1)
	}
}

func (g *guard) encode() []byte {
	out := make([]byte, 0, 2+len(g.holders)*(exactBytes+40))
	out = append(out, guardFormat, 0)
	if g.more {
		out[1] = 1
	}
	for _, h := range g.holders {
		out = append(out, h.exact[:]...)
		out = binary.AppendUvarint(out, uint64(len(h.id)))
		out = append(out, h.id...)
	}
	return out
}

// decodeGuard reads a guard; no data at all are a guard without holders.
func decodeGuard(data []byte) (*guard, error) {
	g := &guard{}
	if len(data) == 0 {
		return g, nil
	}
	if data[0] > guardFormat {
		return nil, fmt.Errorf("read a guard: %w", store.ErrNewerFormat)
	}
	if len(data) < 2 {
		return nil, errGuardCut
	}
	g.more = data[1] == 1
	for rest := data[2:]; len(rest) > 0; {
		var h holder
		if len(rest) < exactBytes {
			return nil, errGuardCut
		}
		rest = rest[copy(h.exact[:], rest):]
		size, n := binary.Uvarint(rest)
		if n <= 0 || size > uint64(len(rest)-n) {
			return nil, errGuardCut
		}
		h.id = string(rest[n : n+int(size)])
		g.holders = append(g.holders, h)
		rest = rest[n+int(size):]
	}
	return g, nil
}
