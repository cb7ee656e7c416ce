package resources

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"claimwright/fhir/codec"
	"claimwright/fhir/outcome"
	"claimwright/store"
)

// An identifier's guard is an internal record that says which resources of a type carry the identifier. It is written
// whenever one begins or ceases to carry it, so that two writers of one identifier, conditional creates among them,
// cannot both be unaware of each other: both write the guard, and the second meets a conflict.
//
// Its data are a format byte, a byte that is 1 when there are more holders than are listed, and the holders' ids, each
// after its length. A guard stays when its last holder goes: its version must never start again.

const (
	guardFormat = 1
	// mostHolders bounds a guard's size. An identifier that so many resources carry identifies nothing.
	mostHolders = 128
	// mostIdentifiers bounds the guards of one resource.
	mostIdentifiers = 256
)

// ErrManyHolders: more resources carry an identifier than its guard lists.
var ErrManyHolders = errors.New("the identifier is carried by too many resources")

var (
	nIdentifier = codec.Intern("identifier")
	nSystem     = codec.Intern("system")
	nValue      = codec.Intern("value")
)

// identifier is a business identifier; one without a system has the empty one.
type identifier struct{ system, value string }

// identifiers are those that a resource carries in its element identifier, each once.
func identifiers(doc *codec.Document) []identifier {
	var out []identifier
	for v := range doc.Root().Get(nIdentifier).Each() {
		id := identifier{v.Get(nSystem).Text(), v.Get(nValue).Text()}
		if id.value != "" && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

func guardKey(resourceType string, id identifier) store.InternalKey {
	h := sha256.New()
	h.Write([]byte(id.system))
	h.Write([]byte{0}) // no FHIR string holds it
	h.Write([]byte(id.value))
	var sum [sha256.Size]byte
	return store.InternalKey{
		Space: store.SpaceGuard,
		ID:    "id/" + resourceType + "/" + base64.RawURLEncoding.EncodeToString(h.Sum(sum[:0])[:18]),
	}
}

// Guards are the keys of the guards that a write of the resource touches as far as its own content tells. Reading them
// together with everything else that a use case needs saves a round trip.
func Guards(doc *codec.Document) []store.InternalKey {
	ids := identifiers(doc)
	keys := make([]store.InternalKey, len(ids))
	for i, id := range ids {
		keys[i] = guardKey(doc.Type(), id)
	}
	return keys
}

// Locks are the names of the locks that make writers of the same identifiers take turns; holding them saves conflicts.
func Locks(doc *codec.Document) []string { return guardLocks(doc) }

func guardLocks(doc *codec.Document) []string {
	guards := Guards(doc)
	names := make([]string, len(guards))
	for i, g := range guards {
		names[i] = "guard/" + g.ID
	}
	return names
}

func resourceLock(key store.Key) string { return "resource/" + key.String() }

// Holders tells which resources of a type carry an identifier, by key, in no particular order. It asks the identifier's
// guard, not the index, and the commit then depends on the answer: should another server add or remove a holder, the
// work is run again. ErrManyHolders comes with the holders that are listed.
func (u *Unit) Holders(ctx context.Context, resourceType, system, value string) ([]store.Key, error) {
	record, err := u.Internal(ctx, guardKey(resourceType, identifier{system, value}))
	if err != nil {
		return nil, err
	}
	u.RelyInternal(record)
	g, err := decodeGuard(record.Data)
	if err != nil {
		return nil, err
	}
	keys := make([]store.Key, len(g.holders))
	for i, id := range g.holders {
		keys[i] = store.Key{Type: resourceType, ID: id}
	}
	if g.more {
		return keys, ErrManyHolders
	}
	return keys, nil
}

// moveGuards takes a resource from the guards of the identifiers that it loses to those that it gains. Identifiers that
// stay are no concern: who carries them does not change.
func (u *Unit) moveGuards(ctx context.Context, key store.Key, before, after *codec.Document) error {
	old, now := identifiers(before), identifiers(after)
	if len(now) > mostIdentifiers {
		return outcome.New(http.StatusUnprocessableEntity, outcome.TooCostly, key.Type+".identifier", "a resource may have at most %d identifiers", mostIdentifiers)
	}
	lost := without(old, now)
	moved := append(lost, without(now, old)...)
	if len(moved) == 0 {
		return nil
	}
	keys := make([]store.InternalKey, len(moved))
	for i, id := range moved {
		keys[i] = guardKey(key.Type, id)
	}
	records, err := u.staged.Internals(ctx, store.System(), keys...)
	if err != nil {
		return fmt.Errorf("read the guards of %s: %w", key, err)
	}
	for i, r := range records {
		g, err := decodeGuard(r.Data)
		if err != nil {
			return err
		}
		if i < len(lost) {
			g.remove(key.ID)
		} else {
			g.add(key.ID)
		}
		u.PutInternal(r.Key, r.Version, g.encode())
	}
	return nil
}

// without are the identifiers of a that b does not have.
func without(a, b []identifier) []identifier {
	var out []identifier
	for _, id := range a {
		if !slices.Contains(b, id) {
			out = append(out, id)
		}
	}
	return out
}

// guard is the decoded form.
type guard struct {
	holders []string
	more    bool
}

func (g *guard) add(id string) {
	switch {
	case slices.Contains(g.holders, id):
	case len(g.holders) >= mostHolders:
		g.more = true
	default:
		g.holders = append(g.holders, id)
	}
}

func (g *guard) remove(id string) {
	if i := slices.Index(g.holders, id); i >= 0 {
		g.holders = slices.Delete(g.holders, i, i+1)
	}
}

func (g *guard) encode() []byte {
	out := make([]byte, 0, 2+len(g.holders)*40)
	out = append(out, guardFormat, 0)
	if g.more {
		out[1] = 1
	}
	for _, id := range g.holders {
		out = binary.AppendUvarint(out, uint64(len(id)))
		out = append(out, id...)
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
		return nil, errors.New("a guard is cut short")
	}
	g.more = data[1] == 1
	for rest := data[2:]; len(rest) > 0; {
		size, n := binary.Uvarint(rest)
		if n <= 0 || size > uint64(len(rest)-n) {
			return nil, errors.New("a guard is cut short")
		}
		g.holders = append(g.holders, string(rest[n:n+int(size)]))
		rest = rest[n+int(size):]
	}
	return g, nil
}
