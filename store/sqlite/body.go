package sqlite

import (
	"bytes"
	"fmt"
	"sync"

	"github.com/klauspost/compress/s2"
)

// Bodies are stored compressed: a decision repeats the same systems on every line and shrinks to a seventh, which is a
// seventh of what is written to the log, synced and copied into the file. The first byte tells how a body is stored.
const (
	storedPlain byte = iota
	storedS2
)

// worthPacking is the least body that is compressed, in bytes.
const worthPacking = 512

// packing lends the room that s2 needs, which is more than what comes out.
var packing = sync.Pool{New: func() any { return new([]byte) }}

// packBody makes what is stored of a body. It shares nothing with the body.
func packBody(body []byte) []byte {
	if len(body) >= worthPacking {
		room := packing.Get().(*[]byte)
		defer packing.Put(room)
		if need := s2.MaxEncodedLen(len(body)); cap(*room) < need {
			*room = make([]byte, need)
		}
		if packed := s2.Encode((*room)[:cap(*room)], body); len(packed) < len(body) {
			return append(append(make([]byte, 0, len(packed)+1), storedS2), packed...)
		}
	}
	return append(append(make([]byte, 0, len(body)+1), storedPlain), body...)
}

// unpackBody gives a body back. It shares nothing with what is stored.
func unpackBody(stored []byte) ([]byte, error) {
	if len(stored) == 0 {
		return nil, fmt.Errorf("stored body is empty")
	}
	switch stored[0] {
	case storedPlain:
		return bytes.Clone(stored[1:]), nil
	case storedS2:
		body, err := s2.Decode(nil, stored[1:])
		if err != nil {
			return nil, fmt.Errorf("stored body: %w", err)
		}
		return body, nil
	}
	return nil, fmt.Errorf("stored body has the unknown form %d", stored[0])
}
