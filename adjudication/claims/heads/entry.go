package heads

import (
	"encoding/binary"
	"errors"
	"fmt"

	"claimwright/adjudication/engine/ledger"
	"claimwright/store"
)

// The record of an entry: a format byte, the entry after its length (0 when the decision took nothing from the head), and
// the head as the decision found it, so that the decision can be made again.
const recordFormat = 1

// EntryKey names the record of an entry by the entry's id.
func EntryKey(id string) store.InternalKey {
	return store.InternalKey{Space: store.SpaceEntry, ID: id}
}

// EncodeRecord makes the record of an entry; nil is the entry of a decision that took nothing from the head.
func EncodeRecord(e *ledger.Entry, before []byte) []byte {
	var entry []byte
	if e != nil {
		entry = e.Encode()
	}
	out := make([]byte, 0, 1+binary.MaxVarintLen32+len(entry)+len(before))
	out = binary.AppendUvarint(append(out, recordFormat), uint64(len(entry)))
	return append(append(out, entry...), before...)
}

var errRecord = errors.New("a ledger entry cannot be read")

// DecodeRecord reads a record: the entry, nil when nothing was taken, and the head before it as ledger encodes it.
func DecodeRecord(data []byte) (*ledger.Entry, []byte, error) {
	if len(data) == 0 {
		return nil, nil, errRecord
	}
	if data[0] > recordFormat {
		return nil, nil, fmt.Errorf("%w: %w", errRecord, store.ErrNewerFormat)
	}
	size, n := binary.Uvarint(data[1:])
	if n <= 0 || size > uint64(len(data)-1-n) {
		return nil, nil, errRecord
	}
	rest := data[1+n:]
	if size == 0 {
		return nil, rest, nil
	}
	e, err := ledger.DecodeEntry(rest[:size])
	return e, rest[size:], err
}
