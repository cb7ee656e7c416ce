package sqlite

import (
	"encoding/binary"
	"errors"
	"time"

	"claimwright/store"
)

var errJournal = errors.New("journal is damaged")

// appendJournal writes the state of an internal record behind a group's others.
func appendJournal(b []byte, k store.InternalKey, in internalState) []byte {
	b = appendText(b, string(k.Space))
	b = appendText(b, k.ID)
	b = binary.AppendUvarint(b, uint64(in.version))
	b = binary.AppendUvarint(b, uint64(len(in.data)))
	return append(b, in.data...)
}

// readJournal reads a group's internal records back, in the order in which they were written.
func readJournal(b []byte, each func(store.InternalKey, internalState)) error {
	r := byteReader{rest: b}
	for len(r.rest) > 0 {
		k := store.InternalKey{Space: store.Space(r.text()), ID: r.text()}
		in := internalState{version: int64(r.varint())}
		in.data = []byte(r.text())
		if r.damaged {
			return errJournal
		}
		each(k, in)
	}
	return nil
}

// moment turns a stored time, milliseconds since 1970, into what records carry.
func moment(ms int64) time.Time { return time.UnixMilli(ms).UTC() }
