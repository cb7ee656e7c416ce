package sqlite

import (
	"encoding/binary"

	"claimwright/fhir/search"
	"claimwright/store/sqlite/internal/siphash"
)

// indexKey stands for one (kind, type, parameter, text) in the index: a 64-bit hash under a secret that the file keeps.
//
// Keys are not compared with the texts that they stand for. With a billion different keys in a file, a key that somebody
// searches for meets a foreign one with a probability of 5 in 10^11, far below that of a disk that lies; and the
// secret keeps anyone from constructing two texts that meet.
type indexKey uint64

// kind separates what index keys stand for.
type kind byte

const (
	kindType   kind = 'y' // all resources of a type
	kindLabel  kind = 'l' // the label that opens a resource
	kindTerm   kind = 't'
	kindExact  kind = 'e' // a string value as it stands
	kindRange  kind = 'r'
	kindText   kind = 's' // a folded string value; the text is a row's, not the key's
	kindColumn kind = 'c' // the values that a parameter sorts by
)

// idColumn is the column of ids of resources whose rid does not follow their id.
const idColumn = "_id"

// keyMaker makes the index keys of one file.
type keyMaker struct{ secret siphash.Key }

// key hashes its parts, each with its length, so that no two lists of parts are written alike.
func (m keyMaker) key(k kind, resourceType, param, text string) indexKey {
	var room [256]byte
	b := append(room[:0], byte(k))
	for _, part := range [...]string{resourceType, param, text} {
		b = binary.AppendUvarint(b, uint64(len(part)))
		b = append(b, part...)
	}
	return indexKey(siphash.Sum(m.secret, b))
}

// label is the key of a label.
func (m keyMaker) label(resourceType, label string) indexKey {
	return m.key(kindLabel, resourceType, "", label)
}

// all is the key of all resources of a type.
func (m keyMaker) all(resourceType string) indexKey { return m.key(kindType, resourceType, "", "") }

// column is the key of a column.
func (m keyMaker) column(resourceType, param string) indexKey {
	return m.key(kindColumn, resourceType, param, "")
}

// condition is the key under which the index answers a condition; 0 for conditions that it answers by other means.
func (m keyMaker) condition(resourceType string, c *search.Condition) indexKey {
	switch c.Kind {
	case search.HasTerm:
		return m.key(kindTerm, resourceType, c.Param, c.Text)
	case search.HasExact:
		return m.key(kindExact, resourceType, c.Param, c.Text)
	case search.HasPrefix, search.HasContaining, search.HasFolded:
		return m.key(kindText, resourceType, c.Param, "")
	case search.InBox:
		return m.key(kindRange, resourceType, c.Param, "")
	}
	return 0
}
